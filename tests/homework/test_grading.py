"""The real autograder: right answers, wrong ones, and those that try to break or to cheat it.

A sample runs in CI; `make homework-check` sends all through it. All submissions of an assignment
are graded in one go, so whatever one of them does, it must not stop the grading of the others.
"""

import shutil
import socket
import sqlite3
from types import SimpleNamespace

import pytest
from submissions import (
    ASSIGNMENTS,
    Course,
    right_answers,
    submission,
    wrong_answers,
    wrong_submission,
)

pytestmark = pytest.mark.tools

RIGHT_SAMPLE = ("chatty",)
# Submissions that must run into the time limit; all others must not come near it.
ENDLESS = ("endless", "unstoppable")


def student(name):
    """What a submission's author is called: those who will not stop come under z."""
    return ("z-" if name.startswith(ENDLESS) else "a-") + name.replace("_", "-")


class Graded:
    """An assignment whose submissions have all been autograded."""

    def __init__(self, assignment, folder, everything):
        self.assignment, self.course = assignment, Course(folder)
        right, wrong = right_answers(assignment), wrong_answers(assignment)
        self.right = {n: right[n] for n in right if everything or n in RIGHT_SAMPLE}
        self.wrong = {n: wrong[n] for n in wrong if everything or "sample" in wrong[n]}
        for name, cells in self.right.items():
            self.submit(f"right_{name}", submission(assignment, cells))
        for name, entry in self.wrong.items():
            self.submit(name, wrong_submission(assignment, entry))
        self.course.run(f"nbgrader generate_assignment {assignment} --force")
        self.quick = self.course.autograde(assignment, "[!z]*")
        self.slow = self.course.autograde(assignment, "z*", seconds=8) if self.endless else None

    @property
    def endless(self):
        """The wrong answers that must be stopped."""
        return [name for name in self.wrong if name.startswith(ENDLESS)]

    def submit(self, name, notebook):
        """Hand in a notebook."""
        self.course.submit(self.assignment, student(name), notebook)

    def lost(self, name):
        """The tests that a submission has lost, and all that its feedback says."""
        output = self.course.output(self.assignment, student(name))
        return self.course.lost(self.assignment, student(name)), output


@pytest.fixture(scope="class")
def graded(request, tmp_path_factory, everything):
    """The assignment of a test class, graded."""
    folder = tmp_path_factory.mktemp("course") / "homework"
    return Graded(request.cls.assignment, folder, everything)


class Grading:
    """What holds for every assignment."""

    def test_nobody_stops_the_round(self, graded):
        code, log = graded.quick
        assert code == 0, log
        assert "Traceback" not in log

    def test_right_answers_get_full_marks(self, graded):
        lost = {name: graded.lost(f"right_{name}") for name in graded.right}
        wrong = {n: {k: out[k] for k in tests} for n, (tests, out) in lost.items() if tests}
        assert wrong == {}

    def test_wrong_answers_lose_their_points(self, graded):
        for name, entry in graded.wrong.items():
            tests, output = graded.lost(name)
            want = set(entry["lost"].split())
            assert tests == want, (name, {k: output[k] for k in tests ^ want})

    def test_wrong_answers_get_their_hint(self, graded):
        for name, entry in graded.wrong.items():
            assert entry["hint"] in "\n".join(graded.lost(name)[1].values()), name

    def test_runaways_are_reported(self, graded):
        for name in graded.endless:
            code, log = graded.slow
            assert code == 0, log
            assert f"{student(name)}: stopped in cell" in log

    def test_gradebook_survives(self, graded):
        with sqlite3.connect(graded.course.folder / "gradebook.db") as book:
            assert book.execute("pragma integrity_check").fetchone() == ("ok",)
            submissions = book.execute("select count(*) from submitted_assignment").fetchone()
        assert submissions == (len(graded.right) + len(graded.wrong),)


class TestLikelihoods(Grading):
    assignment = ASSIGNMENTS[0]


class TestEmByHand(Grading):
    assignment = ASSIGNMENTS[1]


class TestBoundsAndEllipses(Grading):
    assignment = ASSIGNMENTS[2]


# In the box

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
attempt("a file", lambda: open("own-file", "w").close())
attempt("network", lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2).close())
print("found:", found)
"""


@pytest.fixture(scope="module")
def boxed(tmp_path_factory):
    """A spy's submission graded in the box, with another one beside it, and then out of it."""
    if shutil.which("bwrap") is None:
        pytest.skip("No bubblewrap (bwrap) on the PATH.")
    course, assignment = Course(tmp_path_factory.mktemp("course") / "homework"), ASSIGNMENTS[1]
    course.run(f"nbgrader generate_assignment {assignment} --force")
    with socket.create_server(("127.0.0.1", 0)) as server:
        spy = {"cells": {}, "insert": {"e_step": SPY.replace("PORT", str(server.getsockname()[1]))}}
        course.submit(assignment, "spy", wrong_submission(assignment, spy))
        loop = wrong_answers(assignment)["endless_cell"]
        course.submit(assignment, "loop", wrong_submission(assignment, loop))
        code, log = course.autograde(assignment, confine="yes", seconds=10)
        assert code == 0, log
        inside = course.output(assignment, "spy")
        lost = {name: course.lost(assignment, name) for name in ("spy", "loop")}
        course.run(f"nbgrader autograde {assignment} --student=spy --force")
        outside = course.output(assignment, "spy")
    return SimpleNamespace(lost=lost, inside=said(inside), outside=said(outside))


def said(output):
    """All that a submission's cells say."""
    return "\n".join(output.values())


def test_box_changes_no_points(boxed):
    assert boxed.lost == {"spy": set(), "loop": set()}


def test_spy_finds_nothing_in_the_box(boxed):
    assert "found: []" in boxed.inside


@pytest.mark.parametrize(
    "what", ["gradebook", "another student", "the hidden tests", "a file", "network"]
)
def test_spy_finds_it_outside(boxed, what):
    assert what in boxed.outside
