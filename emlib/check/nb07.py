"""Checks for the exercises of notebook 07, any K, any dimension, and fast."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..em import CollapsedComponent, fit
from ..gaussian import GaussianMixture
from ._feedback import Wrong, array, call, compare, exercise, parts, require
from .textbook import average, scatter


@exercise("With axis=0 the sum runs over rows alone, and each coordinate keeps its own mean.")
def cured_m_step(rng, function):
    """Check a function (x, r) → weights, means, covariances for any N, K and d."""
    for n, k, d in ((40, 2, 3), (60, 4, 2), (30, 3, 1)):
        x, r = _weighted_rows(rng, n, k, d)
        weights, means, covariances = parts(call(function, x, r), 3)
        _compare_weights(array(weights, (k,), "The weights"), r)
        _compare_means(array(means, (k, d), "The means"), x, r)
        mu = average(x, r)
        _compare_full(array(covariances, (k, d, d), "The covariances"), x, r, mu)


def _compare_weights(got, r):
    mistakes = [
        ("These are the effective counts. Divide them by N.", r.sum(axis=0)),
        ("The weights are not all equal: they are N_k / N.", np.full(r.shape[1], 1 / r.shape[1])),
    ]
    compare(got, r.mean(axis=0), mistakes, hint="The weights are N_k / N.")


def _compare_means(got, x, r):
    n, sums = r.sum(axis=0)[:, None], r.T @ x
    mistakes = [
        (
            "All coordinates of a mean are equal: the sum runs over coordinates as well. Which "
            "axis should it keep?",
            np.broadcast_to(sums.sum(axis=1, keepdims=True) / n, sums.shape),
        ),
        ("Divide by the effective count N_k, not by N.", sums / len(x)),
        ("These are sums. Divide by the effective counts N_k.", sums),
        ("The means ignore the responsibilities.", np.broadcast_to(x.mean(axis=0), sums.shape)),
    ]
    compare(got, sums / n, mistakes, hint="The means are Σ r x / N_k, one for each coordinate.")


def _compare_full(got, x, r, mu):
    n = r.sum(axis=0)[:, None, None]
    second = np.stack([(w[:, None] * x).T @ x for w in r.T])
    right = scatter(x, r, mu) / n
    mistakes = [
        ("Divide by the effective count N_k, not by N.", right * n / len(x)),
        ("These are sums. Divide by the effective counts N_k.", right * n),
        ("Each row counts r times, not r² times.", scatter(x, r**2, mu) / n),
        ("The covariances ignore the responsibilities.", scatter(x, np.ones_like(r), mu) / len(x)),
        ("Subtract the means before you multiply.", second / n),
        ("Divide by N_k, not by N_k − 1: maximum likelihood does.", right * n / (n - 1)),
    ]  # fmt: skip
    compare(got, right, mistakes, hint="A covariance is Σ r (x − μ)(x − μ)ᵀ / N_k.")


@exercise(
    "A letter after the arrow is kept, every other letter is summed: kij for each component, ki "
    "for its diagonal, ij for all components together."
)
def covariances(rng, function):
    """Check a function (x, r, mu) → full (K, d, d), diagonal (K, d), shared (d, d)."""
    for n, k, d in ((50, 2, 3), (70, 4, 2), (30, 3, 5)):
        x, r = _weighted_rows(rng, n, k, d)
        mu = average(x, r)
        full, diagonal, shared = parts(call(function, x, r, mu), 3)
        _compare_full(array(full, (k, d, d), "The full covariances"), x, r, mu)
        _compare_diagonal(array(diagonal, (k, d), "The diagonals"), x, r, mu)
        _compare_shared(array(shared, (d, d), "The shared covariance"), x, r, mu)


def _compare_diagonal(got, x, r, mu):
    n = r.sum(axis=0)[:, None]
    right = np.einsum("kii->ki", scatter(x, r, mu)) / n
    mistakes = [
        ("These are standard deviations. A diagonal holds variances.", np.sqrt(right)),
        ("These are sums. Divide the diagonals by N_k.", right * n),
        ("Divide the diagonals by N_k, not by N.", right * n / len(x)),
        ("This is the sum of all entries of a row. Use i twice instead of i and j.",
         scatter(x, r, mu).sum(axis=2) / n),
    ]  # fmt: skip
    compare(got, right, mistakes, hint="The diagonal of Σ_k is Σ r (x − μ)² / N_k.")


def _compare_shared(got, x, r, mu):
    n, sums = r.sum(axis=0), scatter(x, r, mu)
    full = sums / n[:, None, None]
    mistakes = [
        ("The average must be weighted: a component counts N_k times.", full.mean(axis=0)),
        ("This is the sum of the covariances. Take the weighted average.", full.sum(axis=0)),
        ("This is a sum over rows. Divide it by N.", sums.sum(axis=0)),
        ("Divide once only: by N.", full.sum(axis=0) / len(x)),
        ("This is the spread about the overall mean. Use the components' own means.",
         np.cov(x.T, bias=True)),
    ]  # fmt: skip
    hint = "The shared covariance is Σ r (x − μ_k)(x − μ_k)ᵀ / N, over rows and components."
    compare(got, sums.sum(axis=0) / len(x), mistakes, hint=hint)


@exercise(
    "Several starts and the best kept; then the order with the smallest total distance, for all "
    "parameters alike."
)
def recovered(rng, recover, align):
    """Check recover(x, rng) → GaussianMixture and align(true_means, model) → the same, ordered."""
    _try_recovery(recover, rng)
    for true_means, model in _shuffled(rng):
        _compare_order(_model(call(align, true_means, model)), model, true_means)
    # Once may be luck. It takes a second or two, so the other function comes first.
    _try_recovery(recover, rng)


def _try_recovery(recover, rng):
    truth = _separated(rng, 5, 3)
    x, _ = truth.sample(600, rng)
    _compare_fit(_model(call(recover, x, np.random.default_rng(rng.integers(2**32)))), truth, x)


def _model(answer) -> GaussianMixture:
    if not isinstance(answer, GaussianMixture):
        raise Wrong(f"Return a GaussianMixture, not {type(answer).__name__}. Is it `.model`?")
    return answer


def _compare_fit(got, truth, x):
    k, d = truth.means.shape
    require((got.k, got.d) == (k, d), f"Use {k} components in {d} dimensions.")
    here = got.log_likelihood(x)
    try:
        further = fit(got, x).log_likelihood
    except CollapsedComponent as error:
        raise Wrong(f"EM had not finished: from your model, {error}.") from None
    require(further < here + 1, f"EM had not finished: it would gain {further - here:.3g} nats.")
    short = fit(truth, x).log_likelihood - here
    require(short < 1, f"Another fit is {short:.0f} nats better: yours is at a local maximum. "
            "Try more starts and keep the best.")  # fmt: skip


def _compare_order(got, model, true_means):
    require(got.means.shape == model.means.shape, "Keep all components, and each only once.")
    weights, means, covariances = model.weights, model.means, model.covariances
    used, fitted = (set(map(tuple, model_means)) for model_means in (got.means, means))
    require(used <= fitted, "Only change the order: the means stay as they were fitted.")
    require(used == fitted, "A fitted component is used twice: to each its nearest is not enough.")
    order, slips = _order(true_means, means), _slips(true_means, means)
    mistakes = [(hint, means[slip]) for hint, slip in slips.items()]
    hint = "The order does not minimise the total distance between true and fitted means."
    compare(got.means, means[order], mistakes, hint=hint)
    everything = "Reorder all parameters alike: the {} no longer belong to their means."
    compare(got.weights, weights[order], hint=everything.format("weights"))
    compare(got.covariances, covariances[order], hint=everything.format("covariances"))


def _order(true_means, means, power=1, maximize=False):
    """Return the fitted component of each true one, by their total distance to that power."""
    apart = np.linalg.norm(true_means[:, None] - means, axis=2)
    return linear_sum_assignment(apart**power, maximize)[1]


def _slips(true_means, means) -> dict:
    """Return the order that each slip gives, by its hint."""
    return {
        "The components are still in the order of the fit.": np.arange(len(means)),
        "This is the inverse order: order[k] must be the fitted component that belongs to the "
        "true component k.": np.argsort(_order(true_means, means)),
        "Sorting by a coordinate is not matching: compare with the true means.": np.argsort(
            means[:, 0]
        ),
        "This is the largest total distance, not the smallest: mind the sign.": _order(
            true_means, means, maximize=True
        ),
    }


def _shuffled(rng):
    """Yield true means and a model near them, for which each slip gives an order of its own."""
    for k, d, tight in ((5, 3, False), (7, 2, False), (5, 3, True)):
        while True:
            truth, means = _near(rng, k, d, tight)
            place = rng.permutation(k)
            orders = _order(truth.means, means[place]), *_slips(truth.means, means[place]).values()
            if len(set(map(tuple, orders))) == len(orders):
                break
        weights = np.full(k, 1 / k) if tight else truth.weights[place]
        yield truth.means, GaussianMixture(weights, means[place], truth.covariances[place])


def _near(rng, k, d, tight):
    """Return a mixture and means near its own; if tight, one is the nearest to two of the true."""
    truth = _separated(rng, k, d)
    means = truth.means + rng.normal(0, 0.1, (k, d))
    if tight:
        step = truth.means[1] - truth.means[0]
        means[:2] = truth.means[0] + 0.6 * step, truth.means[0] + 2.5 * step
    best = [_order(truth.means, means, power) for power in (1, 2)]
    return (truth, means) if (best == np.arange(k)).all() else _near(rng, k, d, tight)


def _separated(rng, k, d) -> GaussianMixture:
    """Return a mixture whose means are at least six of its typical stds apart."""
    while True:
        means = rng.normal(0, 6, (k, d))
        apart = np.linalg.norm(means[:, None] - means, axis=2)[np.triu_indices(k, 1)]
        if apart.min() > 6:
            break
    A = rng.normal(size=(k, d, d)) / np.sqrt(d)
    weights = rng.dirichlet(np.full(k, 20))
    return GaussianMixture(weights, means, A @ A.transpose(0, 2, 1) + 0.2 * np.eye(d))


def _weighted_rows(rng, n, k, d):
    """Return data (N, d) away from zero, every column elsewhere, and responsibilities (N, K)."""
    return rng.normal(rng.uniform(2, 9, d), rng.uniform(1, 3, d), (n, d)), rng.dirichlet([1] * k, n)
