"""The real autograder: right answers, wrong ones, and those that try to break or to cheat it.

A sample of the second and third assignment runs in CI; `make homework-check` sends all through
it. All submissions of an assignment
are graded in one go, so whatever one of them does, it must not stop the grading of the others.
Those of the second assignment are graded in the box, and one of them is a spy's.
"""

import os
import re
import socket
import sqlite3
import subprocess
import sys

import pytest
from submissions import (
    ASSIGNMENTS,
    ROOT,
    Course,
    right_answers,
    submission,
    why_no_box,
    wrong_answers,
    wrong_submission,
)

pytestmark = pytest.mark.tools

RIGHT_SAMPLE = ("chatty",)
# Submissions that must be stopped; all others must not come near the time limit.
RUNAWAYS = ("endless", "unstoppable", "kills")

SPY = """
import pathlib
import socket

found = []


def attempt(what, deed):
    try:
        deed()
        found.append(what)
    except Exception:
        pass


course = pathlib.Path.cwd().parents[2]
attempt("gradebook", lambda: open(course / "gradebook.db", "r+b").close())
attempt("hidden tests", lambda: next(course.glob("source/*/*.ipynb")).read_text())
attempt("another's submission", lambda: next(course.glob("submitted/chatty/*/*")).read_text())
attempt("another's points", lambda: next(course.glob("autograded/chatty/*/*")).read_text())
attempt("teacher's files", lambda: open("ROOT/TEACHING.md").close())
attempt("place to write", lambda: open("note", "w").close())
attempt("network", lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2).close())
print("found:", ", ".join(found))
"""


class Graded:
    """An assignment whose submissions have all been autograded."""

    def __init__(self, assignment, folder, everything, boxed, seconds):
        self.assignment, self.course, self.boxed = assignment, Course(folder), boxed
        right, wrong = right_answers(assignment), wrong_answers(assignment)
        self.right = {n: right[n] for n in right if everything or n in RIGHT_SAMPLE}
        self.wrong = {n: wrong[n] for n in wrong if everything or "sample" in wrong[n]}
        self.course.run(f"nbgrader generate_assignment {assignment} --force")
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.spy = SPY.replace("PORT", str(server.getsockname()[1])).replace("ROOT", str(ROOT))
            self.hand_in()
            self.done, self.log = self.course.autograde(assignment, seconds, boxed)
            self.found_outside = self.spy_outside() if boxed else ""

    def hand_in(self):
        """Hand in all notebooks; in the box there is a spy, who must lose and find nothing."""
        if self.boxed:
            insert = {"e_step": self.spy}
            self.wrong["spy"] = {"cells": {}, "insert": insert, "lost": "", "hint": "found: \n"}
        for name, cells in self.right.items():
            self.course.submit(self.assignment, name, submission(self.assignment, cells))
        for name, entry in self.wrong.items():
            self.course.submit(self.assignment, name, wrong_submission(self.assignment, entry))

    def spy_outside(self):
        """What the spy finds without the box."""
        here = self.course.folder / "autograded/spy" / self.assignment
        return subprocess.check_output([sys.executable, "-c", self.spy], cwd=here, encoding="utf-8")

    def lost(self, name):
        """The tests that a submission has lost, and all that its feedback says."""
        output = self.course.output(self.assignment, name)
        return self.course.lost(self.assignment, name), output


@pytest.fixture(scope="class")
def graded(request, tmp_path_factory, everything):
    """The assignment of a test class, graded."""
    folder = tmp_path_factory.mktemp("course") / "homework"
    boxed = request.cls.boxed and not why_no_box()
    seconds = 10 if everything else request.cls.seconds
    return Graded(request.cls.assignment, folder, everything, boxed, seconds)


class Grading:
    """What holds for every assignment."""

    boxed, seconds = False, 10

    def test_nobody_stops_the_round(self, graded):
        assert graded.done.returncode == 0, graded.done.stdout + graded.done.stderr
        assert "Traceback" not in graded.log
        assert "never awaited" not in graded.done.stderr

    def test_right_answers_get_full_marks(self, graded):
        lost = {name: graded.lost(name) for name in graded.right}
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

    def test_runaways_are_stopped_and_reported(self, graded):
        reported = set(re.findall(r"(\w+): stopped in cell", graded.log))
        assert reported == {name for name in graded.wrong if name.startswith(RUNAWAYS)}

    def test_gradebook_survives(self, graded):
        with sqlite3.connect(graded.course.folder / "gradebook.db") as book:
            assert book.execute("pragma integrity_check").fetchone() == ("ok",)
            submissions = book.execute("select count(*) from submitted_assignment").fetchone()
        assert submissions == (len(graded.right) + len(graded.wrong),)


@pytest.mark.skipif(not os.environ.get("HOMEWORK_ALL"), reason="only in `make homework-check`")
class TestLikelihoods(Grading):
    assignment = ASSIGNMENTS[0]


class TestEmByHand(Grading):
    assignment, boxed = ASSIGNMENTS[1], True
    # All runaways of the sample are here. Other cells of theirs take a third of a second at most.
    seconds = 5

    def test_every_danger_is_in_the_sample(self, graded):
        dangers = """endless_cell unstoppable_loop huge_allocation kills_its_kernel
        deletes_the_tests prints_the_expected_text replaces_np_testing"""
        assert set(dangers.split()) <= set(graded.wrong)

    def test_spy_finds_everything_outside(self, bubblewrap, graded):
        deeds = re.findall(r'attempt\("(.*?)"', SPY)
        assert graded.found_outside == f"found: {', '.join(deeds)}\n"


class TestBoundsAndEllipses(Grading):
    assignment = ASSIGNMENTS[2]
