"""Each model alone: its density, its bookkeeping, its sampler, and odd but legal inputs."""

import copy
import dataclasses
import math
import pickle

import numpy as np
import pytest
from helpers import (
    CLASSES,
    assert_close,
    log_densities,
    log_joint,
    names,
    parameters,
    permuted,
    posterior,
    random_problem,
    rebuild,
)
from scipy import integrate, stats

from emlib import (
    CoinMixture,
    CollapsedComponent,
    Expected,
    GaussianMixture,
    Mixture,
    NormalMixture,
    fit,
)

pytestmark = pytest.mark.filterwarnings("error")


def make(cls, seed=0, k=3, n=30, d=2, fixed_weights=False):
    return random_problem(cls, np.random.default_rng(seed), k, n, d, fixed_weights)


@pytest.fixture(params=CLASSES, ids=lambda cls: cls.__name__)
def problem(request):
    return make(request.param)


# --- density -----------------------------------------------------------------------------------


def test_log_density_is_the_log_of_the_weighted_sum(problem):
    model, x = problem
    np.testing.assert_allclose(model.log_density(x), log_densities(model, x), rtol=1e-12)


def test_pdf_and_log_likelihood_follow_from_log_density(problem):
    model, x = problem
    np.testing.assert_allclose(model.pdf(x), np.exp(model.log_density(x)), rtol=1e-12)
    total = model.log_likelihood(x)
    assert isinstance(total, float)
    assert total == pytest.approx(math.fsum(model.log_density(x)), rel=1e-12)


def test_responsibilities_are_the_posterior(problem):
    model, x = problem
    r = model.responsibilities(x)
    assert r.shape == (30, 3)
    np.testing.assert_allclose(r, posterior(model, x), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=0, atol=1e-14)


def test_normal_density_integrates_to_one():
    model = NormalMixture([0.2, 0.5, 0.3], [-1, 0, 4], [0.5, 2, 0.08])
    area, _ = integrate.quad(lambda t: model.pdf([t])[0], -30, 30, points=[-1, 0, 4], limit=200)
    assert area == pytest.approx(1, abs=1e-8)


def test_gaussian_density_integrates_to_one():
    model = GaussianMixture(
        [0.3, 0.7], [[0, 0], [2, -1]], [[[1, 0.8], [0.8, 1]], [[0.5, -0.1], [-0.1, 0.2]]]
    )
    side = np.linspace(-8, 9, 681)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    assert model.pdf(grid).sum() * (side[1] - side[0]) ** 2 == pytest.approx(1, abs=1e-8)


def test_coin_density_sums_to_one_over_all_sequences():
    model = CoinMixture([0.25, 0.75], [0.2, 0.9])
    sets = np.array([[h, 6 - h] for h in range(7)])
    orders = [math.comb(6, h) for h in range(7)]
    assert model.pdf(sets) @ orders == pytest.approx(1, abs=1e-14)
    assert CoinMixture([1.0], [0.5]).pdf([[3, 3]])[0] == pytest.approx(0.5**6), "a sequence"


def test_means_and_stds_keep_their_roles():
    # A variance passed as a standard deviation, or the other way round, shows here.
    peak = NormalMixture([1.0], [3.0], [2.0]).pdf([3.0])[0]
    assert peak == pytest.approx(1 / (2 * math.sqrt(2 * math.pi)))
    peak = GaussianMixture([1.0], [[3.0]], [[[4.0]]]).pdf([[3.0]])[0]
    assert peak == pytest.approx(1 / (2 * math.sqrt(2 * math.pi)))


def test_one_dimensional_gaussian_is_the_normal_mixture():
    normal, x = make(NormalMixture)
    gaussian = GaussianMixture(
        normal.weights, normal.means[:, None], normal.stds[:, None, None] ** 2
    )
    np.testing.assert_allclose(gaussian.log_density(x[:, None]), normal.log_density(x), rtol=1e-12)
    after = gaussian.m_step(gaussian.e_step(x[:, None]))
    expected = normal.m_step(normal.e_step(x))
    np.testing.assert_allclose(after.means[:, 0], expected.means, rtol=1e-10)
    np.testing.assert_allclose(after.covariances[:, 0, 0], expected.stds**2, rtol=1e-10)


def test_lower_bound_takes_any_responsibilities(problem):
    model, x = problem
    q = np.random.default_rng(1).dirichlet([1.0, 1.0, 1.0], size=len(x))
    assert isinstance(model.lower_bound(x, q), float)
    assert model.lower_bound(x, q) < model.log_likelihood(x)
    z = np.arange(len(x)) % 3
    hard = model.lower_bound(x, np.eye(3)[z])
    each = [log_joint(model, row)[k] for row, k in zip(x, z, strict=True)]
    assert hard == pytest.approx(math.fsum(each), rel=1e-12), "0 log 0 is 0"


# --- the E-step and the M-step -----------------------------------------------------------------


def test_e_step_gives_expected_and_m_step_the_same_class(problem):
    model, x = problem
    expected = model.e_step(x)
    assert isinstance(expected, Expected)
    assert expected.log_likelihood == pytest.approx(model.log_likelihood(x), rel=1e-12)
    better = model.m_step(expected)
    assert type(better) is type(model) and isinstance(better, Mixture)
    assert better.weights.sum() == pytest.approx(1, abs=1e-12)
    assert better.log_likelihood(x) > model.log_likelihood(x)


def test_fixed_weights_stay():
    start, x = make(CoinMixture, fixed_weights=True)
    best = fit(start, x).model
    np.testing.assert_array_equal(best.weights, start.weights)
    assert best.fixed_weights is True
    assert not np.allclose(best.biases, start.biases)


def test_weights_of_coins_are_free_unless_fixed():
    start, x = make(CoinMixture)
    assert start.fixed_weights is False
    assert not np.allclose(fit(start, x, max_iter=5).model.weights, start.weights)


def test_the_means_of_data_stay_inside_it(problem):
    model, x = problem
    inside = x[:, 0] / x.sum(axis=1) if isinstance(model, CoinMixture) else x
    located = parameters(fit(model, x, max_iter=3).model)[1]
    assert np.all(located >= inside.min(axis=0)) and np.all(located <= inside.max(axis=0))


# --- bookkeeping -------------------------------------------------------------------------------


def test_parameters_have_their_shapes_and_are_floats():
    shapes = {
        NormalMixture: [(3,), (3,), (3,)],
        GaussianMixture: [(3,), (3, 2), (3, 2, 2)],
        CoinMixture: [(3,), (3,)],
    }
    for cls in CLASSES:
        model, _ = make(cls)
        assert [p.shape for p in parameters(model)] == shapes[cls]
        assert all(p.dtype == np.float64 for p in parameters(model))


def test_lists_and_integers_make_a_model():
    model = NormalMixture(weights=[0.5, 0.5], means=[50, 80], stds=[5, 5])
    assert model.means.dtype == np.float64
    assert GaussianMixture([1], [[0, 0]], [[[2, 1], [1, 2]]]).covariances.shape == (1, 2, 2)
    assert CoinMixture(weights=(1,), biases=(0.25,)).biases.shape == (1,)


def test_a_model_cannot_be_changed(problem):
    model, x = problem
    for m in (model, fit(model, x, max_iter=2).model, model.sorted()):
        with pytest.raises(dataclasses.FrozenInstanceError):
            m.weights = np.array([1.0])
        for p in parameters(m):
            with pytest.raises(ValueError, match="read-only"):
                p[0] = 0.5


def test_a_model_keeps_its_own_copy():
    weights, means, stds = np.array([0.5, 0.5]), np.array([0.0, 1.0]), np.array([1.0, 1.0])
    model = NormalMixture(weights, means, stds)
    means[0] = 99.0
    assert model.means[0] == 0.0
    covariances = np.array([np.eye(2)])
    gaussian = GaussianMixture([1.0], [[0.0, 0.0]], covariances)
    covariances[0, 0, 0] = 9.0
    assert gaussian.covariances[0, 0, 0] == 1.0


def test_a_fit_leaves_start_and_data_alone(problem):
    model, x = problem
    before, kept = [p.copy() for p in parameters(model)], x.copy()
    fit(model, x, max_iter=5)
    np.testing.assert_array_equal(x, kept)
    for p, q in zip(parameters(model), before, strict=True):
        np.testing.assert_array_equal(p, q)


def test_m_step_never_returns_views(problem):
    model, x = problem
    steps = fit(model, x, max_iter=6).history
    frozen_at = [[p.copy() for p in parameters(s.model)] for s in steps]
    fit(model, x[::-1], max_iter=6)
    for step, kept in zip(steps, frozen_at, strict=True):
        for p, q in zip(parameters(step.model), kept, strict=True):
            np.testing.assert_array_equal(p, q)
    arrays = [p for s in steps for p in parameters(s.model)[1:]]
    pairs = zip(arrays, arrays[1:], strict=False)
    assert not any(np.shares_memory(a, b) for a, b in pairs)


def test_models_travel_through_pickle(problem):
    model, x = problem
    assert_close(pickle.loads(pickle.dumps(model)), model, rtol=0)


def test_models_are_equal_when_their_parameters_are(problem):
    model, x = problem
    twin = rebuild(model, *(p.copy() for p in parameters(model)))
    other = model.m_step(model.e_step(x))
    assert model == twin and hash(model) == hash(twin)
    assert model != other and model != "a model"


def test_a_repr_shows_the_class_and_no_address(problem):
    model, x = problem
    best = fit(model, x, max_iter=2)
    for thing in (model, best, best.history[1]):
        assert type(thing).__name__ in repr(thing)
        assert "0x" not in repr(thing)


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (NormalMixture([1.0], [0], [1]), 2),
        (NormalMixture([0.5, 0.5], [0, 1], [1, 1]), 5),
        (GaussianMixture([0.5, 0.5], np.zeros((2, 2)), [np.eye(2)] * 2), 11),
        (GaussianMixture([0.2, 0.3, 0.5], np.zeros((3, 4)), [np.eye(4)] * 3), 44),
        (CoinMixture([0.5, 0.5], [0.1, 0.2]), 3),
        (CoinMixture([0.5, 0.5], [0.1, 0.2], fixed_weights=True), 2),
    ],
)
def test_n_parameters_counts_the_free_ones(model, count):
    assert model.n_parameters == count


def test_information_criteria(problem):
    model, x = problem
    log_likelihood, p = model.log_likelihood(x), model.n_parameters
    assert model.aic(x) == pytest.approx(2 * p - 2 * log_likelihood)
    assert model.bic(x) == pytest.approx(p * math.log(30) - 2 * log_likelihood)


def test_sorted_orders_by_location_and_keeps_the_density(problem):
    model, x = problem
    ordered = model.sorted()
    key = parameters(ordered)[1]
    key = key[:, 0] if key.ndim == 2 else key
    assert np.all(np.diff(key) >= 0)
    np.testing.assert_allclose(ordered.log_density(x), model.log_density(x), rtol=1e-12)
    assert_close(permuted(model, [2, 0, 1]).sorted(), ordered, rtol=0)
    if isinstance(model, CoinMixture):
        fixed = dataclasses.replace(model, fixed_weights=True)
        assert fixed.sorted().fixed_weights is True


def test_names_are_the_public_ones():
    assert [f.name for f in dataclasses.fields(CoinMixture)] == [
        "weights",
        "biases",
        "fixed_weights",
    ]
    for cls in (NormalMixture, GaussianMixture):
        assert tuple(f.name for f in dataclasses.fields(cls)) == names(make(cls)[0])


# --- sampling ----------------------------------------------------------------------------------


def test_samples_are_reproducible_and_have_their_shapes(problem):
    model, x = problem
    a, z = model.sample(7, np.random.default_rng(3))
    b, again = model.sample(7, np.random.default_rng(3))
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(z, again)
    assert a.shape == (7, *x.shape[1:]) and z.shape == (7,)
    assert np.issubdtype(z.dtype, np.integer)


@pytest.mark.parametrize("cls", CLASSES)
def test_z_has_the_models_weights(cls):
    model = make(cls, seed=5, k=4)[0]
    _, z = model.sample(20_000, np.random.default_rng(0))
    counts = np.bincount(z, minlength=4)
    assert stats.chisquare(counts, 20_000 * model.weights).pvalue > 0.001
    sizes = [np.mean(model.sample(100, np.random.default_rng(s))[1] == 0) for s in range(300)]
    theory = math.sqrt(model.weights[0] * (1 - model.weights[0]) / 100)
    assert np.std(sizes) == pytest.approx(theory, rel=0.15), "counts must vary, not be fixed"
    assert abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 0.03, "and come in no order"


def test_normal_samples_follow_their_distribution():
    model = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])
    x, z = model.sample(5000, np.random.default_rng(1))
    for k in range(2):
        part = stats.norm(model.means[k], model.stds[k])
        assert stats.kstest(x[z == k], part.cdf).pvalue > 0.001
    parts = [stats.norm(m, s) for m, s in zip(model.means, model.stds, strict=True)]

    def cdf(t):
        return sum(w * part.cdf(t) for w, part in zip(model.weights, parts, strict=True))

    assert stats.kstest(x, cdf).pvalue > 0.001


def test_gaussian_samples_follow_their_distribution():
    model = GaussianMixture(
        [0.3, 0.7], [[0, 5], [3, -1]], [[[4, 1.5], [1.5, 1]], [[0.5, -0.3], [-0.3, 0.4]]]
    )
    x, z = model.sample(8000, np.random.default_rng(2))
    for k, direction in [(0, [1, 0]), (0, [1, -1]), (1, [0, 1]), (1, [1, 1])]:
        direction = np.array(direction)
        spread = math.sqrt(direction @ model.covariances[k] @ direction)
        part = stats.norm(model.means[k] @ direction, spread)
        assert stats.kstest(x[z == k] @ direction, part.cdf).pvalue > 0.001
        whitened = np.linalg.solve(np.linalg.cholesky(model.covariances[k]), (x - model.means[k]).T)
        squared = np.sum(whitened[:, z == k] ** 2, axis=0)
        assert stats.kstest(squared, stats.chi2(2).cdf).pvalue > 0.001


def test_coin_samples_follow_their_distribution():
    model = CoinMixture([0.4, 0.6], [0.25, 0.7])
    x, z = model.sample(6000, np.random.default_rng(3))
    tosses = x[0].sum()
    assert np.issubdtype(x.dtype, np.integer) and np.all(x.sum(axis=1) == tosses)
    for k in range(2):
        heads = np.bincount(x[z == k, 0], minlength=tosses + 1)
        expected = stats.binom(tosses, model.biases[k]).pmf(range(tosses + 1)) * np.sum(z == k)
        kept = expected > 5
        rest = np.append(expected[kept], expected[~kept].sum())
        seen = np.append(heads[kept], heads[~kept].sum())
        assert stats.chisquare(seen, rest).pvalue > 0.001


def test_a_sample_leads_a_fit_back_to_its_model():
    truth = NormalMixture([0.3, 0.7], [0, 5], [1, 0.5])
    x, _ = truth.sample(20_000, np.random.default_rng(4))
    best = fit(NormalMixture([0.5, 0.5], [1, 4], [1, 1]), x).model
    assert_close(best, truth, rtol=0.0, atol=0.03)


def test_a_negative_number_of_samples_is_refused(problem):
    model, _ = problem
    with pytest.raises(ValueError, match="n"):
        model.sample(-1, np.random.default_rng(0))


# --- odd but legal -----------------------------------------------------------------------------


def test_one_component_is_the_closed_form():
    x = np.random.default_rng(0).normal(3, 2, (50, 3)) * [1, 10, 0.1]
    best = fit(GaussianMixture([1.0], [np.zeros(3)], [np.eye(3)]), x).model
    np.testing.assert_allclose(best.means[0], x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(best.covariances[0], np.cov(x.T, bias=True), rtol=1e-10)
    flat = fit(NormalMixture([1.0], [0.0], [1.0]), x[:, 0]).model
    np.testing.assert_allclose([flat.means[0], flat.stds[0]], [x[:, 0].mean(), x[:, 0].std()])


@pytest.mark.parametrize("cls", CLASSES)
def test_integers_lists_views_and_floats_of_32_bits_are_all_data(cls):
    model, x = make(cls)
    x = np.round(x).astype(int)
    expected = model.log_density(x.astype(float))
    wide = np.zeros((2 * len(x), *x.shape[1:]))
    wide[::2] = x
    for same in (x, x.tolist(), x.astype(np.float32), wide[::2], np.asfortranarray(x)):
        np.testing.assert_allclose(model.log_density(same), expected, rtol=1e-12)
        assert_close(model.m_step(model.e_step(same)), model.m_step(model.e_step(x)))
        assert fit(model, same, max_iter=2).log_likelihood == pytest.approx(
            fit(model, x, max_iter=2).log_likelihood, rel=1e-12
        )


def test_32_bit_data_is_computed_in_64_bits():
    x = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    model = NormalMixture([0.5, 0.5], [-1, 1], [1, 1])
    assert model.log_density(x).dtype == np.float64
    assert model.log_likelihood(x) == model.log_likelihood(x.astype(np.float64))


def test_weights_and_responsibilities_of_32_bits_have_32_bits_of_precision():
    rng = np.random.default_rng(0)
    for _ in range(50):
        w = rng.random(7).astype(np.float32)
        model = NormalMixture(w / w.sum(), np.arange(7), np.ones(7))
        assert model.weights.sum() == pytest.approx(1, abs=1e-8)
        x = rng.normal(size=20)
        r = model.responsibilities(x).astype(np.float32)
        assert model.lower_bound(x, r) == pytest.approx(model.log_likelihood(x), rel=1e-5)
    with pytest.raises(ValueError, match="sum to 1"):
        NormalMixture(np.float32([0.5, 0.5001]), [0, 1], [1, 1])


def test_a_debugger_for_floats_finds_nothing(problem):
    model, x = problem
    with np.errstate(all="raise"):
        far = model.pdf(x * 50)
        fit(model, x, max_iter=3)
    assert np.all(far >= 0)


def test_copies_stay_read_only(problem):
    model, x = problem
    model.responsibilities(x)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin == model and set(vars(twin)) == {f.name for f in dataclasses.fields(model)}
        assert not any(p.flags.writeable for p in parameters(twin))


@pytest.mark.parametrize("cls", CLASSES)
def test_a_seed_is_as_good_as_a_generator(cls):
    model, _ = make(cls)
    (x, z), (y, same) = model.sample(5, 3), model.sample(5, np.random.default_rng(3))
    np.testing.assert_array_equal(x, y)
    np.testing.assert_array_equal(z, same)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_data_of_any_size_that_can_be_squared(d):
    x = np.random.default_rng(0).normal(size=(60, d)) @ (np.eye(d) + 0.5)
    start = GaussianMixture([0.5, 0.5], [[-1.0] * d, [1.0] * d], [np.eye(d)] * 2)
    huge = GaussianMixture(start.weights, 1e100 * start.means, 1e200 * start.covariances)
    near, far = fit(start, x, max_iter=5).model, fit(huge, 1e100 * x, max_iter=5).model
    np.testing.assert_allclose(far.covariances / 1e200, near.covariances, rtol=1e-8)


def test_read_only_data_is_data(problem):
    model, x = problem
    x.flags.writeable = False
    assert fit(model, x, max_iter=2).n_iter == 2


def test_one_row_has_a_density(problem):
    model, x = problem
    assert model.log_density(x[:1]).shape == (1,)
    assert model.responsibilities(x[:1]).shape == (1, 3)


def test_so_far_away_that_floats_cannot_tell_the_components_apart():
    r = NormalMixture([0.25, 0.75], [0, 1], [1, 1]).responsibilities([1e100, -1e100])
    np.testing.assert_allclose(r.sum(axis=1), 1)


@pytest.mark.parametrize("far", [1e3, 1e8, 1e12, -1e12])
def test_far_from_all_components_there_is_no_nan(far):
    normal = NormalMixture([0.5, 0.5], [0, 1], [1, 1])
    r = normal.responsibilities([far])
    np.testing.assert_allclose(r.sum(axis=1), 1)
    assert r[0, int(far > 0)] == pytest.approx(1)
    assert math.isfinite(normal.log_likelihood([far, 0.0]))
    wide = GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], [np.eye(2)] * 2)
    r = wide.responsibilities([[far, far]])
    np.testing.assert_allclose(r, [[far < 0, far > 0]], atol=1e-12)


def test_tiny_weights_and_tiny_or_huge_widths_are_legal():
    model = NormalMixture([1e-300, 1 - 1e-300], [0, 0], [1e-150, 1e150])
    assert np.all(np.isfinite(model.log_density([0.0, 1.0, -1e100])))
    assert model.responsibilities([1.0])[0, 1] == pytest.approx(1)


@pytest.mark.parametrize("distance", [1, 1e5])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_component_of_weight_zero_is_not_there_and_raises_no_alarm(d, distance):
    where = distance * np.arange(3)
    if d == 1:
        model, alone = (NormalMixture(w, m, np.ones(len(w))) for w, m in _with_a_zero(where))
    else:
        model, alone = (
            GaussianMixture(w, np.outer(m, np.ones(d)), [np.eye(d)] * len(w))
            for w, m in _with_a_zero(where)
        )
    x, _ = alone.sample(50, 0)
    np.testing.assert_allclose(model.log_density(x), alone.log_density(x), rtol=1e-12)
    assert model.responsibilities(x)[:, 1].max() == 0
    with pytest.raises(ValueError, match="component 1 .*none of the data"):
        model.m_step(model.e_step(x))


def _with_a_zero(where):
    return ([0.5, 0, 0.5], where), ([0.5, 0.5], where[::2])


def test_rounding_makes_no_covariance_asymmetric():
    matrix = [[1, 1e-13], [0, 1]]
    assert GaussianMixture([1.0], [[0, 0]], [matrix]).k == 1


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize(
    ("what", "width", "collapses"),
    [("thin", 1e-6, False), ("thin", 1e-7, True), ("tiny", 1e-8, False), ("tiny", 1e-10, True)],
)
def test_a_fit_refuses_what_is_too_thin_or_too_tiny_and_no_more(d, what, width, collapses):
    rng = np.random.default_rng(0)
    x, _ = GaussianMixture([0.5, 0.5], [[0] * d, [1] * d], [np.eye(d)] * 2).sample(200, rng)
    if what == "thin":  # the last column is all but the first
        x[:, -1] = x[:, 0] + width * x[:, -1]
        model = GaussianMixture([1.0], [[0] * d], [np.eye(d)])
    else:  # a cluster beside a wide one
        x[:100] = 50 + width * x[:100]
        model = GaussianMixture(
            [0.5, 0.5], [[50] * d, [0.5] * d], [width**2 * np.eye(d), np.eye(d)]
        )
    if collapses:
        with pytest.raises(CollapsedComponent, match="component 0 "):
            fit(model, x, max_iter=3)
    else:
        assert fit(model, x, max_iter=3).model.k == model.k


@pytest.mark.parametrize(("width", "collapses"), [(1e-9, False), (1e-11, True)])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_two_tiny_clusters_are_measured_by_the_distance_between_them(d, width, collapses):
    x = np.concatenate([width * np.random.default_rng(0).normal(size=(50, d))] * 2)
    x[50:] = 1 - x[50:]
    start = GaussianMixture([0.5, 0.5], [[0] * d, [1] * d], [width**2 * np.eye(d)] * 2)
    if d == 1:
        start, x = NormalMixture([0.5, 0.5], [0, 1], [width, width]), x[:, 0]
    if collapses:
        with pytest.raises(CollapsedComponent):
            start.m_step(start.e_step(x))
    else:
        assert start.m_step(start.e_step(x)).k == 2


@pytest.mark.parametrize("off", [-9.9e-9, 9.9e-9])
@pytest.mark.parametrize("cls", CLASSES)
def test_weights_that_are_off_by_rounding_can_be_sampled(cls, off):
    weights, (model, _) = np.array([0.2, 0.3, 0.5 + off]), make(cls)
    _, *rest = parameters(model)
    _, z = cls(weights, *rest).sample(4000, 0)
    np.testing.assert_allclose(np.bincount(z) / 4000, weights, atol=0.03)


def test_a_small_weight_survives_a_step():
    x = np.random.default_rng(0).normal(size=500)
    better = fit(NormalMixture([1e-12, 1 - 1e-12], [0, 0.1], [2, 1]), x, max_iter=3).model
    assert 0 < better.weights[0] < 1e-9


def test_certain_coins_are_legal():
    model = CoinMixture([0.5, 0.5], [0.0, 1.0])
    np.testing.assert_allclose(model.log_density([[0, 3], [4, 0]]), math.log(0.5))
    np.testing.assert_array_equal(model.responsibilities([[0, 3], [4, 0]]), [[1, 0], [0, 1]])
    best = fit(model, [[0, 3], [4, 0], [2, 0]], tol=0, max_iter=3).model
    np.testing.assert_allclose(best.biases, [0, 1])
    np.testing.assert_allclose(best.weights, [1 / 3, 2 / 3])


def test_what_no_component_can_make_has_density_zero():
    impossible = CoinMixture([0.5, 0.5], [0.0, 1.0])
    np.testing.assert_array_equal(impossible.log_density([[1, 1], [0, 0]]), [-np.inf, 0])
    np.testing.assert_array_equal(impossible.pdf([[1, 1], [0, 0]]), [0, 1])
    far = NormalMixture([0.5, 0.5], [0, 1], [1e-200, 1e-200])
    np.testing.assert_array_equal(far.log_density([1e200]), -np.inf)


def test_coins_that_become_certain_raise_no_alarm():
    x = np.array([[10, 0], [10, 0], [0, 10], [0, 10]])
    best = fit(CoinMixture([0.5, 0.5], [0.6, 0.4]), x)
    assert best.converged
    np.testing.assert_allclose(best.model.biases, [1, 0], atol=1e-12)
    assert best.log_likelihood == pytest.approx(4 * math.log(0.5))


def test_a_set_without_tosses_says_nothing():
    model = CoinMixture([0.3, 0.7], [0.2, 0.9])
    np.testing.assert_allclose(model.log_density([[0, 0]]), 0, atol=1e-15)
    np.testing.assert_allclose(model.responsibilities([[0, 0]]), [[0.3, 0.7]])


def test_eleven_hundred_tosses_do_not_underflow():
    model = CoinMixture([0.5, 0.5], [0.6, 0.5])
    x = [[600, 500], [500, 600], [110_000, 90_000]]
    assert np.all(np.isfinite(model.log_density(x)))
    np.testing.assert_allclose(model.responsibilities(x).sum(axis=1), 1)
    assert np.all(np.isfinite(fit(model, x).model.biases))


def test_one_step_over_ten_thousand_stds_is_exact():
    x = np.random.default_rng(0).normal(size=(50, 2)) @ [[1, 0.5], [0, 2]] + 1e4
    start = NormalMixture([1.0], [0.0], [1.0])
    flat = start.m_step(start.e_step(x[:, 0]))
    np.testing.assert_allclose(flat.stds, x[:, 0].std(), rtol=1e-7)
    start = GaussianMixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    best = start.m_step(start.e_step(x))
    np.testing.assert_allclose(best.covariances[0], np.cov(x.T, bias=True), rtol=1e-6)


@pytest.mark.parametrize("offset", [1e3, 1e6, 1e9])
def test_one_component_arrives_from_any_distance(offset):
    x = np.random.default_rng(0).normal(size=(50, 2)) @ [[1, 0.5], [0, 2]] + offset
    flat = fit(NormalMixture([1.0], [0.0], [1.0]), x[:, 0]).model
    np.testing.assert_allclose(flat.stds, x[:, 0].std(), rtol=1e-6)
    best = fit(GaussianMixture([1.0], [[0.0, 0.0]], [np.eye(2)]), x)
    assert best.converged and best.n_iter < 10
    np.testing.assert_allclose(best.model.means[0], x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(best.model.covariances[0], np.cov(x.T, bias=True), rtol=1e-5)


@pytest.mark.parametrize("offset", [1e8, 1e9, -1e8])
def test_a_large_offset_costs_no_digits_that_matter(offset):
    five = np.array([2.3, 3.2, 3.1, 1.6, 1.9])
    one = fit(NormalMixture([1.0], [offset], [1.0]), five + offset, max_iter=5).model
    assert one.stds[0] ** 2 == pytest.approx(0.4056, abs=1e-6)
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (60, 2)), rng.normal(6, 2, (40, 2))])
    start = GaussianMixture([0.5, 0.5], [[0, 1], [5, 5]], [np.eye(2)] * 2)
    moved = GaussianMixture([0.5, 0.5], start.means + offset, start.covariances)
    near, far = fit(start, x, max_iter=40).model, fit(moved, x + offset, max_iter=40).model
    np.testing.assert_allclose(far.covariances, near.covariances, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(far.means - offset, near.means, atol=1e-5)


@pytest.mark.parametrize("cls", CLASSES)
def test_many_rows_are_cut_up_without_a_trace(cls):
    model, x = make(cls, n=50, d=3)
    many = np.concatenate([x] * 1800)[: 90_000 - 7]
    whole = model.e_step(many)
    parts = sum(
        (model.e_step(b) for b in np.array_split(many, 13)[1:]),
        model.e_step(np.array_split(many, 13)[0]),
    )
    assert whole.log_likelihood == pytest.approx(parts.log_likelihood, rel=1e-11)
    assert_close(model.m_step(whole), model.m_step(parts), rtol=1e-10)
    full = len(many) // 50 * 50
    once = model.log_density(x)
    assert np.allclose(model.log_density(many[:full]), np.tile(once, full // 50), rtol=1e-12)
    r = model.responsibilities(many)
    assert r.shape == (len(many), 3)
    np.testing.assert_allclose(r[-5:], model.responsibilities(many[-5:]), rtol=1e-12)
    assert model.lower_bound(many, r) == pytest.approx(whole.log_likelihood, rel=1e-11)
