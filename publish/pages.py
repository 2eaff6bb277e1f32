"""Export notebooks to pages that work offline, with no kernel: `make pages`.

Pages go to build/html/, and what they share (MathJax) to build/html/assets/. The players run in
them; nothing is executed, the pages show what the notebooks hold. The front page, index.html, is
README's opening and its table of notebooks.
"""

import re
import shutil
from argparse import ArgumentParser
from importlib.resources import files
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from . import BUILD, NOTEBOOKS, ROOT, TEMPLATES

LINK = re.compile(r"(\]\(\d\d_[\w-]+)\.ipynb")  # [next](07_name.ipynb)
NUMBERED = re.compile(r"\]\(notebooks/(\d\d_[\w-]+)\.ipynb\)")  # [07](notebooks/07_name.ipynb)
MOVING = "old_faithful.gif"
MATHJAX = "tex-svg-full.js"  # MathJax 3 in one file: it draws its letters, and needs no fonts


def main():
    """Export the notebooks that are named, all that are numbered by default."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all that are numbered")
    parser.add_argument("--to", type=Path, default=BUILD / "html")
    options = parser.parse_args()
    for path in options.notebooks or sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        print(export(path, options.to))
    if not options.notebooks:
        print(front_page(ROOT / "README.md", options.to))


def export(path: Path, folder: Path) -> Path:
    """Write one notebook as a page into the folder, with the assets beside it; return the page."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"\1.html", cell.source)
    copy_mathjax(folder / "assets")
    return write(notebook, folder / f"{path.stem}.html")


def front_page(readme: Path, folder: Path) -> Path:
    """Write README's opening and its section "The notebooks" as index.html; return the page."""
    opening, *sections = re.split(r"(?m)^(?=## )", readme.read_text(encoding="utf-8"))
    (table,) = (section for section in sections if section.startswith("## The notebooks"))
    text = NUMBERED.sub(r"](\1.html)", opening + table)
    text = text.replace(f"publish/{MOVING}", f"assets/{MOVING}")
    shutil.copyfile(ROOT / "publish" / MOVING, folder / "assets" / MOVING)
    return write(new_notebook(cells=[new_markdown_cell(text)]), folder / "index.html")


def write(notebook, page: Path) -> Path:
    """Write a notebook as a page, and return the page."""
    name = {"metadata": {"name": title(notebook, page)}}
    html, _ = exporter().from_notebook_node(notebook, name)
    page.write_text(html, encoding="utf-8")
    return page


def exporter() -> HTMLExporter:
    """Return nbconvert's HTML exporter with the course's template."""
    return HTMLExporter(
        template_name="course",
        extra_template_basedirs=[str(TEMPLATES)],  # finds the template
        extra_template_paths=[str(TEMPLATES)],  # finds what a template imports
        mathjax_url=f"assets/{MATHJAX}",
    )


def title(notebook, path: Path) -> str:
    """Return the notebook's first heading, or its file name."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    return heading[1].strip() if heading else path.stem


def copy_mathjax(folder: Path) -> None:
    """Copy MathJax into the folder, out of the wheel that carries it (the extra `slides`)."""
    folder.mkdir(parents=True, exist_ok=True)
    source = files("mathjax") / "static" / "mathjax" / "es5" / MATHJAX
    (folder / MATHJAX).write_bytes(source.read_bytes())


if __name__ == "__main__":
    main()
