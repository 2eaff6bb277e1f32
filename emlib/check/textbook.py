"""The textbook's formulas, each once and as plain as they come: what the checks compare with.

They share no code with emlib's own EM, so that emlib can be examined too. x is (N,) or (N, D), and
coin tosses are (N, 2), heads and tails. Tables have a row an observation and a column a component:
(N, K). A slip, a mistake that a check knows by its result, is one of these with a part changed.

Sources: Bishop (2006), section 9.2; Do & Batzoglou (2008) for coins.
"""

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

# The logarithm of each component's density, or probability: (N, K)


def log_normal(x, means, stds) -> np.ndarray:
    """Return log N(xₙ; μ_k, σ_k²)."""
    y = (np.asarray(x)[:, None] - means) / stds
    return -(y**2) / 2 - np.log(stds) - np.log(2 * np.pi) / 2


def log_gaussian(x, means, covariances) -> np.ndarray:
    """Return log N(xₙ; μ_k, Σ_k)."""
    gaps = x - np.asarray(means)[:, None]
    squares = np.einsum("kni,kni->nk", gaps @ np.linalg.inv(covariances), gaps)
    return -(squares + np.linalg.slogdet(2 * np.pi * np.asarray(covariances))[1]) / 2


def log_coins(tosses, biases) -> np.ndarray:
    """Return log θ_kʰ (1 − θ_k)ᵗ: the order of the tosses is on record."""
    return xlogy(tosses[:, :1], biases) + xlog1py(tosses[:, 1:], -np.asarray(biases))


def log_poisson(x, rates) -> np.ndarray:
    """Return log Poisson(xₙ; λ_k)."""
    x = np.asarray(x)[:, None]
    return xlogy(x, rates) - rates - gammaln(x + 1)


# What follows from log π_k p_k(xₙ), a table (N, K)


def log_density(log_joint) -> np.ndarray:
    """Return log Σ_k π_k p_k(xₙ): (N,). No exponential is taken of a large number."""
    return np.logaddexp.reduce(log_joint, axis=1)


def log_likelihood(log_joint) -> float:
    """Return Σₙ log Σ_k π_k p_k(xₙ), in nats."""
    return float(log_density(log_joint).sum())


def e_step(log_joint) -> tuple:
    """Return the responsibilities (N, K), and the log-likelihood."""
    height = log_density(log_joint)
    return np.exp(log_joint - height[:, None]), float(height.sum())


def posterior(log_joint) -> np.ndarray:
    """Return the responsibilities: each row of π_k p_k(xₙ), divided by its sum."""
    return e_step(log_joint)[0]


# The M-steps, from responsibilities r (N, K)


def average(x, r) -> np.ndarray:
    """Return Σₙ rₙₖ xₙ / N_k: (K,), or (K, D)."""
    return (r / r.sum(axis=0)).T @ x


def scatter(x, r, means) -> np.ndarray:
    """Return Σₙ rₙₖ (xₙ − μ_k)(xₙ − μ_k)ᵀ: (K, D, D); in one dimension (K,).

    means may also be one place for all components.
    """
    if x.ndim == 1:
        return (r * (x[:, None] - means) ** 2).sum(axis=0)
    gaps = x - np.reshape(means, (-1, 1, x.shape[1]))
    return (r.T[:, :, None] * gaps).transpose(0, 2, 1) @ gaps


def normal_m_step(x, r) -> tuple:
    """Return weights, means and stds: (K,) each."""
    means = average(x, r)
    return r.mean(axis=0), means, np.sqrt(scatter(x, r, means) / r.sum(axis=0))


def gaussian_m_step(x, r) -> tuple:
    """Return weights (K,), means (K, D) and covariances (K, D, D)."""
    means = average(x, r)
    return r.mean(axis=0), means, scatter(x, r, means) / r.sum(axis=0)[:, None, None]


def coin_m_step(tosses, r) -> tuple:
    """Return weights and biases, (K,) each: expected heads out of expected tosses."""
    heads, tails = tosses.T @ r
    return r.mean(axis=0), heads / (heads + tails)


def poisson_m_step(x, r) -> tuple:
    """Return weights and rates: (K,) each."""
    return r.mean(axis=0), average(x, r)
