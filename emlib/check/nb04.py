"""Checks for the exercises of notebook 04, EM in one dimension."""

import numpy as np
from scipy.special import ndtri

from ..em import fit
from ..normal import NormalMixture
from . import textbook
from ._feedback import Wrong, array, call, compare, exercise, number, parts, require


@exercise(
    "One whole EM iteration: responsibilities with weights, then averages over each component's "
    "own count, the spread taken about the new mean."
)
def iterate(rng, function):
    """Check a function (x, pi, mu, sigma) → pi, mu, sigma on data of any size and any K."""
    for k, n in ((2, 3), (3, 40)):
        x, theta = _some_problem(rng, n, k)
        names = ("The weights", "The means", "The standard deviations")
        answer = parts(call(function, x, *theta), 3)
        got = [array(a, (k,), name) for a, name in zip(answer, names, strict=True)]
        _compare_iteration(x, theta, *got)


E_SLIPS = [
    ("Your E-step forgets the weights: multiply each density by pi.", {"weighted": False}),
    (
        "Your E-step uses sigma as if it were a variance: the density has sigma².",
        {"width": np.sqrt},
    ),
    (
        "You square sigma twice, or pass a variance where a standard deviation belongs.",
        {"width": np.square},
    ),
    (
        "The responsibilities do not sum to one in each row: divide by the sum over components.",
        {"normalised": False},
    ),
]


def _compare_iteration(x, theta, pi, mu, sigma):
    right = _one_step(x, *theta)
    wrong = [(hint, _one_step(x, *theta, **kind)) for hint, kind in E_SLIPS]
    for i, got, hint in (
        (0, pi, "The new weights are N_k / N: the responsibilities' column sums, over N."),
        (1, mu, "The new means are weighted averages: divide Σ r x by N_k, not by N."),
    ):
        compare(got, right[i], [(text, w[i]) for text, w in wrong], hint=hint)
    compare(
        sigma,
        right[2],
        [
            ("This is the variance. Return its square root.", right[2] ** 2),
            ("The spread is about the old means. Use the new ones.", _about_old(x, *theta)),
        ],
        hint="The spread is sqrt(Σ r (x − new mean)² / N_k).",
    )


@exercise(
    "Different widths make the rows of responsibilities differ, and that is enough to part the "
    "means. Different weights alone are not."
)
def break_symmetry(rng, function):
    """Check a function x → weights, means, stds: equal means from which EM finds two groups."""
    for _ in range(3):
        centre, width = rng.uniform(-50, 50), rng.uniform(1, 9)
        left, right = -5 + _even_draw(rng, 18), 5 + rng.uniform(1.2, 1.5) * _even_draw(rng, 32)
        x = centre + width * np.concatenate([left, right])
        weights, means, stds = parts(call(function, x), 3)
        start = _start(weights, means, stds)
        require(start.k == 2, "Use two components.")
        require(np.ptp(start.means) == 0, "The two means must be equal. Change something else.")
        require(np.ptp(start.stds) > 0, _SAME_WIDTH)
        best = fit(_start([0.5, 0.5], centre + width * np.array([-5, 5]), [width] * 2), x)
        got = fit(start, x, max_iter=300)
        short = best.log_likelihood - got.log_likelihood
        require(short < 0.1, f"EM is still {short:.1f} nats short after 300 iterations. {_WIDER}")


def _even_draw(rng, n) -> np.ndarray:
    """Return n numbers spread like a normal density's quantiles: no sample is odd by chance."""
    return ndtri((np.arange(n) + rng.uniform(0.3, 0.7, n)) / n)


_SAME_WIDTH = (
    "With equal means and equal stds every row of responsibilities is the same, whatever the "
    "weights. Both components then move to the same place. What else can differ?"
)
_WIDER = "Make the widths differ more, and choose them by the spread of the data."


def _start(weights, means, stds) -> NormalMixture:
    try:
        return NormalMixture(weights, means, stds)
    except ValueError as error:
        raise Wrong(f"This is not a mixture: {error}.") from None


@exercise("Subtract first, square later: no digits are spent on the offset.")
def variance(rng, function):
    """Check a function (x, r) → weighted variance at offsets from 0 to 10⁹."""
    for offset in (0, 1e8, 1e9):
        x, r = np.round(rng.normal(0, 3, 50), 3) + offset, rng.uniform(0.1, 1, 50)
        got = number(call(function, x, r), "The variance")
        _compare_variance(got, x, r, offset)


def _compare_variance(got, x, r, offset):
    mean = np.average(x - offset, weights=r)
    d = x - offset - mean
    right = np.average(d**2, weights=r)
    where = f"at offset {offset:.0e}" if offset else "without any offset"
    lost = "The digits are lost in E[x²] − μ²: subtract the mean before you square"
    mistakes = [
        ("You ignore the weights r. Each term counts r times.", x.var()),
        ("This is the standard deviation: leave the root away.", np.sqrt(right)),
        ("Divide by the sum of r, not by the number of points.", (r * d**2).mean()),
        ("The mean must be weighted too.", np.average((x - x.mean()) ** 2, weights=r)),
    ]
    general = f"Wrong {where}. " + (
        f"{lost}." if offset else "The definition is Σ r (x − m)² / Σ r."
    )
    # Far out a lost digit may look like any of these; they have had their turn without an offset.
    compare(got, right, [] if offset else mistakes, hint=general, rtol=1e-5)


def _some_problem(rng, n, k) -> tuple:
    """Return x and pi, mu, sigma: data in doubt, unequal weights, and no sigma near its square.

    Elsewhere two slips give the same numbers, and the hint would be luck.
    """
    mu = 1.5 * np.arange(k) + rng.uniform(-0.3, 0.3, k) + rng.normal(0, 2)
    sigma = np.where(rng.random(k) < 0.5, rng.uniform(0.6, 0.85, k), rng.uniform(1.2, 1.6, k))
    pi = rng.permutation(np.arange(1, k + 1) + rng.uniform(-0.2, 0.2, k))
    x = np.linspace(mu.min() - 1, mu.max() + 1, n) + rng.uniform(-0.3, 0.3, n)
    return x, (pi / pi.sum(), mu, sigma)


def _one_step(x, pi, mu, sigma, *, weighted=True, normalised=True, width=np.asarray):
    """Return one EM iteration, or what a slip in its E-step makes of it."""
    s = width(sigma)
    joint = (pi if weighted else 1) * np.exp(-0.5 * ((x[:, None] - mu) / s) ** 2) / s
    r = joint / joint.sum(axis=1, keepdims=True) if normalised else joint / np.sqrt(2 * np.pi)
    n = r.sum(axis=0)
    new = x @ r / n
    return n / len(x), new, np.sqrt((r * (x[:, None] - new) ** 2).sum(axis=0) / n)


def _about_old(x, pi, mu, sigma):
    r = textbook.posterior(np.log(pi) + textbook.log_normal(x, mu, sigma))
    return np.sqrt(textbook.scatter(x, r, mu) / r.sum(axis=0))
