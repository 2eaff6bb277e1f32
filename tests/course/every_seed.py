"""Try the checks of the exercises on many seeds: no luck may make or break an answer.

    python tests/course/every_seed.py [--seeds 2000] [--wrong 500] [NN …]

NN is a notebook as in 04, or an exercise as in 04.2. Every published solution, and every right
answer of `answers/`, is tried on the seeds 0, 1, 2, …, and every wrong answer on fewer. A
notebook is run once, not once a seed.
The table should hold zeros only: solutions refused, wrong answers accepted, wrong answers that get
another hint.
"""

import argparse
import contextlib
import io
import os
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import matplotlib
from reader import NOTEBOOKS, Reader, is_refused, right_answers, solution, wrong_answers

HEAD = f"{'exercise':8} {'refused':>12} {'accepted':>14} {'other hint':>14} {'seconds':>8}"


@dataclass
class Count:
    """What became of the answers to one exercise."""

    name: str
    right: int = 0
    wrong: int = 0
    refused: int = 0
    accepted: int = 0
    other_hint: int = 0
    seconds: float = 0.0
    examples: dict = None

    def __str__(self):
        """A row of the table."""
        shares = (self.refused, self.right, 4), (self.accepted, self.wrong, 6)
        cells = [f"{n:5} of {of:{w}}" for n, of, w in (*shares, (self.other_hint, self.wrong, 6))]
        return f"{self.name:8} {' '.join(cells)} {self.seconds:8.1f}"


def main():
    """Print a row an exercise as soon as it is done; fail if a count is not 0."""
    options = parser().parse_args()
    jobs = [(p, n) for p in NOTEBOOKS for n in (1, 2, 3) if wanted(p, n, options.only)]
    print(HEAD, flush=True)
    with ProcessPoolExecutor(options.processes) as pool:
        futures = [pool.submit(count, *job, options.seeds, options.wrong) for job in jobs]
        counts = [show(future.result()) for future in as_completed(futures)]
    sys.exit(any(c.refused or c.accepted or c.other_hint for c in counts))


def parser():
    """What can be asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("only", nargs="*", metavar="NN", help="notebooks, or exercises as in 04.2")
    parser.add_argument("--seeds", type=int, default=2000, help="for each published solution")
    parser.add_argument("--wrong", type=int, default=500, help="for each wrong answer")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser


def wanted(path, number, only):
    """Is this exercise asked for?"""
    return not only or path.stem[:2] in only or f"{path.stem[:2]}.{number}" in only


def show(counted):
    """Print a row, and for each answer that went astray its first seed and what it was told."""
    print(counted, flush=True)
    for code, (times, seed, feedback) in counted.examples.items():
        print(f"    {times} times, first with seed {seed}: {feedback}\n      {code}", flush=True)
    return counted


def count(path, number, seeds, wrong_seeds):
    """Try all answers to one exercise."""
    reader, counted = open_notebook(path), Count(f"{path.stem[:2]} ex. {number}", examples={})
    began = time.perf_counter()
    right = [solution(reader.notebook, number), *right_answers(path).get(number, [])]
    for code in right:
        for seed, feedback in trial(reader, number, code, seeds):
            counted.right += 1
            if not feedback.startswith("✓"):
                counted.refused += 1
                note(counted, code, seed, feedback)
    for code, hint in wrong_answers(path)[number]:
        for seed, feedback in trial(reader, number, code, wrong_seeds):
            counted.wrong += 1
            counted.accepted += not is_refused(feedback)
            counted.other_hint += (other := hint.lower() not in feedback.lower())
            if other or not is_refused(feedback):
                note(counted, code, seed, feedback)
    counted.seconds = time.perf_counter() - began
    return counted


def open_notebook(path):
    """A reader who has run the notebook, without its noise."""
    matplotlib.use("Agg")
    warnings.simplefilter("ignore")
    os.chdir(path.parent)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return Reader(path)


def trial(reader, number, code, seeds):
    """Yield each seed and what the check says to this answer."""
    with contextlib.redirect_stdout(io.StringIO()):
        reader.answer(number, code)
    for seed in range(seeds):
        with contextlib.redirect_stdout(io.StringIO()):
            feedback = reader.feedback(number, seed)
        yield seed, feedback


def note(counted, code, seed, feedback):
    """Remember how often an answer went astray, and the first time."""
    times, *first = counted.examples.get(code, (0, seed, feedback))
    counted.examples[code] = times + 1, *first


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
