"""Densities from scipy.stats, averages from np.average."""

import numpy as np
from scipy import stats
from scipy.special import logsumexp

# %% e_step


def e_step(x, weights, means, stds):
    log_joint = np.log(weights) + stats.norm(means, stds).logpdf(x[:, None])
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    return np.exp(log_joint - log_density), log_density.sum()


# %% m_step


def m_step(x, r):
    columns = range(r.shape[1])
    means = np.array([np.average(x, weights=r[:, k]) for k in columns])
    variances = [np.average((x - means[k]) ** 2, weights=r[:, k]) for k in columns]
    return r.mean(axis=0), means, np.sqrt(variances)


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    states = [(start, *e_step(x, *start))]
    for _ in range(max_iter):
        theta = m_step(x, states[-1][1])
        states.append((theta, *e_step(x, *theta)))
        if states[-1][2] - states[-2][2] < tol:
            break
    return states[-1][0], [log_likelihood for _, _, log_likelihood in states]


# %% falls


def falls(trace):
    return [t for t in range(1, len(trace)) if trace[t] - trace[t - 1] < -1e-9 * abs(trace[t - 1])]


# %% failing_start


def failing_start(x, k):
    mean, std = stats.norm.fit(x)
    rng = np.random.default_rng(1)
    return rng.dirichlet(np.ones(k)), np.full(k, mean), np.full(k, std)


# %% fit_old_faithful


def fit_old_faithful(x):
    rng = np.random.default_rng(0)
    ends = []
    for _ in range(3):
        means = rng.choice(np.unique(x), 2, replace=False)
        start = np.array([0.5, 0.5]), means, np.full(2, stats.tstd(x))
        theta, trace = run(x, start, e_step, m_step, tol=1e-9, max_iter=3000)
        ends.append((trace[-1], theta))
    weights, means, stds = max(ends, key=lambda end: end[0])[1]
    order = means.argsort()
    return weights[order], means[order], stds[order]
