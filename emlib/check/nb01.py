"""Checks for the exercises of notebook 01, Why mixtures."""

import numpy as np
from scipy.special import ndtr

from ._feedback import array, by_hand, call, compare, exercise, number, parts, require, verdict

MANY = 50_000


@exercise("First z by the weights, then x given z: that is what a mixture is.")
def sample(rng, function):
    """Check a function (n, pi, mu, sigma, rng) → x, z by the distribution of what it draws.

    The components overlap: a z that is guessed from x is not the z that x was drawn from.
    """
    by_hand(function, "NormalMixture")
    for pi, mu in (([0.3, 0.7], [-2, 1]), ([0.2, 0.5, 0.3], [-3, 0, 2])):
        sigma = rng.permutation(np.linspace(1.4, 1.9, len(pi))) + rng.uniform(-0.05, 0.05)
        pi, mu = np.array(pi), np.array(mu, float)
        x, z = _drawn(function, MANY, pi, mu, sigma, rng)
        index = "z should hold the index of the component: 0, 1, …, up to K − 1"
        require(np.isin(z, np.arange(len(pi))).all(), index)
        _compare_groups(x, z.astype(int), pi, mu, sigma)
        require(np.ptp(np.diff(z)) > 1, "The groups come one after the other. Draw each z by "
                "chance.")  # fmt: skip
    _require_own_generator(function, pi, mu, sigma)
    _require_chance(function, rng)


def _require_own_generator(function, pi, mu, sigma):
    """Ask that the same generator gives the same sample, and another one another."""
    one, two, other = (
        _drawn(function, 50, pi, mu, sigma, np.random.default_rng(seed))[0] for seed in (3, 3, 4)
    )
    given = "Use the generator rng that you are given, and no other."
    require(np.array_equal(one, two) and not np.array_equal(one, other), given)


def _drawn(function, n, pi, mu, sigma, rng):
    x, z = parts(call(function, n, pi, mu, sigma, rng), 2)
    return array(x, (n,), "x"), array(z, (n,), "z")


def _compare_groups(x, z, pi, mu, sigma):
    for k in range(len(pi)):
        share, sd = (z == k).mean(), np.sqrt(pi[k] * (1 - pi[k]) / MANY)
        require(abs(share - 1 / len(pi)) > 6 * sd or abs(pi[k] - 1 / len(pi)) < 12 * sd,
                "The groups come out equally often. Use the weights pi to choose z.")  # fmt: skip
        require(abs(share - pi[k]) < 6 * sd, f"Group {k} has share {share:.3f}, not {pi[k]}.")
        group, spread = x[z == k], x[z == k].std()
        off = abs(group.mean() - mu[k]) * np.sqrt(len(group)) / max(spread, sigma[k])
        require(off < 6, "Given z = k, x must have mean mu[k]. Is this z the one that x was "
                "drawn from?")  # fmt: skip
        _compare_spread(spread, sigma[k], 6 / np.sqrt(2 * len(group)))
        ranks = ndtr((np.sort(group) - mu[k]) / sigma[k]) - np.linspace(0, 1, len(group))
        require(np.abs(ranks).max() * np.sqrt(len(group)) < 3, "Given z, x is not normal.")


def _compare_spread(spread, sigma, chance):
    already = "sigma is a standard deviation already."
    require(abs(spread / sigma**2 - 1) > 0.05, f"The spread is sigma squared: {already}")
    require(abs(spread / np.sqrt(sigma) - 1) > 0.05, f"Do not take the root of sigma: {already}")
    require(abs(spread / sigma - 1) < chance, "Given z = k, x must have spread sigma[k]. Is this z "
            "the one that x was drawn from?")  # fmt: skip


def _require_chance(function, rng):
    """Ask that the counts of the groups vary as chance does, unlike int(n * pi)."""
    pi, mu, sigma = np.array([0.3, 0.7]), np.zeros(2), np.ones(2)
    counts = [(_drawn(function, 100, pi, mu, sigma, rng)[1] == 0).sum() for _ in range(60)]
    require(np.std(counts) > 2, "The counts of the groups never vary. They are random as well: "
            "draw every z by chance.")  # fmt: skip


@exercise(
    "Variance within the groups plus variance between their means: the law of total variance."
)
def moments(rng, function):
    """Check a function (pi, mu, sigma) → mean, variance for any K."""
    by_hand(function, "NormalMixture")
    for k in (2, 3, 5):
        pi, mu, sigma = rng.dirichlet([3] * k), rng.normal(0, 5, k), rng.uniform(0.5, 2, k)
        mean, variance = parts(call(function, pi, mu, sigma), 2)
        _compare_moments(number(mean, "The mean"), number(variance, "The variance"), pi, mu, sigma)


def _compare_moments(mean, variance, pi, mu, sigma):
    slips = [
        ("The mean forgets the weights: groups count by their share.", mu.mean()),
        ("You use the first two components only. There may be more.", pi[:2] @ mu[:2]),
    ]
    compare(mean, pi @ mu, slips, hint="The mean is Σ π_k μ_k, over all components.")
    right = pi @ (sigma**2 + mu**2) - (pi @ mu) ** 2
    compare(
        variance,
        right,
        [
            ("This is the variance within the groups only. How far apart are they?", pi @ sigma**2),
            ("This is the variance between the means only.", right - pi @ sigma**2),
            ("This is the standard deviation. Square it.", np.sqrt(right)),
            ("You add sigma where sigma² belongs.", right - pi @ sigma**2 + pi @ sigma),
            ("You are at E[x²]. Subtract the square of the mean.", pi @ (sigma**2 + mu**2)),
            ("This is the variance of a sum of variables, not of a mixture.", pi**2 @ sigma**2),
        ],
        hint="Use E[x²] − E[x]², with E[x²] = Σ π_k (σ_k² + μ_k²).",
    )


@exercise("The middle is a valley as soon as each mean is more than one σ away from it.")
def is_bimodal(rng, function):
    """Check a function (mu1, mu2, sigma) → bool against the curvature between the means.

    Each distance is tried with a small and a large sigma, so that a rule in other units than sigma
    is always found out, and in both orders of the means.
    """
    for distance in (0.5, 1.2, 1.9, 1.99, 2.01, 2.1, 2.8, 3.5, 6):
        for sigma in (rng.uniform(0.2, 0.7), rng.uniform(3, 7)):
            low, high = rng.normal(0, 9) + sigma * distance / 2 * np.array([-1, 1])
            got = [verdict(call(function, *mu, sigma)) for mu in ((low, high), (high, low))]
            require(got[0] == got[1], "The order of the means must not matter.")
            _compare_bimodal(got[0], low, high, sigma)


def _compare_bimodal(got, mu1, mu2, sigma):
    middle, h = (mu1 + mu2) / 2, 1e-3 * sigma
    low, here, high = (_height(middle + t, mu1, mu2, sigma) for t in (-h, 0, h))
    valley = low + high > 2 * here
    bumps = "are two bumps" if valley else "is one bump"
    where = f"At distance {(mu2 - mu1) / sigma:.2f} σ there {bumps}."
    here = f"Here the means are {mu1:.2f} and {mu2:.2f}, and sigma is {sigma:.2f}."
    require(got == valley, f"{where} {here} Do you measure the distance in sigmas?")


def _height(x, mu1, mu2, sigma):
    return sum(np.exp(-0.5 * ((x - mu) / sigma) ** 2) for mu in (mu1, mu2))
