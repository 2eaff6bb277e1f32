// A fit as Python sent it: data and parameters, once, in `record`. Only the responsibilities are computed
// here, which are one evaluation of the densities.
//
// A position counts half-steps: 2t shows model t in the colours of model t − 1 (after M), 2t + 1 in
// its own colours (after E). At 0 nobody has been given a colour yet.

export const phase = (position) => (position % 2 ? "E" : "M");

// Which model colours the points at a position; −1: none yet.
export const colouredBy = (position) => (position % 2 ? position >> 1 : (position >> 1) - 1);

function unpack(text, Type) {
  return new Type(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

// log(π_k N(x; μ_k, Σ_k)) as a function of x. p = [π, μ, σ], or [π, μ₁, μ₂, Σ₁₁, Σ₁₂, Σ₂₂].
export function logComponent(p) {
  if (p.length === 3) {
    const constant = Math.log(p[0] / p[2]) - 0.5 * Math.log(2 * Math.PI);
    return (x) => constant - 0.5 * ((x - p[1]) / p[2]) ** 2;
  }
  const { a, b, c } = cholesky(p);
  const constant = Math.log(p[0] / (a * c)) - Math.log(2 * Math.PI);
  return (x, y) => {
    const u = (x - p[1]) / a;
    const v = (y - p[2] - b * u) / c;
    return constant - 0.5 * (u * u + v * v);
  };
}

// Σ = L Lᵀ with L = [[a, 0], [b, c]].
export function cholesky([, , , xx, xy, yy]) {
  const a = Math.sqrt(xx);
  const b = xy / a;
  return { a, b, c: Math.sqrt(Math.max(yy - b * b, 1e-300)) };
}

// The fit as it came from Python: data x (N × D), parameters of every step, log-likelihoods.
export class Replay {
  constructor(record) {
    Object.assign(this, record);
    this.size = this.d === 1 ? 3 : 6;
    this.x = Float64Array.from(unpack(record.data, Float32Array), (v, i) => v + record.origin[i % this.d]);
    this.all = unpack(record.parameters, Float64Array);
    this.logLikelihood = unpack(record.log_likelihood, Float64Array);
    this.last = record.steps - 1;
    this.reached = record.ahead ? this.last : 0;
  }

  // How far the reader has been; beyond it nothing is shown. All has been seen: as if nothing was hidden.
  reach(t) { this.reached = Math.max(this.reached, t); }
  get whole() { return this.reached === this.last; }
  get passed() { return this.stops.filter((s) => this.whole || s.iteration < this.reached); }

  // Parameters of all components between step t and step u: one small array a component.
  components(t, u = t, f = 0) {
    const width = this.k * this.size;
    const [before, after] = [t, u].map((s) => this.all.subarray(s * width, (s + 1) * width));
    const mix = Array.from(before, (v, i) => (1 - f) * v + f * after[i]);
    return Array.from({ length: this.k }, (_, k) => mix.slice(k * this.size, (k + 1) * this.size));
  }

  // Responsibilities r[n * K + k] of step t, in log space with the max-shift.
  responsibilities(t) {
    const logs = this.components(t).map(logComponent);
    const { k: K, n: N, d: D, x } = this;
    const r = new Float32Array(N * K);
    const row = new Float64Array(K);
    for (let n = 0; n < N; n++) {
      let top = -Infinity;
      let sum = 0;
      for (let k = 0; k < K; k++) top = Math.max(top, (row[k] = logs[k](x[n * D], x[n * D + 1])));
      for (let k = 0; k < K; k++) sum += row[k] = Math.exp(row[k] - top);
      for (let k = 0; k < K; k++) r[n * K + k] = row[k] / sum;
    }
    return r;
  }

  range(axis) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = axis; i < this.x.length; i += this.d) {
      low = Math.min(low, this.x[i]);
      high = Math.max(high, this.x[i]);
    }
    const pad = 0.1 * (high - low || 1);
    return [low - pad, high + pad];
  }
}
