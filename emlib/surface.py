"""The log-likelihood of a two-component mixture as a landscape over its two means."""

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, check_finite

ROWS = 32  # rows of the surface at a time, which stay in the processor's cache
TINY = 1e-280  # products above it have lost nothing to underflow


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
        for few in np.split(x, range(8, len(x), 8)):
            a = _log_table(few, mu1, weights[0], stds[0])
            b = _log_table(few, mu2, weights[1], stds[1])
            _add_logs(surface, a, b)
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
    """Add Σₙ log(exp a_ng + exp b_nh) to surface (H, G), for the logs of at most eight samples.

    A product of four sums, Π (αₙ + βₙ), is a sum of 16 products, each of some α and the other β.
    As α depends on g alone and β on h alone, that is a small matrix product for all cells at
    once, and with the next four samples' it shares one log. Where it underflows, because so far
    from both means a density of e⁻⁸⁰ is common, rows are done in the plain, safe way.
    """
    fours = [_Four(a[:4], b[:4]), _Four(a[4:], b[4:])]
    for first in range(0, len(surface), ROWS):
        rows = slice(first, first + ROWS)
        products = [four.product(rows) for four in fours]
        both = products[0] * products[1]
        if both.min() > TINY:
            surface[rows] += np.log(both, out=both)
            surface[rows] += fours[0].shift + fours[1].shift
        else:
            for four, product in zip(fours, products, strict=True):
                four.add(surface[rows], rows, product)


class _Four:
    """Up to four samples: their logs a (n, G) and b (n, H), and tables of products of α and β."""

    def __init__(self, a, b):
        top = np.maximum(a.max(axis=1), b.max(axis=1))[:, None]
        self.a, self.b, self.shift = a, b, top.sum()
        self.p, self.q = _subsets(np.exp(a - top), np.exp(b - top))

    def product(self, rows: slice) -> np.ndarray:
        """Return Πₙ (α_ng + β_nh) for some rows."""
        return self.q[:, rows].T @ self.p

    def add(self, surface, rows: slice, product) -> None:
        """Add the logs of these samples alone to some rows."""
        if product.min() > TINY:
            surface += np.log(product) + self.shift
        else:
            _add_logs_safely(surface, self.a, self.b[:, rows])


def _subsets(alpha, beta) -> tuple[np.ndarray, np.ndarray]:
    """Return, for every subset of n samples, the product of α inside it and of β outside."""
    inside, outside = np.ones((1, alpha.shape[1])), np.ones((1, beta.shape[1]))
    for one, other in zip(alpha, beta, strict=True):
        inside = np.concatenate([inside, inside * one])
        outside = np.concatenate([outside * other, outside])
    return inside, outside


def _add_logs_safely(surface, a, b) -> None:
    """Do as ``_add_logs``: max + log(1 + e^−gap), where the log is 0 but for a few cells."""
    top, gap, flat = np.empty_like(surface), np.empty_like(surface), surface.reshape(-1)
    for row, column in zip(a, b[:, :, None], strict=True):
        surface += np.maximum(row, column, out=top)
        np.abs(np.subtract(row, column, out=gap), out=gap)
        near = np.flatnonzero(gap < 40)
        flat[near] += np.log1p(np.exp(-gap.ravel()[near]))
