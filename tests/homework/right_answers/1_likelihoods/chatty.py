"""Right answers with bad manners: printing, warnings, figures, globals, side tracks."""

import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

from emlib.check import homework

# %% sample

LAST = None


def sample(n, weights, means, stds, rng):
    global LAST
    print("drawing", n, file=sys.stderr)
    LAST = rng.random((n, 1))
    z = (LAST > np.cumsum(weights)[:-1]).sum(axis=1)
    everything = rng.normal(means, stds, (n, len(means)))
    return everything[np.arange(n), z], z


# %% log_likelihood


def log_likelihood(x, weights, means, stds):
    warnings.warn("here comes a likelihood", stacklevel=1)
    np.log(np.zeros(1))
    x = np.asarray(x).reshape(-1, 1)
    log_p = np.log(weights) - ((x - means) ** 2) / (2 * stds**2) - np.log(2 * np.pi * stds**2) / 2
    largest = np.max(log_p, 1)
    return sum(np.log(np.sum(np.exp(log_p - largest[:, None]), 1)) + largest)


# %% transform


def pack(weights, means, stds):
    print("packing")
    variances = stds**2
    logs = np.log(variances) / 2
    return np.hstack([means[0], logs[0], means[1], logs[1], -np.log(1 / weights[0] - 1)])


def unpack(theta):
    print("unpacking")
    share = 1 / (1 + np.exp(-theta[4]))  # overflows far out, and is right all the same
    return np.array((share, 1 - share)), np.array((theta[0], theta[2])), np.exp(theta[1:4:2])


# %% scoreboard


def scoreboard(objective, start, methods):
    rows, lowest = [], None
    for method in methods:
        result = minimize(objective, start, method=method, callback=lambda *a, **k: None)
        print(result)
        if not np.isnan(result.fun) and (lowest is None or result.fun < lowest):
            lowest = result.fun
        rows.append([method, result.success, result.fun])
    for row in rows:
        row[2] = row[2] - lowest if not np.isnan(row[2]) else np.inf
    return rows


# %% my_bakery


def my_bakery():
    x = homework.bakery(1)
    figure, ax = plt.subplots()
    ax.hist(x)
    plt.show()
    start = np.array([np.median(x) - 6, 0.9, np.median(x) + 6, 0.9, -0.1])
    objective = lambda theta: -log_likelihood(x, *unpack(theta))  # noqa: E731
    rows = scoreboard(objective, start, ["Nelder-Mead", "CG", "BFGS", "Powell"])
    return 1, rows, unpack(minimize(objective, start).x)


# %% beat


def beat(x, weights, means, stds):
    print("spike!")
    weights = np.append(weights, 0.001)
    means = np.append(means, x[0])
    return weights / weights.sum(), means, np.append(stds, 1e-30)
