"""One module out of several: each file says what it imports, and the browser loads one text.

anywidget sends a widget's script as one text. So imports of our own files are replaced by what
these files hold, each once and before whoever needs it. No bundler, and no name changes.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.{1,2}/[\w./]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|let|class|function) (\w+))", re.MULTILINE)
LEFT = re.compile(r"^(?:import|export (?!default)).*", re.MULTILINE)


def one_module(path: Path) -> str:
    """Return a JavaScript file with all that it imports, as one module without imports.

    An import is one line, ``import { a, b } from "./other.js";``, and an export stands before what
    it names. ValueError for any other, for a name that the other file does not export, and for
    files that import each other in a circle. FileNotFoundError for a file that is not there.
    """
    return "\n".join(_needed(path.resolve()).values())


def _needed(path: Path, above: tuple[Path, ...] = ()) -> dict[Path, str]:
    """Return the bare texts of a file and of what it needs, by path, what is needed first."""
    if path in above:
        raise ValueError(f"{path.name} imports itself, by way of {above[-1].name}")
    text, found = path.read_text(encoding="utf-8"), {}
    for names, place in IMPORT.findall(text):
        other = (path.parent / place).resolve()
        found |= _needed(other, (*above, path))
        _require(names.split(", "), path, other)
    bare = EXPORT.sub("", IMPORT.sub("", text))
    if left := LEFT.search(bare):
        raise ValueError(f"{path.name} has a line that cannot be resolved: {left[0]}")
    return found | {path: bare.strip() + "\n"}


def _require(names: list[str], path: Path, other: Path) -> None:
    exported = EXPORT.findall(other.read_text(encoding="utf-8"))
    for name in names:
        if name not in exported:
            raise ValueError(f"{path.name} imports {name}, which {other.name} does not export")
