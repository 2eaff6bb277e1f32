"""New families, written from the docstrings of `Mixture`, with public names only."""

import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special, stats

from emlib import Mixture, best_of, fit

pytestmark = pytest.mark.filterwarnings("error")


@dataclass(frozen=True)
class PoissonMixture(Mixture):
    rates: np.ndarray

    def log_joint(self, x):
        return np.log(self.weights) + stats.poisson.logpmf(x[:, None], self.rates)

    def statistics(self, x, r):
        return r.sum(axis=0), r.T @ x

    def m_step(self, expected):
        n, events = expected.statistics
        return PoissonMixture(n / n.sum(), events / n)


@dataclass(frozen=True)
class VonMisesMixture(Mixture):
    """Directions in radians, with known concentrations."""

    means: np.ndarray
    kappa: float = 4.0

    def log_joint(self, x):
        return np.log(self.weights) + stats.vonmises.logpdf(x[:, None], self.kappa, loc=self.means)

    def statistics(self, x, r):
        return {"n": r.sum(axis=0), "cos": r.T @ np.cos(x), "sin": r.T @ np.sin(x)}

    def m_step(self, expected):
        s = expected.statistics
        return VonMisesMixture(s["n"] / s["n"].sum(), np.arctan2(s["sin"], s["cos"]), self.kappa)

    def draw(self, z, rng):
        return rng.vonmises(self.means[z], self.kappa)

    @property
    def n_parameters(self):
        return 2 * self.k - 1


def counts():
    rng = np.random.default_rng(0)
    return rng.poisson(np.where(rng.random(500) < 0.3, 2.0, 9.0))


PROBLEMS = {
    "Poisson": (PoissonMixture([0.5, 0.5], [1, 5]), counts()),
    "von Mises": (
        VonMisesMixture([0.5, 0.5], [0, 2]),
        VonMisesMixture([0.3, 0.7], [-1, 1.5]).sample(600, 1)[0],
    ),
}
MISSING = {
    "log_joint": lambda model, x: model.log_density(x),
    "statistics": lambda model, x: model.e_step(x),
    "m_step": lambda model, x: fit(model, x),
    "draw": lambda model, x: model.sample(3, 0),
    "n_parameters": lambda model, x: model.bic(x),
}


@pytest.fixture(params=PROBLEMS.values(), ids=PROBLEMS)
def problem(request):
    return request.param


def test_a_family_of_three_methods_has_all_the_others(problem):
    model, x = problem
    log_joint = model.log_joint(np.asarray(x, float))
    log_density = special.logsumexp(log_joint, axis=1)
    np.testing.assert_allclose(model.log_density(x), log_density, rtol=1e-12)
    np.testing.assert_allclose(model.pdf(x), np.exp(log_density), rtol=1e-12)
    r = model.responsibilities(x)
    np.testing.assert_allclose(r, np.exp(log_joint - log_density[:, None]), rtol=1e-9, atol=1e-300)
    assert model.lower_bound(x, r) == pytest.approx(model.log_likelihood(x), rel=1e-12)


def test_a_family_runs_in_fit_whole_and_in_blocks(problem):
    model, x = problem
    whole, blocks = fit(model, x), fit(model, np.array_split(x, 7))
    assert whole.converged and np.all(np.diff([s.log_likelihood for s in whole.history]) > -1e-9)
    assert blocks.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-11)
    assert best_of([model, whole.model], x).log_likelihood >= whole.log_likelihood - 1e-9


def test_a_family_finds_the_rates_and_the_directions():
    poisson, circle = (fit(*problem).model.sorted() for problem in PROBLEMS.values())
    np.testing.assert_allclose(poisson.rates, [2, 9], atol=0.5)
    np.testing.assert_allclose(circle.means, [-1, 1.5], atol=0.1)


def test_a_familys_models_are_compared_shown_and_kept_from_change(problem):
    model, _ = problem
    for twin in (model.with_parameters(*model.parameters()), copy.deepcopy(model)):
        assert twin == model and hash(twin) == hash(model)
        with pytest.raises(ValueError, match="read-only"):
            twin.weights[0] = 1
    assert pickle.loads(pickle.dumps(model)) == model
    assert model != model.with_parameters([0.4, 0.6], *model.parameters()[1:])
    assert repr(model).startswith(f"{type(model).__name__}(weights=[0.5, 0.5], ")


def test_a_family_refuses_parameters_that_do_not_fit_together():
    with pytest.raises(ValueError, match="weights has 2, rates has 3"):
        PoissonMixture([0.5, 0.5], [1, 2, 3])
    with pytest.raises(ValueError, match="rates must be finite"):
        PoissonMixture([0.5, 0.5], [1, np.nan])


@pytest.mark.parametrize("hook", MISSING)
def test_a_hook_that_is_missing_is_asked_for_in_words(hook):
    class Half(PoissonMixture):
        pass

    setattr(Half, hook, getattr(Mixture, hook))
    with pytest.raises(NotImplementedError, match=f"Half has no {hook}.*give it one"):
        MISSING[hook](Half([0.5, 0.5], [1, 5]), counts())


def test_a_log_joint_that_is_turned_round_is_refused():
    class Turned(PoissonMixture):
        def log_joint(self, x):
            return super().log_joint(x).T

    with pytest.raises(ValueError, match=r"log_joint of Turned must return shape \(500, 2\)"):
        fit(Turned([0.5, 0.5], [1, 5]), counts())
