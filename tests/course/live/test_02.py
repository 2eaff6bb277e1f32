"""What TEACHING.md has a lecturer show with notebook 02, played."""

import re
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest

pytestmark = pytest.mark.tools

NOTEBOOK = Path(__file__).resolve().parents[3] / "notebooks/02_direct_maximum_likelihood.ipynb"
FENCED = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def cells():
    return nbformat.read(NOTEBOOK, as_version=4).cells


@pytest.fixture
def before_the_race(cells):
    """All names when the four optimisers are about to run, and the cell that runs them."""
    matplotlib.use("Agg")
    names, code = {}, [c.source for c in cells if c.cell_type == "code"]
    race = next(i for i, source in enumerate(code) if source.startswith("for method in ("))
    for source in code[:race]:
        exec(source, names)
    return names, code[race]


def test_other_start_two_complain_and_two_swap(before_the_race, capsys):
    names, race = before_the_race
    capsys.readouterr()
    names["start"] = np.array([0.6, 0.2, 0.0, 0.2, 0.5])
    exec(race, names)
    said = [re.sub(" +", " ", line) for line in capsys.readouterr().out.splitlines()]
    assert said == [
        "BFGS says failure, nll 120.3",
        "Powell says failure, nll nan",
        "Nelder-Mead says success, nll -202.8",
        "L-BFGS-B says success, nll -202.9",
    ]
    simplex, bounded = (names["optimise"](m, names["x"]) for m in ("Nelder-Mead", "L-BFGS-B"))
    assert simplex.fun - bounded.fun == pytest.approx(0.065, abs=0.002)
    for mu1, _, mu2, _, _ in (simplex.x, bounded.x):
        assert mu1 > 0.5 and abs(mu2) < 0.1


def test_a_gradient_saves_five_calls_of_six(cells, before_the_race):
    """The solution of exercise 1 says so."""
    names, _ = before_the_race
    solution = next(c.source for c in cells if "solution-1" in c.metadata.get("tags", []))
    exec(FENCED.findall(solution)[0], names)
    options = {"x0": names["start"], "args": (names["x"],), "method": "L-BFGS-B"}
    options["bounds"] = names["bounds"]
    without = names["minimize"](names["nll"], **options)
    given = names["minimize"](names["nll"], jac=names["gradient"], **options)
    assert without.nfev / given.nfev == pytest.approx(6, abs=0.5)
    assert given.fun == pytest.approx(without.fun, abs=1e-6)
