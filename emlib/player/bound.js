// The bound player: the log-likelihood over one θ, the bound below it, and KL between them.

import { Sheet, clamp, fixed } from "./axes.js";
import { drawBars, drawBound } from "./bound_views.js";
import { TwoCoins } from "./coins.js";
import { button, choice, element, halfStep, icon, listenToDrags, slider } from "./controls.js";
import { Stage } from "./stage.js";

const blend = (p, q, f) => p.map((v, i) => (1 - f) * v + f * q[i]);
const AWAY = {
  "½ for every set": (posterior) => posterior.map(() => 0.5),
  "the wrong coin": (posterior) => posterior.map((p) => 1 - p),
};

class BoundPlayer extends Stage {
  constructor(model, el) {
    super(model);
    this.coins = new TwoCoins(model.get("record"));
    this.start = this.at = this.shown = this.position();
    this.away = null; // how far q was pulled from the posterior, 0 … 1; null: left by a step
    this.count = 0;
    this.trail = [this.start.theta];
    this.setUp();
    this.open(el, {
      title: this.coins.title,
      label: "The log-likelihood and the bound below it. Keys: E and M step, " +
        "up and down pull q, left and right move θ, escape leaves.",
      sheets: [this.main, this.bars],
      below: [this.equation, this.status, this.controls()],
      keys: {
        e: () => this.eStep(), m: () => this.mStep(), Home: () => this.restart(),
        ArrowDown: () => this.pullTo(Number(this.pull.value) + 0.05),
        ArrowUp: () => this.pullTo(Number(this.pull.value) - 0.05),
        ArrowRight: () => this.moveTo(this.at.theta + 0.01), ArrowLeft: () => this.moveTo(this.at.theta - 0.01),
      },
    });
    this.describe("start", "The start: E makes the bound touch the log-likelihood");
    listenToDrags(this.root, this.main.canvas, (event) => this.grab(event));
    this.hear(["theta", "responsibilities"], () => this.follow());
  }

  setUp() {
    this.main = new Sheet("em-main", (...paper) => drawBound(...paper, this.coins, this.shown, this.trail));
    this.bars = new Sheet("em-trace", (...paper) => drawBars(...paper, this.coins, this.shown));
    this.bars.canvas.style.cursor = "default";
    this.main.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.equation = element("p", { class: "em-equation", "aria-live": "polite" });
  }

  controls() {
    this.E = halfStep("E", "touch", "set q to the posterior", () => this.eStep());
    this.M = halfStep("M", "climb", "move θ to the top of the bound", () => this.mStep());
    this.pull = slider("Distance of q from the posterior", { min: 0, max: 1, step: 0.01 }, (f) => this.pullTo(f));
    this.target = choice("Pull q towards", Object.keys(AWAY).map((name) => [name, name]));
    this.target.addEventListener("change", () => this.pullTo(Number(this.pull.value) || 0.5));
    this.slider = slider("theta", { min: 0.01, max: 0.99, step: 0.01 }, (theta) => this.moveTo(theta));
    return element("div", { class: "em-controls" }, this.E, this.M,
      button("Back to the start", "Home", icon("first"), () => this.restart()),
      element("label", {}, "pull q away", this.pull),
      element("label", { class: "em-fit" }, "towards", this.target),
      element("label", {}, "move θ", this.slider));
  }

  // What can be done: every act gives a new θ or a new q.
  go(next, ms, phase, words) {
    const before = this.shown;
    this.at = { ...this.at, ...next };
    this.describe(phase, words);
    this.tell({ theta: this.at.theta, responsibilities: this.at.q });
    this.move(ms, (f) => {
      const theta = (1 - f) * before.theta + f * this.at.theta;
      this.shown = { theta, q: blend(before.q, this.at.q, f) };
    });
  }
  eStep() {
    this.away = 0;
    this.go({ q: this.coins.posterior(this.at.theta) }, 600, "E",
      "After the E-step: q is the posterior, so the bound touches the log-likelihood at θ");
  }
  mStep() {
    const { coins, at } = this;
    const theta = clamp(coins.top(at.q), 1e-4, 1 - 1e-4);
    const fell = coins.logLikelihood(theta) < coins.logLikelihood(at.theta) - 1e-9;
    if (Math.abs(theta - at.theta) > 1e-9) {
      this.count++;
      this.trail.push(theta);
      this.away = null;
    }
    this.go({ theta }, 600, "M", "After the M-step: θ is at the top of the bound" +
      (fell ? "; the log-likelihood fell, because the bound did not touch: EM needs its E-step" : ""));
  }
  pullTo(f) {
    this.away = clamp(f, 0, 1);
    const posterior = this.coins.posterior(this.at.theta);
    this.go({ q: blend(posterior, this.farFrom(posterior), this.away) }, 0, "q",
      this.away ? "q is not the posterior: KL opens a gap between the bound and the log-likelihood"
        : "q is the posterior: no gap");
  }
  moveTo(theta) {
    this.forget(clamp(theta, 0.01, 0.99));
    this.go({ theta: this.trail[0] }, 0, "θ",
      "θ has moved, and q has not: the bound still touches where q was the posterior");
  }
  restart() {
    this.forget(this.start.theta);
    this.go(this.start, 0, "start", "The start: q is still ½ for every set. E makes the bound touch");
  }
  forget(theta) { Object.assign(this, { away: null, count: 0, trail: [theta] }); }

  // Python has set something, or another view of the same player.
  position() { return { theta: this.model.get("theta"), q: [...this.model.get("responsibilities")] }; }
  follow() {
    const { theta, q } = this.position();
    if (theta === this.at.theta && q.every((p, i) => p === this.at.q[i])) return;
    this.away = null;
    this.go({ theta, q }, 0, "set", "Set from Python");
  }

  // Dragging: up and down pulls q, so that the bound follows the pointer; sideways, from the foot, moves θ.
  under({ offsetX, offsetY }) {
    const { axes } = this.main;
    if (!axes || Math.abs(offsetX - axes.x(this.at.theta)) >= 30) return null;
    return offsetY > axes.bottom - 16 ? "foot" : "gap";
  }
  grab(event) {
    const { axes } = this.main;
    return {
      foot: (e) => this.moveTo(axes.atX(e.offsetX)),
      gap: (e) => this.pullTo(this.awayFor(axes.atY(e.offsetY))),
    }[this.under(event)];
  }
  point(event) {
    this.main.canvas.style.cursor = { foot: "ew-resize", gap: "ns-resize" }[this.under(event)] ?? "default";
  }
  farFrom(posterior) { return AWAY[this.target.value](posterior); }
  awayFor(height) { // KL grows with the distance, so halving finds the one that fits
    const posterior = this.coins.posterior(this.at.theta);
    const far = this.farFrom(posterior);
    let [low, high] = [0, 1];
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (this.coins.bound(blend(posterior, far, middle), this.at.theta) > height) low = middle;
      else high = middle;
    }
    return low < 1e-3 ? 0 : low;
  }

  // What is shown, in words and as data.
  describe(phase, words) {
    const { coins, at: { theta, q }, count } = this;
    const logLikelihood = coins.logLikelihood(theta);
    const elbo = coins.bound(q, theta);
    const kl = Math.max(0, logLikelihood - elbo);
    const top = coins.top(q);
    const term = (name, number) =>
      element("span", { class: `em-${name.toLowerCase()}` }, `${name} `, element("b", {}, fixed(number, 3)));
    this.equation.replaceChildren(term("log-likelihood", logLikelihood), " = ", term("bound", elbo), " + ", term("KL", kl));
    this.status.textContent = `${words} · θ = ${fixed(theta, 4)} · M-steps: ${count}`;
    Object.assign(this.root.dataset, { phase, iteration: count, theta, logLikelihood, elbo, kl });
    this.pull.value = this.away ?? this.awayFor(elbo); // after a step: as far as would open the same gap
    this.pull.setAttribute("aria-valuetext", `KL ${fixed(kl, 3)}`);
    this.slider.value = theta;
    const touching = kl < 1e-9;
    this.E.classList.toggle("em-due", !touching);
    this.M.classList.toggle("em-due", touching && Math.abs(top - theta) > 5e-5);
    this.main.say(`Log-likelihood over θ, the bias of coin ${coins.coin}, with the bound below it. ` +
      `At θ = ${fixed(theta, 4)}: log-likelihood ${fixed(logLikelihood, 3)}, bound ${fixed(elbo, 3)}, ` +
      `gap KL ${fixed(kl, 3)}. The top of the bound is at ${fixed(top, 4)}.`);
    this.bars.say(`q, the probability that coin ${coins.coin} threw each set: ` +
      q.map((p, i) => `${coins.heads[i]} heads ${fixed(p, 2)}`).join(", "));
  }
}

export default BoundPlayer.widget();
