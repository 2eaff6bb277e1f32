// The player: replays a fit, and takes the E-step and the M-step apart.

import { Sheet, clamp, digitsFor, fixed } from "./axes.js";
import { button, choice, element, halfStep, icon, slider } from "./controls.js";
import { histogramView } from "./histogram.js";
import { componentLine, marker, stroke } from "./paint.js";
import { Replay, phase } from "./replay.js";
import { scatterView } from "./scatter.js";
import { Stage } from "./stage.js";
import { drawTrace } from "./trace.js";

const SPEEDS = [0.5, 1, 2, 4, 8, 16].map((s) => [`${s === 0.5 ? "½" : s}×`, s]);
const THE_END = "this is the end of the fit";

class Player extends Stage {
  constructor(model, el) {
    super(model);
    this.fit = new Replay(model.get("record"));
    this.end = 2 * this.fit.last + 1;
    this.at = this.position();
    this.fit.reach(this.at >> 1);
    this.shown = { from: this.at, to: this.at, f: 1 };
    this.playing = null;
    this.told = 0;
    this.setUp();
    this.open(el, {
      title: this.fit.title,
      label: `EM player${this.fit.title ? ": " + this.fit.title : ""}. Keys: E and M take half a step, ` +
        "arrows an iteration, space plays, escape leaves.",
      sheets: [this.main, this.trace],
      below: [this.status, this.controls(), this.legend],
      keys: {
        " ": () => this.toggle(), e: () => this.half("E"), m: () => this.half("M"),
        Home: () => this.jump(0), End: () => this.jump(this.end),
        ArrowRight: () => this.iterate(1), ArrowUp: () => this.iterate(1),
        ArrowLeft: () => this.iterate(-1), ArrowDown: () => this.iterate(-1),
      },
    });
    this.hear(["iteration", "phase"], () => {
      if (!this.playing && this.position() !== this.at) this.go(this.position(), 0);
    });
  }

  // Pictures, and the numbers of each component under them.
  setUp() {
    const { fit } = this;
    const view = fit.d === 1 ? histogramView(fit) : scatterView(fit);
    this.digits = [0, fit.d - 1].map((axis) => digitsFor(...fit.range(axis)));
    this.main = new Sheet("em-main", (...paper) => view(...paper, this.shown));
    this.trace = new Sheet("em-trace", (...paper) => drawTrace(...paper, fit, this.shown));
    this.legend = element("ul", { class: "em-legend", "aria-label": "Parameters of each component" });
    this.trace.canvas.addEventListener("pointerdown", (event) => {
      const { axes, canvas, width } = this.trace;
      const t = Math.round(axes.atX((event.offsetX * width) / canvas.clientWidth));
      this.jump(2 * clamp(t, 0, fit.reached) + 1);
    });
  }

  controls() {
    this.E = halfStep("E", "recolour", "recolour the points", () => this.half("E"));
    this.M = halfStep("M", "move", "move the components", () => this.half("M"));
    this.play = button("Play", "space", icon("play"), () => this.toggle());
    this.slider = slider("Half-step", { min: 0, max: this.end, step: 1 }, (p) => this.jump(p));
    this.speed = choice("Speed", SPEEDS, 1);
    return element("div", { class: "em-controls" }, this.E, this.M,
      element("span", { class: "em-group" },
        button("To the start", "Home", icon("first"), () => this.jump(0)),
        button("One iteration back", "←", icon("back"), () => this.iterate(-1)),
        this.play,
        button("One iteration forward", "→", icon("next"), () => this.iterate(1)),
        button("To the end", "End", icon("last"), () => this.jump(this.end))),
      this.slider, this.speed);
  }

  // Moving about.
  position() { return 2 * this.model.get("iteration") + (this.model.get("phase") === "E" ? 1 : 0); }
  go(position, ms, note = "") {
    const from = this.at;
    this.at = clamp(position, 0, this.end);
    this.fit.reach(this.at >> 1);
    this.describe(note);
    this.report();
    this.move(Math.abs(this.at - from) === 1 ? ms : 0, (f) => { this.shown = { from, to: this.at, f }; });
  }
  jump(position) { this.pause(); this.go(position, 0); }
  iterate(sign) {
    this.pause();
    const t = (this.at >> 1) + sign;
    if (t > this.fit.last) this.go(this.end, 0, THE_END);
    else this.go(t < 0 ? 0 : 2 * t + 1, 0);
  }
  half(wanted) {
    this.pause();
    const { at } = this;
    if (at === this.end && wanted === "M") this.go(at, 0, THE_END);
    else if (phase(at) !== wanted) this.go(at + 1, 380);
    else if (at === 0) this.go(at, 0, "no point has a colour yet, so there is nothing to average: E comes first");
    else this.go(at, 0, `a second ${wanted}-step in a row changes nothing: ${wanted === "E" ? "M" : "E"} comes next`);
  }

  // Playing: four half-steps a second at 1×.
  toggle() { if (this.playing) this.pause(); else this.start(); }
  start() {
    if (this.at === this.end) this.go(0, 0);
    this.playing = { due: performance.now() };
    this.describe();
    const tick = (now) => {
      const interval = 250 / this.speed.value;
      const steps = Math.floor((now - this.playing.due) / interval);
      if (steps > 0) {
        this.playing.due += steps * interval;
        this.go(this.at + steps, Math.min(380, interval * 0.8));
        if (this.at === this.end) return this.pause();
      }
      this.playing.frame = requestAnimationFrame(tick);
    };
    this.playing.frame = requestAnimationFrame(tick);
  }
  pause() {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing.frame);
    this.playing = null;
    this.describe();
    this.report();
  }
  close() {
    this.pause();
    super.close();
  }

  // Tell Python, but not sixty times a second.
  report() {
    const soon = this.playing && performance.now() - this.told < 120 && this.at !== this.end;
    if (this.position() === this.at || soon) return;
    this.told = performance.now();
    this.tell({ iteration: this.at >> 1, phase: phase(this.at) });
  }

  // What is shown, in words and as data.
  describe(note = "") {
    const { at, end, fit, root, playing } = this;
    const t = at >> 1;
    const value = fit.logLikelihood[t];
    const where = at === 0 ? "Iteration 0, the start" : `Iteration ${t}, after the ${phase(at)}-step`;
    const what = at === 0 ? "no point has a colour yet"
      : at % 2 ? "the colours follow the model" : "the model has moved, the colours have not";
    const stop = fit.passed.find((s) => s.iteration === t);
    this.status.setAttribute("aria-live", playing ? "off" : "polite");
    this.status.replaceChildren(element("b", {}, where),
      ` · log-likelihood ${fixed(value, 2)} · ${note || what}${stop ? ` · ${stop.label}` : ""}`);
    Object.assign(root.dataset, { iteration: t, phase: phase(at), logLikelihood: value, playing: Boolean(playing) });
    this.slider.max = 2 * fit.reached + 1;
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", `${where}, log-likelihood ${fixed(value, 2)}`);
    for (const [node, letter] of [[this.E, "E"], [this.M, "M"]]) {
      node.classList.toggle("em-due", at < end && phase(at) !== letter);
      node.setAttribute("aria-disabled", at === end || phase(at) === letter);
    }
    this.showPlaying();
    this.describePictures(where, value);
  }
  showPlaying() {
    const face = this.playing ? "pause" : "play";
    if (this.play.dataset.face === face) return;
    this.play.innerHTML = icon((this.play.dataset.face = face));
    this.play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }
  describePictures(where, value) {
    const { fit } = this;
    const t = this.at >> 1;
    const parts = fit.components(t).map((p) => this.inWords(p));
    parts.forEach((words, k) => { this.legend.children[k].lastChild.textContent = `${k + 1}: ${words}`; });
    this.main.say(`${fit.n} points under ${fit.k} components. ${where}. ` +
      parts.map((words, k) => `Component ${k + 1}: ${words}`).join("; "));
    this.trace.say(`Log-likelihood over ${fit.reached} iterations${fit.whole ? "" : " so far"}, from ` +
      `${fixed(fit.logLikelihood[0], 2)} to ${fixed(fit.logLikelihood[fit.reached], 2)}; ` +
      `now ${fixed(value, 2)} at ${t}. ` +
      fit.passed.map((s) => `${s.label}: iteration ${s.iteration}.`).join(" "));
  }
  inWords(p) {
    const [x, y] = [fixed(p[1], this.digits[0]), fixed(p[2], this.digits.at(-1))];
    return `weight ${fixed(p[0], 3)}, mean ${this.fit.d === 1 ? `${x}, std ${y}` : `(${x}, ${y})`}`;
  }

  // The legend shows each component as it is drawn.
  recolour() {
    this.legend.replaceChildren(...Array.from({ length: this.fit.k }, (_, k) => this.legendRow(k)));
    this.describe();
  }
  legendRow(k) {
    const swatch = element("canvas", { width: 88, height: 32, "aria-hidden": "true" });
    const context = swatch.getContext("2d");
    const colour = this.theme.components[k];
    context.scale(2, 2);
    componentLine(context, colour, k, 2.5);
    stroke(context, [[2, 8], [42, 8]]);
    context.setLineDash([]);
    marker(context, this.theme, colour, k, 22, 8, 5);
    return element("li", {}, swatch, element("span"));
  }
}

export default Player.widget();
