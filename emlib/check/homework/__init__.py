"""Tests for the homework: the same hints as the exercises', but a wrong answer costs points.

A test in a homework notebook is a function of a random generator, run on the spot by :func:`test`.
It hands the student's functions to the checks of the assignments, together with data; a visible and
a hidden test differ in their data alone. A failed test raises :class:`NotPassed`, which shows as
one sentence.

Each check computes the right answer by itself, on the data it is given, and compares. While a
student's function runs it is watched: what it prints is swallowed, its warnings are muted, and
calls to packages that the task does not allow are noted. Where it is graded, :func:`install` sees
to it that functions that it replaces are put back.
"""

from .._feedback import Wrong
from .bounds import coin_e_step, coin_m_step, coins, elbo
from .common import mixture
from .counts import poisson, poisson_blocks
from .ellipses import best_fit, diary, gaussian_m_step
from .em_by_hand import (
    e_step,
    failing_start,
    falls,
    fit_old_faithful,
    m_step,
    run,
)
from .harness import NotPassed, ask, test, when_solved
from .likelihoods import far_out, log_likelihood, scoreboard, transform
from .ovens import bakery, baskets, beat, my_bakery, sample
from .watch import given, install

__all__ = [
    "NotPassed",
    "Wrong",
    "ask",
    "bakery",
    "baskets",
    "beat",
    "best_fit",
    "coin_e_step",
    "coin_m_step",
    "coins",
    "diary",
    "e_step",
    "elbo",
    "failing_start",
    "falls",
    "far_out",
    "fit_old_faithful",
    "gaussian_m_step",
    "given",
    "install",
    "log_likelihood",
    "m_step",
    "mixture",
    "my_bakery",
    "poisson",
    "poisson_blocks",
    "run",
    "sample",
    "scoreboard",
    "test",
    "transform",
    "when_solved",
]
