"""Make slides from the core notebooks: `make slides`, or `python -m publish.slides`.

Each deck is a folder in build/slides/ with all that it needs: open its index.html, from a disk or
a stick, with or without a network. What is shown is what the notebooks hold; nothing is executed.
A cell's slide type says where it goes:

slide, subslide    begins a slide
fragment           appears on the slide when the lecturer asks for it
notes              the speaker's notes of the slide before it
skip               only in the notebook

Code is hidden unless its cell is tagged `slide-code`. Outputs are shown.
"""

import re
import shutil
from argparse import ArgumentParser
from importlib.resources import files
from itertools import count
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from nbformat.v4 import new_output

from . import BUILD, NOTEBOOKS, TEMPLATES
from .pages import copy_mathjax, title

REVEAL = files("sphinx_revealjs") / "_static" / "revealjs"  # the wheel that carries it
PARTS = "LICENSE", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js"
LINK = re.compile(r"\[([^\]]+)\]\(\d\d_[\w-]+\.ipynb\)")  # [07](07_name.ipynb)
DISPLAY = re.compile(r"(?<=\$\$)[^$]+(?=\$\$)")
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


def main():
    """Make the decks of the notebooks that are named, of the core ones by default."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: 01 to 06")
    parser.add_argument("--to", type=Path, default=BUILD / "slides")
    options = parser.parse_args()
    for path in options.notebooks or sorted(NOTEBOOKS.glob("0[1-6]_*.ipynb")):
        print(make(path, options.to / path.stem))


def make(path: Path, deck: Path) -> Path:
    """Write one notebook's deck into its folder, with the assets inside; return the page."""
    notebook = nbformat.read(path, as_version=4)
    name = title(notebook, path)
    notebook.cells = projected(notebook)
    html, _ = exporter().from_notebook_node(notebook, {"metadata": {"name": name}})
    copy_mathjax(deck / "assets")
    copy_reveal(deck / "assets" / "reveal")
    page = deck / "index.html"
    page.write_text(html, encoding="utf-8")
    return page


def exporter() -> SlidesExporter:
    """Return nbconvert's slides exporter with the course's template."""
    return SlidesExporter(
        template_name="course_slides",
        extra_template_basedirs=[str(TEMPLATES)],  # finds the template
        extra_template_paths=[str(TEMPLATES)],  # finds what a template imports
        filters={"predicts": predicts, "shape": shape},
    )


# What is projected


def projected(notebook) -> list:
    """Return the cells that slides are made of: what a cell does not show, it does not hold."""
    cells = [cell for cell in notebook.cells if slide_type(cell) != "skip"]
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"\1", cell.source)  # no notebooks on the stick
            cell.source = DISPLAY.sub(stacked, cell.source)
        else:
            cell.outputs = [still(output, notebook) for output in cell.outputs]
    name_sections(cells)
    return [cell for slide in slides(cells) for cell in slide]


def name_sections(cells) -> None:
    """Note the section's name on slides that have no heading of their own."""
    name = None
    for cell in cells:
        heading = re.match(r"##+ (.+)", cell.source)
        if heading and slide_type(cell) in ("slide", "subslide"):
            name = heading[1]
        elif slide_type(cell) in ("slide", "subslide"):
            cell.metadata.section_name = name


def slide_type(cell) -> str:
    """Return a cell's slide type, "-" if it has none."""
    return cell.metadata.get("slideshow", {}).get("slide_type") or "-"


def slides(cells) -> list:
    """Return the cells slide by slide, each with its notes right after the cell that begins it.

    There the notes belong to the whole slide, and not to one of its fragments.
    """
    number = count()
    grouped = {}
    for cell in cells:
        here = next(number) if slide_type(cell) in ("slide", "subslide") else max(grouped)
        grouped.setdefault(here, []).append(cell)
    return [
        [first, *sorted(rest, key=lambda cell: slide_type(cell) != "notes")]
        for first, *rest in grouped.values()
    ]


def stacked(formula: re.Match) -> str:
    """Return a long row of formulas as a stack of them, so that their type stays large."""
    parts = formula[0].split(r"\qquad")
    if len(parts) == 1 or len(formula[0]) < 120:
        return formula[0]
    return r"\begin{gathered}" + r"\\".join(parts) + r"\end{gathered}"


def still(output, notebook):
    """Return an explorer's picture in place of the explorer, which needs a kernel."""
    states = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    widget = states.get(output.get("data", {}).get(VIEW, {}).get("model_id"))
    if widget is None or "_esm" in widget.state:
        return output
    for name in widget.state.get("children", []):
        part = states[name.removeprefix("IPY_MODEL_")]
        if "png" in part.state:
            alt = {"alt": part.state["alt"], "explorer": True}
            data = {"image/png": part.state["png"]}
            return new_output("display_data", data=data, metadata={"image/png": alt})
    return output


# Filters of the template


def predicts(html: str) -> str:
    """Put a box around what asks for a prediction."""
    before, start, question = html.partition("<p><strong>Predict")
    return f'{before}<div class="predict">{start}{question}</div>' if start else html


def shape(text: str) -> str:
    """Return the size of printed text or code as style, by which type is fitted to the slide."""
    lines = text.rstrip("\n").split("\n")
    return f"--lines: {len(lines)}; --columns: {max(map(len, lines))}"


def copy_reveal(folder: Path) -> None:
    """Copy the parts of reveal.js that a deck uses."""
    for part in PARTS:
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REVEAL / part, target)


if __name__ == "__main__":
    main()
