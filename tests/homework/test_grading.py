"""The real autograder: right answers, wrong ones, and those that try to break or to cheat it.

A sample runs in CI; `make homework-check` sends all through it. All submissions of an assignment
are graded in one go, so whatever one of them does, it must not stop the grading of the others.
"""

import sqlite3

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
