// How things look: the colours of light and dark pages, lines, markers and words on a canvas.

// Four colours of Okabe & Ito (2008), which colour-blind readers can tell apart, and others that are as
// dark (3 : 1 on white); lighter relatives for dark pages.
// A component is also told by its marker, its dashes and its number, never by colour alone; the
// first six are those of emlib.plots.

const THEMES = {
  light: {
    ink: [31, 41, 51], soft: [95, 107, 120], line: [214, 220, 226], bare: [138, 147, 158], alarm: [168, 50, 0],
    components: [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167],
      [176, 125, 0], [94, 60, 153], [122, 74, 43], [90, 90, 90]],
  },
  dark: {
    ink: [232, 236, 240], soft: [165, 175, 186], line: [66, 74, 84], bare: [132, 142, 153], alarm: [255, 170, 110],
    components: [[86, 180, 233], [255, 140, 66], [44, 199, 154], [231, 161, 201],
      [243, 195, 77], [154, 168, 255], [240, 228, 66], [208, 208, 208]],
  },
};
export const DASHES = [[9, 4], [9, 4, 1, 4], [2, 4], [10, 3, 2, 3, 2, 3], [15, 5], [5, 4], [1, 6], [16, 4, 3, 4]];

export const css = ([r, g, b], alpha = 1) => `rgba(${r | 0}, ${g | 0}, ${b | 0}, ${alpha})`;

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

export function themeOf(root) {
  const paper = backdrop(root);
  const name = 0.3 * paper[0] + 0.6 * paper[1] + 0.1 * paper[2] < 128 ? "dark" : "light";
  root.dataset.theme = name;
  return { name, paper, ...THEMES[name] };
}

export function stroke(context, points) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

// Text on a halo of paper, so that it stays readable over whatever lies beneath.
export function label(context, theme, text, x, y, colour, align = "left") {
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
export const polygon = (n, turn, size = 1) =>
  outline(Array.from({ length: n }, (_, i) => turned([[size, 0]], turn + (2 * Math.PI * i) / n)[0]));
const PLUS = [[0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2],
  [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4], [-0.4, -1.2]];
const cross = (turn) => outline(turned(PLUS, turn));
export const circle = (context, x, y, r) => { context.moveTo(x + r, y); context.arc(x, y, r, 0, 2 * Math.PI); };
export const MARKERS = [circle, polygon(3, -Math.PI / 2, 1.35), polygon(4, Math.PI / 4, 1.25), polygon(4, 0, 1.35),
  polygon(3, Math.PI / 2, 1.35), cross(0), polygon(5, -Math.PI / 2, 1.2), cross(Math.PI / 4)];

// How a component is drawn anywhere: its line, and its marker on a rim of paper.
export function componentLine(context, colour, k, width) {
  context.strokeStyle = css(colour);
  context.lineWidth = width;
  context.setLineDash(DASHES[k]);
}

export function marker(context, theme, colour, k, x, y, r) {
  context.beginPath();
  MARKERS[k](context, x, y, r);
  context.lineWidth = 4;
  context.strokeStyle = css(theme.paper);
  context.stroke();
  context.fillStyle = css(colour);
  context.fill();
}
