"""How exact emlib is, and how little memory it takes, where a shortcut would cost digits."""

import tracemalloc
from itertools import islice

import numpy as np
import pytest
from helpers import log_densities

from emlib import GaussianMixture, NormalMixture, em_steps, fit, lens, log_likelihood_surface

MIB = 2**20


def blobs(n, d, k, seed=0):
    """Return data of a random mixture, and a start: means on data, everybody's covariance."""
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(k, d, d)) / np.sqrt(d)
    covariances = roots @ roots.transpose(0, 2, 1) + 0.3 * np.eye(d)
    truth = GaussianMixture(np.full(k, 1 / k), 3 * rng.normal(size=(k, d)), covariances)
    x, _ = truth.sample(n, rng)
    spread = np.atleast_2d(np.cov(x.T))
    return x, GaussianMixture(truth.weights, x[:k], np.stack([spread] * k))


def narrow(model):
    """Return the one-dimensional model that a GaussianMixture of one column stands for."""
    return NormalMixture(model.weights, model.means[:, 0], np.sqrt(model.covariances[:, 0, 0]))


def matrices(model):
    """Return weights (K,), means (K, D) and covariances (K, D, D) of a model of either class."""
    if isinstance(model, NormalMixture):
        return model.weights, model.means[:, None], model.stds[:, None, None] ** 2
    return model.weights, model.means, model.covariances


def scikit_learn(x, start, steps):
    """Return weights, means and covariances of scikit-learn after so many steps."""
    mixture = pytest.importorskip("sklearn.mixture")
    weights, means, covariances = matrices(start)
    given = {"weights_init": weights, "means_init": means}
    given["precisions_init"] = np.linalg.inv(covariances)
    model = mixture.GaussianMixture(len(weights), tol=0, reg_covar=0, max_iter=steps, **given)
    model.fit(x)
    return model.weights_, model.means_, model.covariances_


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("offset", [0, 1000])
@pytest.mark.parametrize(
    ("n", "d", "k"), [(1000, 1, 2), (272, 2, 2), (2000, 2, 10), (5000, 10, 10), (3000, 50, 8)]
)
def test_thirty_steps_are_those_of_scikit_learn(n, d, k, offset):
    x, start = blobs(n, d, k)
    x, start = x + offset, GaussianMixture(start.weights, start.means + offset, start.covariances)
    start, data = (narrow(start), x[:, 0]) if d == 1 else (start, x)
    ours = matrices(fit(start, data, tol=0, max_iter=30).model)
    for mine, theirs in zip(ours, scikit_learn(x, start, 30), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max())


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("width", [1, 1e-3, 1e-6], ids=["wide start", "narrower", "right"])
def test_tight_clusters_far_apart_are_right(d, width):
    rng, sigma = np.random.default_rng(0), 1e-6
    parts = [centre + sigma * rng.normal(size=(n, d)) for centre, n in ((0, 40), (1, 60))]
    means = np.array([[0.0] * d, [1.0] * d]) + sigma / 3
    start = GaussianMixture([0.5, 0.5], means, [width**2 * np.eye(d)] * 2)
    start, x = (narrow(start), np.concatenate(parts)) if d == 1 else (start, np.concatenate(parts))
    found = matrices(fit(start, x[:, 0] if d == 1 else x).model)
    np.testing.assert_allclose(found[0], [0.4, 0.6], rtol=1e-9)
    for k, part in enumerate(parts):
        np.testing.assert_allclose(found[1][k], part.mean(axis=0), rtol=1e-9, atol=1e-9 * sigma)
        centred = part - part.mean(axis=0)
        np.testing.assert_allclose(found[2][k], centred.T @ centred / len(part), rtol=1e-9)


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("offset", [1e6, 1e8])
def test_a_far_offset_leaves_the_variances_right(d, offset):
    x, start = blobs(2000, d, 2)
    moved = x + offset
    x = moved - offset  # the data as they are after rounding
    there = GaussianMixture(start.weights, start.means + offset, start.covariances)
    if d == 1:
        start, there, x, moved = narrow(start), narrow(there), x[:, 0], moved[:, 0]
    here, there = (
        matrices(fit(s, y, tol=0, max_iter=40).model) for s, y in ((start, x), (there, moved))
    )
    np.testing.assert_allclose(there[2], here[2], rtol=1e-6, atol=1e-6 * np.abs(here[2]).max())
    np.testing.assert_allclose(there[1] - offset, here[1], atol=1e-7)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_start_that_is_far_from_the_data_finds_them(d):
    x = 1e8 + np.random.default_rng(0).normal(size=(500, d))
    start = GaussianMixture([1.0], np.zeros((1, d)), [np.eye(d)])
    start, data = (narrow(start), x[:, 0]) if d == 1 else (start, x)
    _, means, covariances = matrices(fit(start, data).model)
    np.testing.assert_allclose(means[0], x.mean(axis=0), rtol=3e-15)
    np.testing.assert_allclose(covariances[0], np.cov(x.T, bias=True).reshape(d, d), rtol=1e-6)


@pytest.mark.parametrize("distance", [0, 10, 100, 1e4, 1e8])
@pytest.mark.parametrize("d", [1, 3])
def test_log_densities_are_right_however_far_the_components_are(d, distance):
    rng = np.random.default_rng(1)
    means = rng.normal(size=(4, d)) + distance * np.array([[0], [0], [1], [1]])
    model = GaussianMixture([0.1, 0.2, 0.3, 0.4], means, [np.eye(d)] * 4)
    model = narrow(model) if d == 1 else model
    x, _ = model.sample(300, rng)
    oracle = log_densities(model, x)
    np.testing.assert_allclose(model.log_density(x), oracle, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("d", [2, 3])
def test_log_densities_are_right_however_correlated_the_columns_are(d):
    L = 3 * np.eye(d)
    L[1:, 0], L[1, 1] = 3, 3 * 2**-12  # Σ and the data are sums of few powers of 2, so exact
    z = np.random.default_rng(0).integers(-32, 32, size=(200, d)) / 16
    mean = np.arange(d) / 4
    model = GaussianMixture([1.0], [mean], [L @ L.T])
    exact = -0.5 * (z**2).sum(axis=1) - np.log(np.diag(L)).sum() - 0.5 * d * np.log(2 * np.pi)
    np.testing.assert_allclose(model.log_density(mean + z @ L.T), exact, rtol=0, atol=3e-11)


def test_the_plane_by_hand_is_the_plane_of_any_dimension():
    x, start = blobs(500, 2, 4)
    weights, means, covariances = matrices(fit(start, x, tol=0, max_iter=5).model)
    u = means - weights @ means
    by_hand, any_dimension = (f(weights, u, covariances) for f in (lens.plane, lens.space))
    np.testing.assert_allclose(by_hand, any_dimension, rtol=1e-12, atol=1e-13)
    thin = np.array([[[1, 1 - 1e-5], [1 - 1e-5, 1]]] * 4)
    for by_hand_or_not in (lens.plane, lens.space):
        assert by_hand_or_not(weights, u + 100, covariances) is None
        assert by_hand_or_not(weights, 0 * u, thin) is None


@pytest.mark.parametrize("d", [3, 30])
def test_many_rows_have_the_densities_that_each_has_alone(d):
    x, start = blobs(3000, d, 8)
    few = np.concatenate([start.log_density(part) for part in np.array_split(x, 100)])
    np.testing.assert_allclose(start.log_density(x), few, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1, 1e9])
@pytest.mark.parametrize(("d", "k"), [(1, 3), (2, 4), (6, 3)])
def test_the_log_likelihood_never_falls_beyond_rounding(d, k, scale):
    x, start = blobs(600, d, k, seed=3)
    start = GaussianMixture(start.weights, scale * start.means, scale**2 * start.covariances)
    start, data = (narrow(start), scale * x[:, 0]) if d == 1 else (start, scale * x)
    trace = np.array([step.log_likelihood for step in islice(em_steps(start, data), 300)])
    assert np.all(np.diff(trace) >= -1e-11 * np.abs(trace[1:]))


def peak(call):
    """Return the most memory, in bytes, that a call held beyond what was there before."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("n", "d", "k", "most"),
    [
        (100_000, 1, 2, 4),
        (300_000, 2, 3, 4),
        (100_000, 2, 10, 4),
        (100_000, 10, 10, 8),
        (20_000, 50, 8, 10),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_a_fit_needs_a_few_mebibytes_at_any_n(n, d, k, most, apart):
    x, start = blobs(n, d, k)
    if apart:  # so narrow that each component is seen from its own mean
        start = GaussianMixture(start.weights, start.means, 1e-4 * start.covariances)
    start, data = (narrow(start), x[:, 0]) if d == 1 else (start, x)
    assert peak(lambda: fit(start, data, tol=0, max_iter=3)) < most * MIB
    assert peak(lambda: start.log_likelihood(data)) < most * MIB + 2 * x[:, 0].nbytes


def test_a_history_keeps_parameters_and_nothing_else():
    x, start = blobs(200, 20, 3)
    parameters = sum(a.nbytes for a in matrices(start))
    fit(start, x, max_iter=1)  # memory to work in is kept
    long, short = (peak(lambda n=n: fit(start, x, tol=0, max_iter=n)) for n in (130, 30))
    assert long - short < 100 * (parameters + 3000)


@pytest.mark.parametrize(("low", "high"), [(-0.2, 0.8), (-0.5, 1.1), (-2, 2), (-25, 25)])
def test_a_surface_is_exact_near_the_data_and_far_from_them(low, high):
    rng = np.random.default_rng(0)
    x = np.where(rng.random(203) < 0.3, rng.normal(0, 0.08, 203), rng.normal(0.6, 0.12, 203))
    mu1, mu2 = np.linspace(low, high, 70), np.linspace(low, high, 41)
    surface = log_likelihood_surface(x, mu1, mu2, weights=[0.3, 0.7], stds=[0.08, 0.12])
    a, b = (
        np.log(w / (s * np.sqrt(2 * np.pi))) - 0.5 * ((x - mu[:, None]) / s) ** 2
        for w, s, mu in ((0.3, 0.08, mu1), (0.7, 0.12, mu2))
    )
    safe = np.logaddexp(a, b[:, None]).sum(axis=2)
    np.testing.assert_allclose(surface, safe, rtol=1e-11)
    assert np.isfinite(surface).all()


def test_a_large_surface_needs_little_memory():
    x, side = np.random.default_rng(0).normal(size=1000), np.linspace(-3, 3, 500)
    known = {"weights": [0.5, 0.5], "stds": [1, 1]}
    assert peak(lambda: log_likelihood_surface(x, side, side, **known)) < 10 * MIB
