// The bound in two pictures: both curves over θ, and q beside the posterior.

import { Axes, fixed } from "./axes.js";
import { circle, componentLine, css, label, marker, polygon, stroke } from "./paint.js";

// The log-likelihood over θ, the bound below it, and KL between them.
export function drawBound(sheet, theme, em, coins, { theta, q }, trail) {
  const grid = Array.from({ length: 397 }, (_, i) => 0.005 + 0.0025 * i);
  const truth = grid.map((v) => coins.logLikelihood(v));
  const [low, high] = [Math.min(...truth.slice(18, -18)), Math.max(...truth)];
  const best = grid[truth.indexOf(high)];
  const box = { left: em * 3.6, right: sheet.width - em, top: em * 1.9, bottom: sheet.height - em * 3 };
  const axes = (sheet.axes = new Axes(box, [0, 1], [low - 0.4 * (high - low), high + 0.16 * (high - low)]));
  const context = sheet.context;
  const [blue, orange] = theme.components;
  const value = coins.logLikelihood(theta);
  const elbo = coins.bound(q, theta);
  const [x, y, foot] = [axes.x(theta), axes.y(value), Math.min(axes.y(elbo), box.bottom - 4)];

  sheet.layer("axes", (c) => {
    const other = coins.coin === "A" ? "B" : "A";
    const xlabel = `θ, the bias of coin ${coins.coin} (${other} stays at ${fixed(coins.fixed, 3)})`;
    axes.draw(c, theme, em, { xlabel, ylabel: "log-likelihood and bound (nats)" });
    Object.assign(c, { strokeStyle: css(theme.ink), lineWidth: 3 });
    axes.clip(c, () => axes.curve(c, truth, (i) => grid[i]));
    label(c, theme, "log-likelihood", axes.x(best), axes.y(high) - em * 0.9, theme.ink, best > 0.75 ? "center" : "left");
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
    label(context, theme, "bound", axes.x(top), Math.min(peak + em * 1.5, box.bottom - em), blue, "center");
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
    // Beside the gap, on the side where the bound falls away, and so low that the curve stays clear.
    const left = top > theta + 0.03 ? theta > 0.2 : theta > 0.75;
    const height = Math.abs(top - theta) < 0.03 ? (y + foot) / 2 : Math.max(foot, y + em);
    const side = left ? "right" : "left";
    label(context, theme, `KL ${fixed(value - elbo, 3)}`, x + (left ? -em : em), height, orange, side);
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
export function drawBars(sheet, theme, em, coins, { theta, q }) {
  const context = sheet.context;
  const posterior = coins.posterior(theta);
  const box = { left: em * 4.6, right: sheet.width - em * 0.9, top: em * 1.9, bottom: sheet.height - em * 3 };
  const axes = new Axes(box, [0, 1], [0, q.length]);
  const [blue, orange] = theme.components;
  const height = (box.bottom - box.top) / q.length;

  sheet.layer("axes", (c) => {
    const xlabel = `q: coin ${coins.coin} threw this set`;
    axes.draw(c, theme, em, { xlabel, ylabel: "q (bar) and the posterior (mark)", numbers: false });
    Object.assign(c, { textAlign: "right", textBaseline: "middle", fillStyle: css(theme.ink) });
    if (height < em * 1.1) return; // too many sets for names
    coins.heads.forEach((h, i) => {
      c.fillText(`${h}H ${coins.tails[i]}T`, box.left - 7, box.top + height * (i + 0.5));
    });
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
