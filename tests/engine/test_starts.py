"""Where to begin: random, quantile and k-means++ starts."""

import numpy as np
import pytest
from helpers import assert_close

from emlib import GaussianMixture, NormalMixture, best_of, datasets, fit, starts

pytestmark = pytest.mark.filterwarnings("error")


def quantiles(data, k, rng):
    return starts.quantiles(data, k)


KINDS = {
    "random": starts.random,
    "quantiles": quantiles,
    "kmeans_plus_plus": starts.kmeans_plus_plus,
}
pick = pytest.mark.parametrize("start", KINDS.values(), ids=KINDS)


def cloud(d, n=60, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * 2 + rng.integers(3, size=(n, 1)) * 10
    return x[:, 0] if d == 1 else x


@pick
@pytest.mark.parametrize("k", [1, 2, 5])
def test_flat_data_gives_a_normal_mixture(start, k):
    model = start(cloud(1), k, np.random.default_rng(0))
    assert type(model) is NormalMixture
    assert model.weights.shape == model.means.shape == model.stds.shape == (k,)


@pick
@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 2), (5, 3)])
def test_a_table_gives_a_gaussian_mixture(start, k, d):
    x = cloud(d, 60).reshape(60, d)
    model = start(x, k, np.random.default_rng(0))
    assert type(model) is GaussianMixture
    assert model.means.shape == (k, d) and model.covariances.shape == (k, d, d)


@pick
@pytest.mark.parametrize("d", [1, 2])
def test_a_start_looks_at_the_data(start, d):
    x = cloud(d) + 1e5
    model = start(x, 3, np.random.default_rng(0))
    assert np.all(model.means >= x.min(axis=0)) and np.all(model.means <= x.max(axis=0))
    assert np.isfinite(model.log_likelihood(x))
    assert fit(model, x, max_iter=5, tol=0).n_iter == 5


@pick
@pytest.mark.parametrize("d", [1, 2])
def test_components_start_apart(start, d):
    for seed in range(20):
        means = start(cloud(d), 4, np.random.default_rng(seed)).means
        assert len(np.unique(means, axis=0)) == 4, "an identical start never moves"


@pick
@pytest.mark.parametrize("d", [1, 2])
def test_components_start_apart_even_among_many_ties(start, d):
    x = np.array([0.0] * 50 + [1.0, 2.0, 4.0])
    x = x if d == 1 else np.column_stack([x, x**2])
    for seed in range(20):
        means = start(x, 3, np.random.default_rng(seed)).means
        assert len(np.unique(means, axis=0)) == 3


@pick
def test_the_same_seed_gives_the_same_start(start):
    a, b = (start(cloud(2), 3, np.random.default_rng(7)) for _ in range(2))
    assert_close(a, b, rtol=0)


@pytest.mark.parametrize("start", [starts.random, starts.kmeans_plus_plus])
def test_another_draw_gives_another_start(start):
    rng = np.random.default_rng(0)
    draws = {tuple(start(cloud(1), 2, rng).means) for _ in range(20)}
    assert len(draws) > 10


@pick
def test_the_unit_of_measurement_means_nothing(start):
    x = cloud(2)
    a = start(x, 3, np.random.default_rng(3))
    for scale in (1e-6, 1e6):
        b = start(x * scale + 5 * scale, 3, np.random.default_rng(3))
        moved = GaussianMixture(a.weights, a.means * scale + 5 * scale, a.covariances * scale**2)
        assert_close(b, moved, rtol=1e-9)


@pick
def test_neither_does_a_unit_of_its_own_for_each_column(start):
    x, units = cloud(2), np.array([1.0, 1e3])
    for seed in range(10):
        a = start(x, 3, np.random.default_rng(seed))
        b = start(x * units, 3, np.random.default_rng(seed))
        np.testing.assert_allclose(b.means, a.means * units, rtol=1e-9)
        np.testing.assert_allclose(b.covariances, a.covariances * np.outer(units, units), rtol=1e-9)


@pick
def test_flat_data_and_a_table_of_one_column_start_alike(start):
    x = cloud(1) * 100
    flat = start(x, 3, np.random.default_rng(0))
    table = start(x[:, None], 3, np.random.default_rng(0))
    np.testing.assert_allclose(table.means[:, 0], flat.means)
    np.testing.assert_allclose(table.covariances[:, 0, 0], flat.stds**2)
    assert np.all(flat.stds <= x.std()) and np.all(flat.stds > x.std() / 100)


@pick
def test_data_are_not_touched(start):
    x = cloud(2)
    kept = x.copy()
    start(x, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(x, kept)


@pick
def test_lists_and_integers_will_do(start):
    a = start([1, 2, 3, 10, 11, 12], 2, np.random.default_rng(0))
    b = start(np.array([1.0, 2, 3, 10, 11, 12]), 2, np.random.default_rng(0))
    assert_close(a, b, rtol=0)


@pick
def test_minus_zero_is_zero(start):
    with pytest.raises(ValueError, match="distinct"):
        start([0.0, -0.0, 1.0, 1.0], 3, np.random.default_rng(0))


@pick
def test_as_many_components_as_points_is_the_limit(start):
    model = start([1.0, 2.0, 4.0], 3, np.random.default_rng(0))
    assert len(np.unique(model.means)) == 3


@pick
@pytest.mark.parametrize("d", [1, 2])
def test_weights_are_shares_with_one_observation_more_for_each(start, d):
    x = cloud(d, n=31)
    model = start(x, 4, np.random.default_rng(1))
    rows, means = x.reshape(31, -1), model.means.reshape(4, -1)
    distance = (((rows[:, None] - means) / rows.std(axis=0)) ** 2).sum(axis=2)
    nearest = distance.argmin(axis=1)
    counts = np.array([np.sum(nearest == k) for k in range(4)])
    np.testing.assert_allclose(model.weights, (counts + 1) / 35, rtol=1e-14)


def test_quantiles_spread_over_the_order_of_the_data():
    x = np.arange(101.0)
    means = starts.quantiles(np.random.default_rng(0).permutation(x), 4).means
    assert np.all(np.diff(means) > 15) and means[0] < 25 and means[-1] > 75
    np.testing.assert_allclose(means, 100 - means[::-1], atol=2)


def test_random_means_are_data_points_drawn_evenly():
    x = np.array([0.0, 1.0, 2.0, 100.0])
    rng = np.random.default_rng(0)
    first = np.concatenate([starts.random(x, 2, rng).means for _ in range(2000)])
    values, counts = np.unique(first, return_counts=True)
    np.testing.assert_array_equal(values, x)
    np.testing.assert_allclose(counts / 4000, 0.25, atol=0.03)


def test_kmeans_plus_plus_draws_by_squared_distance():
    # Arthur & Vassilvitskii (2007): the next centre is x with probability D(x)² / Σ D².
    x = np.array([0.0, 1.0, 3.0])
    rng = np.random.default_rng(0)
    pairs = [tuple(sorted(starts.kmeans_plus_plus(x, 2, rng).means)) for _ in range(4000)]
    share = [pairs.count(p) / 4000 for p in ((0, 1), (0, 3), (1, 3))]
    # first centre 0: 1 or 9 of 10; first 1: 1 or 4 of 5; first 3: 9 or 4 of 13
    exact = [1 / 10 + 1 / 5, 9 / 10 + 9 / 13, 4 / 5 + 4 / 13]
    np.testing.assert_allclose(share, np.array(exact) / 3, atol=0.03)


def test_kmeans_plus_plus_finds_every_far_cluster():
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [1e4, 0], [0, 1e4], [1e4, 1e4], [2e4, 2e4]])
    x = (centres + rng.normal(size=(20, 5, 2))).reshape(-1, 2)
    hits = 0
    for _ in range(50):
        means = starts.kmeans_plus_plus(x, 5, rng).means
        near = np.linalg.norm(means[:, None] - centres, axis=2).argmin(axis=1)
        hits += len(set(near)) == 5
    assert hits == 50


def test_kmeans_plus_plus_reaches_the_optimum_of_old_faithful():
    x = datasets.old_faithful()
    rng = np.random.default_rng(0)
    best = best_of([starts.kmeans_plus_plus(x, 2, rng) for _ in range(5)], x)
    assert best.log_likelihood == pytest.approx(-1130.263960, abs=2e-6)


@pick
def test_few_starts_fail_on_old_faithful(start):
    x, rng = datasets.old_faithful(), np.random.default_rng(0)
    best = best_of([start(x, 2, rng) for _ in range(8)], x, tol=1e-6)
    assert len(best.failures) <= 1
    assert best.log_likelihood == pytest.approx(-1130.263960, abs=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_quantile_groups_does_not_hang_on_the_last_bit(seed):
    """In falling data both columns count alike, so the direction is as good as its opposite."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(50, 1)) * [1, -3] + rng.normal(size=(50, 2)) * [0.5, 1.5]
    for rows in (x, rng.permutation(x), 7 * x):
        means = starts.quantiles(rows, 3).means
        assert means[0, 0] < means[2, 0] and means[0, 1] > means[2, 1]


def test_random_means_are_the_first_distinct_ones_of_a_shuffle():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = np.round(rng.normal(size=(40, int(rng.integers(2, 4)))), int(rng.integers(2)))
        shuffled = x[np.random.default_rng(seed).permutation(len(x))] + 0.0
        wanted = list(dict.fromkeys(map(tuple, shuffled)))[:3]
        assert np.array_equal(starts.random(x, 3, seed).means, wanted)


def test_a_random_start_finds_the_one_other_value():
    x = np.zeros(5_000)
    x[4_321] = 1
    assert sorted(starts.random(x, 2, 0).means) == [0, 1]
