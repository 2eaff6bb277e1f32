"""Ratios to the best component instead of logs, wherever that is safe."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle
from matplotlib.transforms import Affine2D
from scipy.special import gammaln

from emlib import Expected, fit

# %% coin_e_step


def coin_e_step(tosses, weights, biases):
    # p_j / p_k for each pair of coins; a ratio that overflows is rightly a share of 0.
    heads, tails = tosses[:, 0, None, None], tosses[:, 1, None, None]
    per_toss = (biases[:, None] / biases) ** (heads / (heads + tails))
    per_toss = per_toss * ((1 - biases[:, None]) / (1 - biases)) ** (tails / (heads + tails))
    ratios = weights[:, None] / weights * per_toss ** (heads + tails)
    return 1 / ratios.sum(axis=1)


# %% elbo


def elbo(tosses, r, weights, biases):
    p = weights * biases ** tosses[:, :1] * (1 - biases) ** tosses[:, 1:]
    used = r > 0
    return float((r[used] * np.log(p[used] / r[used])).sum())


# %% coin_m_step


def coin_m_step(tosses, r):
    heads = (r * tosses[:, [0]]).sum(0)
    tails = (r * tosses[:, [1]]).sum(0)
    return np.mean(r, 0), 1 / (1 + tails / heads)


# %% m_step


def m_step(x, r):
    n = r.sum(0)
    centre = x.mean(0)
    y = x - centre
    about = (r.T @ y) / n[:, None]
    squares = np.array([(y * column[:, None]).T @ y for column in r.T]) / n[:, None, None]
    return r.mean(0), centre + about, squares - about[:, :, None] * about[:, None, :]


# %% diary


class Diary:
    def __init__(self, x):
        self.x, self.trace, self.figures = np.array(x), [], []

    def __call__(self, step):
        figure = plt.figure()
        ax = figure.add_subplot()
        ax.scatter(self.x[:, 0], self.x[:, 1], s=4)
        for (a, b), covariance in zip(step.model.means, step.model.covariances, strict=True):
            (p, _), (q, u) = np.linalg.cholesky(covariance)
            stretch = Affine2D.from_values(p, q, 0, u, a, b)
            for s in (1, 2):
                ax.add_patch(Circle((0, 0), s, transform=stretch + ax.transData, fill=False))
        self.trace.append(step.log_likelihood)
        self.figures.append(figure)


# %% best_fit


def best_fit(x, starts):
    models, heights = [], []
    for start in starts:
        try:
            model = fit(start, x, tol=1e-11).model
            models.append(model)
            heights.append(model.log_likelihood(x))
        except ValueError:
            pass
    return models[int(np.argmax(heights))]


# %% poisson


@dataclass(frozen=True)
class PoissonMixture:
    weights: np.ndarray
    rates: np.ndarray

    def e_step(self, x):
        heights = np.log(self.rates) * x[:, None] - self.rates
        nearest = heights.max(axis=1, keepdims=True)
        joint = self.weights * np.exp(heights - nearest)
        p = joint.sum(axis=1, keepdims=True)
        r = joint / p
        log_likelihood = np.log(p).sum() + nearest.sum() - gammaln(x + 1).sum()
        return Expected(np.array([r.sum(0), r.T @ x]), float(log_likelihood))

    def m_step(self, expected):
        n, cups = expected.statistics
        return PoissonMixture(n / n.sum(), cups / n)
