// The two players of emlib.player: EM replayed on a canvas, and the bound under a log-likelihood.
//
// Everything comes from Python in one record; this file only draws, and recomputes responsibilities,
// which are one density evaluation. No libraries and no requests: it also runs in a page on its own.
//
//   1 colours   2 the page: elements, buttons, keys   3 sharp canvases and axes
//   4 mixtures  5 Player                              6 BoundPlayer

// ── 1 Colours ────────────────────────────────────────────────────────────────────────────────────
// Okabe & Ito's palette, safe for colour-blind readers, and lighter relatives for dark pages.
// A component is also told by its marker, its dashes and its number, never by colour alone.

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
const DASHES = [[], [8, 5], [2, 4], [10, 4, 2, 4], [14, 5], [5, 3], [2, 7], [10, 3, 2, 3, 2, 3]];

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

// ── 2 The page: elements, buttons, keys ──────────────────────────────────────────────────────────

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const ICONS = {
  first: "M6 5v14M19 5 9 12l10 7z", back: "M17 5 7 12l10 7z", play: "M7 4.5 19 12 7 19.5z",
  pause: "M8 5v14M16 5v14", next: "M7 5l10 7-10 7z", last: "M18 5v14M5 5l10 7-10 7z",
};
const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

function button(label, key, face, onClick) {
  const made = element("button", { type: "button", "aria-label": label, title: `${label} (key: ${key})` });
  made.innerHTML = face;
  made.addEventListener("click", onClick);
  return made;
}

const halfStep = (letter, word) => `<b>${letter}</b><span>${word}</span>`;

// Keys act anywhere inside a player, and go no further: JupyterLab and reveal.js have other plans
// for them. Enter and space still press a focused button, and a list of choices keeps its arrows.
function listenToKeys(root, actions) {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.addEventListener("keydown", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    const own = { BUTTON: [" ", "Enter"], SELECT: [" ", "Enter", "ArrowUp", "ArrowDown", "Home", "End"] };
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!plain || name === "Tab" || name === "Escape") return;
    event.stopPropagation();
    if ((own[event.target.tagName] || []).includes(event.key) || !actions[name]) return;
    event.preventDefault();
    actions[name]();
  });
}

// Call redraw whenever size, theme or sharpness may have changed; return the way to stop.
function watch(root, redraw) {
  const later = () => { redraw(); setTimeout(redraw, 400); }; // style sheets may arrive late
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const size = new ResizeObserver(redraw);
  const theme = new MutationObserver(later);
  size.observe(root);
  for (const node of [document.documentElement, document.body])
    theme.observe(node, { attributes: true, attributeFilter: ["class", "style", "data-jp-theme-light", "data-theme"] });
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
const short = (value) => minus(String(+value.toPrecision(4)));
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// ── 3 Sharp canvases and axes ────────────────────────────────────────────────────────────────────

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
  atX(pixel) { return this.xlim[0] + ((pixel - this.left) / (this.right - this.left)) * (this.xlim[1] - this.xlim[0]); }
  atY(pixel) { return this.ylim[0] + ((this.bottom - pixel) / (this.bottom - this.top)) * (this.ylim[1] - this.ylim[0]); }

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
    const across = ticks(this.xlim, (this.right - this.left) / (em * 5));
    const up = ticks(this.ylim, (this.bottom - this.top) / (em * 2.6));
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

const polygon = (n, turn, size = 1) => (context, x, y, r) => {
  for (let i = 0; i < n; i++) {
    const a = (2 * Math.PI * i) / n + turn;
    context[i ? "lineTo" : "moveTo"](x + size * r * Math.cos(a), y + size * r * Math.sin(a));
  }
  context.closePath();
};
const PLUS = [[0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2],
  [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4], [-0.4, -1.2]];
const cross = (turn) => (context, x, y, r) => {
  const [c, s] = [r * Math.cos(turn), r * Math.sin(turn)];
  PLUS.forEach(([u, v], i) => context[i ? "lineTo" : "moveTo"](x + c * u - s * v, y + s * u + c * v));
  context.closePath();
};
const circle = (context, x, y, r) => { context.moveTo(x + r, y); context.arc(x, y, r, 0, 2 * Math.PI); };
const MARKERS = [circle, polygon(4, Math.PI / 4, 1.25), polygon(3, -Math.PI / 2, 1.35), polygon(4, 0, 1.35),
  polygon(3, Math.PI / 2, 1.35), cross(0), polygon(5, -Math.PI / 2, 1.2), cross(Math.PI / 4)];

// ── 4 Mixtures ───────────────────────────────────────────────────────────────────────────────────

function unpack(text, Type) {
  return new Type(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

// log of a sum of exponentials, with the max-shift that keeps it finite.
function logSumExp(values) {
  const top = Math.max(...values);
  return top === -Infinity ? top : top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
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
    const mix = Array.from({ length: width }, (_, i) => (1 - f) * this.all[t * width + i] + f * this.all[u * width + i]);
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
    const pad = 0.07 * (high - low || 1);
    return [low - pad, high + pad];
  }
}

// ── 5 Player ─────────────────────────────────────────────────────────────────────────────────────
// A position counts half-steps: 2t shows model t in the colours of model t − 1 (after M), 2t + 1 in
// its own colours (after E). At 0 nobody has been given a colour yet.

function renderPlayer(model, el) {
  const fit = new Replay(model.get("record"));
  const end = 2 * fit.last + 1;
  const drawData = fit.d === 1 ? histogramView(fit) : scatterView(fit);
  const phase = (p) => (p % 2 ? "E" : "M");
  const position = () => 2 * model.get("iteration") + (model.get("phase") === "E" ? 1 : 0);
  let at = position();
  let shown = { from: at, to: at, f: 1 };
  let stopTween = () => {};
  let playing = null;

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
    "aria-label": `EM player${fit.title ? ": " + fit.title : ""}. Keys: E and M take half a step, arrows an iteration, space plays.` },
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
    go(t < 0 ? 0 : t > fit.last ? end : 2 * t + 1, 0, t > fit.last ? "This is the end of the fit. " : "");
  }
  function half(wanted) {
    pause();
    if (at === end && wanted === "M") return go(at, 0, "This is the end of the fit. ");
    if (phase(at) !== wanted) return go(at + 1, 380);
    if (at === 0) return go(at, 0, "Nobody has a colour yet, so there is nothing to average: E first. ");
    go(at, 0, `A second ${wanted}-step in a row changes nothing: ${wanted === "E" ? "M" : "E"} comes next. `);
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
  function tell() {
    if (position() === at || (playing && performance.now() - told < 120 && at !== end)) return;
    told = performance.now();
    model.set("iteration", at >> 1);
    model.set("phase", phase(at));
    model.save_changes();
  }
  function hear() { if (!playing && position() !== at) go(position(), 0); }

  // What is shown, in words and as data.
  function describe(note = "") {
    const t = at >> 1;
    const value = fit.logLikelihood[t];
    const where = at === 0 ? "Iteration 0, the start: no point has a colour yet"
      : at % 2 ? `Iteration ${t}, after the E-step: the colours follow the model`
        : `Iteration ${t}, after the M-step: the model has moved, the colours have not`;
    const stop = fit.stops.find((s) => s.iteration === t);
    status.setAttribute("aria-live", playing ? "off" : "polite");
    status.textContent = `${note}${where} · log-likelihood ${fixed(value, 2)}${stop ? ` · ${stop.label}` : ""}`;
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
    legend.replaceChildren(...parts.map(legendRow));
    main.canvas.setAttribute("aria-label", `${fit.n} points under ${fit.k} components. ${where}. ` +
      parts.map((p, k) => `Component ${k + 1}: ${inWords(p)}`).join("; "));
    trace.canvas.setAttribute("aria-label", `Log-likelihood over ${fit.last} iterations, from ` +
      `${fixed(fit.logLikelihood[0], 2)} to ${fixed(fit.logLikelihood[fit.last], 2)}; now ${fixed(value, 2)} at ${t}. ` +
      fit.stops.map((s) => `${s.label}: iteration ${s.iteration}.`).join(" "));
  }
  function inWords(p) {
    const place = fit.d === 1 ? `mean ${short(p[1])}, std ${short(p[2])}` : `mean (${short(p[1])}, ${short(p[2])})`;
    return `weight ${fixed(p[0], 3)}, ${place}`;
  }
  function legendRow(p, k) {
    const swatch = element("canvas", { width: 88, height: 32, "aria-hidden": "true" });
    const context = swatch.getContext("2d");
    const { components, paper } = themeOf(root);
    context.scale(2, 2);
    componentLine(context, components[k], k, 2.5);
    stroke(context, [[2, 8], [42, 8]]);
    context.setLineDash([]);
    marker(context, { paper }, components[k], k, 22, 8, 5);
    return element("li", {}, swatch, `${k + 1}: ${inWords(p)}`);
  }

  // Drawing.
  function draw() {
    const theme = themeOf(root);
    const style = getComputedStyle(root);
    const em = parseFloat(style.fontSize);
    const font = `${em}px ${style.fontFamily}`;
    if (main.fit(theme, font)) drawData(main, theme, em, shown);
    if (trace.fit(theme, font)) drawTrace(trace, theme, em, fit, shown);
  }
  function redraw() {
    const before = root.dataset.theme;
    draw();
    if (root.dataset.theme !== before) describe();
  }

  trace.canvas.addEventListener("pointerdown", (event) => {
    const t = trace.axes.atX((event.offsetX * trace.width) / trace.canvas.clientWidth);
    jump(2 * clamp(Math.round(t), 0, fit.last) + 1);
  });
  slider.addEventListener("input", () => jump(Number(slider.value)));
  listenToKeys(root, {
    " ": toggle, e: () => half("E"), m: () => half("M"), Home: () => jump(0), End: () => jump(end),
    ArrowRight: () => iterate(1), ArrowUp: () => iterate(1), ArrowLeft: () => iterate(-1), ArrowDown: () => iterate(-1),
    PageUp: () => jump(Math.min(end, at + 20)), PageDown: () => jump(Math.max(0, at - 20)),
  });
  model.on("change:iteration", hear);
  model.on("change:phase", hear);
  describe();
  draw();
  const unwatch = watch(root, redraw);
  return () => {
    pause();
    stopTween();
    unwatch();
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

// Points in groups of one colour and one marker: a few hundred fills, however many points.
function grouped(fit, r, palette) {
  const groups = new Map();
  const levels = fit.k === 2 ? 48 : 16;
  for (let n = 0; n < fit.n; n++) {
    const row = Array.from(r.subarray(n * fit.k, (n + 1) * fit.k), (v) => Math.round(v * levels));
    const key = row.join();
    if (!groups.has(key)) {
      const total = row.reduce((a, b) => a + b, 0) || 1;
      const colour = [0, 1, 2].map((c) => row.reduce((sum, v, k) => sum + v * palette[k][c], 0) / total);
      groups.set(key, { colour, k: row.indexOf(Math.max(...row)), points: [] });
    }
    groups.get(key).points.push(n);
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
  const width = fit.k * fit.size;
  const places = [];
  for (let s = 0; s <= t; s++) places.push([axes.x(fit.all[s * width + k * fit.size + 1]), axes.y(fit.all[s * width + k * fit.size + 2])]);
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
  const tallest = Math.max(...bins.heights, ...total(fit.components(fit.last).map(density)));

  return (sheet, theme, em, shown) => {
    const strip = em * 1.9;
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
      const seen = new Set();
      for (let n = 0; n < fit.n; n++) {
        const x = Math.round(axes.x(fit.x[n]) * 2) / 2;
        if (!seen.has(x)) stack(c, r, n, x - 1.1, 2.2, top + strip, strip);
        seen.add(x);
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

// Bins of a round width near Freedman & Diaconis' (1981) rule, on the density scale.
function chooseBins(fit, [low, high]) {
  const sorted = Float64Array.from(fit.x).sort();
  const spread = sorted[Math.floor(0.75 * fit.n)] - sorted[Math.floor(0.25 * fit.n)] || (high - low) / 4;
  const count = clamp((high - low) / (2 * spread * fit.n ** (-1 / 3)), 12, 60);
  const { step } = ticks([low, high], count * 1.5);
  const start = Math.floor(low / step) * step;
  const bin = Array.from(fit.x, (x) => Math.floor((x - start) / step + 1e-9));
  const heights = new Array(Math.max(...bin) + 1).fill(0);
  for (const i of bin) heights[i] += 1 / (fit.n * step);
  const shares = (r) => { // mean responsibility of the data in each bin
    if (!r) return null;
    const mean = new Float32Array(heights.length * fit.k);
    bin.forEach((i, n) => { for (let k = 0; k < fit.k; k++) mean[i * fit.k + k] += r[n * fit.k + k] / (heights[i] * fit.n * step); });
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
    if (deep) label(c, theme, `↓ ${fixed(values[0], 1)} at the start`, box.left + 8, box.bottom - em * 0.7, theme.soft);
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

// ── 6 BoundPlayer ────────────────────────────────────────────────────────────────────────────────
// Two coins, equally likely; θ is the bias of the free one, q_i the probability that it threw set i.
// log p(x|θ) = ELBO(q, θ) + KL(q ‖ posterior), for any q: the picture draws each of the three.

class TwoCoins {
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

const blend = (p, q, f) => p.map((v, i) => (1 - f) * v + f * q[i]);
const AWAY = {
  "½ for every set": (posterior) => posterior.map(() => 0.5),
  "the wrong coin": (posterior) => posterior.map((p) => 1 - p),
};

function renderBound(model, el) {
  const coins = new TwoCoins(model.get("record"));
  const start = { theta: model.get("theta"), q: [...model.get("responsibilities")] };
  let at = start;
  let shown = start;
  let away = null; // how far q was pulled from the posterior, 0 … 1; null: left by a step
  let count = 0;
  let trail = [start.theta];
  let stopTween = () => {};

  // The page.
  const main = new Sheet("em-main", "");
  const bars = new Sheet("em-trace", "");
  bars.canvas.style.cursor = "default";
  const status = element("p", { class: "em-status", "aria-live": "polite" });
  const equation = element("p", { class: "em-equation", "aria-live": "polite" });
  const pull = element("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Distance of q from the posterior" });
  const target = element("select", { "aria-label": "Pull q towards" });
  for (const name of Object.keys(AWAY)) target.append(new Option(name, name));
  const move = element("input", { type: "range", min: 0.01, max: 0.99, step: 0.01, "aria-label": "theta" });
  const E = button("E-step: set q to the posterior", "E", halfStep("E", "touch"), eStep);
  const M = button("M-step: move θ to the top of the bound", "M", halfStep("M", "climb"), mStep);
  E.classList.add("em-half");
  M.classList.add("em-half");
  const reset = button("Back to the start", "Home", icon("first"), restart);
  const root = element("div", { class: "em-player", role: "group", tabindex: 0,
    "aria-label": "The log-likelihood and the bound below it. Keys: E and M step, up and down pull q, left and right move θ." },
    ...(coins.title ? [element("p", { class: "em-title" }, coins.title)] : []),
    element("div", { class: "em-stage" }, main.canvas, bars.canvas), equation, status,
    element("div", { class: "em-controls" }, E, M, reset,
      element("label", {}, "pull q away", pull), element("label", { class: "em-fit" }, "towards", target),
      element("label", {}, "move θ", move)));
  el.append(root);

  // What can be done: every act gives a new θ or a new q.
  function go(next, ms, phase, words) {
    stopTween();
    const before = shown;
    at = { ...at, ...next };
    describe(phase, words);
    model.set("theta", at.theta);
    model.set("responsibilities", at.q);
    model.save_changes();
    stopTween = tween(ms, (f) => {
      shown = { theta: (1 - f) * before.theta + f * at.theta, q: blend(before.q, at.q, f) };
      draw();
    });
  }
  function eStep() {
    away = 0;
    go({ q: coins.posterior(at.theta) }, 600, "E", "After the E-step: q is the posterior, so the bound touches the log-likelihood at θ");
  }
  function mStep() {
    const before = coins.logLikelihood(at.theta);
    const theta = clamp(coins.top(at.q), 1e-4, 1 - 1e-4);
    const fell = coins.logLikelihood(theta) < before - 1e-9;
    if (Math.abs(theta - at.theta) > 1e-9) {
      count++;
      trail.push(theta);
      away = null;
    }
    go({ theta }, 600, "M", `After the M-step: θ is at the top of the bound, ${fixed(theta, 4)}` +
      (fell ? "; the log-likelihood fell, because the bound did not touch: EM needs its E-step" : ""));
  }
  function pullTo(f) {
    away = clamp(f, 0, 1);
    const posterior = coins.posterior(at.theta);
    go({ q: blend(posterior, AWAY[target.value](posterior), away) }, 0, "q",
      away ? "q is not the posterior: KL opens a gap between the bound and the log-likelihood" : "q is the posterior: no gap");
  }
  function moveTo(theta) {
    [away, count, trail] = [null, 0, [clamp(theta, 0.01, 0.99)]];
    go({ theta: trail[0] }, 0, "θ", "θ has moved, and q has not: the bound still touches where q was the posterior");
  }
  function restart() {
    [away, count, trail] = [null, 0, [start.theta]];
    go(start, 0, "start", "The start: q is still ½ for every set. E makes the bound touch");
  }

  // What is shown, in words and as data.
  function describe(phase, words) {
    const value = coins.logLikelihood(at.theta);
    const elbo = coins.bound(at.q, at.theta);
    const kl = Math.max(0, value - elbo);
    const term = (name, number, kind) => element("span", { class: kind }, `${name} `, element("b", {}, fixed(number, 3)));
    equation.replaceChildren(term("log-likelihood", value, "em-total"), " = ", term("bound", elbo, "em-elbo"), " + ", term("KL", kl, "em-kl"));
    status.textContent = `${words} · θ = ${fixed(at.theta, 4)} · M-steps: ${count}`;
    Object.assign(root.dataset, { phase, iteration: count, theta: at.theta, logLikelihood: value, elbo, kl, away: away ?? "" });
    pull.value = away ?? 0;
    pull.setAttribute("aria-valuetext", `KL ${fixed(kl, 3)}`);
    move.value = at.theta;
    const touching = kl < 1e-9;
    E.classList.toggle("em-due", !touching);
    M.classList.toggle("em-due", touching && Math.abs(coins.top(at.q) - at.theta) > 5e-5);
    main.canvas.setAttribute("aria-label", `Log-likelihood over θ, the bias of coin ${coins.coin}, with the bound below it. ` +
      `At θ = ${fixed(at.theta, 4)}: log-likelihood ${fixed(value, 3)}, bound ${fixed(elbo, 3)}, gap KL ${fixed(kl, 3)}. ` +
      `The top of the bound is at ${fixed(coins.top(at.q), 4)}.`);
    bars.canvas.setAttribute("aria-label", `q, the probability that coin ${coins.coin} threw each set: ` +
      at.q.map((p, i) => `${coins.heads[i]} heads ${fixed(p, 2)}`).join(", "));
  }

  // Drawing.
  function draw() {
    const theme = themeOf(root);
    const style = getComputedStyle(root);
    const em = parseFloat(style.fontSize);
    const font = `${em}px ${style.fontFamily}`;
    if (main.fit(theme, font)) drawBound(main, theme, em, coins, shown, trail);
    if (bars.fit(theme, font)) drawBars(bars, theme, em, coins, shown);
  }

  // Dragging: up and down pulls q, so that the bound follows the pointer; sideways, from the foot, moves θ.
  function grab(event) {
    const { axes, context } = main;
    const [x, y] = [event.offsetX, event.offsetY];
    const near = Math.abs(x - axes.x(at.theta)) < 30;
    if (!near) return;
    const drag = y > axes.bottom - 16
      ? (e) => moveTo(axes.atX(e.offsetX))
      : (e) => pullTo(awayFor(axes.atY(e.offsetY)));
    const drop = () => {
      main.canvas.classList.remove("em-dragging");
      main.canvas.removeEventListener("pointermove", drag);
    };
    event.preventDefault();
    root.focus({ preventScroll: true });
    context.canvas.setPointerCapture(event.pointerId);
    main.canvas.classList.add("em-dragging");
    main.canvas.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) main.canvas.addEventListener(end, drop, { once: true });
  }
  function awayFor(height) { // KL grows with the distance, so halving finds the one that fits
    const posterior = coins.posterior(at.theta);
    const far = AWAY[target.value](posterior);
    let [low, high] = [0, 1];
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (coins.bound(blend(posterior, far, middle), at.theta) > height) low = middle;
      else high = middle;
    }
    return low < 1e-3 ? 0 : low;
  }

  main.canvas.addEventListener("pointerdown", grab);
  main.canvas.addEventListener("pointermove", (e) => {
    const near = main.axes && Math.abs(e.offsetX - main.axes.x(at.theta)) < 30;
    main.canvas.style.cursor = !near ? "default" : e.offsetY > main.axes.bottom - 16 ? "ew-resize" : "ns-resize";
  });
  main.canvas.style.touchAction = "none";
  pull.addEventListener("input", () => pullTo(Number(pull.value)));
  move.addEventListener("input", () => moveTo(Number(move.value)));
  target.addEventListener("change", () => pullTo(away || 0.5));
  listenToKeys(root, {
    e: eStep, m: mStep, Home: restart,
    ArrowDown: () => pullTo((away ?? 0) + 0.05), ArrowUp: () => pullTo((away ?? 0) - 0.05),
    ArrowRight: () => moveTo(at.theta + 0.01), ArrowLeft: () => moveTo(at.theta - 0.01),
  });
  const hear = () => {
    const [theta, q] = [model.get("theta"), model.get("responsibilities")];
    if (theta === at.theta && q.every((p, i) => p === at.q[i])) return;
    away = null;
    go({ theta, q: [...q] }, 0, "set", "Set from Python");
  };
  model.on("change:theta", hear);
  model.on("change:responsibilities", hear);
  describe("start", "The start: E makes the bound touch the log-likelihood");
  draw();
  const unwatch = watch(root, draw);
  return () => {
    stopTween();
    unwatch();
    model.off("change:theta", hear);
    model.off("change:responsibilities", hear);
  };
}

function drawBound(sheet, theme, em, coins, { theta, q }, trail) {
  const grid = Array.from({ length: 397 }, (_, i) => 0.005 + 0.0025 * i);
  const truth = grid.map((v) => coins.logLikelihood(v));
  const [low, high] = [Math.min(...truth.slice(18, -18)), Math.max(...truth)];
  const box = { left: em * 3.6, right: sheet.width - em, top: em * 1.9, bottom: sheet.height - em * 3 };
  const axes = (sheet.axes = new Axes(box, [0, 1], [low - 0.4 * (high - low), high + 0.16 * (high - low)]));
  const context = sheet.context;
  const [blue, orange] = theme.components;
  const value = coins.logLikelihood(theta);
  const elbo = coins.bound(q, theta);
  const [x, y, foot] = [axes.x(theta), axes.y(value), Math.min(axes.y(elbo), box.bottom - 4)];

  sheet.layer("axes", (c) => {
    axes.draw(c, theme, em, { xlabel: `θ, the bias of coin ${coins.coin}  (the other coin stays at ${fixed(coins.fixed, 3)})`, ylabel: "nats" });
    Object.assign(c, { strokeStyle: css(theme.ink), lineWidth: 3 });
    axes.clip(c, () => axes.curve(c, truth, (i) => grid[i]));
    label(c, theme, "log-likelihood", axes.x(0.04), axes.y(coins.logLikelihood(0.04)) - em, theme.ink);
  });

  // The bound, its top, and how far the climb has come.
  axes.clip(context, () => {
    componentLine(context, blue, 1, 3);
    axes.curve(context, grid.map((v) => coins.bound(q, v)), (i) => grid[i]);
    context.setLineDash([]);
  });
  const top = coins.top(q);
  const peak = axes.y(coins.bound(q, top));
  if (peak < box.bottom) {
    context.beginPath();
    polygon(3, Math.PI / 2, 1)(context, axes.x(top), peak - em * 0.55, em * 0.38);
    context.fillStyle = css(blue);
    context.fill();
    const side = top > 0.6 ? "right" : "left";
    label(context, theme, "top of the bound", axes.x(top), peak + em * 1.1, blue, Math.abs(top - theta) < 0.12 ? side : "center");
  }
  for (const past of trail.slice(0, -1)) {
    context.beginPath();
    circle(context, axes.x(past), axes.y(coins.logLikelihood(past)), em * 0.22);
    context.fillStyle = css(theme.ink);
    context.fill();
  }

  // θ, the gap, and the handle.
  Object.assign(context, { strokeStyle: css(theme.soft), lineWidth: 1.5 });
  context.setLineDash([2, 5]);
  stroke(context, [[x, foot], [x, box.bottom]]);
  context.setLineDash([]);
  Object.assign(context, { strokeStyle: css(orange), lineWidth: em * 0.5, lineCap: "butt" });
  stroke(context, [[x, y], [x, foot]]);
  context.lineCap = "round";
  if (value - elbo > 0.02) {
    const left = theta > 0.75;
    label(context, theme, `KL ${fixed(value - elbo, 3)}`, x + (left ? -em : em), (y + foot) / 2, orange, left ? "right" : "left");
  }
  marker(context, theme, theme.ink, 0, x, y, em * 0.36);
  context.beginPath();
  circle(context, x, foot, em * 0.52);
  Object.assign(context, { fillStyle: css(theme.paper), strokeStyle: css(blue), lineWidth: 3 });
  context.fill();
  context.stroke();
  context.beginPath();
  polygon(3, -Math.PI / 2, 1)(context, x, box.bottom + em * 0.2, em * 0.5);
  context.fillStyle = css(theme.ink);
  context.fill();
  label(context, theme, "θ", x + em * 0.8, box.bottom - em * 0.6, theme.ink);
}

// q beside the posterior, one bar a set: the bar is q, the black mark is where the posterior lies.
function drawBars(sheet, theme, em, coins, { theta, q }) {
  const context = sheet.context;
  const posterior = coins.posterior(theta);
  const box = { left: em * 4.6, right: sheet.width - em * 0.9, top: em * 1.9, bottom: sheet.height - em * 3 };
  const axes = new Axes(box, [0, 1], [0, q.length]);
  const [blue, orange] = theme.components;
  const height = (box.bottom - box.top) / q.length;

  sheet.layer("axes", (c) => {
    axes.draw(c, theme, em, { xlabel: `q: coin ${coins.coin} threw this set`, ylabel: "q (bar) and the posterior (mark)", numbers: false });
    Object.assign(c, { textAlign: "right", textBaseline: "middle", fillStyle: css(theme.ink) });
    if (height > em * 1.1) coins.heads.forEach((h, i) => c.fillText(`${h}H ${coins.tails[i]}T`, box.left - 7, box.top + height * (i + 0.5)));
  });
  q.forEach((p, i) => {
    const [y, h] = [box.top + height * (i + 0.2), height * 0.6];
    context.fillStyle = css(blue, 0.85);
    context.fillRect(box.left, y, axes.x(p) - box.left, h);
    context.fillStyle = css(theme.bare, 0.28);
    context.fillRect(axes.x(p), y, box.right - axes.x(p), h);
    const [a, b] = [axes.x(p), axes.x(posterior[i])];
    context.fillStyle = css(orange, 0.85); // the part of q that is not the posterior
    context.fillRect(Math.min(a, b), y + h * 0.3, Math.abs(b - a), h * 0.4);
    context.fillStyle = css(theme.ink);
    context.fillRect(b - 2, y - 3, 4, h + 6);
  });
}

function render({ model, el }) {
  return (model.get("kind") === "bound" ? renderBound : renderPlayer)(model, el);
}

export default { render };
