"""Checks for the exercises of notebook 03, Likelihood surfaces."""

from itertools import permutations

import numpy as np

from ..normal import NormalMixture
from . import textbook
from ._feedback import Wrong, array, call, exercise, parts, require


@exercise("Both summits and the pass between them: the slope is zero at each of the three.")
def stationary_points(rng, function):
    """Check a function (x, weights, stds) → (3, 2) on new draws of the notebook's mixture."""
    weights, stds = np.array([0.3, 0.7]), np.array([0.08, 0.12])
    x, _ = NormalMixture(weights, [0, 0.6], stds).sample(1000, rng)
    got = np.asarray(call(function, x, weights, stds), dtype=float)
    require(got.ndim == 2 and got.shape[1] == 2, f"Return one row (mu1, mu2) a point, an array "
            f"(3, 2); yours has shape {got.shape}.")  # fmt: skip
    require(np.isfinite(got).all(), "Your points hold NaN or infinity: did the search run away?")
    for point in got:
        steepness = np.abs(_slope(x, weights, point, stds)).max()
        require(steepness < 50, f"The slope at {point.round(3)} is {steepness:.0f}, not zero.")
        require(x.min() < point.min() and point.max() < x.max(), "One of your points is far from "
                "the data. The slope is zero there only because nothing is near.")  # fmt: skip
    require(_distinct(got) == len(got), "One of your points occurs twice. Merge those that agree.")
    summits = [_summit(x, weights, start, stds) for start in ([0, 0.6], [0.6, 0.05])]
    for summit, name in zip(summits, ("global summit", "summit with swapped labels"), strict=True):
        near = np.hypot(*(got - summit).T).min(initial=np.inf)
        require(near < 0.01, f"The {name} is missing. Start closer to it.")
    require(len(got) > 2, "The saddle is missing. Climbing cannot find it: solve slope = 0.")
    require(len(got) == 3, f"These are {len(got)} points, but there are three.")


def _posterior(x, weights, means, stds):
    return textbook.posterior(np.log(weights) + textbook.log_normal(x, means, stds))


def _summit(x, weights, means, stds) -> np.ndarray:
    """Return the means where EM ends, if it leaves weights and stds alone."""
    for _ in range(1000):
        before, means = means, textbook.average(x, _posterior(x, weights, means, stds))
        if np.abs(means - before).max() < 1e-6:
            break
    return means


def _slope(x, weights, means, stds) -> np.ndarray:
    """Return the derivatives of the log-likelihood by the two means."""
    r = _posterior(x, weights, means, stds)
    return (r * (x[:, None] - means)).sum(axis=0) / stds**2


def _distinct(points) -> int:
    seen: list = []
    for point in points:
        if all(np.hypot(*(point - other)) > 0.02 for other in seen):
            seen.append(point)
    return len(seen)


@exercise("A component exactly on an observation: every factor of ten in its width buys 2.3 nats.")
def spike(rng, function):
    """Check a function (x, target) → NormalMixture on new data and rising targets."""
    x = rng.normal(rng.normal(0, 30), rng.uniform(1, 9), 60)
    plain = NormalMixture([1], [x.mean()], [x.std()]).log_likelihood(x)
    for above in (5, 80, 400):
        model = call(function, x, float(plain + above))
        require(isinstance(model, NormalMixture), "Return a NormalMixture.")
        _require_height(model, x, plain + above)


def _require_height(model, x, target):
    require(model.k == 2, "Use two components.")
    narrow = int(model.stds.argmin())
    on_a_point = np.isin(model.means[narrow], x)
    require(on_a_point, "The narrow component is not exactly on an observation. Then it answers "
            "for nothing once it is narrow.")  # fmt: skip
    try:
        height = model.log_likelihood(x)
    except ValueError:
        raise Wrong("Some observations have density zero. The other component must keep them "
                    "alive: make it wide, with a positive weight.") from None  # fmt: skip
    require(height > target, f"You are {target - height:.1f} nats below the target. Narrower!")


@exercise("K! parameter sets, one density: the order of the terms of a sum does not matter.")
def relabellings(rng, function):
    """Check a function (weights, means, stds) → list of K! tuples for K = 2, 3, 4."""
    for k, count in ((2, 2), (3, 6), (4, 24)):
        theta = rng.dirichlet([4] * k), rng.normal(0, 5, k), rng.uniform(0.5, 3, k)
        got = [_as_rows(one, k) for one in call(function, *theta)]
        require(len(got) == count, f"For K = {k} there are {count} relabellings, not {len(got)}: "
                "every order of the components, not the rotations alone.")  # fmt: skip
        _compare_sets(got, np.array(theta))


def _as_rows(one, k):
    names = ("The weights", "The means", "The standard deviations")
    return np.array([array(a, (k,), n) for a, n in zip(parts(one, 3), names, strict=True)])


def _compare_sets(got, theta):
    keys = {tuple(one.ravel().round(9)) for one in got}
    require(len(keys) == len(got), "Some of your sets are the same. Each order counts once.")
    right = {
        tuple(theta[:, o].ravel().round(9)) for o in map(list, permutations(range(theta.shape[1])))
    }
    require(keys == right, "Not all of your sets describe the same density. Each holds the given "
            "weights, means and standard deviations, permuted together.")  # fmt: skip
