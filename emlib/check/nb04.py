"""Checks for the exercises of notebook 04, EM in one dimension."""

import numpy as np
from scipy.special import ndtri

from ..em import CollapsedComponent, fit
from ..normal import NormalMixture
from . import textbook
from ._feedback import Wrong, array, call, compare, exercise, number, parts, require


@exercise(
    "One whole EM iteration: responsibilities with weights, then averages over each component's "
    "own count, the spread taken about the new mean."
)
def iterate(rng, function):
    """Check a function (x, pi, mu, sigma) → pi, mu, sigma on data of any size and any K."""
    for k, n in ((3, 40), (2, 3)):
        x, theta = _some_problem(rng, n, k)
        _compare_iteration(x, theta, parts(call(function, x, *theta), 3))


SLIPS = [
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
        {"shared": lambda joint: joint / np.sqrt(2 * np.pi)},
    ),
    (
        "You divide by the sum over the observations. A row of r is one observation: divide by "
        "the sum over components, axis=1.",
        {"shared": lambda joint: joint / joint.sum(axis=0)},
    ),
    (
        "You round the responsibilities. Keep the shares: half a point counts half.",
        {"shared": lambda joint: np.round(joint / joint.sum(axis=1, keepdims=True))},
    ),
    (
        "You round the responsibilities. Keep the shares: half a point counts half.",
        {"shared": lambda joint: joint == joint.max(axis=1, keepdims=True)},
    ),
    ("A mean is Σ r x divided by its own N_k, not by N.", {"means_over_n": True}),
    ("The spread is about the old means. Use the new ones.", {"about_old": True}),
    ("Divide the spread by N_k, and not by N_k − 1.", {"unbiased": True}),
    ("This is the variance. Return its square root.", {"power": 1}),
]
PARTS = [
    (
        "The weights",
        "The new weights differ from N_k / N. Look at r first: each row must sum to one. Then "
        "N_k is the sum of column k.",
    ),
    ("The means", "The new weights are right, but the new means differ from Σ r x / N_k."),
    (
        "The standard deviations",
        "Weights and means are right, but the spread differs from sqrt(Σ r (x − new mean)² / N_k).",
    ),
]


def _compare_iteration(x, theta, answer):
    right = _one_step(x, *theta)
    wrong = [(hint, _one_step(x, *theta, **slip)) for hint, slip in SLIPS]
    wrong.append(("Return pi first, then mu, then sigma.", (*right[1::-1], right[2])))
    for i, (name, hint) in enumerate(PARTS):
        got = array(answer[i], right[i].shape, name)
        compare(got, right[i], [(text, w[i]) for text, w in wrong], hint=hint)


# Left and right group: how many, and how wide; half the distance of their means, in units; a unit.
# Fixed, so that a start that fails on one of them fails in every check, and is not told ✓ by luck.
GROUPS = [
    (18, 32, 1.4, 5, 1e-3),
    (32, 18, 1.4, 5, 1),
    (15, 35, 1.3, 4, 1e3),
    (30, 20, 1.5, 6, 1),
]


@exercise(
    "Different widths make the rows of responsibilities differ, and that is enough to part the "
    "means. Different weights alone are not."
)
def break_symmetry(rng, function):
    """Check a function x → weights, means, stds: equal means from which EM finds two groups."""
    for n_left, n_right, ratio, half, unit in GROUPS:
        unit *= rng.uniform(1, 9)
        centre = unit * rng.uniform(-5, 5)
        left, right = _even_draw(rng, n_left) - half, ratio * _even_draw(rng, n_right) + half
        x = centre + unit * rng.permutation(np.concatenate([left, right]))
        start = _start(*parts(call(function, x), 3))
        require(start.k == 2, "Use two components.")
        require(np.ptp(start.means) == 0, "The two means must be equal. Change something else.")
        require(np.ptp(start.stds) > 0, _SAME_WIDTH)
        apart = _start([0.5, 0.5], centre + unit * half * np.array([-1, 1]), [unit] * 2)
        _require_the_groups(start, x, fit(apart, x).log_likelihood)


def _even_draw(rng, n) -> np.ndarray:
    """Return n numbers spread like a normal density's quantiles: no sample is odd by chance."""
    return ndtri((np.arange(n) + rng.uniform(0.45, 0.55, n)) / n)


_SAME_WIDTH = (
    "With equal means and equal stds every row of responsibilities is the same, whatever the "
    "weights. Both components then move to the same place. What else can differ?"
)


def _require_the_groups(start, x, top):
    """Run EM from a start, and say how it fails."""
    narrow, wide = np.sort(start.stds)
    where = f"Your widths are {narrow:.3g} and {wide:.3g}, and the data's is {x.std():.3g}."
    try:
        short = top - fit(start, x, max_iter=300).log_likelihood
    except CollapsedComponent:
        raise Wrong(f"A component shrinks onto single observations. {where} Choose widths by the "
                    "data's own, and none that is tiny beside it.") from None  # fmt: skip
    little = "They differ too little" if wide < 1.01 * narrow else "Choose them by the data's own"
    require(short < 0.1, f"EM is still {short:.1f} nats short after 300 iterations. {where} "
            f"{little}.")  # fmt: skip


def _start(weights, means, stds) -> NormalMixture:
    try:
        return NormalMixture(weights, means, stds)
    except ValueError as error:
        raise Wrong(f"This is not a mixture: {error}.") from None


@exercise("Subtract first, square later: no digits are spent on the offset.")
def variance(rng, function):
    """Check a function (x, r) → weighted variance at offsets from 0 to 10⁹."""
    for offset in (0, 1e8, 1e9):
        x = np.round(rng.normal(0, 3, 50), 3)
        r = rng.uniform(0.1, 0.5, 50) + 0.5 * (x > 0)  # or the plain mean is near the weighted one
        x = x + offset
        got = number(call(function, x, r), "The variance")
        _compare_variance(got, x, r, offset)


def _compare_variance(got, x, r, offset):
    mean = np.average(x - offset, weights=r)
    d = x - offset - mean
    right = np.average(d**2, weights=r)
    mistakes = [
        ("You ignore the weights r. Each term counts r times.", x.var()),
        ("This is the standard deviation: leave out the root.", np.sqrt(right)),
        ("Divide by the sum of r, not by the number of points.", (r * d**2).mean()),
        ("Divide by the sum of r: the weights do not sum to one.", (r * d**2).sum()),
        ("The mean must be weighted too.", np.average((x - x.mean()) ** 2, weights=r)),
    ]
    if offset:  # a lost digit may look like any of these; they have had their turn without offset
        compare(got, right, hint=f"Right without an offset, wrong at {offset:.0e}: digits are "
                "lost. Subtract the mean before you square.", rtol=1e-5)  # fmt: skip
    compare(got, right, mistakes, hint="Wrong. The variance is Σ r (x − m)² / Σ r, with m = "
            "Σ r x / Σ r.", rtol=1e-5)  # fmt: skip


def _some_problem(rng, n, k) -> tuple:
    """Return x and pi, mu, sigma: data in doubt, unequal weights, and no sigma near its square.

    Elsewhere two slips give the same numbers, and the hint would be luck.
    """
    mu = 1.5 * np.arange(k) + rng.uniform(-0.3, 0.3, k) + rng.normal(0, 2)
    sigma = np.where(rng.random(k) < 0.5, rng.uniform(0.6, 0.85, k), rng.uniform(1.2, 1.6, k))
    pi = rng.permutation(np.arange(1, k + 1) + rng.uniform(-0.2, 0.2, k))
    x = np.linspace(mu.min() - 1, mu.max() + 1, n) + rng.uniform(-0.3, 0.3, n)
    return x, (pi / pi.sum(), mu, sigma)


def _rows_to_one(joint):
    return joint / joint.sum(axis=1, keepdims=True)


def _one_step(x, pi, mu, sigma, *, weighted=True, width=np.asarray, shared=_rows_to_one,
              means_over_n=False, about_old=False, unbiased=False, power=0.5):  # fmt: skip
    """Return one EM iteration, or what a slip makes of it."""
    s = width(sigma)
    joint = (pi if weighted else 1) * np.exp(-0.5 * ((x[:, None] - mu) / s) ** 2) / s
    r = shared(joint)
    n = r.sum(axis=0)
    new = x @ r / (len(x) if means_over_n else n)
    scatter = textbook.scatter(x, r, mu if about_old else new)
    return n / len(x), new, (scatter / (n - unbiased)) ** power
