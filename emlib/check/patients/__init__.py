"""The patients of the clinic: EM programs with one real fault each, and what they look like cured.

A program is a class whose methods are plain functions of the data and of theta. A patient is a
healthy program with one method replaced by a faulty one, so its cure is its parent. The clinic
(notebook 08) and the table at its end show them::

    p = PATIENTS[2]
    p.symptom(p), p.symptom(p.cured)      # the number that gives it away, before and after
    readings(p)                           # what each instrument of emlib.check says

The faults are in files by what they are in. Their numbers have gaps.
"""

from .. import instruments as check
from . import densities, pictures, runs, samples, starts, steps  # noqa: F401, to admit them
from .admission import ADMITTED
from .programs import Coins, Gaussian, Normal, Shared

__all__ = [
    "INSTRUMENTS",
    "PATIENTS",
    "Coins",
    "Gaussian",
    "Normal",
    "Shared",
    "readings",
    "table",
]

PATIENTS = dict(sorted(ADMITTED.items()))

INSTRUMENTS = {
    "monotone": lambda p: check.monotone(
        p.start, p.x, p.e_step, p.m_step, log_likelihood=p.log_likelihood
    ),
    "responsibilities": lambda p: check.responsibilities(p.start, p.x, p.e_step, p.m_step),
    "one_step": lambda p: check.one_step(p.start, p.x, p.e_step, p.m_step),
    "equivariance": lambda p: check.equivariance(p.start, p.x, p.e_step, p.m_step),
    "permutation": lambda p: check.permutation(p.start, p.x, p.e_step, p.m_step),
    "large_offset": lambda p: check.large_offset(p.start, p.x, p.e_step, p.m_step),
    "integrates_to_one": lambda p: check.integrates_to_one(p.theta, p.x, p.density),
    "sampling": lambda p: check.sampling(p.theta, p.x, p.sample),
    "stopping": lambda p: check.stopping(lambda x: p.run(x)[0], p.x),
}


def readings(p) -> dict:
    """Return what each instrument says about a program, by the instrument's name."""
    return {name: examine(p) for name, examine in INSTRUMENTS.items()}


def table(measured: dict) -> str:
    """Lay out ``{number: readings}``: ✗ where a fault is found, – where one does not apply."""
    lines = [" " * 45 + "mono res step equ perm off area sam stop"]
    for number, row in measured.items():
        symbols = [reading.symbol.replace("✓", "·") for reading in row.values()]
        lines.append(f"{number:2}  {PATIENTS[number].fault:42} " + "    ".join(symbols))
    return "\n".join(lines)
