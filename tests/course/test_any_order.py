"""Every cell of a notebook may be run twice, and again after the end, and says the same.

A lecturer presses Shift-Enter once too often; a reader goes back to a cell above. Neither may see
other numbers, or an assert that fails. So each cell is run once more right after its first run, and
once more at the end, alone, and what it prints is compared.
"""

import ast
import io
import re
from contextlib import redirect_stderr, redirect_stdout

import matplotlib
import nbformat
import pytest
from reader import NOTEBOOKS
from test_last_bit import sanitized

pytestmark = pytest.mark.tools


def printed(source, names):
    """Run a cell among these names, and return what it prints and shows."""
    code = ast.parse(source)
    if code.body and isinstance(code.body[-1], ast.Expr):
        code.body[-1] = ast.parse(f"print(repr({ast.unparse(code.body[-1])}))").body[0]
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        exec(compile(code, "<cell>", "exec"), names)
    return out.getvalue()


def again(source, names, first):
    """What a cell says when it is run among these names once more, if that is another thing."""
    names = dict(names)  # what it binds now, no other cell shall meet
    try:
        second = printed(source, names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return second if plain(second) != plain(first) else None


def plain(text):
    """What may differ between two runs of anything is not looked at."""
    return re.sub(r"[\d.]+ ?×|[\d.]+ ?(?=s\b)", "", sanitized(text))


def complaints(sources):
    """What differs, as (number of the code cell, when, the cell's first line, what it says)."""
    names, firsts, found = {"__name__": "__main__"}, [], []
    for number, source in enumerate(sources, 1):
        firsts.append(printed(source, names))
        if (second := again(source, names, firsts[-1])) is not None:
            found.append((number, "run twice", source[:60], second))
    for number, (source, first) in enumerate(zip(sources, firsts, strict=True), 1):
        if (second := again(source, names, first)) is not None:
            found.append((number, "run at the end", source[:60], second))
    return found


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_cell_may_be_run_again(path, monkeypatch):
    matplotlib.use("Agg")
    monkeypatch.chdir(path.parent)
    cells = nbformat.read(path, as_version=4).cells
    assert complaints([c.source for c in cells if c.cell_type == "code"]) == []


@pytest.mark.parametrize(
    "sources",
    [
        ["x = 1", "x += 1; print(x)"],
        ["x = 1", "print(x)", "x = 2"],
        ["x = [1]", "assert len(x) == 1; x.append(2)"],
        ["x = 1", "x", "x = 2"],
    ],
)
def test_a_cell_that_may_not_is_caught(sources):
    assert complaints(sources) != []


@pytest.mark.parametrize(
    "sources", [["x = 1; print(x)", "y = x + 1; y"], ["t = 3", "print(f'{t} ms')", "t = 4"]]
)
def test_a_cell_that_may_is_not(sources):
    assert complaints(sources) == []
