"""emlib against numbers that were computed elsewhere or published; each section names its source.

The bumps have theirs in test_data.py, the landscapes in test_surface.py.
"""

import math

import numpy as np
import pytest
from helpers import kl, posterior
from scipy.optimize import brentq

from emlib import CoinMixture, GaussianMixture, NormalMixture, best_of, datasets, fit, starts

pytestmark = pytest.mark.filterwarnings("error")


def rounded(values, digits=6):
    return np.round(values, digits).tolist()


# --- coin tosses: Do & Batzoglou (2008), figure 1 -----------------------------------------------

TOSSES = datasets.coin_tosses()
COINS = CoinMixture([0.5, 0.5], [0.6, 0.5], fixed_weights=True)


def test_coins_first_responsibilities():
    r = COINS.responsibilities(TOSSES)
    assert rounded(r[:, 0]) == [0.449149, 0.804986, 0.733467, 0.352156, 0.647215]


def test_coins_expected_counts():
    heads, tails = (COINS.responsibilities(TOSSES).T @ TOSSES).T
    assert rounded(heads) == [21.297482, 11.702518]
    assert rounded(tails) == [8.572247, 8.427753]
    assert rounded([heads[0], tails[0], heads[1], tails[1]], 1) == [21.3, 8.6, 11.7, 8.4]


def test_coins_path_and_limit():
    best = fit(COINS, TOSSES)
    path = [step.model.biases for step in best.history]
    assert rounded(path[1]) == [0.713012, 0.581339]
    assert rounded(path[10]) == [0.796744, 0.519659]
    assert rounded(path[10], 2) == [0.8, 0.52]
    np.testing.assert_allclose(best.model.biases, [0.796789067, 0.519583120], atol=1e-6)
    assert best.history[0].log_likelihood == pytest.approx(-33.093863, abs=5e-7)
    assert best.log_likelihood == pytest.approx(-31.570200, abs=5e-7)


def test_coins_limit_to_nine_digits():
    best = fit(COINS, TOSSES, tol=0, max_iter=60).model
    np.testing.assert_allclose(best.biases, [0.796789067, 0.519583120], rtol=0, atol=5e-10)


def test_coins_bound_and_divergence_add_up():
    q = np.full((5, 2), 0.5)
    bound, gap = COINS.lower_bound(TOSSES, q), kl(q, posterior(COINS, TOSSES))
    assert rounded([bound, gap, bound + gap]) == [-33.545774, 0.451911, -33.093863]


def test_coins_when_the_coins_are_known():
    coin_a = np.array([False, True, True, False, True])
    biases = [
        fit(CoinMixture([1.0], [0.3]), TOSSES[chosen]).model.biases[0]
        for chosen in (coin_a, ~coin_a)
    ]
    np.testing.assert_allclose(biases, [0.80, 0.45], rtol=1e-12)


# --- ten points --------------------------------------------------------------------------------

TEN = np.array([2.3, 3.2, 3.1, 1.6, 1.9, 11.5, 10.2, 12.3, 8.6, 10.9])


def test_ten_points_identical_start_never_moves():
    best = fit(NormalMixture([0.5, 0.5], [0, 0], [1, 1]), TEN, tol=0, max_iter=200)
    for step in best.history[1:]:
        np.testing.assert_allclose(step.model.means, 6.56, rtol=1e-12)
        np.testing.assert_allclose(step.model.stds**2, 18.1324, rtol=1e-12)
        assert step.log_likelihood == pytest.approx(-28.677887, abs=5e-7)


def test_ten_points_by_hand():
    best = fit(NormalMixture([0.5, 0.5], [4, 6], [1, math.sqrt(2)]), TEN)
    assert rounded(best.model.means) == [2.42, 10.7]
    assert rounded(best.model.stds) == [0.636867, 1.256981]
    assert rounded(best.log_likelihood) == -20.008450
    assert best.converged and best.n_iter == 5


def test_ten_points_nudged_off_the_saddle():
    std = math.sqrt(18.1324)
    far = fit(NormalMixture([0.5, 0.5], [6.56, 6.57], [std, std]), TEN, tol=1e-6)
    assert far.n_iter <= 3, "with so loose a tolerance the saddle looks like the top"
    climb = fit(NormalMixture([0.5, 0.5], [6.56, 6.57], [std, std]), TEN, tol=0, max_iter=1100)
    arrived = [s.iteration for s in climb.history if s.log_likelihood > -20.008450 - 1e-6]
    assert arrived[0] == pytest.approx(1003, abs=2)
    bad = fit(NormalMixture([0.5, 0.5], [6.56, 6.5601], [std, std]), TEN, tol=1e-3)
    assert bad.converged and bad.n_iter <= 3
    assert bad.log_likelihood == pytest.approx(-28.677887, abs=1e-4)


# --- x = 1, 2, 3 -------------------------------------------------------------------------------


def test_one_two_three():
    best = fit(NormalMixture([0.5, 0.5], [1, 3], [1, 1]), [1, 2, 3], tol=0, max_iter=3)
    climb = [step.log_likelihood for step in best.history]
    assert rounded(climb, 4) == [-4.3893, -3.5492, -3.4868, -3.4183]


def test_one_two_three_with_variances_for_stds():
    model = NormalMixture([0.5, 0.5], [1, 3], [1, 1])
    series = [model.log_likelihood([1, 2, 3])]
    for _ in range(2):
        better = model.m_step(model.e_step([1, 2, 3]))
        model = NormalMixture(better.weights, better.means, better.stds**2)
        series.append(model.log_likelihood([1, 2, 3]))
    # Worked by hand, with four digits carried, the series reads -4.3893, -3.6766, -6.2123.
    np.testing.assert_allclose(series, [-4.3893, -3.6766, -6.2123], atol=0.02)
    assert series[2] < series[1], "it falls, which EM cannot do"


# --- Old Faithful, waiting times: mixtools -----------------------------------------------------

WAITING = datasets.old_faithful()[:, 1]


def test_waiting_times():
    best = fit(NormalMixture([0.5, 0.5], [50, 80], [5, 5]), WAITING)
    model = best.model
    assert best.converged
    assert model.weights[0] == pytest.approx(0.360886, abs=1e-6)
    np.testing.assert_allclose(model.means, [54.614856, 80.091070], atol=5e-6)
    np.testing.assert_allclose(model.stds, [5.871220, 5.867734], atol=5e-6)
    assert best.log_likelihood == pytest.approx(-1034.001750, abs=5e-7)
    # mixtools stops a little earlier
    np.testing.assert_allclose(model.means, [54.614889, 80.091090], atol=5e-5)
    np.testing.assert_allclose(model.stds, [5.871242, 5.867717], atol=5e-5)


def test_waiting_times_from_any_sensible_start():
    rng = np.random.default_rng(0)
    for start in (starts.quantiles(WAITING, 2), starts.kmeans_plus_plus(WAITING, 2, rng)):
        best = fit(start, WAITING)
        assert best.log_likelihood == pytest.approx(-1034.001750, abs=5e-7)
        np.testing.assert_allclose(best.model.sorted().means, [54.614856, 80.091070], atol=5e-6)


# --- Old Faithful in two dimensions: mclust ----------------------------------------------------

FAITHFUL = datasets.old_faithful()
STANDARDISED = (FAITHFUL - FAITHFUL.mean(axis=0)) / FAITHFUL.std(axis=0)
PLATEAU = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2)] * 2)
OPTIMUM = -385.460696


def test_old_faithful_in_minutes():
    start = GaussianMixture([0.5, 0.5], [[2, 55], [4.5, 80]], [np.diag([0.1, 40])] * 2)
    best = fit(start, FAITHFUL)
    model = best.model
    assert best.converged
    assert model.weights[0] == pytest.approx(0.355873, abs=1e-6)
    np.testing.assert_allclose(model.means[0], [2.036388, 54.478516], atol=2e-6)
    np.testing.assert_allclose(model.means[1], [4.289662, 79.968115], atol=2e-6)
    assert best.log_likelihood == pytest.approx(-1130.263960, abs=5e-7)
    assert best.log_likelihood > -1130.264068, "where mclust stops"


def test_old_faithful_standardised_and_back():
    best = fit(PLATEAU, STANDARDISED)
    assert best.log_likelihood == pytest.approx(OPTIMUM, abs=5e-7)
    assert best.log_likelihood - 272 * np.log(FAITHFUL.std(axis=0)).sum() == pytest.approx(
        -1130.263960, abs=1e-6
    )
    means = best.model.sorted().means * FAITHFUL.std(axis=0) + FAITHFUL.mean(axis=0)
    np.testing.assert_allclose(means[0], [2.036388, 54.478516], atol=5e-6)


def test_old_faithful_plateau():
    best = fit(PLATEAU, STANDARDISED)
    climb = np.array([step.log_likelihood for step in best.history])
    assert rounded(climb[[1, 25]], 2) == [-542.98, -541.22]
    within = int(np.argmax(climb > OPTIMUM - 1))
    assert 40 <= within <= 48, "forty iterations in which nothing seems to happen"
    assert best.converged, "and the default tolerance crosses it"


def test_old_faithful_false_stop():
    # 1e-3 nats an observation is a common default. Judged on the gain before each M-step, as
    # scikit-learn does, it stops after four; on the gain after it, as we do, after three.
    best = fit(PLATEAU, STANDARDISED, tol=1e-3 * 272)
    assert best.converged and best.n_iter == 3
    after_four = fit(PLATEAU, STANDARDISED, tol=0, max_iter=4)
    assert after_four.log_likelihood == pytest.approx(-542.356, abs=5e-4)
    assert OPTIMUM - after_four.log_likelihood == pytest.approx(157, abs=0.5)


def test_old_faithful_from_a_better_start():
    start = GaussianMixture([0.5, 0.5], [[-1.5, 1], [1.5, -1]], [np.eye(2)] * 2)
    climb = [step.log_likelihood for step in fit(start, STANDARDISED).history]
    assert next(i for i, value in enumerate(climb) if value > OPTIMUM - 1) == 12
    assert climb[-1] == pytest.approx(OPTIMUM, abs=5e-7)


def test_old_faithful_random_starts():
    rng = np.random.default_rng(1)
    best = best_of([starts.random(FAITHFUL, 2, rng) for _ in range(10)], FAITHFUL)
    assert best.log_likelihood == pytest.approx(-1130.263960, abs=5e-7)


# --- degeneracy --------------------------------------------------------------------------------


def spiked(point, log10_std):
    """Log-likelihood of a spike on one value, with the share of its ties, and a normal rest."""
    rest = WAITING[WAITING != point]
    share = 1 - len(rest) / len(WAITING)
    model = NormalMixture([share, 1 - share], [point, rest.mean()], [10.0**log10_std, rest.std()])
    return model.log_likelihood(WAITING)


@pytest.mark.parametrize(("point", "ties", "width"), [(78, 15, 0.0055), (43, 1, 4e-28)])
def test_a_spike_beats_the_good_fit_from_some_width_down(point, ties, width):
    assert np.sum(WAITING == point) == ties
    crossing = brentq(lambda e: spiked(point, e) + 1034.001750, -40, -0.5)
    assert 10**crossing == pytest.approx(width, rel=0.1)
    assert spiked(point, -300 / ties) > spiked(point, -100 / ties) > -1034, "without bound"


# --- old faults, healthy here ------------------------------------------------------------------


@pytest.mark.parametrize("offset", [0, 1e8, 1e9])
def test_a_variance_survives_a_large_offset(offset):
    x = TEN[:5] + offset
    best = fit(NormalMixture([1.0], [x.mean()], [1.0]), x).model
    assert best.stds[0] ** 2 == pytest.approx(0.4056, abs=1e-6)


def test_a_scale_in_the_density_integrates_to_one():
    grid = np.linspace(-40, 40, 80_001)
    for std in (0.5, 1.0, 2.0):
        area = NormalMixture([0.3, 0.7], [0, 1], [std, std]).pdf(grid).sum() * 0.001
        assert area == pytest.approx(1, abs=1e-6)


def test_component_sizes_vary_between_samples():
    model = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])
    rng = np.random.default_rng(0)
    shares = [np.mean(model.sample(200, rng)[1] == 0) for _ in range(2000)]
    assert np.std(shares) == pytest.approx(0.0324, abs=0.0015)
    assert np.mean(shares) == pytest.approx(0.3, abs=0.003)
