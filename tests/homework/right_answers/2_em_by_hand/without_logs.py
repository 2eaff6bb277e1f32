"""Densities themselves, not their logs: shifted, so that the nearest component never underflows."""

import numpy as np

# %% e_step


def e_step(x, weights, means, stds):
    half_squares = ((x[:, None] - means) / stds) ** 2 / 2
    nearest = half_squares.min(axis=1)
    joint = weights / stds * np.exp(nearest[:, None] - half_squares)
    joint = joint / np.sqrt(2 * np.pi)
    density = joint.sum(axis=1)
    return joint / density[:, None], np.sum(np.log(density) - nearest)


# %% m_step


def m_step(x, r):
    n_k = r.sum(0)
    shifted = x - x.mean()
    about = shifted @ r / n_k
    return r.mean(0), x.mean() + about, np.sqrt(shifted**2 @ r / n_k - about**2)


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    trace, theta = [], start
    for iteration in range(max_iter + 1):
        r, value = e_step(x, *theta)
        trace.append(value)
        if iteration == max_iter or (iteration and trace[-1] - trace[-2] < tol):
            break
        theta = m_step(x, r)
    return theta, trace


# %% falls


def falls(trace):
    bad = []
    previous = None
    for t, value in enumerate(trace):
        if previous is not None and value < previous - abs(previous) / 1e9:
            bad += [t]
        previous = value
    return bad


# %% failing_start


def failing_start(x, k):
    # All numbers, seen by each component from the same far and wide place.
    return np.full(k, 1.0 / k), np.full(k, x.max()), np.full(k, 3 * x.std())


# %% fit_old_faithful


def fit_old_faithful(x):
    middle = (x.min() + x.max()) / 2
    r = np.column_stack([x < middle, x >= middle]).astype(float)
    theta, _ = run(x, m_step(x, r), e_step, m_step, tol=1e-8)
    return theta
