"""Every right answer passes every test, and every wrong one fails exactly those meant for it.

Here the cells run in this process, which is fast; `test_grading.py` sends them through nbgrader.
"""

import contextlib
import io
import re
import sys

import matplotlib
import matplotlib.pyplot as plt
import pytest
from submissions import (
    ASSIGNMENTS,
    graded,
    label,
    model_solution,
    read,
    right_answers,
    submission,
    wrong_answers,
    wrong_submission,
)

from emlib.check import homework
from emlib.check.homework.watch import restore
from emlib.check.patients import PATIENTS

pytestmark = pytest.mark.tools
matplotlib.use("agg")

ASSIGNED = [(assignment, name) for assignment in ASSIGNMENTS for name in right_answers(assignment)]
# What only a real kernel, with limits of time and memory, can survive.
NEEDS_KERNEL = ("endless", "unstoppable", "huge", "kills", "deletes", "rewrites", "prints", "old_")
FAULTS = [
    (assignment, name)
    for assignment in ASSIGNMENTS
    for name in wrong_answers(assignment)
    if not name.startswith(NEEDS_KERNEL)
]


def run(assignment, notebook, seed=0):
    """Run the labelled cells one by one, guarded; return what the failed tests say.

    All chance of the homework's tests comes from the seed.
    """
    namespace, failed = {"__name__": "__main__"}, {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and label(cell):
            restore()
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(seeded(cell.source, seed), label(cell), "exec"), namespace)
            except Exception as error:
                failed[label(cell)] = str(error)
    return {name: says for name, says in failed.items() if name in graded(assignment)}


def seeded(source, seed):
    """Give each of the homework's tests in this code a seed."""
    return source.replace("@homework.test(", f"@homework.test(rng={seed}, why=")


def with_hidden_tests(assignment, notebook):
    """Put the hidden tests in the place of the release's empty cells, as nbgrader does."""
    hidden = {label(c): c.source for c in read("source", assignment).cells}
    for cell in notebook.cells:
        if label(cell) in graded(assignment):
            cell.source = hidden[label(cell)]
    return notebook


@pytest.fixture(scope="module", autouse=True)
def guard():
    """Put back what answers replace, as where they are graded."""
    homework.install()


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no figure open."""
    yield
    plt.close("all")


@pytest.fixture
def uncounted():
    """Count no lines: with every call watched, too, a test would take twice as long.

    Not by `no_cover`, which does nothing in xdist's workers.
    """
    counting = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(counting)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_model_solution(assignment):
    notebook = with_hidden_tests(assignment, submission(assignment, {}))
    assert run(assignment, notebook) == {}


@pytest.mark.usefixtures("uncounted")
@pytest.mark.parametrize(("assignment", "name"), ASSIGNED)
def test_right_answer(assignment, name):
    cells = right_answers(assignment)[name]
    code = [key for key in model_solution(assignment) if key != "explanation"]
    assert sorted(cells) == sorted(code), "a right answer answers every task"
    notebook = with_hidden_tests(assignment, submission(assignment, cells))
    assert run(assignment, notebook) == {}


@pytest.mark.usefixtures("uncounted")
@pytest.mark.parametrize(("assignment", "name"), FAULTS)
def test_wrong_answer(assignment, name):
    entry = wrong_answers(assignment)[name]
    notebook = with_hidden_tests(assignment, wrong_submission(assignment, entry))
    failed = run(assignment, notebook)
    assert set(failed) == set(entry["lost"].split()), failed
    assert entry["hint"] in "\n".join(failed.values())


def test_faults_of_the_clinic():
    """Patients hand in their own code. The others do no harm here, or what they do is a surface."""
    whats = [entry["what"] for a in ASSIGNMENTS for entry in wrong_answers(a).values()]
    numbers = {int(n) for what in whats for n in re.findall(r"^\[(\d+)\]", what)}
    elsewhere = {3, 23, 29}
    assert numbers | elsewhere == set(PATIENTS) and numbers.isdisjoint(elsewhere)
