"""Checks for the exercises of notebook 06, Old Faithful in two dimensions."""

import numpy as np

from .. import starts
from ..datasets import old_faithful
from ..em import CollapsedComponent, fit
from ..gaussian import GaussianMixture
from ._feedback import Wrong, call, compare, exercise, number, parts, require, slips

TRIES = 40  # so many starts may a function draw for one data set


@exercise(
    "Wherever the clouds lie and however they are turned, EM soon arrives: your start takes place "
    "and size from the data, and its means do not lie across the clouds."
)
def good_start(rng, function):
    """Check a function x → weights, means, covariances on Old Faithful, turned by 36 angles."""
    z, best = _eruptions()
    first = rng.uniform(0, 5)
    for degrees in first + np.arange(0, 180, 5):
        _one_start_arrives(rng, function, *_moved(rng, z, best, np.radians(degrees)))


def _one_start_arrives(rng, function, x, best):
    """Call the function until EM arrives from its start, each time with the rows in a new order."""
    for _ in range(TRIES):
        rows = x[rng.permutation(len(x))]
        hint = _fault(_mixture(call(function, rows)), rows, best)
        if hint is None:
            return
    raise Wrong(hint)


def _eruptions() -> tuple[np.ndarray, GaussianMixture]:
    """Return the eruptions, standardised, and the best fit to them."""
    minutes = old_faithful()
    z = (minutes - minutes.mean(axis=0)) / minutes.std(axis=0)
    return z, fit(starts.quantiles(z, 2), z).model


def _moved(rng, z, model, angle) -> tuple[np.ndarray, GaussianMixture]:
    """Turn data and model by an angle, put them into another unit, and move them elsewhere."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    A = np.exp(rng.uniform(-2, 2)) * turn
    place = rng.uniform(50, 100, 2) * rng.choice([-1, 1], 2)
    covariances = A @ model.covariances @ A.T
    return z @ A.T + place, GaussianMixture(model.weights, model.means @ A.T + place, covariances)


def _mixture(answer) -> GaussianMixture:
    """Return a start as a model, if it is one: three parts, or a GaussianMixture already."""
    try:
        given = isinstance(answer, GaussianMixture)
        start = answer if given else GaussianMixture(*parts(answer, 3))
    except ValueError as error:
        raise Wrong(f"This is not a mixture: {error}.") from None
    require(start.k == 2 and start.d == 2, "Use two components in two dimensions.")
    return start


def _fault(start, x, best) -> str | None:
    """Return what is wrong with a start, or None if EM arrives from it within 15 iterations."""
    try:
        short = best.log_likelihood(x) - fit(start, x, max_iter=15).log_likelihood
    except CollapsedComponent as error:
        return f"From your start, {error}. {_where(start, x, best)}"
    if short <= 1:
        return None
    return f"After 15 iterations EM is {short:.0f} nats short. {_where(start, x, best)}"


def _where(start, x, best) -> str:
    """Say how the means of a start lie, seen from the two clouds."""
    if (abs(start.means - x.mean(axis=0)) > np.ptp(x, axis=0)).any():
        return "A mean lies outside the data, which may be anywhere and in any unit: ask x where."
    (a,), (b,) = (np.diff(model.means, axis=0) for model in (start, best))
    cosine = abs(a @ b) / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-300)
    if np.linalg.norm(a) < 0.1 * np.linalg.norm(b):
        return "The means lie almost on one point: near-twins part slowly."
    if cosine < 0.5:
        return (
            "The means lie across the line of the clouds. Lay them along the direction in which "
            "the data are widest."
        )
    return "Does each mean lie near a cloud, and have the covariances the data's size?"


@exercise(
    "The smallest gain among the steps that end more than a nat below the top decides: a rule "
    "survives a plateau only if it asks for no more than its slowest step."
)
def loosest_tolerance(rng, function):
    """Check a function of a log-likelihood trace on invented runs with a plateau."""
    for slowest in ("on the plateau", "last far", "arriving") * 2:
        trace = _trace(rng, slowest)
        got = number(call(function, trace), "The tolerance")
        far = trace[1:] < trace[-1] - 1
        compare(got, np.diff(trace)[far].min(), slips(GAINS, trace), hint=_outcome(trace, got))


GAINS = [
    ("This is the slowest gain of the whole run. Within one nat of the end gains may be as small "
     "as they like.", lambda trace: np.diff(trace).min()),
    ("The step that arrives within one nat of the end may gain as little as it likes: a rule that "
     "stops there is near enough.",
     lambda trace: np.diff(trace)[trace[:-1] < trace[-1] - 1].min()),
    ("One far state is left out: the last one, too, must not be taken for the end.",
     lambda trace: np.diff(trace)[:-1][trace[2:] < trace[-1] - 1].min()),
    ("This is the largest gain. Which one is in danger of being too small?",
     lambda trace: np.diff(trace).max()),
    ("A sign: gains are later minus earlier.",
     lambda trace: -np.diff(trace)[trace[1:] < trace[-1] - 1].min()),
    ("The average does not decide: one slow step is enough to stop.",
     lambda trace: np.diff(trace)[trace[1:] < trace[-1] - 1].mean()),
]  # fmt: skip


def _outcome(trace, tol) -> str:
    """Say what becomes of the rule with a tolerance that is not the loosest."""
    stop = int(np.argmax(np.append(np.diff(trace) < tol, True))) + 1
    short = trace[-1] - trace[min(stop, len(trace) - 1)]
    if short > 1:
        return f"With this tolerance the rule stops at iteration {stop}, {short:.2f} nats short."
    return "The rule survives with this tolerance, but with a larger one it would, too."


def _trace(rng, slowest: str) -> np.ndarray:
    """Return an invented run. Its slowest step, while still far or arriving, is where told."""
    small = rng.uniform(0.01, 0.03)
    plateau = rng.uniform(2, 6, rng.integers(10, 30)) * small
    last_far, arriving = rng.uniform(2, 6, 1), rng.uniform(0.2, 0.8, 1)
    place = {"on the plateau": plateau, "last far": last_far, "arriving": arriving}[slowest]
    place[rng.integers(len(place))] = small
    tail = 0.4 ** np.arange(8)
    tail *= (1 - 0.5 * small) / tail.sum()
    gains = [0, 70], plateau, rng.uniform(2, 30, 8), last_far, arriving, tail
    return -rng.uniform(500, 900) + np.cumsum(np.concatenate(gains))


@exercise(
    "Standardise the new point as the data were, then use Bayes' rule: the label is the largest "
    "responsibility, the risk is what is left."
)
def classify(rng, function):
    """Check a function (model, m, s, new) → cluster, risk on new models and new points."""
    for label in (0, 1) * 4:
        case = _new_eruption(rng, label)
        got, risk = parts(call(function, *case), 2)
        got, risk = number(got, "The cluster"), number(risk, "The risk")
        require(got in (0, 1), "The cluster, 0 or 1, comes first, and the risk after it.")
        compare(
            risk,
            1 - _shares(*case).max(),
            slips(RISKS, *case),
            hint="The risk is 1 minus the largest responsibility of the standardised point.",
        )
        require(got == label, "The cluster is the index, 0 or 1, of the largest responsibility.")


def _shares(model, m, s, new, *, weights=True, roots=True) -> np.ndarray:
    """Return the responsibilities of a new point in minutes, with or without a part of the density.

    weights: π_k; roots: 1 / √det Σ_k.
    """
    d = (new - m) / s - model.means
    log = -0.5 * np.einsum("kd,kde,ke->k", d, np.linalg.inv(model.covariances), d)
    log += np.log(model.weights) if weights else 0
    log -= 0.5 * np.linalg.slogdet(model.covariances)[1] if roots else 0
    return np.exp(log - np.logaddexp.reduce(log))


def _plain(model) -> GaussianMixture:
    """Return the model without what is off the diagonals."""
    return GaussianMixture(model.weights, model.means, model.covariances * np.eye(2))


_AS_DATA = "Standardise the new eruption as the data were: subtract m, then divide by s."
_WHOLE = "The risk is 1 minus the largest responsibility, whichever cluster it is."
RISKS = [
    ("This is the probability of being right. The risk is the rest.",
     lambda *case: _shares(*case).max()),
    ("So sure is the model of a point that is still in minutes. Is the new eruption standardised?",
     lambda model, m, s, new: 1 - _shares(model, 0, 1, new).max()),
    (_AS_DATA, lambda model, m, s, new: 1 - _shares(model, 0, s, new).max()),
    (_AS_DATA, lambda model, m, s, new: 1 - _shares(model, m, 1, new).max()),
    (_AS_DATA, lambda model, m, s, new: 1 - _shares(model, m * s, s, new).max()),
    ("Densities alone are not enough: the weights count too.",
     lambda *case: 1 - _shares(*case, weights=False).max()),
    ("The determinant is missing: where a component is wide, its density is low.",
     lambda *case: 1 - _shares(*case, roots=False).max()),
    ("Distances alone are not enough: weights and determinants count too.",
     lambda *case: 1 - _shares(*case, weights=False, roots=False).max()),
    ("Use the whole covariances, and not only their diagonals.",
     lambda model, *rest: 1 - _shares(_plain(model), *rest).max()),
    (_WHOLE, lambda *case: _shares(*case)[0]),
    (_WHOLE, lambda *case: _shares(*case)[1]),
]  # fmt: skip


def _new_eruption(rng, label):
    """Return a model in standardised units, the scaling, and a point in doubt, in minutes."""
    order = rng.permutation(2)
    means = np.array([[-1.2, -1.2], [0.7, 0.7]]) + rng.normal(0, 0.1, (2, 2))
    stds, tilt = rng.uniform(0.4, 0.7, (2, 2)), rng.uniform(0.3, 0.6, 2)
    spreads = [np.outer(a, a) * [[1, c], [c, 1]] for a, c in zip(stds, tilt, strict=True)]
    model = GaussianMixture(np.array([0.3, 0.7])[order], means[order], np.array(spreads))
    m, s = np.array([3.5, 70.9]) + rng.normal(0, 0.2, 2), np.array([1.1, 13.5])
    while True:
        new = rng.normal(-0.3, 0.4, 2) * s + m
        r = _shares(model, m, s, new)
        if r.argmax() == label and 0.02 < r.min() < 0.45:
            return model, m, s, new
