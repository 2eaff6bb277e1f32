"""Other people's code as judge: scikit-learn for EM, scipy for densities and for the optimum."""

import warnings

import numpy as np
import pytest
import sklearn.mixture
from helpers import pack, random_problem, rebuild, unpack
from scipy import optimize, special, stats
from sklearn.datasets import load_iris, load_wine

from emlib import CoinMixture, GaussianMixture, NormalMixture, best_of, datasets, fit, starts

pytestmark = pytest.mark.filterwarnings("error")


def sklearn_after(start, x, n):
    """scikit-learn's mixture after n iterations from the same start, without regularisation."""
    oracle = sklearn.mixture.GaussianMixture(
        n_components=len(start.weights),
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
        reg_covar=0,
        tol=0,
        max_iter=n,
        init_params="random",
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says, rightly, that it has not converged
        return oracle.fit(x)


def assert_agrees(step, oracle, x):
    for name in ("weights", "means", "covariances"):
        theirs = getattr(oracle, f"{name}_")
        np.testing.assert_allclose(
            getattr(step.model, name), theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max()
        )
    # its lower_bound_ belongs to the parameters before the last M-step; score() to these
    assert step.log_likelihood == pytest.approx(oracle.score(x) * len(x), rel=1e-9)
    np.testing.assert_allclose(step.model.responsibilities(x), oracle.predict_proba(x), atol=1e-9)
    assert step.model.bic(x) == pytest.approx(oracle.bic(x), rel=1e-9)
    assert step.model.aic(x) == pytest.approx(oracle.aic(x), rel=1e-9)


@pytest.mark.parametrize(("k", "d", "n"), [(1, 2, 30), (2, 1, 80), (3, 2, 200), (5, 4, 600)])
@pytest.mark.parametrize("n_steps", [1, 2, 25])
def test_scikit_learn_takes_the_same_steps(k, d, n, n_steps):
    start, x = random_problem(GaussianMixture, np.random.default_rng(k), k, n, d)
    best = fit(start, x, tol=0, max_iter=n_steps)
    assert best.n_iter == n_steps
    assert_agrees(best.history[-1], sklearn_after(start, x, n_steps), x)


# --- data of other fields ----------------------------------------------------------------------

FIELDS = {
    "wine, 13 measurements of 178": load_wine().data,
    "iris, 4 measurements of 150": load_iris().data,
}


@pytest.mark.parametrize("k", [2, 3, 4, 5])
@pytest.mark.parametrize("field", FIELDS)
def test_best_of_is_no_worse_than_scikit_learn_but_for_spikes(field, k):
    """Of as many k-means++ starts; a spike is a component as thin as scikit-learn's floor."""
    x, rng, floor = FIELDS[field], np.random.default_rng(0), 1e-6
    best = best_of([starts.kmeans_plus_plus(x, k, rng) for _ in range(20)], x, tol=1e-6)
    oracle = sklearn.mixture.GaussianMixture(
        k,
        n_init=20,
        init_params="k-means++",
        random_state=0,
        reg_covar=floor,
        tol=1e-6 / len(x),
        max_iter=10_000,
    ).fit(x)
    spike = np.linalg.eigvalsh(oracle.covariances_).min() < 1.01 * floor
    assert best.log_likelihood > oracle.score(x) * len(x) - 1e-3 or spike
    assert all("It holds" in str(error) for _, error in best.failures)


def test_where_no_start_works_on_wine_the_reason_is_told_in_two_lines():
    x, rng = FIELDS["wine, 13 measurements of 178"], np.random.default_rng(0)
    with pytest.raises(ValueError, match="too few for 13 dimensions") as caught:
        best_of([starts.kmeans_plus_plus(x, 8, rng) for _ in range(20)], x)
    reason = str(caught.value).split("like start 0: ")[1]
    assert len(reason.split(". Try ")[0]) < 240


def test_scikit_learn_agrees_on_old_faithful_across_the_plateau():
    x = datasets.old_faithful()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    start = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2)] * 2)
    best = fit(start, x, tol=0, max_iter=80)
    for n in (1, 25, 44, 80):
        assert_agrees(best.history[n], sklearn_after(start, x, n), x)


def test_scikit_learn_agrees_on_many_rows():
    start, x = random_problem(GaussianMixture, np.random.default_rng(0), 4, 40_000, 3)
    assert_agrees(fit(start, x, tol=0, max_iter=3).history[-1], sklearn_after(start, x, 3), x)


def test_scikit_learn_agrees_with_the_normal_mixture():
    start, x = random_problem(NormalMixture, np.random.default_rng(0), 3, 300)
    twin = GaussianMixture(start.weights, start.means[:, None], start.stds[:, None, None] ** 2)
    ours, theirs = fit(start, x, tol=0, max_iter=30), sklearn_after(twin, x[:, None], 30)
    np.testing.assert_allclose(ours.model.weights, theirs.weights_, rtol=1e-9)
    np.testing.assert_allclose(ours.model.means, theirs.means_[:, 0], rtol=1e-9)
    np.testing.assert_allclose(ours.model.stds**2, theirs.covariances_[:, 0, 0], rtol=1e-9)


# --- densities ---------------------------------------------------------------------------------


def test_normal_density_is_scipys():
    model, x = random_problem(NormalMixture, np.random.default_rng(1), 4, 100)
    parts = stats.norm(model.means, model.stds).logpdf(x[:, None])
    expected = special.logsumexp(parts, b=model.weights, axis=1)
    np.testing.assert_allclose(model.log_density(x), expected, rtol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 5, 12])
def test_gaussian_density_is_scipys(d):
    model, x = random_problem(GaussianMixture, np.random.default_rng(1), 3, 50, d)
    parts = [
        stats.multivariate_normal(m, c).logpdf(x)
        for m, c in zip(model.means, model.covariances, strict=True)
    ]
    expected = special.logsumexp(np.array(parts).T, b=model.weights, axis=1)
    np.testing.assert_allclose(model.log_density(x), expected, rtol=1e-11)


def test_coin_density_is_scipys_without_the_binomial_coefficient():
    model, x = random_problem(CoinMixture, np.random.default_rng(1), 3, 100)
    parts = stats.binom(x.sum(axis=1)[:, None], model.biases).logpmf(x[:, :1])
    expected = special.logsumexp(parts, b=model.weights, axis=1)
    sequences = np.log(special.comb(x.sum(axis=1), x[:, 0]))
    np.testing.assert_allclose(model.log_density(x), expected - sequences, rtol=1e-10, atol=1e-12)


def test_an_ill_conditioned_covariance_keeps_its_digits():
    turn, stds = np.array([[0.6, -0.8], [0.8, 0.6]]), np.array([1e3, 1e-2])
    covariance = turn @ np.diag(stds**2) @ turn.T
    covariance = (covariance + covariance.T) / 2
    along = np.array([[0.0, 0.0], [1000, 0], [-500, 0.01], [2000, -0.03]])  # on the main axes
    expected = stats.norm([0, 0], stds).logpdf(along).sum(axis=1)
    ours = GaussianMixture([1.0], [[0, 0]], [covariance]).log_density(along @ turn.T)
    np.testing.assert_allclose(ours, expected, rtol=1e-4)


# --- the optimum -------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", [NormalMixture, GaussianMixture, CoinMixture])
def test_no_optimiser_climbs_higher(cls):
    start, x = random_problem(cls, np.random.default_rng(3), 2, 80)
    best = fit(start, x)
    theta = pack(best.model)

    def cost(t):
        return -unpack(best.model, t).log_likelihood(x)

    found = optimize.minimize(cost, theta, method="BFGS")
    assert -found.fun <= best.log_likelihood + 1e-6


def test_bfgs_finds_the_optimum_of_the_waiting_times():
    waiting = datasets.old_faithful()[:, 1]
    start = NormalMixture([0.5, 0.5], [50, 80], [5, 5])
    theta = pack(start)

    def cost(t):
        z = (waiting[:, None] - t[2:4]) / np.exp(t[4:])
        joint = special.log_softmax(t[:2]) - t[4:] - 0.5 * z**2 - 0.5 * np.log(2 * np.pi)
        return -special.logsumexp(joint, axis=1).sum()

    found = optimize.minimize(cost, theta, method="BFGS", options={"gtol": 1e-4})
    best = fit(start, waiting)
    assert best.log_likelihood == pytest.approx(-found.fun, abs=1e-6)
    ours, theirs = best.model, unpack(start, found.x)
    np.testing.assert_allclose(ours.means, theirs.means, rtol=1e-4)
    np.testing.assert_allclose(ours.stds, theirs.stds, rtol=1e-4)


def test_known_labels_are_the_closed_form():
    # With components so far apart that every row is sure of its label, EM is plain statistics.
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, (30, 2)), rng.normal(1000, 3, (70, 2))
    start = GaussianMixture([0.5, 0.5], [[0, 0], [1000, 1000]], [np.eye(2)] * 2)
    best = fit(start, np.concatenate([b, a])).model
    np.testing.assert_allclose(best.weights, [0.3, 0.7])
    for k, part in enumerate((a, b)):
        np.testing.assert_allclose(best.means[k], part.mean(axis=0), rtol=1e-10)
        np.testing.assert_allclose(best.covariances[k], np.cov(part.T, bias=True), rtol=1e-9)
    coins = rebuild(CoinMixture([0.5, 0.5], [0.1, 0.9]), [0.5, 0.5], [0.05, 0.95])
    tosses = np.array([[1, 199], [3, 197], [190, 10]])
    np.testing.assert_allclose(fit(coins, tosses).model.biases, [4 / 400, 190 / 200])
