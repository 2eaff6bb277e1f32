"""The log-likelihood of a two-component mixture as a landscape over its two means."""

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, check_finite

FEW, ROWS = 64, 64  # samples, and rows of the surface, at a time: they stay in the cache


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
    surface = np.zeros((len(mu2), len(mu1)))
    with np.errstate(all="ignore"):
        for few in np.split(x, range(FEW, len(x), FEW)):
            a = _log_table(few, mu1, weights[0], stds[0])
            b = _log_table(few, mu2, weights[1], stds[1])
            for first in range(0, len(mu2), ROWS):
                rows = slice(first, first + ROWS)
                _add_logs(surface[rows], a, b[:, rows, None])
    if not np.isfinite(surface).all():
        raise ValueError(
            "x has density 0 for some of the means: the log-likelihood is -inf there, so far is "
            "mu1 or mu2 from the data. Check x, or choose a smaller grid or larger stds"
        )
    return surface


def _log_table(x, mu, weight, std) -> np.ndarray:
    """Return log(π N(xₙ; μ_g, σ²)): (N, G)."""
    log_norm = np.log(weight) - np.log(std * np.sqrt(2 * np.pi))
    return log_norm - 0.5 * ((x[:, None] - mu) / std) ** 2


def _add_logs(surface, a, b) -> None:
    """Add Σₙ log(exp a_ng + exp b_nh) to surface (H, G), for logs a (N, G) and b (N, H, 1).

    log(eᵃ + eᵇ) = max(a, b) + log(1 + e^−|a−b|), where nothing can overflow. And as no 1 + e^−|a−b|
    is above 2, dozens of them are multiplied and share one log.
    """
    product, term = np.ones_like(surface), np.empty_like(surface)
    for row, column in zip(a, b, strict=True):
        surface += np.maximum(row, column, out=term)
        np.subtract(row, column, out=term)
        np.negative(np.abs(term, out=term), out=term)
        product *= np.add(np.exp(term, out=term), 1, out=term)
    surface += np.log(product)
