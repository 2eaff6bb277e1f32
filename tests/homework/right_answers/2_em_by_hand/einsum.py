"""Every sum an einsum."""

import numpy as np
from scipy.special import logsumexp, softmax

# %% e_step


def e_step(x, weights, means, stds):
    y = np.einsum("nk,k->nk", np.subtract.outer(x, means), 1 / stds)
    log_joint = np.log(weights / (np.sqrt(2 * np.pi) * stds)) - np.einsum("nk,nk->nk", y, y) / 2
    return softmax(log_joint, axis=1), np.einsum("n->", logsumexp(log_joint, axis=1))


# %% m_step


def m_step(x, r):
    n_k = np.einsum("nk->k", r)
    means = np.einsum("nk,n->k", r, x) / n_k
    gaps = np.subtract.outer(x, means)
    variances = np.einsum("nk,nk,nk->k", r, gaps, gaps) / n_k
    return n_k / len(x), means, variances**0.5


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    r, value = e_step(x, *start)
    theta, trace = start, np.full(max_iter + 1, np.nan)
    trace[0] = value
    for t in range(1, max_iter + 1):
        theta = m_step(x, r)
        r, trace[t] = e_step(x, *theta)
        if trace[t] < trace[t - 1] + tol:
            return theta, trace[: t + 1]
    return theta, trace


# %% falls


def falls(trace):
    a, b = np.array(trace[:-1]), np.array(trace[1:])
    return [int(t) + 1 for t in np.argwhere(b + 1e-9 * abs(a) < a).ravel()]


# %% failing_start


def failing_start(x, k):
    return np.einsum("k->k", np.full(k, 1 / k)), np.full(k, np.median(x)), np.full(k, np.ptp(x))


# %% fit_old_faithful


def fit_old_faithful(x):
    start = np.array([0.4, 0.6]), np.array([x.min(), x.max()]), np.full(2, np.ptp(x) / 6)
    (weights, means, stds), _ = run(x, start, e_step, m_step, tol=1e-9)
    return weights, means, stds
