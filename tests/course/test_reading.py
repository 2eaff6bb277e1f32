"""A reader runs every cell twice, comes back to it after the end, and then tries the exercises.

A second Shift-Enter must change no number, and fail no assert. Every published solution must get
✓, and every wrong answer its hint, in its notebook's own namespace: here with a few seeds;
`tests/course/every_seed.py` tries thousands.
"""

import ast
import functools
import re

import matplotlib
import nbformat
import numpy as np
import pytest
from nbformat import v4
from reader import (
    NOTEBOOKS,
    Reader,
    is_refused,
    right_answers,
    says,
    solution,
    tagged,
    wrong_answers,
)
from test_last_bit import sanitized

pytestmark = [
    pytest.mark.tools,
    pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive"),
]

EVERY = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
SEEDS = range(5)
JUNK = [
    *("None", "...", "'text'", "[1, 'a']", "object()", "print"),
    *("lambda *a: a", "lambda *a: None", "lambda *a: float('nan')", "lambda *a: [[], {}]"),
    *("lambda *a: 1 / 0", "lambda *a: exit()"),
]


@pytest.fixture(autouse=True)
def among_the_notebooks(monkeypatch):
    """A reader's figures need no window, and her folder is the notebooks' own."""
    matplotlib.use("Agg")
    monkeypatch.chdir(NOTEBOOKS[0].parent)


# Any cell, again


@functools.cache
def read_twice(source):
    """A reader of a notebook, and what was another thing when a cell was run again."""
    found = []

    def again(code, names, said, when="at once"):
        """Run a cell once more. What it binds now, no other cell shall meet."""
        try:
            second = says(code, dict(names))
        except Exception as error:
            second = f"{type(error).__name__}: {error}"
        if plain(second) != plain(said):
            found.append((code[:60], when, second))

    reader = Reader(source, after=again)
    for code, said in zip(reader.codes, reader.said, strict=True):
        again(code, reader.names, said, "at the end")
    return reader, found


def plain(text):
    """The text without durations and factors of speed."""
    return re.sub(r"[\d.]+ ?×|[\d.]+ ?(?=s\b)", "", sanitized(text))


@EVERY
def test_a_cell_may_be_run_again(path):
    assert read_twice(path)[1] == []


def twice(tmp_path, *codes):
    """What differs when these cells are run again."""
    path = tmp_path / "00_cells.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(code) for code in codes]), path)
    return read_twice(path)[1]


@pytest.mark.parametrize(
    "codes",
    [
        ["x = 1", "x += 1; print(x)"],
        ["x = 1", "x += 1; print(x)", "x = 1"],
        ["x = 1", "print(x)", "x = 2"],
        ["x = [1]", "assert len(x) == 1; x.append(2)"],
        ["x = 1", "x", "x = 2"],
    ],
)
def test_a_cell_that_may_not_is_caught(tmp_path, codes):
    assert twice(tmp_path, *codes) != []


@pytest.mark.parametrize(
    "codes", [["x = 1; print(x)", "y = x + 1; y"], ["t = 3", "print(f'{t} ms')", "t = 4"]]
)
def test_a_cell_that_may_is_not(tmp_path, codes):
    assert twice(tmp_path, *codes) == []


# The exercises


@EVERY
def test_exercises(path):
    reader, wrong = read_twice(path)[0], wrong_answers(path)
    assert sorted(wrong) == [1, 2, 3]
    for number in wrong:
        judge(reader, number, wrong[number])
        for code in right_answers(path).get(number, []):
            assert tell(reader, number, code, [number]).pop().startswith("✓"), code


def judge(reader, number, wrong):
    """Try the stub, the published solution, and the wrong answers, each on seeds of its own."""
    assert len(wrong) >= 2
    assert tell(reader, number, "", [0]).pop().startswith("○"), f"stub of exercise {number}"
    for right in tell(reader, number, solution(reader.notebook, number), SEEDS[:3]):
        assert right.startswith("✓"), f"exercise {number}: {right}"
    for i, (code, hint) in enumerate(wrong):
        for answer in tell(reader, number, code, SEEDS[i % len(SEEDS) :][:1]):
            assert is_refused(answer), f"{code}\n{answer}"
            assert hint.lower() in answer.lower(), f"{code}\n{answer}"


def tell(reader, number, code, seeds):
    """Put in an answer, and say what the check answers on each seed."""
    reader.answer(number, code)
    return [reader.feedback(number, seed) for seed in seeds]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_means_is_no_matter_of_luck(seed):
    """Each pair of means is tried in both orders, whatever the draw."""
    from emlib import check

    assert "order" in repr(check.is_bimodal(lambda a, b, s: b - a > 2 * s, rng=seed))


@pytest.mark.parametrize("seed", [7, np.random.default_rng(7)])
def test_a_check_takes_a_seed_or_a_generator(seed):
    """The same chance, the same data: what it hands out depends on nothing else."""
    from emlib import check

    drawn = []
    check.moments(lambda pi, mu, sigma: drawn.append(mu) or (0, 0), rng=seed)
    check.moments(lambda pi, mu, sigma: drawn.append(mu) or (0, 0), rng=7)
    check.moments(lambda pi, mu, sigma: drawn.append(mu) or (0, 0))
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).all()


@EVERY
@pytest.mark.parametrize("junk", JUNK)
def test_a_check_never_raises(path, junk):
    from emlib import check

    notebook = nbformat.read(path, as_version=4)
    for number in (1, 2, 3):
        call = ast.parse(tagged(notebook, f"check-{number}").source).body[-1].value
        answer = getattr(check, call.func.attr)(*[eval(junk) for _ in call.args], rng=0)
        assert repr(answer)[0] in "✗○", f"exercise {number}: {answer}"
