"""A reader of a notebook who tries answers to its exercises, and the answers that there are to try.

A notebook's cells are run once. Then each answer is put where the stub was, and the check's own
cell is run, with a seed. (That the notebooks run in a real kernel is nbval's business.)
"""

import ast
import importlib.util
import io
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def tagged(notebook, tag):
    """The one cell with this tag."""
    cells = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]
    assert len(cells) == 1, f"{len(cells)} cells are tagged {tag}"
    return cells[0]


def solution(notebook, number):
    """The code inside the folded solution."""
    text = tagged(notebook, f"solution-{number}").source
    assert "<details>" in text
    assert "</details>" in text
    return "\n".join(PYTHON.findall(text))


def wrong_answers(path):
    """WRONG of tests/course/answers/nbNN.py: {exercise: [(code, part of the hint), …]}."""
    return _answers(path).WRONG


def right_answers(path):
    """RIGHT of the same file, if it has one: {exercise: [code, …]}, beside the solution."""
    return getattr(_answers(path), "RIGHT", {})


def _answers(path):
    file = ROOT / "tests/course/answers" / f"nb{path.stem[:2]}.py"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(code, names):
    """Run code among these names and return the value of its last line."""
    *statements, last = ast.parse(code).body or [ast.parse("None").body[0]]
    if not isinstance(last, ast.Expr):
        statements, last = [*statements, last], None
    exec(compile(ast.Module(statements, []), "<cell>", "exec"), names)
    return last and eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def says(code, names):
    """Run code among these names and return what it prints and shows."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        value = run(code, names)
    return out.getvalue() + ("" if value is None else repr(value))


class Reader:
    """Somebody who has run the notebook and now tries answers, one after another.

    `after(code, names, said)` is called after each cell.
    """

    def __init__(self, path, after=lambda *_: None):
        self.notebook = nbformat.read(path, as_version=4)
        self.names = {"__name__": "__main__"}
        self.codes = [c.source for c in self.notebook.cells if c.cell_type == "code"]
        self.said = []
        for code in self.codes:
            self.said.append(says(code, self.names))
            after(code, self.names, self.said[-1])

    def run(self, code):
        """Run code among the notebook's names and return the value of its last line."""
        return run(code, self.names)

    def answer(self, number, code):
        """Put an answer where the stub of this exercise was."""
        self.run(tagged(self.notebook, f"exercise-{number}").source)
        self.run(code)

    def feedback(self, number, seed):
        """What the check's cell says to the answer, if all its chance comes from this seed."""
        cell = tagged(self.notebook, f"check-{number}").source.rstrip()
        return repr(self.run(f"{cell.removesuffix(')')}, rng={seed})"))


def is_refused(feedback):
    """Is this ✗ with a hint, or the hint that something is not returned?"""
    return feedback.startswith(("✗", "○ Not attempted yet. Your function returns"))
