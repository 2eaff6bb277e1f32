// Two coins, equally likely; θ is the bias of the free one, q_i the probability that it threw set i.
// log p(x|θ) = ELBO(q, θ) + KL(q ‖ posterior), for any q.

// log of a sum of exponentials, with the max-shift that keeps it finite.
function logSumExp(values) {
  const top = Math.max(...values);
  return top === -Infinity ? top : top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

export class TwoCoins {
  constructor(record) {
    Object.assign(this, record);
    this.other = this.heads.map((h, i) => h * Math.log(this.fixed) + this.tails[i] * Math.log1p(-this.fixed));
  }
  free(theta) { return this.heads.map((h, i) => h * Math.log(theta) + this.tails[i] * Math.log1p(-theta)); }
  logLikelihood(theta) {
    return this.free(theta).reduce((sum, a, i) => sum + Math.log(0.5) + logSumExp([a, this.other[i]]), 0);
  }
  posterior(theta) { return this.free(theta).map((a, i) => Math.exp(a - logSumExp([a, this.other[i]]))); }
  bound(q, theta) {
    const entropy = (p) => (p > 0 ? -p * Math.log(p) : 0);
    return this.free(theta).reduce((sum, a, i) => sum + Math.log(0.5) + q[i] * a + (1 - q[i]) * this.other[i]
      + entropy(q[i]) + entropy(1 - q[i]), 0);
  }
  // The bound is a weighted log-likelihood of one coin, so its top is a weighted share of heads.
  top(q) {
    const heads = q.reduce((sum, p, i) => sum + p * this.heads[i], 0);
    return heads / q.reduce((sum, p, i) => sum + p * (this.heads[i] + this.tails[i]), 0);
  }
}
