"""What a lecturer does live with notebook 07, exactly as TEACHING.md says, and what it shows."""

import re
from contextlib import redirect_stdout
from io import StringIO

import matplotlib
import nbformat
import pytest

pytestmark = pytest.mark.tools

CHANGE = "few = x[:2000]"
NATS = re.compile(r"(-[\d.]+) nats")


@pytest.fixture(scope="module")
def code(root):
    (path,) = (root / "notebooks").glob("07_*.ipynb")
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def says(source, names):
    with redirect_stdout(StringIO()) as printed:
        exec(source, names)
    return printed.getvalue()


def test_arrays_print_what_the_loops_were_waited_for(code, root):
    assert CHANGE in (root / "TEACHING.md").read_text(encoding="utf-8")
    matplotlib.use("Agg")
    names = {}
    loops = next(i for i, source in enumerate(code) if "one iteration by loops" in source)
    arrays = next(i for i, source in enumerate(code) if 'print(f"arrays ' in source)
    for source in code[:loops]:
        if "plots.show(" not in source:
            says(source, names)
    of_500 = NATS.findall(says(code[loops], names))
    of_2000 = NATS.findall(says(f"{CHANGE}\n{code[loops]}", names))
    for source in code[loops + 1 : arrays]:
        says(source, names)
    assert len(of_2000) == 1 and NATS.findall(says(code[arrays], names)) == of_2000
    assert float(of_2000[0]) == pytest.approx(4 * float(of_500[0]), rel=0.05)
