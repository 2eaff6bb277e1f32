"""The log-likelihood of a two-component mixture as a landscape over its two means."""

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, check_finite


def log_likelihood_surface(x, mu1, mu2, *, weights, stds) -> np.ndarray:
    """Return Σₙ log(π₁ N(xₙ; μ₁, σ₁²) + π₂ N(xₙ; μ₂, σ₂²)) over a grid, in nats.

    The answer is (len(mu2), len(mu1)): row j holds μ₂ = mu2[j] and column i holds μ₁ = mu1[i], as
    ``contour(mu1, mu2, surface)`` wants.
    x (N,), mu1 and mu2 in the unit of x; weights (2,) with sum 1; stds (2,). Raises ValueError.
    """
    x = as_rows(x, None)
    check_finite(x)
    mu1, mu2 = (as_floats(n, m, 1, "(G,)") for n, m in (("mu1", mu1), ("mu2", mu2)))
    weights, stds = as_weights(weights), as_positive("stds", stds, "(2,)")
    if len(weights) != 2 or len(stds) != 2:
        raise ValueError(
            f"weights and stds must have length 2, but have {len(weights)} and {len(stds)}; "
            "give one entry for each of the two components"
        )
    a = _log_table(x, mu1, weights[0], stds[0])
    b = _log_table(x, mu2, weights[1], stds[1])
    return np.array([[np.logaddexp(ai, bj).sum() for ai in a] for bj in b])


def _log_table(x, mu, weight, std) -> np.ndarray:
    """Return log(π N(xₙ; μ_g, σ²)): (G, N)."""
    with np.errstate(divide="ignore"):
        return (
            np.log(weight) - np.log(std * np.sqrt(2 * np.pi)) - 0.5 * ((x - mu[:, None]) / std) ** 2
        )
