// A fit in one dimension: a histogram and its densities, and one tick a datum.

import { Axes, clamp, ticks } from "./axes.js";
import { DASHES, componentLine, css, label, stroke } from "./paint.js";
import { colouredBy, logComponent } from "./replay.js";

// A histogram divided by the responsibilities, the densities over it, and one tick a datum
// under it, divided in the same way: how a datum is shared is seen as height, not only as colour.
export function histogramView(fit) {
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
    sheet.fade(colouredBy(shown.from), colouredBy(shown.to), shown.f, (c, t) => {
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
