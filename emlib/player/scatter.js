// A fit in two dimensions: points, ellipses, and the paths of the means.

import { Axes, clamp } from "./axes.js";
import { MARKERS, circle, componentLine, css, label, marker, stroke } from "./paint.js";
import { cholesky, colouredBy } from "./replay.js";

// Points in groups of one colour and one marker: a few hundred fills, however many points. Colours
// are mixed by responsibility and rounded to 32 levels a channel; marker k says whose share is largest.
function grouped(fit, r, palette) {
  const groups = new Map();
  const { k: K, n: N } = fit;
  for (let n = 0; n < N; n++) {
    let [red, green, blue, most] = [0, 0, 0, 0];
    for (let k = 0; k < K; k++) {
      const share = r[n * K + k];
      red += share * palette[k][0];
      green += share * palette[k][1];
      blue += share * palette[k][2];
      if (share > r[n * K + most]) most = k;
    }
    const key = ((red >> 3) << 13) | ((green >> 3) << 8) | ((blue >> 3) << 3) | most;
    const group = groups.get(key);
    if (group) group.points.push(n);
    else groups.set(key, { colour: [red, green, blue], k: most, points: [n] });
  }
  return groups.values();
}

// Points, ellipses at one and two standard deviations (Mahalanobis), paths of the means.
export function scatterView(fit) {
  const [xlim, ylim] = [fit.range(0), fit.range(1)];
  return (sheet, theme, em, shown) => {
    const box = { left: em * 3.4, right: sheet.width - em * 0.8, top: em * 1.9, bottom: sheet.height - em * 3 };
    const axes = new Axes(box, xlim, ylim);
    const radius = clamp(em * 0.3 * Math.sqrt(600 / fit.n), em * 0.12, em * 0.3);
    const context = sheet.context;

    sheet.layer("axes", (c) => axes.draw(c, theme, em, { xlabel: fit.labels[0], ylabel: fit.labels[1] }));
    sheet.fade(colouredBy(shown.from), colouredBy(shown.to), shown.f, (c, t) => axes.clip(c, () => {
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
  const places = [];
  for (let s = 0; s <= t; s++) {
    const i = (s * fit.k + k) * fit.size;
    places.push([axes.x(fit.all[i + 1]), axes.y(fit.all[i + 2])]);
  }
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
