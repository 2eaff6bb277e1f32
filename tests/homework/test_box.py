"""The box: what a submission sees and does in it, and what it would see and do without."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
from submissions import ASSIGNMENTS, HOMEWORK, ROOT, Course, wrong_answers, wrong_submission

pytestmark = [pytest.mark.tools, pytest.mark.usefixtures("bubblewrap")]

# What can be seen

LOOK = r"""
import os
import sys
import emlib

assert len(emlib.datasets.old_faithful()) == 272
for folder, _, names in os.walk(sys.argv[1]):
    print(*(f"{folder}/{name}" for name in names), sep="\n")
"""
SUBMISSION = "autograded/spy/task/task.ipynb"
SECRETS = ["source/task.ipynb", "gradebook.db", "submitted/ada/task.ipynb", "autograded/ada/x"]


@pytest.fixture
def grading(monkeypatch):
    """The module with the box; nbgrader reads it from the same folder."""
    monkeypatch.syspath_prepend(HOMEWORK)
    return pytest.importorskip("grading")


@pytest.fixture
def course(tmp_path):
    """A course of empty files, one of them a submission, inside an environment under /tmp."""
    for name in ["environment/python", *(f"environment/em/{n}" for n in [SUBMISSION, *SECRETS])]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path / "environment/em"


def inside(grading, course, *command):
    """The lines that a command prints in the box of the one submission."""
    (course / "own").mkdir()
    box = grading.box((course / SUBMISSION).parent, course, course / "own")
    done = subprocess.run([*box, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.split("\n") if line]


def seen(grading, course, folder):
    """The files of a folder that code in the box sees; it must also find emlib and its data."""
    return inside(grading, course, sys.executable, "-c", LOOK, folder)


def test_submission_is_all_that_is_seen(grading, course):
    assert seen(grading, course, course.parent) == [str(course / SUBMISSION)]


def test_environment_is_seen_and_the_course_in_it_is_not(grading, course, monkeypatch):
    monkeypatch.setattr(grading, "PYTHON", [*grading.PYTHON, str(course.parent)])
    found = seen(grading, course, course.parent)
    assert sorted(found) == [str(course / SUBMISSION), str(course.parent / "python")]


def test_of_this_project_only_emlib_and_its_environment_are_seen(grading, course):
    found = {os.path.relpath(path, ROOT).split(os.sep)[0] for path in seen(grading, course, ROOT)}
    assert {"emlib", "data"} <= found <= {"emlib", "data", ".venv"}


def test_rest_of_the_machine_is_not_seen(grading, course):
    assert (found := inside(grading, course, "ls", "/")) and not {"run", "srv", "var"} & {*found}


# What can be done, in nbgrader's own autograder

SPY = """
import os
import pathlib
import socket

found = []


def attempt(what, deed):
    try:
        deed()
        found.append(what)
    except OSError:
        pass


course = pathlib.Path.cwd().parents[2]
attempt("gradebook", lambda: open(course / "gradebook.db", "r+b").close())
attempt("another student", lambda: os.listdir(course / "submitted" / "loop"))
attempt("the hidden tests", lambda: os.listdir(course / "source"))
attempt("the teacher's files", lambda: open("ROOT/TEACHING.md").close())
attempt("a file", lambda: open("own-file", "w").close())
attempt("network", lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2).close())
print("found:", found)
"""
DEEDS = ["gradebook", "another student", "the hidden tests", "the teacher's files", "a file"]


@pytest.fixture(scope="module")
def boxed(tmp_path_factory):
    """A spy's submission graded in the box, an endless loop beside it; then the spy at large."""
    course, assignment = Course(tmp_path_factory.mktemp("course") / "homework"), ASSIGNMENTS[1]
    course.run(f"nbgrader generate_assignment {assignment} --force")
    with socket.create_server(("127.0.0.1", 0)) as server:
        spy = SPY.replace("PORT", str(server.getsockname()[1])).replace("ROOT", str(ROOT))
        entry = {"cells": {}, "insert": {"e_step": spy}}
        course.submit(assignment, "spy", wrong_submission(assignment, entry))
        loop = wrong_answers(assignment)["endless_cell"]
        course.submit(assignment, "loop", wrong_submission(assignment, loop))
        code, log = course.autograde(assignment, confine="yes", seconds=10)
        assert code == 0, log
        here = course.folder / "autograded/spy" / assignment
        outside = subprocess.check_output([sys.executable, "-c", spy], cwd=here, text=True)
    return SimpleNamespace(
        lost={name: course.lost(assignment, name) for name in ("spy", "loop")},
        inside="\n".join(course.output(assignment, "spy").values()),
        outside=outside,
    )


def test_box_changes_no_points(boxed):
    assert boxed.lost == {"spy": set(), "loop": set()}


def test_spy_finds_nothing_in_the_box(boxed):
    assert "found: []" in boxed.inside


@pytest.mark.parametrize("what", [*DEEDS, "network"])
def test_spy_finds_it_outside(boxed, what):
    assert what in boxed.outside
