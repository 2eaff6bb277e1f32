"""What the assignments share: rows of slips, a mixture's height, the best fit that is known.

A slip, a mistake that a check knows by its result, is a row of a table: the hint, and what the slip
gives as a function of the problem.
"""

from collections.abc import Callable, Iterable

import numpy as np
from scipy.special import logsumexp

import emlib

from .. import textbook
from .._feedback import array, compare, number, require

Slip = tuple[str, Callable]

ARRAYS = ("The array of weights", "The array of means", "The array of stds")
SHARES = "The array of responsibilities"
VARIANCE = (
    "A variance stands where a standard deviation belongs, or the other way round: stds are σ."
)
SLIPPED = "Look at the parentheses: / 2 * σ**2 multiplies by σ². You want / (2 * σ**2)."
COLUMNS = "Each column sums to one, but each row should. Sum over the other axis."
BY_ALL = "Divide by N_k, the sum of column k, not by N."
CORRECTED = "Divide by N_k itself, not by N_k − 1: maximum likelihood takes no correction."


def examine(got, right: Callable, slips: Iterable[Slip], problem, *, hint: str, rtol=1e-6) -> None:
    """Compare got with right(*problem); else give the hint of the slip that explains got.

    A slip may give one number for all.
    """
    want = right(*problem)
    mistakes = ((why, np.broadcast_to(slip(*problem), np.shape(want))) for why, slip in slips)
    compare(got, want, mistakes, hint=hint, rtol=rtol)


def through(last: Callable, slips: Iterable[Slip]) -> tuple[Slip, ...]:
    """Return the slips with a last step, in which nothing more goes wrong."""
    return tuple((why, lambda *problem, slip=slip: last(slip(*problem))) for why, slip in slips)


def columns(log_joint) -> np.ndarray:
    """Return responsibilities divided by the sum of their column, where the row belongs: (N, K)."""
    return np.exp(log_joint - logsumexp(log_joint, axis=0))


# --- A mixture in one dimension ---


def mixture(rng, k: int, n: int = 60, unit: float = 1.0, offset: float = 0.0):
    """Draw a random mixture of k components and n numbers from it: x, (weights, means, stds)."""
    weights = rng.dirichlet(np.full(k, 4.0))
    means = unit * rng.normal(0, 4, k) + offset
    stds = unit * rng.uniform(0.5, 2.5, k)
    z = rng.choice(k, n, p=weights)
    return rng.normal(means[z], stds[z]), (weights, means, stds)


def log_joint(x, weights, means, stds) -> np.ndarray:
    """Return log π_k + log N(xₙ; μ_k, σ_k²): (N, K)."""
    return np.log(weights) + textbook.log_normal(x, means, stds)


def height(x, weights, means, stds) -> float:
    """Return the log-likelihood of a mixture."""
    return textbook.log_likelihood(log_joint(x, weights, means, stds))


def _exponent(factor: Callable) -> Callable:
    """Return log_joint, but whose exponent is −(x − μ)²/2 times factor(σ), not 1/σ²."""

    def slip(x, weights, means, stds):
        gaps = np.asarray(x)[:, None] - means
        return np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - gaps**2 / 2 * factor(stds)

    return slip


DENSITY = (
    (SLIPPED, _exponent(np.square)),
    (VARIANCE, lambda x, weights, means, stds: log_joint(x, weights, means, np.sqrt(stds))),
    (VARIANCE, lambda x, weights, means, stds: log_joint(x, weights, means, stds**2)),
    (VARIANCE, _exponent(np.reciprocal)),
    (
        "The weights are missing: π_k multiplies the density of component k.",
        lambda x, weights, means, stds: textbook.log_normal(x, means, stds),
    ),
    (
        "The factor 1/σ of the normal density is missing.",
        lambda *problem: log_joint(*problem) + np.log(problem[3]),
    ),
    (
        "Multiply by the factor 1/σ, not by σ.",
        lambda *problem: log_joint(*problem) + 2 * np.log(problem[3]),
    ),
    (
        "The constant 1/√(2π) is missing.",
        lambda *problem: log_joint(*problem) + np.log(2 * np.pi) / 2,
    ),
)
HEIGHT = (
    (
        "The sign of the log-likelihood is wrong: it is to be maximised.",
        lambda *problem: -height(*problem),
    ),
    (
        "This is the mean of log p(x). The log-likelihood is the sum.",
        lambda x, *theta: height(x, *theta) / len(x),
    ),
    (
        "This is one observation's. Sum log p(x) over all of them.",
        lambda x, *theta: height(x[-1:], *theta),
    ),
    (
        "This is the sum of p(x). Take the log of each before you sum.",
        lambda *problem: np.exp(log_joint(*problem)).sum(),
    ),
    (
        "Sum over components first, then take the log, then sum over data.",
        lambda *problem: log_joint(*problem).sum(),
    ),
    *through(textbook.log_likelihood, DENSITY),
)


def compare_height(got, *problem) -> None:
    """Compare a log-likelihood with that of x, weights, means, stds."""
    hint = "The log-likelihood is not Σₙ log Σ_k π_k N(xₙ; μ_k, σ_k²) at these parameters."
    examine(number(got, "The log-likelihood"), height, HEIGHT, problem, hint=hint, rtol=1e-9)


# --- M-steps ---

WEIGHTS = (
    ("These are the counts N_k. Weights sum to one: divide by N.", lambda r: r.sum(axis=0)),
    ("The weights are not updated: they are N_k / N, not 1/K.", lambda r: 1 / r.shape[1]),
    (
        "The weights are in the wrong order: π_k belongs to column k.",
        lambda r: r.mean(axis=0)[::-1],
    ),
)
MEANS = (
    ("All means are equal: you average x without responsibilities.", lambda x, r: x.mean(axis=0)),
    (
        "The means are in the wrong order: μ_k belongs to column k.",
        lambda x, r: textbook.average(x, r)[::-1],
    ),
)


def compare_weights(got, r) -> None:
    """Compare an M-step's weights with the average responsibilities."""
    got = array(got, (r.shape[1],), ARRAYS[0])
    hint = "The weights are not N_k / N, where N_k is the sum of column k."
    examine(got, lambda r: r.mean(axis=0), WEIGHTS, (r,), hint=hint)


def spread(x, r, *, about=None, by=None) -> np.ndarray:
    """Return variances (K,), or covariances (K, D, D): a scatter divided by N_k.

    Slips measure about other means than the new ones, or divide by something else.
    """
    about = textbook.average(x, r) if about is None else about
    by = r.sum(axis=0) if by is None else by
    return (textbook.scatter(x, r, about).T / by).T


# --- The best fit that is known ---


def valid(got, k: int) -> list[np.ndarray]:
    """Return weights, means and stds, (k,) each, or say what makes them no mixture."""
    weights, means, stds = (array(p, (k,), n) for p, n in zip(got, ARRAYS, strict=True))
    require((weights > 0).all(), "A weight is 0: that component is not there at all.")
    require(abs(weights.sum() - 1) < 1e-6, "The weights do not sum to one.")
    require((stds > 0).all(), "A std is not positive: that is no mixture.")
    return [weights, means, stds]


def best(x, k: int) -> emlib.Fit:
    """Return the best of five fits of k components: to all purposes, the maximum."""
    starts = [emlib.starts.quantiles(x, k)]
    starts += [emlib.starts.kmeans_plus_plus(x, k, np.random.default_rng(s)) for s in range(4)]
    return emlib.best_of(starts, x)
