"""Whole arrays at once, in log space."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Ellipse
from scipy.special import gammaln, xlogy

from emlib import Expected, best_of

# %% coin_e_step


def coin_log_joint(tosses, weights, biases):
    heads, tails = tosses[:, :1], tosses[:, 1:]
    return np.log(weights) + heads * np.log(biases) + tails * np.log1p(-biases)


def coin_e_step(tosses, weights, biases):
    log_joint = coin_log_joint(tosses, weights, biases)
    return np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=1, keepdims=True))


# %% elbo


def elbo(tosses, r, weights, biases):
    return np.sum(r * coin_log_joint(tosses, weights, biases) - xlogy(r, r))


# %% coin_m_step


def coin_m_step(tosses, r):
    expected = r.T @ tosses
    return r.sum(axis=0) / len(r), expected[:, 0] / expected.sum(axis=1)


# %% m_step


def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    gaps = x - means[:, None]
    weighted = r.T[:, :, None] * gaps
    return n / n.sum(), means, np.swapaxes(weighted, 1, 2) @ gaps / n[:, None, None]


# %% diary


class Diary:
    def __init__(self, x):
        self.x, self.trace, self.figures = x, [], []

    def __call__(self, step):
        figure, ax = plt.subplots(figsize=(6, 4))
        ax.plot(*self.x.T, "o", ms=3)
        values, vectors = np.linalg.eigh(step.model.covariances)
        tilts = np.degrees(np.arctan2(vectors[:, 1, 1], vectors[:, 0, 1]))
        for mean, value, tilt in zip(step.model.means, values, tilts, strict=True):
            for s in (1, 2):
                length, breadth = 2 * s * np.sqrt(value[::-1])
                ax.add_patch(Ellipse(mean, length, breadth, angle=tilt, fc="none", ec="k"))
        self.figures.append(figure)
        self.trace.append(step.log_likelihood)


# %% best_fit


def best_fit(x, starts):
    return best_of(starts, x, tol=1e-9).model


# %% poisson


@dataclass(frozen=True)
class PoissonMixture:
    weights: np.ndarray
    rates: np.ndarray

    def e_step(self, x):
        x = np.asarray(x, dtype=float)[:, None]
        log_joint = np.log(self.weights) + x * np.log(self.rates) - self.rates - gammaln(x + 1)
        log_p = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
        r = np.exp(log_joint - log_p)
        return Expected(np.stack([r.sum(axis=0), (r * x).sum(axis=0)]), log_p.sum())

    def m_step(self, expected):
        n, total = expected.statistics
        return PoissonMixture(n / n.sum(), total / n)
