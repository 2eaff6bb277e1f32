// The player: replays EM on a canvas. Follows stage.js, in one module.
//
// Data and parameters come from Python once, in `record`. This file only draws, and recomputes the
// responsibilities, which are one evaluation of the densities.

// ── Mixtures ───────────────────────────────────────────────────────────────────────────────────

function unpack(text, Type) {
  return new Type(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

// log(π_k N(x; μ_k, Σ_k)) as a function of x. p = [π, μ, σ], or [π, μ₁, μ₂, Σ₁₁, Σ₁₂, Σ₂₂].
function logComponent(p) {
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
function cholesky([, , , xx, xy, yy]) {
  const a = Math.sqrt(xx);
  const b = xy / a;
  return { a, b, c: Math.sqrt(Math.max(yy - b * b, 1e-300)) };
}

// The fit as it came from Python: data x (N × D), parameters of every step, log-likelihoods.
class Replay {
  constructor(record) {
    Object.assign(this, record);
    this.size = this.d === 1 ? 3 : 6;
    this.x = Float64Array.from(unpack(record.data, Float32Array), (v, i) => v + record.origin[i % this.d]);
    this.all = unpack(record.parameters, Float64Array);
    this.logLikelihood = unpack(record.log_likelihood, Float64Array);
    this.last = record.steps - 1;
  }

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

// ── The player ─────────────────────────────────────────────────────────────────────────────────────
// A position counts half-steps: 2t shows model t in the colours of model t − 1 (after M), 2t + 1 in
// its own colours (after E). At 0 nobody has been given a colour yet.

function renderPlayer(model, el) {
  const fit = new Replay(model.get("record"));
  const end = 2 * fit.last + 1;
  const digits = [0, fit.d - 1].map((axis) => digitsFor(...fit.range(axis)));
  const drawData = fit.d === 1 ? histogramView(fit) : scatterView(fit);
  const phase = (p) => (p % 2 ? "E" : "M");
  const position = () => 2 * model.get("iteration") + (model.get("phase") === "E" ? 1 : 0);
  let at = position();
  let shown = { from: at, to: at, f: 1 };
  let stopTween = () => {};
  let playing = null;
  let theme = null;

  // The page.
  const main = new Sheet("em-main", "");
  const trace = new Sheet("em-trace", "");
  const status = element("p", { class: "em-status", "aria-live": "polite" });
  const legend = element("ul", { class: "em-legend", "aria-label": "Parameters of each component" });
  const slider = element("input", { type: "range", min: 0, max: end, step: 1, "aria-label": "Half-step" });
  const speed = element("select", { "aria-label": "Speed", title: "Speed" });
  for (const s of [0.5, 1, 2, 4, 8, 16]) speed.append(new Option(`${s === 0.5 ? "½" : s}×`, s, s === 1, s === 1));
  const first = button("To the start", "Home", icon("first"), () => jump(0));
  const back = button("One iteration back", "←", icon("back"), () => iterate(-1));
  const play = button("Play", "space", icon("play"), toggle);
  const next = button("One iteration forward", "→", icon("next"), () => iterate(1));
  const last = button("To the end", "End", icon("last"), () => jump(end));
  const E = button("E-step: recolour the points", "E", halfStep("E", "recolour"), () => half("E"));
  const M = button("M-step: move the components", "M", halfStep("M", "move"), () => half("M"));
  E.classList.add("em-half");
  M.classList.add("em-half");
  const controls = element("div", { class: "em-controls" }, E, M,
    element("span", { class: "em-group" }, first, back, play, next, last), slider, speed);
  const root = element("div", { class: "em-player", role: "group", tabindex: 0,
    "aria-label": `EM player${fit.title ? ": " + fit.title : ""}. Keys: E and M take half a step, ` +
      "arrows an iteration, space plays, escape leaves." },
    ...(fit.title ? [element("p", { class: "em-title" }, fit.title)] : []),
    element("div", { class: "em-stage" }, main.canvas, trace.canvas), status, controls, legend);
  el.append(root);

  // Moving about.
  function go(p, ms, note = "") {
    stopTween();
    const from = at;
    at = clamp(p, 0, end);
    describe(note);
    tell();
    stopTween = tween(Math.abs(at - from) === 1 ? ms : 0, (f) => { shown = { from, to: at, f }; draw(); });
  }
  function jump(p) { pause(); go(p, 0); }
  function iterate(sign) {
    pause();
    const t = (at >> 1) + sign;
    go(t < 0 ? 0 : t > fit.last ? end : 2 * t + 1, 0, t > fit.last ? "this is the end of the fit" : "");
  }
  function half(wanted) {
    pause();
    if (at === end && wanted === "M") return go(at, 0, "this is the end of the fit");
    if (phase(at) !== wanted) return go(at + 1, 380);
    if (at === 0) return go(at, 0, "no point has a colour yet, so there is nothing to average: E comes first");
    go(at, 0, `a second ${wanted}-step in a row changes nothing: ${wanted === "E" ? "M" : "E"} comes next`);
  }
  function toggle() { playing ? pause() : start(); }
  function pause() {
    if (!playing) return;
    cancelAnimationFrame(playing.frame);
    playing = null;
    describe();
    tell();
  }
  function start() {
    if (at === end) go(0, 0);
    playing = { due: performance.now() };
    describe();
    playing.frame = requestAnimationFrame(function tick(now) {
      const interval = 250 / speed.value; // four half-steps a second at 1×
      const steps = Math.floor((now - playing.due) / interval);
      if (steps > 0) {
        playing.due += steps * interval;
        go(at + steps, Math.min(380, interval * 0.8));
        if (at === end) return pause();
      }
      playing.frame = requestAnimationFrame(tick);
    });
  }

  // Tell Python, but not sixty times a second.
  let told = 0;
  let telling = false;
  function tell() {
    if (position() === at || (playing && performance.now() - told < 120 && at !== end)) return;
    told = performance.now();
    telling = true; // between the two lines below, the model is half told
    model.set("iteration", at >> 1);
    model.set("phase", phase(at));
    telling = false;
    model.save_changes();
  }
  function hear() { if (!playing && !telling && position() !== at) go(position(), 0); }

  // What is shown, in words and as data.
  function describe(note = "") {
    const t = at >> 1;
    const value = fit.logLikelihood[t];
    const where = at === 0 ? "Iteration 0, the start" : `Iteration ${t}, after the ${phase(at)}-step`;
    const what = at === 0 ? "no point has a colour yet"
      : at % 2 ? "the colours follow the model" : "the model has moved, the colours have not";
    const stop = fit.stops.find((s) => s.iteration === t);
    status.setAttribute("aria-live", playing ? "off" : "polite");
    status.replaceChildren(element("b", {}, where),
      ` · log-likelihood ${fixed(value, 2)} · ${note || what}${stop ? ` · ${stop.label}` : ""}`);
    Object.assign(root.dataset, { iteration: t, phase: phase(at), logLikelihood: value, playing: Boolean(playing) });
    slider.value = at;
    slider.setAttribute("aria-valuetext", `${where}, log-likelihood ${fixed(value, 2)}`);
    for (const [node, letter] of [[E, "E"], [M, "M"]]) {
      node.classList.toggle("em-due", at < end && phase(at) !== letter);
      node.setAttribute("aria-disabled", at === end || phase(at) === letter);
    }
    const name = playing ? "pause" : "play";
    if (play.dataset.face !== name) {
      play.innerHTML = icon((play.dataset.face = name));
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
    }
    const parts = fit.components(t);
    parts.forEach((p, k) => { legend.children[k].lastChild.textContent = `${k + 1}: ${inWords(p)}`; });
    main.canvas.setAttribute("aria-label", `${fit.n} points under ${fit.k} components. ${where}. ` +
      parts.map((p, k) => `Component ${k + 1}: ${inWords(p)}`).join("; "));
    trace.canvas.setAttribute("aria-label", `Log-likelihood over ${fit.last} iterations, from ` +
      `${fixed(fit.logLikelihood[0], 2)} to ${fixed(fit.logLikelihood[fit.last], 2)}; now ${fixed(value, 2)} at ${t}. ` +
      fit.stops.map((s) => `${s.label}: iteration ${s.iteration}.`).join(" "));
  }
  function inWords(p) {
    const [x, y] = [fixed(p[1], digits[0]), fixed(p[2], digits.at(-1))];
    return `weight ${fixed(p[0], 3)}, mean ${fit.d === 1 ? `${x}, std ${y}` : `(${x}, ${y})`}`;
  }
  function legendRow(k) {
    const swatch = element("canvas", { width: 88, height: 32, "aria-hidden": "true" });
    const context = swatch.getContext("2d");
    context.scale(2, 2);
    componentLine(context, theme.components[k], k, 2.5);
    stroke(context, [[2, 8], [42, 8]]);
    context.setLineDash([]);
    marker(context, theme, theme.components[k], k, 22, 8, 5);
    return element("li", {}, swatch, element("span"));
  }

  // Drawing.
  function draw() {
    const style = getComputedStyle(root);
    const em = parseFloat(style.fontSize);
    const font = `${em}px ${style.fontFamily}`;
    if (main.fit(theme, font)) drawData(main, theme, em, shown);
    if (trace.fit(theme, font)) drawTrace(trace, theme, em, fit, shown);
  }
  function redraw() {
    const before = theme;
    theme = themeOf(root);
    if (theme.name !== before?.name) {
      legend.replaceChildren(...Array.from({ length: fit.k }, (_, k) => legendRow(k)));
      describe();
    }
    draw();
  }

  trace.canvas.addEventListener("pointerdown", (event) => {
    const t = trace.axes.atX((event.offsetX * trace.width) / trace.canvas.clientWidth);
    jump(2 * clamp(Math.round(t), 0, fit.last) + 1);
  });
  slider.addEventListener("input", () => jump(Number(slider.value)));
  listenToKeys(root, {
    " ": toggle, e: () => half("E"), m: () => half("M"), Home: () => jump(0), End: () => jump(end),
    ArrowRight: () => iterate(1), ArrowUp: () => iterate(1),
    ArrowLeft: () => iterate(-1), ArrowDown: () => iterate(-1),
  });
  model.on("change:iteration", hear);
  model.on("change:phase", hear);
  redraw();
  const unwatch = watch(root, redraw);
  const release = holdFocus(root);
  return () => {
    pause();
    stopTween();
    unwatch();
    release();
    model.off("change:iteration", hear);
    model.off("change:phase", hear);
  };
}

// Which model colours the points at a position; −1: none yet.
const colouredBy = (p) => (p % 2 ? p >> 1 : (p >> 1) - 1);

// Show the layer of the colours, cross-fading while an E-step is on its way.
function colours(sheet, { from, to, f }, paint) {
  const [before, after] = [colouredBy(from), colouredBy(to)];
  const show = (t, alpha) => sheet.layer(`colours ${t}`, (context) => paint(context, t), alpha);
  if (before !== after && f < 1) show(before, 1);
  show(after, before === after ? 1 : f);
}

// Points in groups of one colour and one marker: a few hundred fills, however many points. Colours
// are mixed by responsibility and rounded to 32 levels a channel; marker k says whose share is largest.
function grouped(fit, r, palette) {
  const groups = new Map();
  const { k: K, n: N } = fit;
  for (let n = 0; n < N; n++) {
    let [red, green, blue, most] = [0, 0, 0, 0];
    for (let k = 0; k < K; k++) {
      const share = r[n * K + k];
      red += share * palette[k][0];
      green += share * palette[k][1];
      blue += share * palette[k][2];
      if (share > r[n * K + most]) most = k;
    }
    const key = ((red >> 3) << 13) | ((green >> 3) << 8) | ((blue >> 3) << 3) | most;
    const group = groups.get(key);
    if (group) group.points.push(n);
    else groups.set(key, { colour: [red, green, blue], k: most, points: [n] });
  }
  return groups.values();
}

// 2-D: points, ellipses at one and two standard deviations (Mahalanobis), paths of the means.
function scatterView(fit) {
  const [xlim, ylim] = [fit.range(0), fit.range(1)];
  return (sheet, theme, em, shown) => {
    const box = { left: em * 3.4, right: sheet.width - em * 0.8, top: em * 1.9, bottom: sheet.height - em * 3 };
    const axes = new Axes(box, xlim, ylim);
    const radius = clamp(em * 0.3 * Math.sqrt(600 / fit.n), em * 0.12, em * 0.3);
    const context = sheet.context;

    sheet.layer("axes", (c) => axes.draw(c, theme, em, { xlabel: fit.labels[0], ylabel: fit.labels[1] }));
    colours(sheet, shown, (c, t) => axes.clip(c, () => {
      const groups = t < 0 ? [{ colour: theme.bare, k: 0, points: Array.from({ length: fit.n }, (_, n) => n) }]
        : grouped(fit, fit.responsibilities(t), theme.components);
      for (const { colour, k, points } of groups) {
        c.beginPath();
        for (const n of points) MARKERS[k](c, axes.x(fit.x[2 * n]), axes.y(fit.x[2 * n + 1]), radius);
        c.fillStyle = css(colour, 0.85);
        c.fill();
      }
    }));

    const [t, u] = [shown.from >> 1, shown.to >> 1];
    const parts = fit.components(t, u, shown.f);
    axes.clip(context, () => parts.forEach((p, k) => {
      const colour = theme.components[k];
      drawPath(context, axes, theme, fit, k, Math.min(t, u), p);
      for (const sigmas of [1, 2]) {
        for (const [width, ink] of [[5.5, theme.paper], [2.6 / Math.sqrt(sigmas), colour]]) {
          componentLine(context, ink, k, width);
          if (ink === theme.paper) context.setLineDash([]), (context.strokeStyle = css(ink, 0.6));
          ellipse(context, axes, p, sigmas);
        }
      }
      context.setLineDash([]);
    }));
    parts.forEach((p, k) => {
      const [x, y] = [axes.x(p[1]), axes.y(p[2])];
      marker(context, theme, theme.components[k], k, x, y, em * 0.5);
      label(context, theme, String(k + 1), x + em * 0.8, y - em * 0.7, theme.components[k]);
    });
  };
}

function ellipse(context, axes, p, sigmas) {
  const { a, b, c } = cholesky(p);
  context.beginPath();
  for (let i = 0; i <= 72; i++) {
    const [u, v] = [sigmas * Math.cos((i * Math.PI) / 36), sigmas * Math.sin((i * Math.PI) / 36)];
    context.lineTo(axes.x(p[1] + a * u), axes.y(p[2] + b * u + c * v));
  }
  context.stroke();
}

// Where the mean has been, from the start to step t and on to where it is now.
function drawPath(context, axes, theme, fit, k, t, now) {
  const places = [];
  for (let s = 0; s <= t; s++) {
    const i = (s * fit.k + k) * fit.size;
    places.push([axes.x(fit.all[i + 1]), axes.y(fit.all[i + 2])]);
  }
  places.push([axes.x(now[1]), axes.y(now[2])]);
  context.setLineDash([]);
  for (const [ink, w] of [[theme.paper, 5], [theme.components[k], 2]]) {
    context.strokeStyle = css(ink);
    context.lineWidth = w;
    stroke(context, places);
  }
  context.fillStyle = css(theme.components[k]);
  context.beginPath();
  for (const [x, y] of places.slice(0, -1)) circle(context, x, y, 2.6);
  context.fill();
}

// 1-D: a histogram divided by the responsibilities, the densities over it, and one tick a datum
// under it, divided in the same way: how a datum is shared is seen as height, not only as colour.
function histogramView(fit) {
  const xlim = fit.range(0);
  const bins = chooseBins(fit, xlim);
  const grid = Array.from({ length: 401 }, (_, i) => xlim[0] + ((xlim[1] - xlim[0]) * i) / 400);
  const density = (p) => { const log = logComponent(p); return grid.map((x) => Math.exp(log(x))); };
  const total = (curves) => grid.map((_, i) => curves.reduce((sum, c) => sum + c[i], 0));
  const { ownTicks, gap } = distinct(fit.x, (xlim[1] - xlim[0]) / 1500);
  const tallest = Math.max(...bins.heights, ...total(fit.components(fit.last).map(density)));

  return (sheet, theme, em, shown) => {
    const strip = em * 2.2;
    const box = { left: em * 3.4, right: sheet.width - em * 0.8, top: em * 1.9, bottom: sheet.height - em * 4.6 - strip };
    const axes = new Axes(box, xlim, [0, tallest * 1.14]);
    const top = box.bottom + em * 1.45;
    const context = sheet.context;
    const stack = (c, r, owner, x, width, base, height) => { // share one bar among the components
      let y = base;
      for (let k = 0; k < fit.k; k++) {
        const part = height * (r ? r[owner * fit.k + k] : k === 0);
        c.fillStyle = css(r ? theme.components[k] : theme.bare);
        c.fillRect(x, y - part, width, part);
        y -= part;
      }
    };

    sheet.layer("axes", (c) => {
      axes.draw(c, theme, em, { xlabel: fit.labels[0], ylabel: "density", under: em * 1.6 + strip });
      c.fillStyle = css(theme.soft);
      Object.assign(c, { textAlign: "left", textBaseline: "middle" });
      c.fillText("responsibility for each datum", box.left, box.bottom + em * 0.75);
      Object.assign(c, { textAlign: "right" });
      c.fillText("1", box.left - 7, top + em * 0.35);
      c.fillText("0", box.left - 7, top + strip - em * 0.35);
    });
    colours(sheet, shown, (c, t) => {
      const r = t < 0 ? null : fit.responsibilities(t);
      c.globalAlpha = 0.45;
      const shares = bins.shares(r);
      bins.heights.forEach((h, i) => {
        const [x, right] = [axes.x(bins.low + i * bins.step), axes.x(bins.low + (i + 1) * bins.step)];
        stack(c, shares, i, x + 0.75, right - x - 1.5, box.bottom, box.bottom - axes.y(h));
      });
      c.globalAlpha = 1;
      for (const n of ownTicks) {
        const width = clamp(0.7 * (axes.x(gap) - axes.x(0)), 2, 8);
        stack(c, r, n, axes.x(fit.x[n]) - width / 2, width, top + strip, strip);
      }
    });

    const parts = fit.components(shown.from >> 1, shown.to >> 1, shown.f);
    const curves = parts.map(density);
    axes.clip(context, () => {
      context.setLineDash([]);
      for (const [ink, width] of [[theme.paper, 6], [theme.ink, 2.2]]) {
        Object.assign(context, { strokeStyle: css(ink, 0.85), lineWidth: width });
        axes.curve(context, total(curves), (i) => grid[i]);
      }
      curves.forEach((curve, k) => {
        componentLine(context, theme.components[k], k, 3);
        axes.curve(context, curve, (i) => grid[i]);
      });
      context.setLineDash([]);
    });
    parts.forEach((p, k) => {
      const [x, peak] = [axes.x(p[1]), Math.exp(logComponent(p)(p[1]))];
      if (x < box.left || x > box.right) return;
      const y = Math.max(axes.y(peak) - em, box.top + em * (0.6 + k));
      label(context, theme, String(k + 1), x, y, theme.components[k], "center");
      Object.assign(context, { strokeStyle: css(theme.components[k]), lineWidth: 2 });
      context.setLineDash(DASHES[k]);
      stroke(context, [[x, box.bottom], [x, Math.max(axes.y(peak), box.top)]]);
      context.setLineDash([]);
    });
  };
}

// One index for each place where data lie, and the smallest gap between neighbours. Equal data have
// equal responsibilities, and so, to the eye, have data closer than `blur`.
function distinct(x, blur) {
  const ownTicks = [];
  let gap = Infinity;
  for (const n of Array.from(x.keys()).sort((a, b) => x[a] - x[b])) {
    const step = ownTicks.length ? x[n] - x[ownTicks.at(-1)] : Infinity;
    if (step <= blur) continue;
    gap = Math.min(gap, step);
    ownTicks.push(n);
  }
  return { ownTicks, gap };
}

// Bins of a round width, about 1½ √N of them; heights on the density scale.
function chooseBins(fit, [low, high]) {
  const { step } = ticks([low, high], clamp(2 * Math.sqrt(fit.n), 16, 60));
  const start = Math.floor(low / step) * step;
  const bin = Array.from(fit.x, (x) => Math.floor((x - start) / step + 1e-9));
  const heights = new Array(Math.max(...bin) + 1).fill(0);
  for (const i of bin) heights[i] += 1 / (fit.n * step);
  const shares = (r) => { // mean responsibility of the data in each bin
    if (!r) return null;
    const mean = new Float32Array(heights.length * fit.k);
    bin.forEach((i, n) => {
      const count = heights[i] * fit.n * step;
      for (let k = 0; k < fit.k; k++) mean[i * fit.k + k] += r[n * fit.k + k] / count;
    });
    return mean;
  };
  return { low: start, step, heights, shares };
}

// The log-likelihood of every step, with a cursor, and where a loose tolerance stops.
function drawTrace(sheet, theme, em, fit, { from, to, f }) {
  const values = fit.logLikelihood;
  const top = values[fit.last];
  // A bad start can lie so deep that the climb would look flat: then it is marked at the edge.
  const second = values[Math.min(1, fit.last)];
  const deep = fit.last > 1 && top - values[0] > 3 * (top - second);
  const floor = deep ? second : values[0];
  const pad = 0.08 * (top - floor || 1);
  const box = { left: em * 4.4, right: sheet.width - em, top: em * 1.9, bottom: sheet.height - em * 3 };
  const axes = (sheet.axes = new Axes(box, [0, Math.max(1, fit.last)], [floor - pad * (deep ? 2.4 : 1), top + pad]));
  const context = sheet.context;
  const height = (v) => Math.min(axes.y(v), box.bottom);

  sheet.layer("trace", (c) => {
    axes.draw(c, theme, em, { xlabel: "iteration", ylabel: "log-likelihood", whole: true });
    Object.assign(c, { strokeStyle: css(theme.soft, 0.55), lineWidth: 2 });
    axes.clip(c, () => axes.curve(c, values));
    fit.stops.forEach((s, i) => {
      const x = axes.x(s.iteration);
      Object.assign(c, { strokeStyle: css(theme.alarm), lineWidth: 2 });
      c.setLineDash([3, 4]);
      stroke(c, [[x, box.top], [x, box.bottom]]);
      c.setLineDash([]);
      c.beginPath();
      polygon(4, 0, 1.3)(c, x, height(values[s.iteration]), em * 0.38);
      c.fillStyle = css(theme.alarm);
      c.fill();
      const left = x > (box.left + box.right) / 2;
      label(c, theme, s.label, x + (left ? -8 : 8), box.top + em * (0.8 + 1.4 * i), theme.alarm, left ? "right" : "left");
    });
    if (deep) label(c, theme, `↓ ${fixed(values[0], 1)} at the start`, axes.x(1) + 10, box.bottom - em * 0.8, theme.soft);
  });

  const t = (from >> 1) + ((to >> 1) - (from >> 1)) * f;
  const below = Math.floor(t);
  const value = values[below] + (t - below) * ((values[below + 1] ?? values[below]) - values[below]);
  Object.assign(context, { strokeStyle: css(theme.soft), lineWidth: 1 });
  stroke(context, [[axes.x(t), box.top], [axes.x(t), box.bottom]]);
  Object.assign(context, { strokeStyle: css(theme.ink), lineWidth: 2.8 });
  axes.clip(context, () => axes.curve(context, [...values.subarray(0, below + 1), value], (i) => Math.min(i, t)));
  marker(context, theme, theme.ink, 0, axes.x(t), height(value), em * 0.42);
}

export default { render: ({ model, el }) => renderPlayer(model, el) };
