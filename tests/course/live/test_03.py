"""What TEACHING.md has a lecturer do and say live with notebook 03 is so."""

import numpy as np
import pytest
from scipy import stats

from emlib import NormalMixture, datasets, explorers, fit

WAITING = datasets.old_faithful()[:, 1]
WEIGHTS, STDS = [0.3, 0.7], [0.08, 0.12]
X, _ = NormalMixture(WEIGHTS, [0, 0.6], STDS).sample(1000, np.random.default_rng(0))


@pytest.mark.parametrize("aside", [-1e-6, 0, 1e-6])
def test_em_and_lbfgsb_part_ways(aside):
    """In the explorer, from just right of the diagonal; and not by the last digits of the start."""
    explorer = explorers.choose_a_start(X, WEIGHTS, STDS, start=(-0.10 + aside, -0.12))
    ends = explorer.numbers["em"][-1], explorer.numbers["lbfgsb"][-1]
    assert ends[0][:2] == pytest.approx([0, 0.6], abs=0.02)
    assert ends[1][:2] == pytest.approx([0.61, 0.05], abs=0.02)
    assert "Two different ends" in explorer.figure.axes[0].texts[0].get_text()


def test_the_sliders_reach_that_start():
    explorer = explorers.choose_a_start(X, WEIGHTS, STDS)
    explorer.set(mu1=-0.10, mu2=-0.12)
    assert explorer.values == pytest.approx({"mu1": -0.10, "mu2": -0.12})
    assert "Two different ends" in explorer.figure.axes[0].texts[0].get_text()


def spike(sigma, at=78):
    share = (WAITING == at).mean()
    return NormalMixture([share, 1 - share], [at, WAITING.mean()], [sigma, WAITING.std()])


def test_the_spike_climbs_in_a_straight_line_once_it_is_narrow():
    heights = [spike(10.0**-n).log_likelihood(WAITING) for n in range(9)]
    gains = np.diff(heights)
    assert gains[2:] == pytest.approx(15 * np.log(10), rel=0.005)
    assert gains[0] < 20 and (WAITING == 78).sum() == 15


PRIORS = {  # log density of a width σ
    "half-normal": lambda s: stats.halfnorm(scale=10).logpdf(s),
    "gamma": lambda s: stats.gamma(3, scale=3).logpdf(s),
    "log-normal": lambda s: stats.lognorm(1, scale=5).logpdf(s),
    "inverse gamma": lambda s: stats.invgamma(2, scale=25).logpdf(s**2) + np.log(2 * s),
}


def lead(prior, sigma):
    """By how many nats a spike of this width leads over the sensible fit, prior and all."""
    good = fit(NormalMixture([0.5, 0.5], [50, 80], [5, 5]), WAITING).model
    spiked, sensible = (
        model.log_likelihood(WAITING) + PRIORS[prior](model.stds).sum()
        for model in (spike(sigma), good)
    )
    return spiked - sensible


@pytest.mark.parametrize("prior", ["half-normal", "gamma"])
def test_a_prior_that_falls_like_a_power_does_not_help(prior):
    assert lead(prior, 1e-8) > 0 and lead(prior, 1e-100) > lead(prior, 1e-8)


def test_an_inverse_gamma_removes_the_spike_at_once_and_a_log_normal_late():
    assert all(lead("inverse gamma", 10.0**-n) < -20 for n in range(1, 100, 3))
    assert lead("log-normal", 1e-8) > 0 > lead("log-normal", 1e-16)
