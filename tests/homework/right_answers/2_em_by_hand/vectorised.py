"""Whole arrays at once, in log space."""

import numpy as np

# %% e_step


def e_step(x, weights, means, stds):
    gap = (x[:, np.newaxis] - means) / stds
    log_p = -0.5 * gap**2 - np.log(stds) - 0.5 * np.log(2 * np.pi) + np.log(weights)
    log_px = np.logaddexp.reduce(log_p, axis=1)
    return np.exp(log_p - log_px[:, np.newaxis]), log_px.sum()


# %% m_step


def m_step(x, r):
    n_k = np.sum(r, axis=0)
    means = np.sum(r * x[:, None], axis=0) / n_k
    variances = np.sum(r * np.square(x[:, None] - means), axis=0) / n_k
    return n_k / np.sum(n_k), means, np.sqrt(variances)


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    theta = start
    r, new = e_step(x, *theta)
    trace, old = [new], -np.inf
    while len(trace) <= max_iter and new - old >= tol:
        theta = m_step(x, r)
        old = new
        r, new = e_step(x, *theta)
        trace.append(new)
    return theta, np.array(trace)


# %% falls


def falls(trace):
    trace = np.asarray(trace)
    return np.where(np.diff(trace) < -1e-9 * np.abs(trace[:-1]))[0] + 1


# %% failing_start


def failing_start(x, k):
    return np.ones(k) / k, np.repeat(np.mean(x), k), np.repeat(np.std(x), k)


# %% fit_old_faithful


def fit_old_faithful(x):
    low, high = np.percentile(x, [25, 75])
    start = np.array([0.5, 0.5]), np.array([low, high]), np.array([1, 1]) * (high - low) / 2
    return run(x, start, e_step, m_step, tol=1e-9, max_iter=10_000)[0]
