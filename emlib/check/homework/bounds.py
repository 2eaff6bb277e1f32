"""Assignment 3, *Bounds and ellipses*: two coins, and the floor under their log-likelihood."""

import numpy as np
from scipy.special import gammaln, xlogy

from .. import textbook
from .._feedback import Wrong, array, number, parts
from .common import COLUMNS, SHARES, columns, compare_weights, examine
from .harness import ask


def coins(rng, k: int, longest: int, n: int = 12):
    """Draw slips of up to ``longest`` tosses of k coins: tosses (n, 2), (weights, biases)."""
    weights, biases = rng.dirichlet(np.full(k, 4.0)), rng.uniform(0.15, 0.85, k)
    lengths = rng.integers(longest // 2, longest + 1, n)
    heads = rng.binomial(lengths, biases[rng.choice(k, n, p=weights)])
    return np.column_stack([heads, lengths - heads]), (weights, biases)


def log_joint(tosses, weights, biases) -> np.ndarray:
    """Return log π_k θ_kʰ (1 − θ_k)ᵗ: (N, K)."""
    return np.log(weights) + textbook.log_coins(tosses, biases)


# --- The E-step ---

RESPONSIBILITIES = (
    (
        "The rows do not sum to one. Divide each row by its sum.",
        lambda *problem: np.exp(log_joint(*problem)),
    ),
    (COLUMNS, lambda *problem: columns(log_joint(*problem))),
    (
        "The weights are missing: π_k multiplies the probability.",
        lambda tosses, weights, biases: textbook.posterior(textbook.log_coins(tosses, biases)),
    ),
    (
        "The tails are missing: a tail has the probability 1 − θ_k.",
        lambda tosses, *theta: textbook.posterior(log_joint(tosses * [1, 0], *theta)),
    ),
)


def coin_e_step(answer, tosses, weights, biases) -> None:
    """Check coin_e_step(tosses, weights, biases) -> responsibilities (N, K)."""
    problem = tosses, weights, biases
    examine(
        array(ask(answer, *problem), (len(tosses), len(weights)), SHARES),
        lambda *problem: textbook.posterior(log_joint(*problem)),
        RESPONSIBILITIES,
        problem,
        hint="The responsibilities are not π_k θ_kʰ (1 − θ_k)ᵗ, divided by its sum over k.",
    )


# --- The bound ---


def _q(tosses, r, weights, biases) -> float:
    return (r * log_joint(tosses, weights, biases)).sum()


def _entropy(r) -> float:
    return -xlogy(r, r).sum()


def _bound(tosses, r, weights, biases) -> float:
    return _q(tosses, r, weights, biases) + _entropy(r)


def _log_orders(tosses) -> float:
    """Return the sum of the logs of the binomial coefficients."""
    return (gammaln(tosses.sum(axis=1) + 1) - gammaln(tosses + 1).sum(axis=1)).sum()


BOUND = (
    (
        "The sign of −r log r is wrong: it raises the bound.",
        lambda tosses, r, *theta: _q(tosses, r, *theta) - _entropy(r),
    ),
    ("The part −r log r is missing. This is Q, not the bound.", _q),
    (
        "This is the log-likelihood. The bound depends on r.",
        lambda tosses, r, *theta: textbook.log_likelihood(log_joint(tosses, *theta)),
    ),
    (
        "The weights π_k are missing.",
        lambda tosses, r, weights, biases: _bound(tosses, r, np.ones(len(weights)), biases),
    ),
    (
        "No binomial coefficient: the slips record the order of the tosses.",
        lambda tosses, r, *theta: _bound(tosses, r, *theta) + _log_orders(tosses),
    ),
    ("The sign of the bound is wrong.", lambda *problem: -_bound(*problem)),
    (
        "This is the mean over the slips. The bound is the sum.",
        lambda tosses, *more: _bound(tosses, *more) / len(tosses),
    ),
)
NAN = "A share of 0 makes it NaN. r log r tends to 0: scipy.special.xlogy knows."


def elbo(answer, tosses, r, weights, biases) -> None:
    """Check elbo(tosses, r, weights, biases) -> float. r: (N, K), or "posterior"."""
    if isinstance(r, str):
        r = textbook.posterior(log_joint(tosses, weights, biases))
    problem = tosses, r, weights, biases
    got = ask(answer, *problem)
    if np.size(got) == 1 and np.isnan(float(np.ravel(got)[0])) and (r == 0).any():
        raise Wrong(NAN)
    hint = "The bound is not Σₙₖ rₙₖ (log π_k θ_kʰ (1 − θ_k)ᵗ − log rₙₖ)."
    examine(number(got, "The bound"), _bound, BOUND, problem, hint=hint, rtol=1e-9)


# --- The M-step ---


def _biases(tosses, r) -> np.ndarray:
    return textbook.coin_m_step(tosses, r)[1]


BIASES = (
    (
        "Divide by expected tosses, not by expected slips.",
        lambda tosses, r: textbook.average(tosses[:, 0], r),
    ),
    (
        "Divide by the tosses expected of this coin, not by all.",
        lambda tosses, r: tosses[:, 0] @ r / tosses.sum(),
    ),
    ("This is the probability of tails.", lambda tosses, r: _biases(tosses[:, ::-1], r)),
    (
        "Weigh by tosses: do not average each slip's share of heads.",
        lambda tosses, r: textbook.average(tosses[:, 0] / tosses.sum(axis=1), r),
    ),
    (
        "The biases are in the wrong order: θ_k belongs to column k.",
        lambda tosses, r: _biases(tosses, r)[::-1],
    ),
    (
        "These are odds. A bias is heads out of heads and tails.",
        lambda tosses, r: tosses[:, 0] @ r / (tosses[:, 1] @ r),
    ),
)


def coin_m_step(answer, tosses, r) -> None:
    """Check coin_m_step(tosses, r) -> weights, biases: (K,) each."""
    weights, biases = parts(ask(answer, tosses, r), 2, "What coin_m_step returns")
    compare_weights(weights, r)
    biases = array(biases, (r.shape[1],), "The array of biases")
    hint = "The biases are not expected heads out of expected tosses."
    examine(biases, _biases, BIASES, (tosses, r), hint=hint)
