// What the linter must know about the course's JavaScript: `make lint`. Each file is a module.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: { "no-unused-vars": ["error", { caughtErrors: "all" }] },
  },
  {
    files: ["**/slides.js"],
    languageOptions: { globals: { MathJax: "readonly", Reveal: "readonly", RevealNotes: "readonly" } },
  },
];
