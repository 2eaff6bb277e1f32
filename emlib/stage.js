// What both players stand on: colours and themes, buttons and keys, sharp canvases and axes.
//
// emlib.player puts this file before player.js or bound.js, and hands the sum to the browser as one
// module. No libraries and no requests, so a player also runs in a page on its own, offline.

// ── Colours ──────────────────────────────────────────────────────────────────────────────────────
// Okabe & Ito's palette, safe for colour-blind readers, and lighter relatives for dark pages.
// A component is also told by its marker, its dashes and its number, never by colour alone; the
// first six are those of emlib.plots.

const THEMES = {
  light: {
    ink: [31, 41, 51], soft: [95, 107, 120], line: [214, 220, 226], bare: [138, 147, 158], alarm: [168, 50, 0],
    components: [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167],
      [230, 159, 0], [86, 180, 233], [125, 110, 10], [90, 90, 90]],
  },
  dark: {
    ink: [232, 236, 240], soft: [165, 175, 186], line: [66, 74, 84], bare: [132, 142, 153], alarm: [255, 170, 110],
    components: [[86, 180, 233], [255, 140, 66], [44, 199, 154], [231, 161, 201],
      [243, 195, 77], [154, 168, 255], [240, 228, 66], [208, 208, 208]],
  },
};
const DASHES = [[9, 4], [9, 4, 1, 4], [2, 4], [10, 3, 2, 3, 2, 3], [15, 5], [5, 4], [1, 6], [16, 4, 3, 4]];

const css = ([r, g, b], alpha = 1) => `rgba(${r | 0}, ${g | 0}, ${b | 0}, ${alpha})`;

// The colour of the page behind an element: this, not a setting, decides between light and dark,
// so it is right in JupyterLab, on a slide and in an exported page.
function backdrop(node) {
  for (let n = node; n; n = n.parentElement) {
    const text = getComputedStyle(n).backgroundColor;
    const [r, g, b, alpha = 1] = (text.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    const unit = text.startsWith("color(") ? 255 : 1;
    if (alpha > 0.5) return [r * unit, g * unit, b * unit];
  }
  return [255, 255, 255];
}

function themeOf(root) {
  const paper = backdrop(root);
  const name = 0.3 * paper[0] + 0.6 * paper[1] + 0.1 * paper[2] < 128 ? "dark" : "light";
  root.dataset.theme = name;
  return { name, paper, ...THEMES[name] };
}

// ── The page: elements, buttons, keys ──────────────────────────────────────────────────────────

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const ICONS = {
  first: "M6 5v14M18 5l-8 7 8 7", back: "M15 5l-8 7 8 7", play: "M7 4.5 19 12 7 19.5z",
  pause: "M8 5v14M16 5v14", next: "M9 5l8 7-8 7", last: "M18 5v14M6 5l8 7-8 7",
};
const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"
  fill="${name === "play" ? "currentColor" : "none"}"/></svg>`;

function button(label, key, face, onClick) {
  const made = element("button", { type: "button", "aria-label": label, title: `${label} (key: ${key})` });
  made.innerHTML = face;
  made.addEventListener("click", onClick);
  return made;
}

const halfStep = (letter, word) => `<b>${letter}</b><span>${word}</span>`;

// Keys act anywhere inside a player, and go no further: JupyterLab and reveal.js have other plans
// for them. Enter and space still press a focused button, and a list of choices keeps its arrows.
// Every other key passes, so that a lecturer's clicker still turns the page; escape leaves.
const NATIVE = { BUTTON: [" ", "Enter"], SELECT: [" ", "Enter", "ArrowUp", "ArrowDown", "Home", "End"] };

function listenToKeys(root, actions) {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const native = NATIVE[event.target.tagName]?.includes(event.key);
    const action = name === "Escape" ? () => document.activeElement.blur() : actions[name];
    if (native || action) event.stopPropagation();
    if (native || !action) return;
    event.preventDefault();
    action();
  });
}

// Hold the focus that a reader gave, and return the way to stop. JupyterLab gives it to the active cell
// once that is drawn, even when something inside the cell has it by then, and the next M would turn
// the cell into Markdown. Only a hand, with a key or the mouse, takes it away.
function holdFocus(root) {
  let byHand = false;
  const hand = () => { byHand = true; setTimeout(() => { byHand = false; }); };
  const hold = ({ target, relatedTarget }) => {
    if (!byHand && relatedTarget?.contains(root)) queueMicrotask(() => target.focus({ preventScroll: true }));
  };
  root.addEventListener("focusout", hold);
  for (const kind of ["keydown", "mousedown"]) addEventListener(kind, hand, true);
  return () => { for (const kind of ["keydown", "mousedown"]) removeEventListener(kind, hand, true); };
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

const minus = (text) => text.replace("-", "−");
const fixed = (value, digits) => minus(value.toFixed(digits));
// Decimals that tell a thousandth of a range.
const digitsFor = (low, high) => clamp(3 - Math.floor(Math.log10(high - low)), 0, 12);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// ── Sharp canvases and axes ────────────────────────────────────────────────────────────────────

class Sheet {
  constructor(name, label) {
    this.canvas = element("canvas", { class: name, role: "img", "aria-label": label });
    this.context = this.canvas.getContext("2d");
    this.layers = new Map();
  }

  // Match the bitmap to the pixels of the screen, CSS transforms (slides) included. False: hidden.
  fit(theme, font) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const zoom = this.canvas.getBoundingClientRect().width / (width || 1);
    const scale = clamp(devicePixelRatio * zoom, 1, 4);
    const state = [width, height, scale, theme.name, theme.paper, font].join();
    if (state !== this.state) {
      Object.assign(this, { width, height, scale, state });
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
      this.layers.clear();
    }
    this.prepare(this.context, font);
    return width > 0 && height > 0;
  }

  prepare(context, font) {
    context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.font = font;
    context.lineJoin = context.lineCap = "round";
  }

  // Draw once, keep the picture, and show it again on later frames.
  layer(key, draw, alpha = 1) {
    if (!this.layers.has(key)) {
      if (this.layers.size > 12) this.layers.delete(this.layers.keys().next().value);
      const copy = element("canvas");
      copy.width = this.canvas.width;
      copy.height = this.canvas.height;
      const context = copy.getContext("2d");
      this.prepare(context, this.context.font);
      draw(context);
      this.layers.set(key, copy);
    }
    this.context.globalAlpha = alpha;
    this.context.drawImage(this.layers.get(key), 0, 0, this.width, this.height);
    this.context.globalAlpha = 1;
  }
}

function ticks([low, high], count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) values.push(i * step);
  return { values, text: (v) => fixed(Math.abs(v) < step / 2 ? 0 : v, Math.min(digits, 12)), step };
}

// A rectangle of a canvas with a horizontal and a vertical scale.
class Axes {
  constructor(box, xlim, ylim) { Object.assign(this, { ...box, xlim, ylim }); }
  x(v) { return this.left + ((v - this.xlim[0]) / (this.xlim[1] - this.xlim[0])) * (this.right - this.left); }
  y(v) { return this.bottom - ((v - this.ylim[0]) / (this.ylim[1] - this.ylim[0])) * (this.bottom - this.top); }
  atX(pixel) { // and back: what lies under a pixel
    return this.xlim[0] + ((pixel - this.left) / (this.right - this.left)) * (this.xlim[1] - this.xlim[0]);
  }
  atY(pixel) {
    return this.ylim[0] + ((this.bottom - pixel) / (this.bottom - this.top)) * (this.ylim[1] - this.ylim[0]);
  }

  clip(context, draw) {
    context.save();
    context.beginPath();
    context.rect(this.left, this.top, this.right - this.left, this.bottom - this.top);
    context.clip();
    draw();
    context.restore();
  }

  curve(context, values, at = (i) => i) {
    context.beginPath();
    for (let i = 0; i < values.length; i++) context.lineTo(this.x(at(i)), this.y(values[i]));
    context.stroke();
  }

  // Grid lines, numbers and names. `under` leaves room between the axes and the numbers below.
  draw(context, theme, em, { xlabel = "", ylabel = "", under = 0, numbers = true, whole = false } = {}) {
    const floor = this.bottom + under;
    const across = ticks(this.xlim, (this.right - this.left) / (em * 4));
    const up = ticks(this.ylim, (this.bottom - this.top) / (em * 2.3));
    context.strokeStyle = css(theme.line);
    context.fillStyle = css(theme.soft);
    context.lineWidth = 1;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const v of across.values) {
      if (whole && v !== Math.round(v)) continue;
      stroke(context, [[this.x(v), floor], [this.x(v), floor + 4]]);
      context.fillText(across.text(v), this.x(v), floor + 6);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const v of up.values) {
      stroke(context, [[this.left, this.y(v)], [this.right, this.y(v)]]);
      if (numbers) context.fillText(up.text(v), this.left - 7, this.y(v));
    }
    stroke(context, [[this.left, floor], [this.right, floor]]);
    context.fillStyle = css(theme.ink);
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillText(xlabel, (this.left + this.right) / 2, floor + em * 2.55);
    context.textAlign = "left";
    context.fillText(ylabel, 2, em);
  }
}

function stroke(context, points) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

// Text on a halo of paper, so that it stays readable over whatever lies beneath.
function label(context, theme, text, x, y, colour, align = "left") {
  Object.assign(context, { textAlign: align, textBaseline: "middle", lineWidth: 5 });
  context.strokeStyle = css(theme.paper, 0.9);
  context.strokeText(text, x, y);
  context.fillStyle = css(colour);
  context.fillText(text, x, y);
}

// A marker adds its outline, of radius r about (x, y), to the path. It goes all the way round by
// itself: closePath is very slow on paths of thousands of points.
const outline = (corners) => (context, x, y, r) => {
  context.moveTo(x + r * corners[0][0], y + r * corners[0][1]);
  for (let i = corners.length - 1; i >= 0; i--) context.lineTo(x + r * corners[i][0], y + r * corners[i][1]);
};
const turned = (corners, a) =>
  corners.map(([x, y]) => [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)]);
const polygon = (n, turn, size = 1) =>
  outline(Array.from({ length: n }, (_, i) => turned([[size, 0]], turn + (2 * Math.PI * i) / n)[0]));
const PLUS = [[0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2],
  [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4], [-0.4, -1.2]];
const cross = (turn) => outline(turned(PLUS, turn));
const circle = (context, x, y, r) => { context.moveTo(x + r, y); context.arc(x, y, r, 0, 2 * Math.PI); };
const MARKERS = [circle, polygon(3, -Math.PI / 2, 1.35), polygon(4, Math.PI / 4, 1.25), polygon(4, 0, 1.35),
  polygon(3, Math.PI / 2, 1.35), cross(0), polygon(5, -Math.PI / 2, 1.2), cross(Math.PI / 4)];

// How a component is drawn anywhere: its line, and its marker on a rim of paper.
function componentLine(context, colour, k, width) {
  context.strokeStyle = css(colour);
  context.lineWidth = width;
  context.setLineDash(DASHES[k]);
}

function marker(context, theme, colour, k, x, y, r) {
  context.beginPath();
  MARKERS[k](context, x, y, r);
  context.lineWidth = 4;
  context.strokeStyle = css(theme.paper);
  context.stroke();
  context.fillStyle = css(colour);
  context.fill();
}
