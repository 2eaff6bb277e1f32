"""Every published notebook is complete: run, in order, without error, legible to everyone.

nbval compares outputs, but it passes a notebook that was never run. These checks close that gap.
Each check takes a notebook and returns its complaints, so that it can be shown a bad one too.
"""

import copy
import re
from pathlib import Path
from statistics import median

import nbformat
import pytest
from nbformat import v4

from publish import refresh

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
MAX_BYTES = 1_500_000
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
FENCED = re.compile(r"```(?:python|bash|text)?\n(.*?)```", re.DOTALL)


def code_cells(notebook):
    """The cells that hold code; an empty cell is not run and not counted."""
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def outputs(notebook):
    """Every output, with the cell that it belongs to."""
    return [(cell, output) for cell in code_cells(notebook) for output in cell.outputs]


def lines(cell):
    """How many lines of a cell a reader has to read."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


# The checks


def not_run_in_order(notebook):
    """Execution counts must be 1, 2, 3, …"""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == [*range(1, len(counts) + 1)] else [f"execution counts: {counts}"]


def errors(notebook):
    """No cell may end in an exception."""
    return [o.evalue for _, o in outputs(notebook) if o.output_type == "error"]


def warnings(notebook):
    """Nothing may be written to stderr."""
    return [o.text for _, o in outputs(notebook) if o.get("name") == "stderr"]


def wrong_kernel(notebook):
    """The kernel must be the one that every Jupyter has."""
    name = notebook.metadata.get("kernelspec", {}).get("name")
    return [] if name == "python3" else [f"kernel: {name}"]


def figures_without_alt(notebook):
    """Every image needs a sentence that says what there is to see."""
    return [
        f"cell {cell.execution_count}"
        for cell, output in outputs(notebook)
        for kind in output.get("data", {})
        if kind in ("image/png", "image/jpeg", "image/svg+xml", "image/gif")
        if not str(output.metadata.get(kind, {}).get("alt", "")).strip()
    ]


def addresses(notebook):
    """No output may show where in memory an object lay: it lies elsewhere in the next run."""
    shown = [output for _, output in outputs(notebook)]
    texts = [str(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in shown]
    return [text for text in texts if re.search(r"\b0x[0-9a-f]{8,16}\b", text)]


def widgets_without_state(notebook):
    """A widget shows in a static page only if its state was saved."""
    saved = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    views = [output.get("data", {}).get(WIDGET_VIEW) for _, output in outputs(notebook)]
    return [view["model_id"] for view in views if view and view["model_id"] not in saved]


def long_cells(notebook):
    """Half of the code cells that are not folded must have at most five lines."""
    seen = [
        c for c in code_cells(notebook) if not c.metadata.get("jupyter", {}).get("source_hidden")
    ]
    middle = median([lines(cell) for cell in seen] or [0])
    return [] if middle <= 5 else [f"the median code cell has {middle} lines"]


def wide_lines(notebook):
    """A line of code, a solution's too, must fit the page and the paper: 88 letters."""
    code = [cell.source for cell in code_cells(notebook)]
    solutions = [block for cell in notebook.cells for block in FENCED.findall(cell.source)]
    lines = "\n".join(code + solutions).splitlines()
    return [line for line in lines if len(line) > 88]


def not_tidy(notebook):
    """`make refresh` must have nothing left to tidy up."""
    tidy = refresh.normalise(copy.deepcopy(notebook))
    return [] if tidy == notebook else ["run `make refresh`"]


CHECKS = [
    not_run_in_order,
    errors,
    warnings,
    wrong_kernel,
    figures_without_alt,
    addresses,
    widgets_without_state,
    long_cells,
    wide_lines,
    not_tidy,
]


# The published notebooks pass


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])
def test_notebook(path, check):
    assert check(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])
def test_notebook_is_small(path):
    assert path.stat().st_size < MAX_BYTES


def test_long_cells_are_rare():
    cells = [c for p in NOTEBOOKS for c in code_cells(nbformat.read(p, as_version=4))]
    long = [cell.source for cell in cells if lines(cell) > 20]
    assert len(long) <= 0.02 * len(cells), long


# A good notebook passes and each kind of bad one is caught


def good():
    """A small notebook as `make refresh` leaves it."""
    figure = v4.new_output(
        "display_data",
        {"image/png": "iVBOR", "text/plain": "<Figure>"},
        metadata={"image/png": {"alt": "A bump."}},
    )
    cells = [
        v4.new_markdown_cell("# Title"),
        v4.new_code_cell("x = 1", execution_count=1),
        v4.new_code_cell(""),
        v4.new_code_cell("draw(x)", execution_count=2, outputs=[figure]),
    ]
    return v4.new_notebook(cells=cells, metadata={"kernelspec": refresh.KERNELSPEC})


def with_output(cell, kind, **content):
    """Append an output to a cell."""
    cell.outputs.append(v4.new_output(kind, **content))


def skip_a_cell(notebook):
    notebook.cells[1].execution_count = None


def run_backwards(notebook):
    notebook.cells[1].execution_count, notebook.cells[3].execution_count = 2, 1


def start_late(notebook):
    notebook.cells[1].execution_count, notebook.cells[3].execution_count = 2, 3


def fail(notebook):
    with_output(notebook.cells[3], "error", ename="ValueError", evalue="no", traceback=[])


def warn(notebook):
    with_output(notebook.cells[3], "stream", name="stderr", text="careful")


def take_another_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "my-env", "display_name": "My", "language": "python"}


def forget_the_alt(notebook):
    del notebook.cells[3].outputs[0].metadata["image/png"]


def leave_the_alt_blank(notebook):
    notebook.cells[3].outputs[0].metadata["image/png"].alt = " "


def show_an_address(notebook):
    with_output(notebook.cells[3], "display_data", data={"text/plain": "<A at 0x7f3a2b1c4d50>"})


def print_an_address(notebook):
    with_output(notebook.cells[3], "stream", name="stdout", text="<A at 0x7f3a2b1c4d50>")


def lose_the_state(notebook):
    view = {"model_id": "ab" * 16, "version_major": 2, "version_minor": 0}
    with_output(notebook.cells[3], "display_data", data={WIDGET_VIEW: view})


def write_at_length(notebook):
    notebook.cells[1].source = notebook.cells[3].source = "x = 1\n" * 6


def write_wide_code(notebook):
    notebook.cells[1].source = f"x = '{'long' * 22}'"


def write_a_wide_solution(notebook):
    notebook.cells[0].source = f"```python\nx = '{'long' * 22}'\n```"


def leave_the_clock(notebook):
    notebook.cells[1].metadata.execution = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def leave_the_version(notebook):
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_good_notebook_passes(check):
    assert check(good()) == []


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (skip_a_cell, not_run_in_order),
        (run_backwards, not_run_in_order),
        (start_late, not_run_in_order),
        (fail, errors),
        (warn, warnings),
        (take_another_kernel, wrong_kernel),
        (forget_the_alt, figures_without_alt),
        (leave_the_alt_blank, figures_without_alt),
        (show_an_address, addresses),
        (print_an_address, addresses),
        (lose_the_state, widgets_without_state),
        (write_at_length, long_cells),
        (write_wide_code, wide_lines),
        (write_a_wide_solution, wide_lines),
        (leave_the_clock, not_tidy),
        (leave_the_version, not_tidy),
    ],
)
def test_bad_notebook_is_caught(spoil, check):
    notebook = good()
    spoil(notebook)
    assert check(notebook) != []


# `make refresh`


LIVE = [
    "import ipywidgets as w; from tqdm.auto import tqdm",
    "w.HBox([w.IntSlider(value=3), w.Label('three')])",
    "for i in tqdm(range(3)): print(i)",
]


@pytest.fixture(scope="module")
def refreshed_twice(tmp_path_factory):
    """The text of a notebook with widgets and a progress bar, refreshed once and once more."""
    path = tmp_path_factory.mktemp("refresh") / "01_live.ipynb"
    cells = [v4.new_code_cell(source) for source in LIVE]
    nbformat.write(v4.new_notebook(cells=cells), path)
    texts = []
    for _ in range(2):
        assert refresh.refresh(path) is None
        texts.append(path.read_text(encoding="utf-8"))
    return texts


def test_second_refresh_changes_nothing(refreshed_twice):
    assert refreshed_twice[0] == refreshed_twice[1]


def test_refreshed_notebook_passes(refreshed_twice):
    notebook = nbformat.reads(refreshed_twice[0], as_version=4)
    assert [complaint for check in CHECKS for complaint in check(notebook)] == []


def test_refresh_keeps_widgets_together(refreshed_twice):
    notebook = nbformat.reads(refreshed_twice[0], as_version=4)
    state = notebook.metadata.widgets[WIDGET_STATE].state
    shown = notebook.cells[1].outputs[0].data[WIDGET_VIEW].model_id
    children = state[shown].state.children
    values = [state[child.removeprefix("IPY_MODEL_")].state.value for child in children]
    assert values == [3, "three"]


def test_refresh_leaves_a_failing_notebook_alone(tmp_path):
    path = tmp_path / "01_broken.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    assert "ZeroDivisionError" in refresh.refresh(path)
    assert path.read_bytes() == before
