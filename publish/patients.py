"""Hand out the patients of notebook 08: `make patients`.

For a class, a patient a group: the healthy body, the instruments, and nine times complaint, code
and data, without outputs and diagnoses. In build/patients/, a notebook to work in and the same as
a page to print, a patient a sheet. What is handed out are the cells that are tagged so.
"""

from argparse import ArgumentParser
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from . import BUILD, NOTEBOOKS
from .pages import copy_mathjax, write

OPENING = """\
# Nine patients

Run all cells, then look at your patient. Which instruments object? What is the disease, and what
cures it? For patients that bring no data, there are `ten` and `waiting`."""
SHEETS = "<style>@media print { h2 { break-before: page } }</style>"


def main():
    """Write the notebook and the page."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=BUILD / "patients")
    folder = parser.parse_args().to
    copy_mathjax(folder / "assets")
    notebook = handed_out(next(NOTEBOOKS.glob("08_*.ipynb")))
    nbformat.write(notebook, folder / "patients.ipynb")
    page = write(notebook, folder / "patients.html")
    html = page.read_text(encoding="utf-8").replace("</head>", SHEETS + "</head>", 1)
    page.write_text(html, encoding="utf-8")
    print(folder / "patients.ipynb", page, sep="\n")


def handed_out(path: Path):
    """Return a notebook of the cells that are handed out, with room for work between patients."""
    source = nbformat.read(path, as_version=4)
    cells, room = [new_markdown_cell(OPENING)], "# room for your work"
    for cell in source.cells:
        if "hand-out" in cell.metadata.get("tags", []):
            if cell.source.startswith("## Patient"):
                cells.append(new_code_cell(room))
            new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
            cells.append(new(cell.source))
    return new_notebook(cells=[*cells, new_code_cell(room)], metadata=source.metadata)


if __name__ == "__main__":
    main()
