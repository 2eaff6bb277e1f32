"""Checks for the exercises of notebook 06, Old Faithful in two dimensions."""

import numpy as np

from ..em import CollapsedComponent, fit
from ..gaussian import GaussianMixture
from ._feedback import Wrong, call, compare, exercise, number, parts, require


@exercise(
    "The means start along the line of the clouds, so the components never become twins and there "
    "is no plateau to cross."
)
def good_start(rng, function):
    """Check a function x → weights, means, covariances on new pairs of clouds at any angle."""
    for _ in range(3):
        x, truth = _two_clouds(rng)
        weights, means, covariances = parts(call(function, x), 3)
        start = _mixture(weights, means, covariances)
        best = fit(truth, x).log_likelihood
        path = _path(start, x)
        near = np.flatnonzero(path > best - 1)
        require(len(near), _stuck(path, best))
        require(near[0] <= 15, f"It arrives, but only after {near[0]} iterations. {_ALONG}")


_ALONG = "Lay the means along the direction in which the data are widest."


def _stuck(path, best) -> str:
    return f"After 60 iterations it is still {best - path[-1]:.0f} nats short: a plateau. {_ALONG}"


def _path(start, x) -> np.ndarray:
    try:
        return np.array([step.log_likelihood for step in fit(start, x, max_iter=60).history])
    except CollapsedComponent as error:
        raise Wrong(f"From your start, {error}.") from None


def _two_clouds(rng) -> tuple[np.ndarray, GaussianMixture]:
    """Return standardised data like Old Faithful's, turned by any angle, and their mixture."""
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    if abs(direction).min() < 0.35:
        return _two_clouds(rng)
    spread = 0.1 * np.eye(2) + 0.06 * np.outer(direction, direction)
    model = GaussianMixture([0.4, 0.6], [-1.3 * direction, 0.9 * direction], [spread, spread])
    x, _ = model.sample(300, rng)
    m, s = x.mean(axis=0), x.std(axis=0)
    scaled = GaussianMixture(
        model.weights, (model.means - m) / s, model.covariances / np.outer(s, s)
    )
    return (x - m) / s, scaled


def _mixture(weights, means, covariances) -> GaussianMixture:
    try:
        start = GaussianMixture(weights, means, covariances)
    except ValueError as error:
        raise Wrong(f"This is not a mixture: {error}.") from None
    require(start.k == 2 and start.d == 2, "Use two components in two dimensions.")
    return start


@exercise(
    "The smallest gain before the run is near the end decides: a rule survives a plateau only if "
    "it asks for less than the plateau's slowest step."
)
def loosest_tolerance(rng, function):
    """Check a function of a log-likelihood trace on invented runs with a plateau."""
    for _ in range(4):
        trace, slow, tail = _trace_with_plateau(rng)
        got = number(call(function, trace), "The tolerance")
        gains = np.diff(trace)
        mistakes = [
            ("This is the slowest gain of the whole run. Past one nat from the end gains may be "
             "as small as they like.", tail),
            ("This is the largest gain. Which one is in danger of being too small?", gains.max()),
            ("A sign: gains are later minus earlier.", -slow),
            ("The average does not decide: one slow step is enough to stop.",
             gains[trace[:-1] < trace[-1] - 1].mean()),
        ]  # fmt: skip
        compare(got, slow, mistakes, hint="Which steps must not be taken for the end? Only those "
                "that start more than a nat below it.")  # fmt: skip


def _trace_with_plateau(rng):
    """Return an invented run, its slowest gain while still far, and its slowest gain of all."""
    slow = rng.uniform(0.01, 0.09)
    plateau = slow * rng.uniform(1, 3, rng.integers(10, 30))
    plateau[rng.integers(len(plateau))] = slow
    tail = rng.uniform(0.3, 0.5) * 0.2 ** np.arange(8)
    gains = np.concatenate([[rng.uniform(50, 90)], plateau, rng.uniform(2, 30, 8), tail])
    return -rng.uniform(500, 900) + np.concatenate([[0], np.cumsum(gains)]), slow, tail.min()


@exercise(
    "Standardise the new point as the data were, then use Bayes' rule: the label is the largest "
    "responsibility, the risk is what is left."
)
def classify(rng, function):
    """Check a function (model, m, s, new) → cluster, risk on new models and new points."""
    for _ in range(6):
        model, m, s, new = _new_eruption(rng)
        label, risk = parts(call(function, model, m, s, new), 2)
        _compare_label(number(label, "The cluster"), number(risk, "The risk"), model, m, s, new)


def _compare_label(label, risk, model, m, s, new):
    r = model.responsibilities([(new - m) / s])[0]
    raw = model.responsibilities([new])[0]
    equal = GaussianMixture([0.5, 0.5], model.means, model.covariances)
    unweighted = equal.responsibilities([(new - m) / s])[0]
    right, wrong = 1 - r.max(), "The new eruption is in minutes, the model is not: standardise it."
    compare(
        risk,
        right,
        [
            ("This is the probability of being right. The risk is the rest.", r.max()),
            (wrong, 1 - raw.max()),
            ("Densities alone are not enough: the weights count too.", 1 - unweighted.max()),
            ("The risk is 1 minus the largest responsibility, whichever cluster it is.", r[0]),
            ("The risk is 1 minus the largest responsibility, whichever cluster it is.", r[1]),
        ],
        hint="The risk is 1 minus the largest responsibility of the standardised point.",
    )
    require(label == r.argmax(), "The cluster is the index, 0 or 1, of the largest responsibility.")


def _new_eruption(rng):
    """Return a model in standardised units, the scaling, and a point in doubt, in minutes."""
    means = np.array([[-1.2, -1.2], [0.7, 0.7]]) + rng.normal(0, 0.1, (2, 2))
    spreads = [np.diag(rng.uniform(0.15, 0.5, 2)) for _ in range(2)]
    model = GaussianMixture([0.3, 0.7], means, spreads)
    m, s = np.array([3.5, 70.9]) + rng.normal(0, 0.2, 2), np.array([1.1, 13.5])
    while True:
        point = rng.normal(-0.3, 0.4, 2)
        if 0.02 < model.responsibilities([point])[0].min() < 0.45:
            return model, m, s, point * s + m
