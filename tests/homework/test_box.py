"""What is seen in the box. What can be done in it, a spy tries in test_grading.py."""

import os
import subprocess
import sys

import pytest
from submissions import HOMEWORK, ROOT

pytestmark = [pytest.mark.tools, pytest.mark.usefixtures("bubblewrap")]

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
    done = subprocess.run([*box, *command], capture_output=True, encoding="utf-8")
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
    assert {"emlib", "data"} <= found <= {"emlib", "data", os.path.basename(sys.prefix)}


def test_rest_of_the_machine_is_not_seen(grading, course):
    shown = [*grading.SYSTEM, *grading.PYTHON, *map(os.path.realpath, grading.PYTHON)]
    wanted = {path.split(os.sep)[1] for path in [*shown, str(course), "/dev", "/proc", "/tmp"]}
    assert (found := inside(grading, course, "ls", "/")) and {*found} <= wanted
