// A picture that Python draws, and a line of words under it that says the same in numbers.
//
// Python sends `png` (base64), `alt` and `words`. Back go the screen's pixel `ratio`, so that the
// picture is sharp, and `pointer` [x, y, press], where the reader points: fractions of the picture
// from its top left corner, and the number of the press, so that a lost message does no harm.

function render({ model, el }) {
  const image = document.createElement("img");
  const words = document.createElement("figcaption");
  const figure = document.createElement("figure");
  words.setAttribute("role", "status"); // screen readers say it whenever it changes
  figure.className = "emlib-picture";
  figure.append(image, words);
  el.append(figure);

  const update = () => {
    image.src = `data:image/png;base64,${model.get("png")}`;
    image.alt = model.get("alt");
    words.textContent = model.get("words");
  };
  model.on("change", update);
  update();
  nameSliders(el);
  tell(model, "ratio", window.devicePixelRatio || 1);
  if (model.get("draggable")) followPointer(model, image);
  return () => model.off("change", update);
}

// ipywidgets puts a label beside a slider, but does not tell screen readers that they belong
// together. All of an explorer comes into the page at once, later than its parts are made.
function nameSliders(el) {
  if (!el.isConnected) return requestAnimationFrame(() => nameSliders(el));
  for (const slider of el.closest(".emlib-explorer")?.querySelectorAll(".widget-slider") ?? []) {
    const label = slider.querySelector(".widget-label")?.textContent;
    slider.querySelector("[role=slider]")?.setAttribute("aria-label", label);
  }
}

function followPointer(model, image) {
  let press = 0;
  const point = (event) => {
    const box = image.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    tell(model, "pointer", [x, y, press]);
  };
  image.classList.add("emlib-draggable");
  image.draggable = false;
  image.addEventListener("pointerdown", (event) => {
    press += 1;
    image.setPointerCapture(event.pointerId);
    point(event);
  });
  image.addEventListener("pointermove", (event) => event.buttons === 1 && point(event));
}

function tell(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

export default { render };
