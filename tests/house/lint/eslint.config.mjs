// What the linter must know about the course's JavaScript: `make lint`.
import { readFileSync } from "node:fs";
import js from "@eslint/js";
import globals from "globals";

const text = (name) => readFileSync(`emlib/${name}`, "utf8");
const PLAYERS = ["player.js", "bound.js"];

// emlib/player.py joins stage.js with each player into one module. So what stage.js declares at its
// left margin is known in both, and used there.
const declared = [...text("stage.js").matchAll(/^(?:const|let|class|function) (\w+)/gm)];
const shared = declared.map(([, name]) => name);
const wanted = shared.filter((name) => PLAYERS.some((file) => text(file).match(`\\b${name}\\b`)));

const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));
const unused = (options) => ({ "no-unused-vars": ["error", { caughtErrors: "all", ...options }] });

export default [
  js.configs.recommended,
  { languageOptions: { globals: globals.browser }, rules: unused() },
  {
    files: PLAYERS.map((file) => `emlib/${file}`),
    languageOptions: { globals: readonly(shared) },
  },
  { files: ["emlib/stage.js"], rules: unused({ varsIgnorePattern: `^(${wanted.join("|")})$` }) },
  { files: ["**/slides.js"], languageOptions: { globals: readonly(["MathJax", "Reveal", "RevealNotes"]) } },
];
