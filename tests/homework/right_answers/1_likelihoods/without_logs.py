"""Densities themselves wherever they are safe, and a shift where they are not."""

import numpy as np
from scipy.optimize import minimize

from emlib.check import homework

# %% sample


def sample(n, weights, means, stds, rng):
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    edges[-1] = 1.0
    u = rng.uniform(size=n)
    z = np.zeros(n, dtype=int)
    for k in range(len(weights)):
        z[(edges[k] <= u) & (u < edges[k + 1])] = k
    x = np.zeros(n)
    for k in range(len(weights)):
        x[z == k] = rng.normal(means[k], stds[k], (z == k).sum())
    return x, z


# %% log_likelihood


def log_likelihood(x, weights, means, stds):
    half_squares = ((x[:, None] - means) / stds) ** 2 / 2
    nearest = half_squares.min(axis=1, keepdims=True)
    factors = weights / (stds * np.sqrt(2 * np.pi))
    density = (factors * np.exp(nearest - half_squares)).sum(axis=1)
    return float(np.log(density).sum() - nearest.sum())


# %% transform


def pack(weights, means, stds):
    odds = weights[0] / weights[1]
    return np.array([means[0], np.log(stds[0]), means[1], np.log(stds[1]), np.log(odds)])


def unpack(theta):
    odds = np.exp(-abs(theta[4]))
    large, small = 1 / (1 + odds), odds / (1 + odds)
    weights = [large, small] if theta[4] > 0 else [small, large]
    return np.array(weights), np.array([theta[0], theta[2]]), np.exp(np.array([theta[1], theta[3]]))


# %% scoreboard


def scoreboard(objective, start, methods):
    board = []
    for method in methods:
        result = minimize(fun=objective, x0=start, method=method)
        board.append((method, result.success, objective(result.x)))
    lowest = min(value for _, _, value in board if value == value)
    return [
        (method, claimed, value - lowest if value == value else float("inf"))
        for method, claimed, value in board
    ]


# %% my_bakery


def my_bakery():
    x = homework.bakery(99)

    def objective(theta):
        return -log_likelihood(x, *unpack(theta))

    start = np.array([48.0, 1.0, 64.0, 1.0, 0.0])
    rows = scoreboard(objective, start, ["Nelder-Mead", "Powell", "L-BFGS-B", "TNC"])
    theta = start
    for _ in range(3):
        theta = minimize(objective, theta, method="Nelder-Mead", options={"maxiter": 5000}).x
    return 99, rows, unpack(theta)


# %% beat


def beat(x, weights, means, stds):
    return [0.5, 0.5], [x[0], x.mean()], [1e-250, x.std()]
