"""Every published solution gets ✓ and every wrong answer its hint, in its notebook's own namespace.

A notebook is run once, in a real kernel. Then, in that kernel, each answer is put where the
stub was and the check's own cell is run.
"""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
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
        resources = {"metadata": {"path": str(path.parent)}}
        self.client = NotebookClient(self.notebook, resources=resources, timeout=120)

    def run(self, code):
        """Run code in the notebook's kernel and return the text of its result."""
        cell = nbformat.v4.new_code_cell(code)
        self.notebook.cells.append(cell)
        self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        return "".join(
            o.data["text/plain"] for o in cell.outputs if o.output_type == "execute_result"
        )

    def feedback(self, number, code):
        """What the check of this exercise says to an answer."""
        stub = tagged(self.notebook, f"exercise-{number}").source
        return self.run(f"{stub}\n{code}\n{tagged(self.notebook, f'check-{number}').source}")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_exercises(path):
    reader = Reader(path)
    wrong = wrong_answers(path)
    assert sorted(wrong) == [1, 2, 3]
    with reader.client.setup_kernel():
        for index, cell in enumerate(list(reader.notebook.cells)):
            if cell.cell_type == "code":
                reader.client.execute_cell(cell, index)
        for number in wrong:
            judge(reader, number, wrong[number])


def judge(reader, number, wrong):
    """Try the stub, the published solution, nothing at all, and the wrong answers."""
    assert len(wrong) >= 2
    assert reader.feedback(number, "").startswith("○"), f"stub of exercise {number}"
    right = reader.feedback(number, solution(reader.notebook, number))
    assert right.startswith("✓"), f"exercise {number}: {right}"
    for code, hint in wrong:
        answer = reader.feedback(number, code)
        assert answer.startswith("✗" if hint != "return" else "○"), f"{code}\n{answer}"
        assert hint.lower() in answer.lower(), f"{code}\n{answer}"
