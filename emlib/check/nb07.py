"""Checks for the exercises of notebook 07, any K, any dimension, and fast."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..em import fit
from ..gaussian import GaussianMixture
from ..starts import kmeans_plus_plus
from ._feedback import Wrong, array, call, compare, exercise, parts, require
from .textbook import average, scatter

SHAPES = (40, 2, 3), (60, 4, 2), (30, 3, 1)
FAR = 1e7  # from zero: there, E[xxᵀ] − μμᵀ has lost its digits
LOST = "Right near zero, but wrong 10⁷ away from it. Subtract the means before you square."


@exercise("With axis=0 the sum runs over rows alone, and each coordinate keeps its own mean.")
def cured_m_step(rng, function):
    """Check a function (x, r) → weights, means, covariances for any N, K and d."""
    for n, k, d in SHAPES:
        x, r = _weighted_rows(rng, n, k, d)
        weights, means, covariances = parts(call(function, x, r), 3)
        _compare_weights(array(weights, (k,), "The weights"), r)
        _compare_means(array(means, (k, d), "The means"), x, r)
        _compare_full(array(covariances, (k, d, d), "The covariances"), x, r)
    x, r = _weighted_rows(rng, 50, 2, 3, FAR)
    covariances = parts(call(function, x, r), 3)[2]
    compare(array(covariances, (2, 3, 3), "The covariances"), _full(x, r), hint=LOST)


def _compare_weights(got, r):
    mistakes = [
        ("These are the effective counts. Divide them by N.", r.sum(axis=0)),
        ("The weights are not all equal: they are N_k / N.", np.full(len(got), 1 / len(got))),
    ]
    compare(got, r.mean(axis=0), mistakes, hint="The weights are N_k / N.")


def _compare_means(got, x, r):
    n, sums = r.sum(axis=0)[:, None], r.T @ x
    mistakes = [
        ("All coordinates of a mean are equal: the sum runs over coordinates as well. Which axis "
         "should it keep?", np.broadcast_to(sums.sum(axis=1, keepdims=True) / n, sums.shape)),
        ("Divide by the effective count N_k, not by N.", sums / len(x)),
        ("These are sums. Divide by the effective counts N_k.", sums),
        ("The means ignore the responsibilities.", np.broadcast_to(x.mean(axis=0), sums.shape)),
    ]  # fmt: skip
    compare(got, sums / n, mistakes, hint="The means are Σ r x / N_k, one for each coordinate.")


def _full(x, r):
    return scatter(x, r, average(x, r)) / r.sum(axis=0)[:, None, None]


def _compare_full(got, x, r):
    right, mu = _full(x, r), average(x, r)
    n, squares = (w.sum(axis=0)[:, None, None] for w in (r, r**2))
    second = np.stack([(w[:, None] * x).T @ x for w in r.T])
    mistakes = [
        ("Divide by the effective count N_k, not by N.", right * n / len(x)),
        ("These are sums. Divide by the effective counts N_k.", right * n),
        ("Each row counts r times, not r² times.", scatter(x, r**2, mu) / n),
        ("The covariances ignore the responsibilities.", scatter(x, np.ones_like(r), mu) / len(x)),
        ("Subtract the means before you multiply.", second / n),
        ("Divide by N_k, not by N_k − 1: maximum likelihood does.", right * n / (n - 1)),
        ("np.cov corrects for bias, and maximum likelihood does not: give it ddof=0.",
         right * n / (n - squares / n)),
    ]  # fmt: skip
    compare(got, right, mistakes, hint="A covariance is Σ r (x − μ)(x − μ)ᵀ / N_k.")


@exercise(
    "A letter after the arrow is kept, every other letter is summed: kij for each component, ki "
    "for its diagonal, ij for all components together."
)
def covariances(rng, function):
    """Check a function (x, r, mu) → full (K, d, d), diagonal (K, d), shared (d, d)."""
    for n, k, d in SHAPES:
        x, r = _weighted_rows(rng, n, k, d)
        comparisons = _compare_full, _compare_diagonal, _compare_shared
        for comparison, got in zip(comparisons, _three(function, x, r), strict=True):
            comparison(got, x, r)
    x, r = _weighted_rows(rng, 50, 2, 3, FAR)
    right = _full(x, r)
    wanted = right, np.einsum("kii->ki", right), np.tensordot(r.mean(axis=0), right, 1)
    for got, want in zip(_three(function, x, r), wanted, strict=True):
        compare(got, want, hint=LOST)


def _three(function, x, r):
    """Return a student's three kinds of covariances, checked for their shapes."""
    mu = average(x, r)
    k, d = mu.shape
    answers, shapes = parts(call(function, x, r, mu), 3), ((k, d, d), (k, d), (d, d))
    names = "The full covariances", "The diagonals", "The shared covariance"
    return [array(*each) for each in zip(answers, shapes, names, strict=True)]


def _compare_diagonal(got, x, r):
    n, sums = r.sum(axis=0)[:, None], scatter(x, r, average(x, r))
    right = np.einsum("kii->ki", sums) / n
    mistakes = [
        ("These are standard deviations. A diagonal holds variances.", np.sqrt(right)),
        ("These are sums. Divide the diagonals by N_k.", right * n),
        ("Divide the diagonals by N_k, not by N.", right * n / len(x)),
        ("This is the sum of all entries of a row. Use i twice instead of i and j.",
         sums.sum(axis=2) / n),
    ]  # fmt: skip
    compare(got, right, mistakes, hint="The diagonal of Σ_k is Σ r (x − μ)² / N_k.")


def _compare_shared(got, x, r):
    n, sums = r.sum(axis=0), scatter(x, r, average(x, r))
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


@exercise("All starts tried, the best kept; then the order with the smallest total distance.")
def recovered(rng, recover, align):
    """Check recover(x, tries) → the best GaussianMixture, and align(true_means, model)."""
    for true_means, model in _shuffled(rng):
        _compare_order(_model(call(align, true_means, model)), model, true_means)
    x, tries, height = _tries(rng)
    for order in ([0, 1, 2, 3, 4], [3, 0, 4, 2, 1]):
        _compare_fit(_model(call(recover, x, [tries[i] for i in order])), x, height)


def _model(answer) -> GaussianMixture:
    if not isinstance(answer, GaussianMixture):
        raise Wrong(f"Return a GaussianMixture, not {type(answer).__name__}. Is it `.model`?")
    return answer


def _compare_fit(got, x, height):
    require((got.k, got.d) == (5, 3), "Use 5 components in 3 dimensions.")
    here, further = got.log_likelihood(x), _end(got, x)
    require(abs(further - here) < 0.01, "EM had not finished: from your model, it goes on.")
    require(height < here + 0.01, f"From another of the starts, EM ends {height - here:.2g} nats "
            "higher. Run them all and keep the best.")  # fmt: skip


def _tries(rng):
    """Return 100 rows, five starts, and the log-likelihood to which the third of these leads.

    It begins lower than others, far too wide, and needs some steps; but no other leads as high, and
    the second collapses. Four groups are narrow and close to each other: new starts miss them.
    """
    truth = _crowd(rng)
    (x, _), wide = truth.sample(100, rng), truth.covariances.copy()
    wide[0] *= 300
    best = GaussianMixture([1 - 4e-8] + [1e-8] * 4, truth.means, wide)
    lost = GaussianMixture(truth.weights, truth.means + 1e6 * np.eye(5, 3), wide)
    height, others = _end(best, x), [kmeans_plus_plus(x, 5, rng) for _ in range(9)]
    low = [start for start in others if -np.inf < _end(start, x) < height - 3][:3]
    if len(low) < 3 or max(s.log_likelihood(x) for s in low) < best.log_likelihood(x):
        return _tries(rng)
    return x, [low[0], lost, best, *low[1:]], height


def _crowd(rng) -> GaussianMixture:
    """Return a wide group and four narrow ones, close to each other: K = 5 and D = 3."""
    means = np.vstack([np.zeros(3), rng.normal(rng.normal(0, 1, 3), 1, (4, 3))])
    widths = np.array([4, 0.1, 0.1, 0.1, 0.1])[:, None, None]
    covariances = widths**2 * _mixture(rng, means).covariances
    return GaussianMixture([0.6, 0.1, 0.1, 0.1, 0.1], means, covariances)


def _end(start, x) -> float:
    """Return the log-likelihood to which a start leads; −∞ if a component collapses."""
    try:
        return fit(start, x).log_likelihood
    except ValueError:  # beside a collapse, rounding may let the log-likelihood fall
        return -np.inf


def _compare_order(got, model, true_means):
    require(got.means.shape == model.means.shape, "Keep all components, and each only once.")
    means = model.means
    used, fitted = (set(map(tuple, rows)) for rows in (got.means, means))
    require(used <= fitted, "Only change the order: the means stay as they were fitted.")
    require(used == fitted, "A fitted component is used twice: to each its nearest is not enough.")
    order, slips = _order(true_means, means), _slips(true_means, means)
    mistakes = [(hint, means[slip]) for hint, slip in slips.items()]
    hint = "The order does not minimise the total distance between true and fitted means."
    compare(got.means, means[order], mistakes, hint=hint)
    for name in ("weights", "covariances"):
        alike = f"Reorder all parameters alike: the {name} no longer belong to their means."
        compare(getattr(got, name), getattr(model, name)[order], hint=alike)


def _order(true_means, means, power=1, maximize=False):
    """Return the fitted component of each true one, by their total distance to that power."""
    apart = np.linalg.norm(true_means[:, None] - means, axis=2)
    return linear_sum_assignment(apart**power, maximize)[1]


def _slips(true_means, means) -> dict:
    """Return the order that each slip gives, by its hint."""
    right = _order(true_means, means)
    return {
        "The components are still in the order of the fit.": np.arange(len(means)),
        "This is the inverse order: order[k] must be the fitted component that belongs to the "
        "true component k.": right.argsort(),
        "They are now sorted by their first coordinate. Compare them with the true means instead.":
            means[:, 0].argsort(),
        "This is the largest total distance, not the smallest: mind the sign.":
            _order(true_means, means, maximize=True),
    }  # fmt: skip


def _shuffled(rng):
    """Yield true means and a model near them, for which each slip gives an order of its own."""
    for k, d, tight in ((5, 3, False), (7, 2, False), (5, 3, True)):
        while True:
            truth, place = _mixture(rng, rng.normal(0, 6, (k, d))), rng.permutation(k)
            means = truth.means + rng.normal(0, 0.1, (k, d))
            if tight:  # one fitted mean is the nearest to two of the true
                step = truth.means[1] - truth.means[0]
                means[:2] = truth.means[0] + 0.6 * step, truth.means[0] + 2.5 * step
            case = truth.means, means[place]
            orders = {tuple(order) for order in (_order(*case), *_slips(*case).values())}
            if len(orders) == 5 and tuple(_order(*case, power=2)) == tuple(_order(*case)):
                break
        weights = np.full(k, 1 / k) if tight else truth.weights[place]
        yield truth.means, GaussianMixture(weights, means[place], truth.covariances[place])


def _mixture(rng, means) -> GaussianMixture:
    """Return a mixture with these means (K, D), and random weights and covariances."""
    k, d = means.shape
    A = rng.normal(size=(k, d, d)) / np.sqrt(d)
    weights = rng.dirichlet(np.full(k, 20))
    return GaussianMixture(weights, means, A @ A.transpose(0, 2, 1) + 0.2 * np.eye(d))


def _weighted_rows(rng, n, k, d, far=0):
    """Return data (N, d) away from zero, every column elsewhere, and responsibilities (N, K)."""
    x = rng.normal(rng.uniform(2, 9, d), rng.uniform(1, 3, d), (n, d))
    return far + x, rng.dirichlet([1] * k, n)
