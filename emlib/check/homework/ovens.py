"""Assignment 1, *Likelihoods*: draws from a mixture, a bakery of one's own, and its spikes."""

import numpy as np
from scipy.special import ndtr

from .._feedback import Wrong, array, parts, require
from .common import best, height, valid
from .harness import ask
from .watch import given

# --- Sampling ---


def sample(answer, rng, n: int, weights, means, stds) -> None:
    """Check sample(n, weights, means, stds, rng) -> x (n,), z (n,), by its distribution.

    Every tolerance is six standard errors.
    """
    x, z = _draw(answer, rng, n, weights, means, stds)
    _not_densities(x, weights, means, stds)
    _shares_of(np.bincount(z, minlength=len(weights)) / n, n, weights)
    for k in range(len(weights)):
        if (z == k).sum() > 20:
            _belongs(x[z == k], x, weights @ means, means[k], stds[k])


def _belongs(own, x, overall: float, mean: float, std: float) -> None:
    """Check the draws of one component, beside all draws x and the mean of the mixture."""
    slack = 6 * std / np.sqrt(len(own))
    if abs(own.mean() - mean) > slack:
        loose = abs(own.mean() - overall) < 6 * x.std() / np.sqrt(len(own))
        require(not loose, "x and z do not belong together: draw x from the component in z.")
        raise Wrong("The draws of a component do not have its mean.")
    if abs(own.std() - std) > slack:
        variance = min(abs(own.std() - np.sqrt(std)), abs(own.std() - std**2)) < slack
        require(not variance, "stds are σ, and so is what rng.normal wants: no square, no root.")
        raise Wrong("The draws of a component do not have its standard deviation.")


def baskets(answer, rng, n: int, weights, means, stds, times: int = 300) -> None:
    """Check that sample leaves sizes and order to chance, and takes all chance from rng."""
    again = [_draw(answer, np.random.default_rng(5), n, weights, means, stds) for _ in range(2)]
    require(
        (again[0][0] == again[1][0]).all(), "Take all chance from rng: the same rng, the same x."
    )
    z = np.array([_draw(answer, rng, n, weights, means, stds)[1] for _ in range(times)])
    require((z != z[0]).any(), "Every basket is the same. Take all chance from rng, as it comes.")
    first = (z == 0).sum(axis=1)
    ratio = first.var() / (n * weights[0] * (1 - weights[0]))
    require(ratio > 0.4, "Every basket has the same number of each kind. That is chance, too.")
    require(ratio < 1.7, "The number of rolls from an oven varies far too much.")
    place = ((z == 0) * np.arange(n)).sum() / first.sum() - (n - 1) / 2
    require(abs(place) < n / 20, "The draws come sorted by component. Draw z anew for each.")


def _draw(answer, rng, n: int, weights, means, stds) -> tuple[np.ndarray, np.ndarray]:
    seed = np.random.default_rng(rng.integers(2**63))
    got = parts(ask(answer, n, weights, means, stds, seed), 2, "What sample returns")
    x, z = array(got[0], (n,), "The draws x"), array(got[1], (n,), "The components z")
    known = np.isin(z, np.arange(len(weights))).all()
    require(known, "z should hold integers from 0 to K − 1, the component of each draw.")
    return x, z.astype(int)


def _not_densities(x, weights, means, stds) -> None:
    peak = (weights / stds).sum() / np.sqrt(2 * np.pi)
    usual = weights @ (ndtr((peak - means) / stds) - ndtr(-means / stds))
    odd = usual < 0.5 and (x >= 0).all() and (x <= peak).all()
    require(not odd, "These are densities. Evaluating a density is not drawing from it.")


SHARES = (
    ("The weights are swapped between the components.", lambda weights: weights[::-1]),
    ("The weights have no effect on z.", lambda weights: 1 / len(weights)),
)
BELL = (
    "Compare π with a uniform number in [0, 1], rng.random(): a normal one gives Φ(π).",
    lambda weights: np.array([ndtr(weights[0]), 1 - ndtr(weights[0])]),
)


def _shares_of(share, n: int, weights) -> None:
    slack = 6 * np.sqrt(weights * (1 - weights) / n) + 1e-9
    if (abs(share - weights) <= slack).all():
        return
    for why, slip in (BELL, *SHARES) if len(weights) == 2 else SHARES:
        require((abs(share - slip(weights)) >= slack + 0.01).any(), why)
    raise Wrong("The components do not occur with their weights.")


# --- The bakery ---


@given
def bakery(seed: int) -> np.ndarray:
    """Return the weights of 300 rolls from two ovens, in grams: (300,). Each seed has its own."""
    rng = np.random.default_rng(seed)
    means, stds = [50, 62] + rng.uniform(-1, 1, 2), rng.uniform(2, 3, 2)
    z = (rng.random(300) < rng.uniform(0.5, 0.7)).astype(int)
    return rng.normal(means[z], stds[z])


def my_bakery(answer) -> None:
    """Check my_bakery() -> seed, rows of the scoreboard, (weights, means, stds)."""
    seed, rows, estimate = parts(ask(answer), 3, "What my_bakery returns")
    whole = isinstance(seed, int | np.integer) and seed >= 0
    require(whole, "The seed should be your student number, a whole number.")
    require(hasattr(rows, "__iter__"), "The scoreboard should be a list of rows.")
    rows = [parts(row, 3, "A row of the scoreboard") for row in rows]
    require(len({str(row[0]) for row in rows}) >= 4, "Put at least four methods on the scoreboard.")
    lowest = min(float(row[2]) for row in rows)
    require(lowest == 0, "The best method's gap should be 0: the lowest value is one of them.")
    x = bakery(int(seed))
    theta = valid(parts(estimate, 3, "The estimate"), 2)
    gap = best(x, 2).log_likelihood - height(x, *theta)
    require(gap > -1, "A likelihood like that has a spike in it. Wait for task 6.")
    require(gap < 0.01, f"The estimate is {gap:.3g} nats short of the best for seed {seed}.")


def beat(answer, x, k: int) -> None:
    """Check beat(x, weights, means, stds) -> valid parameters that are at least a nat better."""
    top = best(x, k)
    model = top.model
    got = parts(ask(answer, x, model.weights, model.means, model.stds), 3, "What beat returns")
    weights, means, stds = valid(got, np.size(got[0]))
    require(len(weights) >= 2, "One component cannot spare any for a spike. Use two or more.")
    gain = height(x, weights, means, stds) - top.log_likelihood
    if np.isnan(gain) or gain < 1:
        spike = stds.min() < 1e-3 * x.std()
        why = "Its centre must be on a roll, exactly, and it must be narrower still."
        require(not spike, f"There is a spike, but it gains {gain:.3g} nats. {why}")
        raise Wrong(f"This gains {gain:.3g} nats, not 1. What if a component had a single roll?")
