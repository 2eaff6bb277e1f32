"""The log-likelihood over a grid of two means."""

import warnings

import numpy as np
import pytest
from helpers import log_densities

from emlib import NormalMixture, log_likelihood_surface

pytestmark = pytest.mark.filterwarnings("error")

WEIGHTS, STDS = [0.3, 0.7], [0.08, 0.12]


def data_of_the_second_notebook(seed=0, n=1000):
    rng = np.random.default_rng(seed)
    z = rng.random(n) < 0.7
    return np.where(z, rng.normal(0.6, 0.12, n), rng.normal(0, 0.08, n))


@pytest.mark.parametrize("seed", range(3))
def test_the_surface_is_the_log_likelihood_point_by_point(seed):
    rng = np.random.default_rng(seed)
    x, mu1, mu2 = rng.normal(0, 3, 25), rng.normal(0, 3, 4), rng.normal(0, 3, 7)
    weights, stds = rng.dirichlet([2, 2]), rng.uniform(0.1, 3, 2)
    surface = log_likelihood_surface(x, mu1, mu2, weights=weights, stds=stds)
    assert surface.shape == (7, 4)
    for j, b in enumerate(mu2):
        for i, a in enumerate(mu1):
            oracle = log_densities(NormalMixture(weights, [a, b], stds), x).sum()
            assert surface[j, i] == pytest.approx(oracle, rel=1e-11)


def test_a_surface_of_many_points_and_many_data():
    x = data_of_the_second_notebook(n=20_000)
    side = np.linspace(-1, 1, 60)
    surface = log_likelihood_surface(x, side, side, weights=WEIGHTS, stds=STDS)
    for j, i in [(0, 0), (59, 3), (30, 41)]:
        model = NormalMixture(WEIGHTS, [side[i], side[j]], STDS)
        assert surface[j, i] == pytest.approx(model.log_likelihood(x), rel=1e-11)


def test_far_away_nothing_is_infinite():
    x, side = data_of_the_second_notebook(), np.linspace(-25, 25, 51)
    surface = log_likelihood_surface(x, side, side, weights=WEIGHTS, stds=STDS)
    assert np.all(np.isfinite(surface))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert naive(x, side) > 0.5, "without the shift most of it would be"


def naive(x, side):
    """The share of the grid that is −inf without log-sum-exp."""
    first, second = (
        w / s * np.exp(-0.5 * ((x - side[:, None]) / s) ** 2)
        for w, s in zip(WEIGHTS, STDS, strict=True)
    )
    return np.mean(np.isinf([np.log(first + row).sum(axis=1) for row in second]))


def test_two_maxima_one_global_and_one_with_the_wrong_labels():
    x, side = data_of_the_second_notebook(), np.linspace(-0.5, 1.1, 161)
    surface = log_likelihood_surface(x, side, side, weights=WEIGHTS, stds=STDS)
    peaks = sorted(local_maxima(surface), key=lambda p: surface[p])
    places = [(side[i], side[j]) for j, i in peaks]
    np.testing.assert_allclose(places[-1], (0, 0.6), atol=0.02)
    np.testing.assert_allclose(places[-2], (0.6, 0.03), atol=0.03)
    assert surface[peaks[-1]] - surface[peaks[-2]] > 200


def local_maxima(surface):
    """Inner grid points higher than their eight neighbours."""
    inner = surface[1:-1, 1:-1]
    h, w = surface.shape
    around = [
        surface[1 + a : h - 1 + a, 1 + b : w - 1 + b]
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
        if (a, b) != (0, 0)
    ]
    return [tuple(p + 1) for p in np.argwhere(np.all(inner > np.array(around), axis=0))]


def test_equal_components_have_two_equal_optima():
    rng = np.random.default_rng(1)
    x = np.where(rng.random(1000) < 0.5, rng.normal(-10, 5, 1000), rng.normal(10, 5, 1000))
    side = np.linspace(-25, 25, 101)
    surface = log_likelihood_surface(x, side, side, weights=[0.5, 0.5], stds=[5, 5])
    np.testing.assert_allclose(surface, surface.T, rtol=1e-12)
    first, second = local_maxima(surface)
    assert first == second[::-1]
    assert surface[first] == pytest.approx(surface[second], rel=1e-14)
    np.testing.assert_allclose(sorted(side[list(first)]), [-10, 10], atol=1)
    ridge = np.diag(surface)
    assert np.all(ridge < surface[first])


def test_swapping_everything_transposes():
    x, a, b = data_of_the_second_notebook(n=50), np.linspace(-1, 1, 5), np.linspace(0, 2, 4)
    one = log_likelihood_surface(x, a, b, weights=WEIGHTS, stds=STDS)
    other = log_likelihood_surface(x, b, a, weights=WEIGHTS[::-1], stds=STDS[::-1])
    np.testing.assert_allclose(one, other.T, rtol=1e-12)


def test_a_large_offset_changes_nothing():
    x, side = data_of_the_second_notebook(n=50), np.linspace(-1, 1, 5)
    near = log_likelihood_surface(x, side, side, weights=WEIGHTS, stds=STDS)
    far = log_likelihood_surface(x + 1e6, side + 1e6, side + 1e6, weights=WEIGHTS, stds=STDS)
    np.testing.assert_allclose(far, near, rtol=1e-6)


def test_lists_and_single_points_will_do():
    surface = log_likelihood_surface([1, 2, 3], [1], [3], weights=[0.5, 0.5], stds=[1, 1])
    assert surface.shape == (1, 1)
    assert surface[0, 0] == pytest.approx(-4.3893, abs=5e-5)


def test_the_sides_are_keywords():
    with pytest.raises(TypeError):
        log_likelihood_surface([1, 2], [1], [2], [0.5, 0.5], [1, 1])
