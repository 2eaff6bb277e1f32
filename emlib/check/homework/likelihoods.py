"""Assignment 1, *Likelihoods*: a log-likelihood, its free coordinates, and optimisers on it."""

import numpy as np
from scipy.optimize import minimize

from .._feedback import Wrong, array, compare, parts, require
from .common import compare_height, examine
from .harness import ask


def log_likelihood(answer, x, weights, means, stds) -> None:
    """Check log_likelihood(x, weights, means, stds) -> float."""
    got = ask(answer, x, weights, means, stds)
    compare_height(got, x, weights, means, stds)


# --- Coordinates ---


def _laid_out(means, widths, last) -> np.ndarray:
    """Return (mean 1, width 1, mean 2, width 2, last)."""
    return np.append(np.column_stack([means, widths]).ravel(), last)


def _logit(weights) -> float:
    return np.log(weights[0] / weights[1])


def _theta(weights, means, stds) -> np.ndarray:
    return _laid_out(means, np.log(stds), _logit(weights))


THETA = (
    (
        "The order is mean 1, log std 1, mean 2, log std 2, logit.",
        lambda *theta: _theta(*theta)[[0, 2, 1, 3, 4]],
    ),
    (
        "Take the log of the stds, not of the variances.",
        lambda weights, means, stds: _laid_out(means, 2 * np.log(stds), _logit(weights)),
    ),
    (
        "The logit is that of the first weight, not of the second.",
        lambda weights, means, stds: _laid_out(means, np.log(stds), -_logit(weights)),
    ),
    (
        "The stds go in as logs.",
        lambda weights, means, stds: _laid_out(means, stds, _logit(weights)),
    ),
    (
        "The weight goes in as a logit: log π/(1 − π).",
        lambda weights, means, stds: _laid_out(means, np.log(stds), weights[0]),
    ),
    (
        "A logit is log π/(1 − π), not log π.",
        lambda weights, means, stds: _laid_out(means, np.log(stds), np.log(weights[0])),
    ),
)
BACK = (
    ("weights", ("The weights are swapped.", lambda weights: weights[::-1])),
    ("means", ("The means are swapped.", lambda means: means[::-1])),
    ("stds", ("The way back from log σ is exp.", np.log)),
)


def transform(pack, unpack, weights, means, stds) -> None:
    """Check pack(weights, means, stds) -> theta (5,) and unpack(theta), its inverse."""
    problem = weights, means, stds
    hint = "pack does not return (μ₁, log σ₁, μ₂, log σ₂, logit π₁)."
    examine(array(ask(pack, *problem), (5,), "theta"), _theta, THETA, problem, hint=hint)
    got = parts(ask(unpack, _theta(*problem)), 3, "unpack")
    got = [array(part, (2,), "Each part of unpack") for part in got]
    for part, want, (name, slip) in zip(got, problem, BACK, strict=True):
        hint = f"unpack does not lead back to the {name}."
        examine(part, np.asarray, [slip], (want,), hint=hint)


def far_out(unpack, theta) -> None:
    """Check unpack where the logit is so large that a weight is 0 or 1 to all digits."""
    got = parts(ask(unpack, theta), 3, "What unpack returns")[0]
    want = np.array([1.0, 0.0]) if theta[4] > 0 else np.array([0.0, 1.0])
    hint = "Far out, the weights should be 0 and 1, with sum 1."
    compare(array(got, (2,), "A far-out weight"), want, hint=hint)


# --- Optimisers ---

CLAIM = "A claim is the method's own flag, result.success, whatever the gap says."


def scoreboard(answer, objective, start, methods) -> None:
    """Check scoreboard(objective, start, methods) -> rows (method, claimed, gap)."""
    results = [minimize(objective, start.copy(), method=method) for method in methods]
    values = np.array([float(np.ravel(r.fun)[0]) for r in results])
    ends = values[np.isfinite(values)]
    gaps = np.where(np.isfinite(values), values - ends.min(), np.inf)
    rows = parts(ask(answer, objective, start, methods), len(methods), "The scoreboard")
    for row, method, result, gap in zip(rows, methods, results, gaps, strict=True):
        name, claimed, got = parts(row, 3, "A row")
        require(str(name) == method, "The rows are not in the order of methods. Do not sort them.")
        require(bool(claimed) == bool(result.success), CLAIM)
        _compare_gap(float(np.ravel(got)[0]), gap, ends)


NOWHERE = "A method whose value is NaN has ended nowhere: its gap is infinite."
NAN = "A gap is NaN. Leave values that are NaN out when you seek the lowest."
# What a slip makes of a gap, when the methods that ended anywhere have these values.
GAPS = (
    (
        "This is the value itself. The gap is value − lowest.",
        lambda gap, values: gap + values.min(),
    ),
    (
        "The sign of a gap is wrong: value − lowest is never negative.",
        lambda gap, values: -gap,
    ),
    (
        "Measure from the lowest value of all methods, not from another method's.",
        lambda gap, values: gap + values.min() - values,
    ),
)


def _compare_gap(got: float, gap: float, values) -> None:
    if np.isinf(gap):
        require(got == np.inf, NOWHERE)
        return
    require(not np.isnan(got), NAN)
    if abs(got - gap) <= 1e-9 + 1e-6 * abs(gap):
        return
    for why, slip in GAPS:
        require((abs(got - slip(gap, values)) > 1e-9).all(), why)
    raise Wrong("A gap is not the value where the method ended, less the lowest of all methods.")
