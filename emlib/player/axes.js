// Numbers as text, canvases as sharp as the screen, and axes on them.

import { element } from "./controls.js";
import { css, stroke } from "./paint.js";

const minus = (text) => text.replace("-", "−");
export const fixed = (value, digits) => minus(value.toFixed(digits));
// Decimals that tell a thousandth of a range.
export const digitsFor = (low, high) => clamp(3 - Math.floor(Math.log10(high - low)), 0, 12);
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// A canvas, and what draws it: draw(sheet, theme, em), with em the height of its letters in pixels.
export class Sheet {
  constructor(name, draw) {
    this.canvas = element("canvas", { class: name, role: "img", "aria-label": "" });
    this.context = this.canvas.getContext("2d");
    this.layers = new Map();
    this.draw = draw;
  }

  // The picture in words, for readers who cannot see it.
  say(words) { this.canvas.setAttribute("aria-label", words); }

  show(theme, em, family) {
    if (this.fit(theme, `${em}px ${family}`)) this.draw(this, theme, em);
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

  // Show one layer as it turns into another, at f of the way: draw(context, key) draws either.
  fade(before, after, f, draw) {
    const show = (key, alpha) => this.layer(key, (context) => draw(context, key), alpha);
    if (before !== after && f < 1) show(before, 1);
    show(after, before === after ? 1 : f);
  }
}

export function ticks([low, high], count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) values.push(i * step);
  return { values, text: (v) => fixed(Math.abs(v) < step / 2 ? 0 : v, Math.min(digits, 12)), step };
}

// A rectangle of a canvas with a horizontal and a vertical scale.
export class Axes {
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
