// The climb: the log-likelihood over the iterations.

import { Axes, fixed } from "./axes.js";
import { css, label, marker, polygon, stroke } from "./paint.js";

// The log-likelihood of every step that the reader has reached, with a cursor, and where a loose
// tolerance stops. While the end is not known, nothing in the picture tells it, its axes included.
export function drawTrace(sheet, theme, em, fit, { from, to, f }) {
  const values = fit.logLikelihood.subarray(0, fit.reached + 1);
  const top = values[fit.reached];
  // A bad start can lie so deep that the climb would look flat: then it is marked at the edge.
  const second = values[Math.min(1, fit.last)];
  const deep = fit.whole && fit.last > 1 && top - values[0] > 3 * (top - second);
  const floor = deep ? second : values[0];
  // What has not moved yet, rounding apart, gets room of the size of its numbers.
  const still = top - floor < 1e-9 * Math.abs(top);
  const pad = 0.08 * (still ? Math.abs(top) || 1 : top - floor);
  const box = { left: em * 4.4, right: sheet.width - em, top: em * 1.9, bottom: sheet.height - em * 3 };
  const axes = (sheet.axes = new Axes(box, [0, Math.max(fit.whole ? 1 : 10, fit.reached)], [floor - pad * (deep ? 2.4 : 1), top + pad]));
  const context = sheet.context;
  const height = (v) => Math.min(axes.y(v), box.bottom);

  sheet.layer(`trace ${fit.reached}`, (c) => {
    axes.draw(c, theme, em, { xlabel: "iteration", ylabel: "log-likelihood", whole: true });
    Object.assign(c, { strokeStyle: css(theme.soft, 0.55), lineWidth: 2 });
    axes.clip(c, () => axes.curve(c, values));
    fit.passed.forEach((s, i) => {
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
