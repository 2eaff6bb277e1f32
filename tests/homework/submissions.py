"""Submissions made from the release, and a course folder to grade them in.

A right answer is a file of `right_answers/`, cut at `# %% CELL`. A wrong answer is an entry of
`wrong_answers/`: see the head of those files. Cells that it does not name hold the model solution.
"""

import csv
import os
import re
import runpy
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOMEWORK = ROOT / "notebooks/homework"
ASSIGNMENTS = sorted(path.name for path in (HOMEWORK / "source").iterdir())
TRIAL = "bwrap --unshare-all --ro-bind / / true"
MARKERS = re.compile(r"(?m)^ *### (BEGIN|END) SOLUTION\n?")


@cache
def read(kind, assignment):
    """The notebook of an assignment, kind source or release."""
    return nbformat.read(HOMEWORK / kind / assignment / f"{assignment}.ipynb", as_version=4)


def label(cell):
    """The name by which nbgrader knows a cell, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def graded(assignment):
    """The test cells of an assignment and their points."""
    graders = [cell.metadata.get("nbgrader", {}) for cell in read("source", assignment).cells]
    return {g.grade_id: g.points for g in graders if g.get("grade") and not g.solution}


def model_solution(assignment):
    """The code of each solution cell, and the written answer."""
    cells = [c for c in read("source", assignment).cells if c.metadata.get("nbgrader")]
    return {label(c): MARKERS.sub("", c.source) for c in cells if c.metadata.nbgrader.solution}


def right_answers(assignment):
    """The right answers: their names, and the code of each cell."""
    files = sorted((HERE / "right_answers" / assignment).glob("*.py"))
    return {path.stem: cut(path.read_text(encoding="utf-8")) for path in files}


def cut(text):
    """Cut a file at `# %% CELL`. What stands above the first cut belongs to the first cell."""
    head, *chunks = re.split(r"(?m)^# %% ", text)
    cells = dict(chunk.split("\n", 1) for chunk in chunks)
    first = next(iter(cells))
    return cells | {first: f"{head}\n{cells[first]}"}


def wrong_answers(assignment):
    """The wrong answers: their names and entries."""
    return runpy.run_path(str(HERE / "wrong_answers" / f"{assignment}.py"))["WRONG"]


def submission(assignment, cells, base="solution"):
    """A notebook with this code in these cells of the release."""
    notebook = nbformat.from_dict(read("release", assignment))
    answers = (model_solution(assignment) if base == "solution" else {}) | cells
    unknown = set(cells) - {label(cell) for cell in notebook.cells}
    assert not unknown, f"no such cells: {unknown}"
    for cell in notebook.cells:
        cell.source = answers.get(label(cell), cell.source)
    return notebook


def wrong_submission(assignment, entry):
    """A notebook with a wrong answer, and with whatever else its author has done to it."""
    notebook = submission(assignment, entry["cells"], entry.get("base", "solution"))
    is_test = {id(c): label(c) in graded(assignment) for c in notebook.cells}
    if entry.get("delete") == "all":
        notebook.cells = []
    elif entry.get("delete") == "tests":
        notebook.cells = [c for c in notebook.cells if not is_test[id(c)]]
    for cell in notebook.cells:
        if "rewrite_tests" in entry and is_test[id(cell)]:
            cell.source = entry["rewrite_tests"]
            cell.metadata.nbgrader.points = 100
    for before, code in entry.get("insert", {}).items():
        place = [label(c) for c in notebook.cells].index(before)
        notebook.cells.insert(place, new_code_cell(code))
    if entry.get("spoil_labels"):
        spoil_labels(notebook)
    return notebook


def spoil_labels(notebook):
    """Give every cell the labels of an old nbgrader, and copy one of them five times."""
    labelled = [cell for cell in notebook.cells if label(cell)]
    for cell in labelled:
        cell.metadata.nbgrader = {"grade_id": label(cell), "schema_version": 1, "checksum": "0"}
    notebook.cells += [nbformat.from_dict(labelled[3]) for _ in range(5)]


def why_no_box():
    """Say why bubblewrap cannot make a box on this machine, or nothing if it can."""
    if shutil.which("bwrap") is None:
        return "No bubblewrap (bwrap) on the PATH."
    done = subprocess.run(TRIAL.split(), capture_output=True, encoding="utf-8")
    return f"No box on this machine. {done.stderr.strip()}" if done.returncode else ""


class Course:
    """A course folder in a temporary place, with commands run in it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        generated = shutil.ignore_patterns("submitted", "autograded", "feedback", "gradebook*")
        shutil.copytree(HOMEWORK, self.folder, dirs_exist_ok=True, ignore=generated)
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def run(self, command, check=True, **options):
        """Run a command line in the folder, and return what became of it."""
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            **options,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def submit(self, assignment, student, notebook):
        """Put a notebook where nbgrader looks for submissions."""
        path = self.folder / "submitted" / student / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def autograde(self, assignment, seconds, boxed):
        """Grade the submissions of an assignment; return what became of it, and nbgrader's log.

        The log is a file of its own: what is printed holds also the last words of killed kernels.
        """
        options = f"--Execute.timeout={seconds} --NbGrader.logfile=autograde.log"
        command = f"nbgrader autograde {assignment} {options}"
        done = self.run("CONFINE=yes " * boxed + command, check=False)
        return done, (self.folder / "autograde.log").read_text(encoding="utf-8")

    def lost(self, assignment, student):
        """The tests in which a student got no points; each is worth all or nothing."""
        points = self.points(assignment, student)
        whole = graded(assignment)
        assert {p for name, p in points.items() if p not in (0, whole[name])} == set()
        return {name for name in whole if points[name] == 0}

    def points(self, assignment, student):
        """The points of each test, from the gradebook."""
        with self.gradebook() as book:
            notebook = book.find_submission_notebook(assignment, assignment, student)
            grades = {grade.name: grade.auto_score for grade in notebook.grades}
        return {name: grades[name] for name in graded(assignment)}

    def score(self, assignment, student):
        """All points of a student, with those for the written answer."""
        with self.gradebook() as book:
            return book.find_submission(assignment, student).score

    def gradebook(self):
        """The gradebook, to be opened by `with`."""
        from nbgrader.api import Gradebook

        return Gradebook(f"sqlite:///{self.folder}/gradebook.db")

    def output(self, assignment, student):
        """All that the cells of an autograded submission say, and what each says."""
        path = self.folder / "autograded" / student / assignment / f"{assignment}.ipynb"
        cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        return {label(c) or c.id: "\n".join(map(text, c.outputs)) for c in cells}

    def grades(self):
        """The rows of the exported CSV."""
        with open(self.folder / "grades.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def text(output):
    """What an output says to a reader."""
    return output.get("text") or "\n".join(output.get("traceback", []))
