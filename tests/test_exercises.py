"""Every published solution gets ✓ and every wrong answer its hint, in its notebook's own namespace.

A notebook's cells are run once. Then each answer is put where the stub was, and the check's own
cell is run. (That the notebooks run in a real kernel is nbval's business.)
"""

import ast
import importlib.util
import re
from pathlib import Path

import matplotlib
import nbformat
import pytest

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
JUNK = [
    *("None", "...", "'text'", "[1, 'a']", "object()", "print"),
    *("lambda *a: a", "lambda *a: None", "lambda *a: float('nan')", "lambda *a: [[], {}]"),
    *("lambda *a: 1 / 0", "lambda *a: exit()"),
]
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
    """WRONG of tests/answers/nbNN.py: {exercise: [(code, part of the hint), …]}."""
    file = ROOT / "tests/answers" / f"nb{path.stem[:2]}.py"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WRONG


class Reader:
    """Somebody who has run the notebook and now tries answers, one after another."""

    def __init__(self, path):
        self.notebook = nbformat.read(path, as_version=4)
        self.names = {"__name__": "__main__"}
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                self.run(cell.source)

    def run(self, code):
        """Run code among the notebook's names and return the value of its last line."""
        *statements, last = ast.parse(code).body or [ast.parse("None").body[0]]
        if not isinstance(last, ast.Expr):
            statements, last = [*statements, last], None
        exec(compile(ast.Module(statements, []), "<cell>", "exec"), self.names)
        return last and eval(compile(ast.Expression(last.value), "<cell>", "eval"), self.names)

    def feedback(self, number, code):
        """What the check of this exercise says to an answer."""
        self.run(tagged(self.notebook, f"exercise-{number}").source)
        self.run(code)
        return repr(self.run(tagged(self.notebook, f"check-{number}").source))


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_exercises(path, monkeypatch):
    matplotlib.use("Agg")
    monkeypatch.chdir(path.parent)
    reader, wrong = Reader(path), wrong_answers(path)
    assert sorted(wrong) == [1, 2, 3]
    for number in wrong:
        judge(reader, number, wrong[number])


def judge(reader, number, wrong):
    """Try the stub, the published solution, and the wrong answers."""
    assert len(wrong) >= 2
    assert reader.feedback(number, "").startswith("○"), f"stub of exercise {number}"
    right = reader.feedback(number, solution(reader.notebook, number))
    assert right.startswith("✓"), f"exercise {number}: {right}"
    for code, hint in wrong:
        answer = reader.feedback(number, code)
        assert answer.startswith(("✗", "○ Not attempted yet. Your function returns")), (
            f"{code}\n{answer}"
        )
        assert hint.lower() in answer.lower(), f"{code}\n{answer}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
@pytest.mark.parametrize("junk", JUNK)
def test_a_check_never_raises(path, junk):
    from emlib import check

    notebook = nbformat.read(path, as_version=4)
    for number in (1, 2, 3):
        call = ast.parse(tagged(notebook, f"check-{number}").source).body[-1].value
        answer = getattr(check, call.func.attr)(*[eval(junk) for _ in call.args])
        assert repr(answer)[0] in "✗○", f"exercise {number}: {answer}"
