"""Tables of shape (K, N) inside, turned round at the door, and names of their own."""

import numpy as np

# %% e_step

LOG_ROOT_TWO_PI = 0.5 * np.log(2.0 * np.pi)


def log_normal(data, mu, sigma):
    z = (data - mu[:, None]) / sigma[:, None]
    return -0.5 * z * z - np.log(sigma)[:, None] - LOG_ROOT_TWO_PI


def e_step(data, pi, mu, sigma):
    log_rho = np.log(pi)[:, None] + log_normal(data, mu, sigma)
    peak = log_rho.max(axis=0)
    rho = np.exp(log_rho - peak)
    evidence = rho.sum(axis=0)
    return (rho / evidence).T, np.float64(np.sum(peak + np.log(evidence)))


# %% m_step


def m_step(data, gamma):
    gamma = gamma.T
    mass = gamma.sum(axis=1)
    mu = (gamma @ data) / mass
    sigma = np.array(
        [np.sqrt(g @ (data - m) ** 2 / n) for g, m, n in zip(gamma, mu, mass, strict=True)]
    )
    return mass / data.size, mu, sigma


# %% run


def run(data, theta0, expect, maximise, eps=1e-9, steps=1000):
    def climb(theta, gamma, history):
        while len(history) <= steps:
            theta = maximise(data, gamma)
            gamma, height = expect(data, *theta)
            history.append(height)
            if history[-1] - history[-2] < eps:
                break
        return theta, tuple(history)

    gamma, height = expect(data, *theta0)
    return climb(theta0, gamma, [height])


# %% falls


def falls(heights):
    heights = np.array(heights, dtype=float)
    before, after = heights[:-1], heights[1:]
    lower = after < before - 1e-9 * np.abs(before)
    return tuple(1 + np.flatnonzero(lower))


# %% failing_start


def failing_start(data, how_many):
    shares = np.arange(1, how_many + 1, dtype=float)
    same = np.ones(how_many)
    return shares / shares.sum(), same * data[0], same * np.ptp(data)


# %% fit_old_faithful


def fit_old_faithful(data):
    centre, width = data.mean(), data.std()
    theta0 = np.array([0.5, 0.5]), centre + np.array([-1.0, 1.0]) * width, np.full(2, width / 2)
    pi, mu, sigma = run(data, theta0, e_step, m_step, eps=1e-9, steps=2000)[0]
    order = [0, 1] if mu[0] < mu[1] else [1, 0]
    return pi[order], mu[order], sigma[order]
