// What a reader's hands meet: elements, buttons, keys, focus, and what a pointer drags.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const ICONS = {
  first: "M6 5v14M18 5l-8 7 8 7", back: "M15 5l-8 7 8 7", play: "M7 4.5 19 12 7 19.5z",
  pause: "M8 5v14M16 5v14", next: "M9 5l8 7-8 7", last: "M18 5v14M6 5l8 7-8 7",
};
export const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"
  fill="${name === "play" ? "currentColor" : "none"}"/></svg>`;

export function button(label, key, face, onClick) {
  const made = element("button", { type: "button", "aria-label": label, title: `${label} (key: ${key})` });
  made.innerHTML = face;
  made.addEventListener("click", onClick);
  return made;
}

export function halfStep(letter, word, meaning, onClick) {
  const made = button(`${letter}-step: ${meaning}`, letter, `<b>${letter}</b><span>${word}</span>`, onClick);
  made.classList.add("em-half");
  return made;
}

export function slider(label, range, onInput) {
  const made = element("input", { type: "range", ...range, "aria-label": label });
  made.addEventListener("input", () => onInput(Number(made.value)));
  return made;
}

// A list of choices; options: [text, value] each.
export function choice(label, options, chosen) {
  const made = element("select", { "aria-label": label, title: label });
  for (const [text, value] of options) made.append(new Option(text, value, value === chosen, value === chosen));
  return made;
}

// Keys act anywhere inside a player, and go no further: JupyterLab and reveal.js have other plans
// for them. Enter and space still press a focused button, and a list of choices keeps its arrows.
// Every other key passes, so that a lecturer's clicker still turns the page; escape leaves.
const NATIVE = { BUTTON: [" ", "Enter"], SELECT: [" ", "Enter", "ArrowUp", "ArrowDown", "Home", "End"] };

export function listenToKeys(root, actions) {
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
export function holdFocus(root) {
  let byHand = false;
  const hand = () => { byHand = true; setTimeout(() => { byHand = false; }); };
  const hold = ({ target, relatedTarget }) => {
    if (!byHand && relatedTarget?.contains(root)) queueMicrotask(() => target.focus({ preventScroll: true }));
  };
  root.addEventListener("focusout", hold);
  for (const kind of ["keydown", "mousedown"]) addEventListener(kind, hand, true);
  return () => { for (const kind of ["keydown", "mousedown"]) removeEventListener(kind, hand, true); };
}

// Let a pointer drag: grab(event) returns what each of its moves does, or nothing where nothing lies.
export function listenToDrags(root, canvas, grab) {
  canvas.style.touchAction = "none";
  canvas.addEventListener("pointerdown", (event) => {
    const drag = grab(event);
    if (!drag) return;
    const drop = () => {
      canvas.classList.remove("em-dragging");
      canvas.removeEventListener("pointermove", drag);
    };
    event.preventDefault();
    root.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("em-dragging");
    canvas.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, drop, { once: true });
  });
}
