"""Distributions and averages from scipy.stats and numpy."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Polygon
from scipy import linalg, special, stats

from emlib import Expected, best_of

# %% coin_e_step


def log_slips(tosses, biases):
    # A binomial probability counts all orders of the tosses: take them out again.
    heads, n = tosses[:, :1], tosses.sum(axis=1, keepdims=True)
    orders = special.gammaln(n + 1) - special.gammaln(heads + 1) - special.gammaln(n - heads + 1)
    return stats.binom.logpmf(heads, n, biases) - orders


def coin_e_step(tosses, weights, biases):
    # The number of orders is the same for every coin, so it cancels here.
    n = tosses.sum(axis=1, keepdims=True)
    return special.softmax(np.log(weights) + stats.binom.logpmf(tosses[:, :1], n, biases), axis=1)


# %% elbo


def elbo(tosses, r, weights, biases):
    log_joint = np.log(weights) + log_slips(tosses, biases)
    return (r * log_joint).sum() + stats.entropy(r, axis=1).sum()


# %% coin_m_step


def coin_m_step(tosses, r):
    lengths = tosses.sum(axis=1)
    shares = tosses[:, 0] / lengths
    biases = [np.average(shares, weights=lengths * r[:, k]) for k in range(r.shape[1])]
    return r.mean(axis=0), np.array(biases)


# %% m_step


def m_step(x, r):
    columns = r.T
    means = np.array([np.average(x, axis=0, weights=column) for column in columns])
    covariances = [np.atleast_2d(np.cov(x.T, aweights=c, ddof=0)) for c in columns]
    return r.mean(axis=0), means, np.array(covariances)


# %% diary


class Diary:
    def __init__(self, x):
        self.x, self.trace, self.figures = x, [], []

    def __call__(self, step):
        figure, ax = plt.subplots()
        ax.scatter(*self.x.T, marker="x")
        angle = np.linspace(0, 2 * np.pi, 90)
        circle = np.column_stack([np.cos(angle), np.sin(angle)])
        for mean, covariance in zip(step.model.means, step.model.covariances, strict=True):
            for s in (1, 2):
                corners = mean + s * circle @ linalg.sqrtm(covariance).real
                ax.add_patch(Polygon(corners, fill=False))
        self.trace += [step.log_likelihood]
        self.figures += [figure]


# %% best_fit


def best_fit(x, starts):
    return best_of(iter(starts), x).model


# %% poisson


@dataclass
class PoissonMixture:
    weights: np.ndarray
    rates: np.ndarray

    def e_step(self, x):
        x = np.asarray(x)
        log_joint = np.log(self.weights) + stats.poisson(self.rates).logpmf(x[:, None])
        r = special.softmax(log_joint, axis=1)
        return Expected((r.sum(axis=0), r.T @ x), special.logsumexp(log_joint, axis=1).sum())

    def m_step(self, expected):
        n, cups = expected.statistics
        return PoissonMixture(weights=n / n.sum(), rates=cups / n)
