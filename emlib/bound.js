// The bound player: the log-likelihood over one θ, and the bound below it. Follows stage.js.
//
// Two coins, equally likely; θ is the bias of the free one, q_i the probability that it threw set i.
// log p(x|θ) = ELBO(q, θ) + KL(q ‖ posterior), for any q: the picture draws each of the three.

// log of a sum of exponentials, with the max-shift that keeps it finite.
function logSumExp(values) {
  const top = Math.max(...values);
  return top === -Infinity ? top : top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

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
  let theme = null;

  // The page.
  const main = new Sheet("em-main", "");
  const bars = new Sheet("em-trace", "");
  bars.canvas.style.cursor = "default";
  const status = element("p", { class: "em-status", "aria-live": "polite" });
  const equation = element("p", { class: "em-equation", "aria-live": "polite" });
  const pull = element("input", { type: "range", min: 0, max: 1, step: 0.01,
    "aria-label": "Distance of q from the posterior" });
  const target = element("select", { "aria-label": "Pull q towards" });
  for (const name of Object.keys(AWAY)) target.append(new Option(name, name));
  const move = element("input", { type: "range", min: 0.01, max: 0.99, step: 0.01, "aria-label": "theta" });
  const E = button("E-step: set q to the posterior", "E", halfStep("E", "touch"), eStep);
  const M = button("M-step: move θ to the top of the bound", "M", halfStep("M", "climb"), mStep);
  E.classList.add("em-half");
  M.classList.add("em-half");
  const reset = button("Back to the start", "Home", icon("first"), restart);
  const root = element("div", { class: "em-player", role: "group", tabindex: 0,
    "aria-label": "The log-likelihood and the bound below it. Keys: E and M step, " +
      "up and down pull q, left and right move θ, escape leaves." },
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
    go({ q: coins.posterior(at.theta) }, 600, "E",
      "After the E-step: q is the posterior, so the bound touches the log-likelihood at θ");
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
    go({ theta }, 600, "M", "After the M-step: θ is at the top of the bound" +
      (fell ? "; the log-likelihood fell, because the bound did not touch: EM needs its E-step" : ""));
  }
  function pullTo(f) {
    away = clamp(f, 0, 1);
    const posterior = coins.posterior(at.theta);
    go({ q: blend(posterior, AWAY[target.value](posterior), away) }, 0, "q",
      away ? "q is not the posterior: KL opens a gap between the bound and the log-likelihood"
        : "q is the posterior: no gap");
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
    const term = (name, number) =>
      element("span", { class: `em-${name.toLowerCase()}` }, `${name} `, element("b", {}, fixed(number, 3)));
    equation.replaceChildren(term("log-likelihood", value), " = ", term("bound", elbo), " + ", term("KL", kl));
    status.textContent = `${words} · θ = ${fixed(at.theta, 4)} · M-steps: ${count}`;
    Object.assign(root.dataset, { phase, iteration: count, theta: at.theta, logLikelihood: value, elbo, kl });
    pull.value = away ?? awayFor(elbo); // after a step: as far as would open the same gap
    pull.setAttribute("aria-valuetext", `KL ${fixed(kl, 3)}`);
    move.value = at.theta;
    const touching = kl < 1e-9;
    E.classList.toggle("em-due", !touching);
    M.classList.toggle("em-due", touching && Math.abs(coins.top(at.q) - at.theta) > 5e-5);
    main.canvas.setAttribute("aria-label",
      `Log-likelihood over θ, the bias of coin ${coins.coin}, with the bound below it. ` +
      `At θ = ${fixed(at.theta, 4)}: log-likelihood ${fixed(value, 3)}, bound ${fixed(elbo, 3)}, gap KL ${fixed(kl, 3)}. ` +
      `The top of the bound is at ${fixed(coins.top(at.q), 4)}.`);
    bars.canvas.setAttribute("aria-label", `q, the probability that coin ${coins.coin} threw each set: ` +
      at.q.map((p, i) => `${coins.heads[i]} heads ${fixed(p, 2)}`).join(", "));
  }

  // Drawing.
  function draw() {
    const style = getComputedStyle(root);
    const em = parseFloat(style.fontSize);
    const font = `${em}px ${style.fontFamily}`;
    if (main.fit(theme, font)) drawBound(main, theme, em, coins, shown, trail);
    if (bars.fit(theme, font)) drawBars(bars, theme, em, coins, shown);
  }

  function redraw() {
    theme = themeOf(root);
    draw();
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
  target.addEventListener("change", () => pullTo(Number(pull.value) || 0.5));
  listenToKeys(root, {
    e: eStep, m: mStep, Home: restart,
    ArrowDown: () => pullTo(Number(pull.value) + 0.05), ArrowUp: () => pullTo(Number(pull.value) - 0.05),
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
  redraw();
  const unwatch = watch(root, redraw);
  const release = holdFocus(root);
  return () => {
    stopTween();
    unwatch();
    release();
    model.off("change:theta", hear);
    model.off("change:responsibilities", hear);
  };
}

function drawBound(sheet, theme, em, coins, { theta, q }, trail) {
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
function drawBars(sheet, theme, em, coins, { theta, q }) {
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

export default { render: ({ model, el }) => renderBound(model, el) };
