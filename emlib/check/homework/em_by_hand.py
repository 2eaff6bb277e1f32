"""Assignment 2, *EM by hand*: the E-step, the M-step, the loop around them, and how it fails."""

import numpy as np

import emlib

from .. import textbook
from .._feedback import Wrong, array, compare, parts, require
from .common import (
    ARRAYS,
    BY_ALL,
    COLUMNS,
    CORRECTED,
    DENSITY,
    MEANS,
    SHARES,
    best,
    columns,
    compare_height,
    compare_weights,
    examine,
    height,
    log_joint,
    spread,
    through,
    valid,
)
from .harness import ask
from .watch import given

# --- The two steps ---

RESPONSIBILITIES = (
    (
        "The rows do not sum to one. Divide each row by its sum: which axis is that?",
        lambda *problem: np.exp(log_joint(*problem)),
    ),
    (COLUMNS, lambda *problem: columns(log_joint(*problem))),
    (
        "The factor 1/σ of the normal density is missing. Wide components get too much.",
        lambda *problem: textbook.posterior(log_joint(*problem) + np.log(problem[3])),
    ),
    *through(textbook.posterior, DENSITY),
)
WIDTH_OF_ONE = "Every component has the width of one. Each has its own σ_k."
VARIANCES = (
    (CORRECTED, lambda x, r: spread(x, r, by=r.sum(axis=0) - 1)),
    (BY_ALL, lambda x, r: spread(x, r, by=len(x))),
    (
        "Every component has one and the same width. Each has its own σ_k.",
        lambda x, r: spread(x, r, by=len(x)).sum(),
    ),
    (WIDTH_OF_ONE, lambda x, r: spread(x, r)[0]),
    (WIDTH_OF_ONE, lambda x, r: spread(x, r)[-1]),
    (
        "You measure from the mean of all data. Each σ_k is about its own new mean μ_k.",
        lambda x, r: spread(x, r, about=x.mean()),
    ),
    ("The responsibilities are missing in σ_k.", lambda x, r: x.var()),
)
BY_COUNT = "Divide by N_k, the sum of responsibilities of component k, not by N."
STDS = (
    ("These are variances. A standard deviation is the square root.", spread),
    *through(np.sqrt, VARIANCES),
)


def e_step(answer, x, weights, means, stds) -> None:
    """Check e_step(x, weights, means, stds) -> responsibilities (N, K), log-likelihood."""
    problem = x, weights, means, stds
    r, value = parts(ask(answer, *problem), 2, "What e_step returns")
    examine(
        array(r, (len(x), len(weights)), SHARES),
        lambda *problem: textbook.posterior(log_joint(*problem)),
        RESPONSIBILITIES,
        problem,
        hint="The responsibilities are not π_k N(x; μ_k, σ_k²), divided by its sum over k.",
    )
    compare_height(value, *problem)


def m_step(answer, x, r) -> None:
    """Check m_step(x, responsibilities) -> weights, means, stds: (K,) each."""
    got = parts(ask(answer, x, r), 3, "What m_step returns")
    weights, means, stds = (
        array(part, (r.shape[1],), name) for part, name in zip(got, ARRAYS, strict=True)
    )
    compare_weights(weights, r)
    slips = ((BY_COUNT, lambda x, r: x @ r / len(x)), *MEANS)
    hint = "The means are not Σₙ rₙₖ xₙ / N_k. Which axis do you sum over?"
    examine(means, textbook.average, slips, (x, r), hint=hint)
    hint = "The stds are not the root of Σₙ rₙₖ (xₙ − μ_k)² / N_k, about the new means μ_k."
    examine(stds, lambda x, r: np.sqrt(spread(x, r)), STDS, (x, r), hint=hint)


# --- The loop ---


def run(answer, values, tol: float, max_iter: int) -> None:
    """Check run(x, start, e_step, m_step, tol, max_iter) -> parameters, trace.

    The steps it is given are scripted: after t steps the parameters are (t, −t), and their
    log-likelihood is values[t].
    """
    values = np.asarray(values, dtype=float)

    @given
    def scripted_e_step(x, t, minus_t):
        return np.full((len(x), 1), float(t)), values[int(t)]

    @given
    def scripted_m_step(x, r):
        return r[0, 0] + 1, -r[0, 0] - 1

    problem = np.zeros(3), (0.0, 0.0), scripted_e_step, scripted_m_step, tol, max_iter
    try:
        got = ask(answer, *problem)
    except Wrong as wrong:
        too_far = "IndexError" in str(wrong)
        raise Wrong("Your loop does not stop where it should.") if too_far else wrong from None
    theta, trace = parts(got, 2, "What run returns")
    last = _stops(values, tol, max_iter)
    _compare_trace(np.ravel(np.asarray(trace, dtype=float)), values, last, max_iter)
    theta = parts(theta, 2, "The parameters that run returns")
    hint = "The parameters returned are not those whose log-likelihood ends the trace."
    examine(float(np.ravel(theta[0])[0]), float, PARAMETERS, (last,), hint=hint)


# The parameter t after the last step, and what it is if they are those of another.
PARAMETERS = (
    (
        "The parameters are those before the last step; the trace is further.",
        lambda last: last - 1.0,
    ),
    ("The parameters are one step further than the trace.", lambda last: last + 1.0),
    ("The parameters are still the start's.", lambda last: 0.0),
)


def _stops(values, tol: float, max_iter: int) -> int:
    """Return the step at which a loop must stop."""
    for t in range(1, max_iter + 1):
        if values[t] - values[t - 1] < tol:
            return t
    return max_iter


def _compare_trace(got, values, last: int, max_iter: int) -> None:
    length, right = len(got), last + 1
    early = "It stopped {}, after {} steps instead of {}."
    require(length, "The trace is empty. It holds the log-likelihood of the start and each step.")
    if length > 1 and got[0] == values[1]:
        raise Wrong("The trace lacks the start: its first entry is the log-likelihood of start.")
    if length == right + 1 and got[-1] == got[-2]:
        raise Wrong("The last log-likelihood is in the trace twice.")
    if length != right and right == max_iter + 1:
        raise Wrong(early.format("at the wrong number of steps", length - 1, last))
    if length < right:
        raise Wrong(early.format("too early", length - 1, last) + " A small gain may be a plateau.")
    if length > right:
        raise Wrong(
            early.format("too late", length - 1, last) + " Stop when one gain is below tol."
        )
    hint = "The trace is not the log-likelihood at the start and after each step, in order."
    compare(got, values[:right], hint=hint, rtol=1e-12)


# --- The smoke detector ---

# What is listed, from the changes of a trace and from the size of its rounding.
FALLS = (
    (
        "Rounding is taken for a fall. Allow 1e-9 times the size of the value before.",
        lambda change, noise: _steps(change < 0),
    ),
    (
        "Rounding grows with the numbers: 1e-9 times the size of the value before.",
        lambda change, noise: _steps(change < -1e-9),
    ),
    (
        "Iterations are off by one: name the one that is lower, not the one before.",
        lambda change, noise: [t - 1 for t in _steps(change < -noise)],
    ),
    (
        "Only the first fall is listed. List them all.",
        lambda change, noise: _steps(change < -noise)[:1],
    ),
    (
        "These are the steps at which the log-likelihood rose.",
        lambda change, noise: _steps(change > noise),
    ),
)


def _steps(those) -> list[int]:
    """Return the iterations that lead there, the first of which is 1."""
    return (np.flatnonzero(those) + 1).tolist()


def falls(answer, trace) -> None:
    """Check falls(trace) -> the iterations at which the log-likelihood fell beyond rounding."""
    trace = np.asarray(trace, dtype=float)
    got = ask(answer, trace)
    try:
        got = [int(t) for t in np.ravel(np.asarray(got, dtype=float))]
    except (TypeError, ValueError):
        raise Wrong("falls should return a list of iterations, [] if there is none.") from None
    problem = np.diff(trace), 1e-9 * np.abs(trace[:-1])
    right = _steps(problem[0] < -problem[1])
    if got == right:
        return
    for why, slip in FALLS:
        require(got != slip(*problem), why)
    raise Wrong(f"The log-likelihood falls {len(right)} times here, but {len(got)} are listed.")


# --- Starts ---


def failing_start(answer, x, k: int) -> None:
    """Check failing_start(x, k) -> a valid start from which EM misses the best by a nat or more."""
    got = parts(ask(answer, x, k), 3, "What failing_start returns")
    weights, means, stds = valid(got, k)
    start = weights / weights.sum(), means, stds
    try:
        end = emlib.fit(emlib.NormalMixture(*start), x, max_iter=500, tol=0)
    except emlib.CollapsedComponent:
        raise Wrong(
            "A component dies or collapses: EM breaks down instead of getting stuck."
        ) from None
    gap = best(x, k).log_likelihood - end.log_likelihood
    require(gap >= 1, "EM finds its way from this start, given 500 steps. What would keep it?")


def fit_old_faithful(answer, x) -> None:
    """Check fit_old_faithful(x) -> weights, means, stds at the maximum, shorter wait first."""
    got = parts(ask(answer, x), 3, "What fit_old_faithful returns")
    weights, means, stds = valid(got, 2)
    model = best(x, 2).model.sorted()
    gap = model.log_likelihood(x) - height(x, weights, means, stds)
    if gap > 1e-3:
        raise Wrong(
            f"The log-likelihood is {gap:.3g} nats short of the best. Does the start look at the "
            "data, whatever their unit, and does the loop run long enough?"
        )
    require(means[0] < means[1], "Put the component with the shorter wait first.")
    compare(means, model.means, hint="The means are not those of the best fit.", rtol=1e-3)
