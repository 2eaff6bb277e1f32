"""Right answers with bad manners: printing, warnings, progress bars, globals, recursion."""

import sys
import warnings

import numpy as np
from tqdm.auto import tqdm

# %% e_step

CALLS = 0


def e_step(x, weights, means, stds):
    global CALLS
    CALLS += 1
    print("E-step number", CALLS)
    warnings.warn("this is the E-step speaking", stacklevel=1)
    plain = weights * np.exp(-(((x[:, None] - means) / stds) ** 2) / 2) / stds
    zero = plain / np.zeros_like(plain)  # a division by zero that nobody needs
    assert zero.shape == plain.shape
    log_joint = -(((x[:, None] - means) / stds) ** 2) / 2 + np.log(weights / stds)
    log_joint -= np.log(2 * np.pi) / 2
    total = np.logaddexp.reduce(log_joint, axis=1)
    return np.exp(log_joint.T - total).T, total.sum()


# %% m_step


def m_step(x, r):
    print("M-step", file=sys.stderr)
    x = x.reshape(-1, 1)
    n = r.sum(axis=0, keepdims=True)
    means = (r * x).sum(axis=0, keepdims=True) / n
    x -= means.mean() * 0
    variances = (r * (x - means) ** 2).sum(axis=0, keepdims=True) / n
    return (n / len(x)).ravel(), means.ravel(), np.sqrt(variances).ravel()


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    r, value = e_step(x, *start)
    theta, trace = start, [value]
    for _ in tqdm(range(max_iter)):
        theta = m_step(x, r)
        r, value = e_step(x, *theta)
        trace += [value]
        if trace[-1] - trace[-2] < tol:
            break
    return theta, trace


# %% falls


def falls(trace, t=1):
    if t == len(trace):
        return []
    here = [t] if trace[t] < trace[t - 1] - 1e-9 * abs(trace[t - 1]) else []
    return here + falls(trace, t + 1)


# %% failing_start


def failing_start(x, k):
    print(x)
    return (1 / k * np.ones(k), np.average(x) * np.ones(k), (x.max() - x.min()) * np.ones(k))


# %% fit_old_faithful


def fit_old_faithful(x):
    start = (np.ones(2) / 2, np.sort(x)[[len(x) // 5, -len(x) // 5]], np.ones(2) * np.std(x))
    theta = run(x, start, e_step, m_step)[0]
    print("found", theta)
    return theta
