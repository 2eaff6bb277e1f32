// The stage that every exhibit stands on: pictures, words and controls in one box, which follows the
// theme and the size of its page, the keys of its reader, and Python. No libraries and no requests, so
// an exhibit also runs in a page on its own, offline.

import { element, holdFocus, listenToKeys } from "./controls.js";
import { themeOf } from "./paint.js";

export class Stage {
  // What anywidget asks an exhibit for: how to draw it into an element, and from that how to stop.
  static widget() {
    return {
      render: ({ model, el }) => {
        const stage = new this(model, el);
        return () => stage.close();
      },
    };
  }

  constructor(model) {
    this.model = model;
    this.status = element("p", { class: "em-status", "aria-live": "polite" });
    this.undo = [];
    this.stopMoving = () => {};
  }

  // Put the box together: a title if there is one, the sheets side by side, and what stands below them.
  open(el, { title, label, sheets, below, keys }) {
    this.sheets = sheets;
    this.root = element("div", { class: "em-player", role: "group", tabindex: 0, "aria-label": label },
      ...(title ? [element("p", { class: "em-title" }, title)] : []),
      element("div", { class: "em-stage" }, ...sheets.map((sheet) => sheet.canvas)), ...below);
    el.append(this.root);
    listenToKeys(this.root, keys);
    this.redraw();
    this.undo.push(watch(this.root, () => this.redraw()), holdFocus(this.root));
  }

  close() {
    this.stopMoving();
    for (const undo of this.undo) undo();
  }

  // Python and the other views of one model: tell them, and hear what they tell.
  tell(values) {
    this.telling = true; // between two values the model is half told
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.telling = false;
    this.model.save_changes();
  }
  hear(names, act) {
    const heard = () => { if (!this.telling) act(); };
    for (const name of names) {
      this.model.on(`change:${name}`, heard);
      this.undo.push(() => this.model.off(`change:${name}`, heard));
    }
  }

  draw() {
    const { fontSize, fontFamily } = getComputedStyle(this.root);
    for (const sheet of this.sheets) sheet.show(this.theme, parseFloat(fontSize), fontFamily);
  }
  redraw() {
    const before = this.theme;
    this.theme = themeOf(this.root);
    if (this.theme.name !== before?.name) this.recolour();
    this.draw();
  }
  recolour() {} // what wears a theme's colours outside the sheets

  // Call show(0 … 1) on the way to what is next, for `ms` milliseconds; what was on its way stops.
  move(ms, show) {
    this.stopMoving();
    this.stopMoving = tween(ms, (f) => { show(f); this.draw(); });
  }
}

// Call redraw whenever size, theme or sharpness may have changed; return the way to stop.
function watch(root, redraw) {
  const later = () => { redraw(); setTimeout(redraw, 400); }; // style sheets may arrive late
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const size = new ResizeObserver(redraw);
  const theme = new MutationObserver(later);
  size.observe(root);
  for (const node of [document.documentElement, document.body])
    theme.observe(node, { attributeFilter: ["class", "style", "data-jp-theme-light", "data-theme"] });
  dark.addEventListener("change", later);
  addEventListener("resize", redraw);
  return () => {
    size.disconnect();
    theme.disconnect();
    dark.removeEventListener("change", later);
    removeEventListener("resize", redraw);
  };
}

// Call draw(0 … 1) for `ms` milliseconds, gently; once, at the end, for readers who want no motion.
function tween(ms, draw) {
  if (ms < 20 || matchMedia("(prefers-reduced-motion: reduce)").matches) { draw(1); return () => {}; }
  const start = performance.now();
  let frame = requestAnimationFrame(function tick(now) {
    const f = Math.min(1, Math.max(0, (now - start) / ms));
    draw(f * f * (3 - 2 * f));
    if (f < 1) frame = requestAnimationFrame(tick);
  });
  return () => cancelAnimationFrame(frame);
}
