"""Instruments that take steps with the code, and look at where it goes."""

import numpy as np

from .._feedback import Wrong, array
from .compare import compare_theta, require_probabilities, same_path
from .exact import exact_step
from .examined import elsewhere, examined, is_table, take_step, value_of
from .kinds import COINS, affine, kind_of, rolled
from .reading import NotHere, Reading, instrument


@instrument
def monotone(start, x, e_step=None, m_step=None, *, log_likelihood=None, steps=50) -> Reading:
    """Watch the log-likelihood: it must never fall (Dempster, Laird & Rubin 1977, theorem 1).

    log_likelihood(x, *theta), in nats, is the code's own; without it the textbook's is taken.
    """
    code = examined(start, x, e_step, m_step, log_likelihood)
    trace = [code.log_likelihood(x)]
    for step in range(1, steps + 1):
        code = take_step(code, x, step)
        trace.append(code.log_likelihood(x))
    trace = array(trace, (steps + 1,), "The log-likelihood")
    falls = np.flatnonzero(np.diff(trace) < -1e-9 * (1 + np.abs(trace[1:]))) + 1
    if len(falls):
        t = falls[0]
        raise Wrong(
            f"The log-likelihood falls in {len(falls)} of {steps} steps, first in step {t}: "
            f"{trace[t - 1]:.4f} to {trace[t]:.4f}."
        )
    return f"Never falls in {steps} steps: {trace[0]:.4f} to {trace[-1]:.4f}."


@instrument
def responsibilities(start, x, e_step=None, m_step=None) -> Reading:
    """Require responsibilities to be probabilities: each at least 0, each row with sum 1.

    Looks at the start's own if it is given as responsibilities, and at those of three E-steps.
    """
    given, code = value_of(start, x), examined(start, x, e_step, m_step)
    k = len(code.theta[0])
    if is_table(given):
        require_probabilities(given, x, k, "At the start")
    for step in range(1, 4):
        require_probabilities(code.responsibilities(x), x, k, f"In step {step}")
        code = take_step(code, x, step)
    return "All are at least 0, and each row sums to 1, in three steps."


@instrument
def one_step(start, x, e_step=None, m_step=None) -> Reading:
    """Compare three steps with the exact ones, from the textbook formulas.

    Code whose stds come back all equal is taken to share one std on purpose. A healthy variant,
    such as an ECM step (Meng & Rubin 1993), can fail here: :func:`monotone` acquits it.
    """
    code = examined(start, x, e_step, m_step)
    for step in range(1, 4):
        new = take_step(code, x, step)
        _require_exact(new, code.theta, x, f"In step {step}")
        code = new
    return "Three steps agree with the exact ones."


def _require_exact(new, old, x, where: str) -> None:
    compare_theta(new.theta, exact_step(x, old, new.exact_m_step(old)), x, where)


@instrument
def equivariance(start, x, e_step=None, m_step=None) -> Reading:
    """Require the fit to follow the data into another unit, and to another origin.

    Each column is scaled by its own factor, then shifted by its own amount, and five steps are
    compared with the same steps in the old unit.
    """
    code = examined(start, x, e_step, m_step)
    if kind_of(code.theta) is COINS:
        raise NotHere("tosses are counted, and have no unit to change")
    column = np.arange(x[0].size).reshape(x[0].shape)
    for a, b, how in (
        (60.0 * 7.0**column, 0.0 * column, "In a smaller unit"),
        (1.0 + 0 * column, 30 * (1 + column) * x.std(axis=0), "With the origin elsewhere"),
    ):
        other = elsewhere(start, code, a * x + b, a, b)
        same_path(code, x, other, a * x + b, lambda t, a=a, b=b: affine(t, 1 / a, -b / a), how)
    return "Five steps give the same fit in another unit and with another origin."


@instrument
def permutation(start, x, e_step=None, m_step=None) -> Reading:
    """Exchange the labels of the start: the fit must be the same, with labels exchanged."""
    code = examined(start, x, e_step, m_step)
    if len(code.theta[0]) == 1:
        raise NotHere("there is only one component")
    other, back = code.at(rolled(code.theta, 1)), lambda theta: rolled(theta, -1)
    same_path(code, x, other, x, back, "With the labels exchanged")
    return "Five steps give the same fit whichever component comes first."


@instrument
def large_offset(start, x, e_step=None, m_step=None, *, offset=1e8) -> Reading:
    """Move the data far from zero: everything must stay finite, and right.

    The offset is measured in the data's own spread.
    Coins have no origin; there every set of tosses is made 200 times longer.
    """
    code = examined(start, x, e_step, m_step)
    if kind_of(code.theta) is COINS:
        where = f"With {200 * int(x[0].sum())} tosses a set"
        new = take_step(code, 200 * x, 1, where)
        _require_exact(new, code.theta, 200 * x, where)
        return f"{where} a step is still exact."
    where, b = f"At offset {offset:.0e}", offset * x.std(axis=0)
    near, back = (x + b) - b, lambda theta: affine(theta, 1.0 + 0 * b, -b)
    other = elsewhere(start, code, x + b, 1.0 + 0 * b, b)
    same_path(code, near, other, x + b, back, where, rtol=1e-4)
    return f"{where} five steps are finite, and the same as at 0."
