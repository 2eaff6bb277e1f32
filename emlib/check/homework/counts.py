"""Assignment 3, *Bounds and ellipses*: a family of one's own, mixtures of Poisson counts."""

import copy

import numpy as np
from scipy.special import gammaln

import emlib

from .. import textbook
from .._feedback import Wrong, array, compare, number, require
from .common import examine
from .harness import ask


def log_joint(x, weights, rates) -> np.ndarray:
    """Return log π_k + log Poisson(xₙ; λ_k): (N, K)."""
    return np.log(weights) + textbook.log_poisson(x, rates)


def height(x, weights, rates) -> float:
    """Return the log-likelihood of a mixture of Poisson distributions."""
    return textbook.log_likelihood(log_joint(x, weights, rates))


def em_step(x, weights, rates) -> tuple:
    """Return weights and rates after one step of EM."""
    return textbook.poisson_m_step(x, textbook.posterior(log_joint(x, weights, rates)))


HEIGHT = (
    (
        "The factorial is missing: log p(x) has the term −log x!.",
        lambda x, *theta: height(x, *theta) + gammaln(x + 1).sum(),
    ),
    (
        "This is the mean of log p(x). The log-likelihood is the sum.",
        lambda x, *theta: height(x, *theta) / len(x),
    ),
    ("The sign of the log-likelihood is wrong.", lambda *problem: -height(*problem)),
    (
        "The weights are missing in the log-likelihood.",
        lambda x, weights, rates: textbook.log_likelihood(textbook.log_poisson(x, rates)),
    ),
    (
        "The term −λ is missing in log p(x).",
        lambda x, weights, rates: textbook.log_likelihood(log_joint(x, weights, rates) + rates),
    ),
)


def poisson(answer, x, weights, rates) -> None:
    """Check a class PoissonMixture(weights, rates) with e_step and m_step, one step and a fit."""
    model, problem = answer(weights, rates), (x, weights, rates)
    step, value = _step(answer, model, x)
    hint = "The log-likelihood of e_step is not Σₙ log Σ_k π_k Poisson(xₙ; λ_k)."
    examine(value, height, HEIGHT, problem, hint=hint, rtol=1e-9)
    _compare_model(step, *_after(1, *problem))
    _compare_model(emlib.fit(model, x, max_iter=30, tol=0).model, *_after(30, *problem))


BLOCKS = "Blocks of data go wrong: the statistics must be sums over the data, not averages."


def poisson_blocks(answer, x, weights, rates) -> None:
    """Check that the statistics of blocks add up to those of all data."""
    blocks = np.split(x, [7, 8, 30])
    whole = emlib.fit(answer(weights, rates), x, max_iter=3, tol=0).model
    try:
        pieces = emlib.fit(answer(weights, rates), blocks, max_iter=3, tol=0).model
    except ValueError as error:
        raise Wrong(f"{BLOCKS} fit says: {error}.") from None
    same = np.allclose(whole.rates, pieces.rates) and np.allclose(whole.weights, pieces.weights)
    require(same, BLOCKS)
    _compare_model(pieces, *_after(3, x, weights, rates))


def _after(steps: int, x, *theta) -> tuple:
    """Return weights and rates after that many steps of EM."""
    for _ in range(steps):
        theta = em_step(x, *theta)
    return theta


def _step(answer, model, x):
    """Return the model after one step, and the log-likelihood that came with it."""
    before = copy.deepcopy((model.weights, model.rates))
    expected = ask(model.e_step, x, allowed=("emlib",))
    two = hasattr(expected, "statistics") and hasattr(expected, "log_likelihood")
    require(two, "e_step should return Expected(statistics, log_likelihood).")
    step = ask(model.m_step, expected, allowed=("emlib",))
    kept = all(map(np.array_equal, before, (model.weights, model.rates)))
    require(kept, "m_step changes the model it belongs to. Return a new one.")
    alike = hasattr(step, "weights") and hasattr(step, "rates") and isinstance(step, answer)
    require(alike, "m_step should return a new PoissonMixture.")
    return step, number(expected.log_likelihood, "The log-likelihood of e_step")


def _compare_model(model, weights, rates) -> None:
    for got, want, name, hint in (
        (model.weights, weights, "weights", "the average responsibilities N_k / N"),
        (model.rates, rates, "rates", "Σₙ rₙₖ xₙ / N_k"),
    ):
        got = array(got, (len(weights),), f"The array of {name}")
        compare(got, want, hint=f"After m_step, the {name} are not {hint}.")
