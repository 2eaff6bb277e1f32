// Formulas first, then the fit, then the show: reveal.js hides what is not on.
await MathJax.startup.promise;
await document.fonts.ready;

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// The speaker's window has no style to hide what is there for screen readers only.
for (const twin of all(".notes mjx-assistive-mml")) twin.remove();

// A full stop stays with the formula before it.
for (const formula of all("mjx-container:not([display])")) {
  const [mark] = formula.nextSibling?.data?.match(/^[^\s\w]+/) ?? [];
  if (!mark) continue;
  const glued = Object.assign(document.createElement("span"), { className: "glued" });
  formula.nextSibling.data = formula.nextSibling.data.slice(mark.length);
  formula.replaceWith(glued);
  glued.append(formula, mark);
}

// Code and results on one slide are of one size.
for (const page of all(".page")) {
  const blocks = all(".code, .printed", page);
  const sizes = blocks.map((block) => parseFloat(getComputedStyle(block).fontSize) / 36);
  for (const block of blocks) block.style.fontSize = `${Math.min(...sizes)}em`;
}

// Where a slide is too full or a formula too wide, lines move closer, then type gets a little smaller.
for (const page of all(".page")) {
  const full = () => page.scrollHeight > page.clientHeight;
  page.classList.toggle("tight", full());
  for (let size = 36; full() && size > 28; size--) page.style.fontSize = `${size - 1}px`;
  for (const formula of all('mjx-container[display="true"]', page)) {
    const wide = () => formula.firstElementChild.getBoundingClientRect().width > formula.clientWidth;
    let size = parseFloat(getComputedStyle(formula).fontSize);
    while (wide()) formula.style.fontSize = `${(size *= 0.98)}px`;
  }
}
document.body.classList.add("ready");

await Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  hash: true,
  controls: false,
  slideNumber: "c/t",
  transition: "none",
  navigationMode: "linear", // one key goes through everything, in order
  pdfSeparateFragments: false,
  plugins: [RevealNotes],
});
