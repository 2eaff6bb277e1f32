"""Every published solution gets ✓ and every wrong answer its hint, in its notebook's own namespace.

Here with a few seeds; `tests/course/every_seed.py` tries thousands.
"""

import ast

import matplotlib
import nbformat
import numpy as np
import pytest
from reader import NOTEBOOKS, Reader, is_refused, right_answers, solution, tagged, wrong_answers

pytestmark = pytest.mark.tools

SEEDS = range(5)
JUNK = [
    *("None", "...", "'text'", "[1, 'a']", "object()", "print"),
    *("lambda *a: a", "lambda *a: None", "lambda *a: float('nan')", "lambda *a: [[], {}]"),
    *("lambda *a: 1 / 0", "lambda *a: exit()"),
]


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_exercises(path, monkeypatch):
    matplotlib.use("Agg")
    monkeypatch.chdir(path.parent)
    reader, wrong = Reader(path), wrong_answers(path)
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
@pytest.mark.parametrize("junk", JUNK)
def test_a_check_never_raises(path, junk):
    from emlib import check

    notebook = nbformat.read(path, as_version=4)
    for number in (1, 2, 3):
        call = ast.parse(tagged(notebook, f"check-{number}").source).body[-1].value
        answer = getattr(check, call.func.attr)(*[eval(junk) for _ in call.args], rng=0)
        assert repr(answer)[0] in "✗○", f"exercise {number}: {answer}"
