"""Whole arrays at once, in log space."""

import numpy as np
from scipy.optimize import minimize

from emlib.check import homework

# %% sample


def sample(n, weights, means, stds, rng):
    z = np.searchsorted(np.cumsum(weights), rng.random(n))
    z = np.minimum(z, len(weights) - 1)
    return means[z] + stds[z] * rng.standard_normal(n), z


# %% log_likelihood


def log_likelihood(x, weights, means, stds):
    gap = (x[:, np.newaxis] - means) / stds
    log_joint = -0.5 * gap**2 - np.log(stds) - 0.5 * np.log(2 * np.pi) + np.log(weights)
    return np.logaddexp.reduce(log_joint, axis=1).sum()


# %% transform


def pack(weights, means, stds):
    theta = np.empty(5)
    theta[[0, 2]] = means
    theta[[1, 3]] = np.log(stds)
    theta[4] = np.log(weights[0]) - np.log(weights[1])
    return theta


def unpack(theta):
    share = 0.5 * (1 + np.tanh(theta[4] / 2))
    return np.array([share, 1 - share]), theta[[0, 2]], np.exp(theta[[1, 3]])


# %% scoreboard


def scoreboard(objective, start, methods):
    results = [minimize(objective, start, method=method) for method in methods]
    ends = np.array([result.fun for result in results], dtype=float)
    gaps = np.where(np.isnan(ends), np.inf, ends - np.nanmin(ends))
    return list(zip(methods, [result.success for result in results], gaps, strict=True))


# %% my_bakery


def my_bakery():
    x = homework.bakery(4711)
    start = np.array([x.min(), 1.0, x.max(), 1.0, 0.0])

    def objective(theta):
        return -log_likelihood(x, *unpack(theta))

    rows = scoreboard(objective, start, ["Nelder-Mead", "Powell", "BFGS", "CG", "L-BFGS-B"])
    best = min((minimize(objective, start, method=m) for m, _, _ in rows), key=lambda r: r.fun)
    return 4711, rows, unpack(best.x)


# %% beat


def beat(x, weights, means, stds):
    return np.array([0.01, 0.99]), np.array([x[7], x.mean()]), np.array([1e-120, x.std()])
