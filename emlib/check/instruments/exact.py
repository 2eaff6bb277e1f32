"""Exact EM, from the textbook's formulas, and the summit that it climbs to."""

from collections.abc import Callable

import numpy as np

from .. import textbook
from .kinds import kind_of


def shared_std_m_step(x, r) -> tuple:
    """Return weights, means and stds (K,) of normal components that share one std."""
    weights, means, stds = textbook.normal_m_step(x, r)
    return weights, means, np.full(len(stds), np.sqrt(weights @ stds**2))


def with_weights(m_step: Callable, weights) -> Callable:
    """Return the M-step of a mixture whose weights are known."""
    return lambda x, r: (weights, *m_step(x, r)[1:])


def log_joint(x, theta) -> np.ndarray:
    """Return log π_k p_k(xₙ): (N, K)."""
    return np.log(theta[0]) + kind_of(theta).log_components(x, *theta[1:])


def log_likelihood(x, theta) -> float:
    """Return the log-likelihood at theta, in nats."""
    return textbook.log_likelihood(log_joint(x, theta))


def exact_step(x, theta, m_step: Callable) -> tuple:
    """Return the parameters after one step of EM."""
    return m_step(x, textbook.posterior(log_joint(x, theta)))


def summit(x, theta, m_step: Callable) -> float:
    """Return the log-likelihood where exact EM ends.

    After two steps it leaps along them, as far as their shrinking says (Varadhan & Roland 2008,
    scheme S3): on a flat hill, plain EM would take ten thousand steps. A leap that gains a nat or
    more is not believed: it has landed on another hill, or on a spike.
    """
    before = -np.inf
    for _ in range(5_000):
        one, here = _step_and_height(x, theta, m_step)
        if not here - before > 1e-10:
            return max(here, before)
        two, middle = _step_and_height(x, one, m_step)
        before, leap = max(here, middle), _leap(theta, one, two)
        gain = log_likelihood(x, leap) - log_likelihood(x, two)
        theta = leap if 0 < gain < 1 else two
    return before


def _step_and_height(x, theta, m_step: Callable) -> tuple:
    """Return one step of EM from theta, and the log-likelihood at theta."""
    r, height = textbook.e_step(log_joint(x, theta))
    return m_step(x, r), height


def _leap(zero, one, two) -> tuple:
    """Return the parameters to which three that follow each other seem to lead."""
    first = [b - a for a, b in zip(zero, one, strict=True)]
    change = [c - b - d for b, c, d in zip(one, two, first, strict=True)]
    far = np.sqrt(_square(first) / max(_square(change), 1e-300))
    return tuple(a + 2 * far * d + far**2 * c for a, d, c in zip(zero, first, change, strict=True))


def _square(parts) -> float:
    return sum(float(np.sum(p**2)) for p in parts)
