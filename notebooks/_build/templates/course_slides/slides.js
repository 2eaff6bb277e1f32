// Formulas first, then the fit, then the show: reveal.js hides what is not on.
await MathJax.startup.promise;
await document.fonts.ready;

// Fonts differ between machines. Where a slide is too full, its type gets smaller, a little.
for (const page of document.querySelectorAll(".page")) {
  const full = () => page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth;
  for (let size = 36; full() && size > 28; size--) page.style.fontSize = `${size - 1}px`;
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
