"""Mixtures of Gaussians in any dimension, with full covariances."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.linalg import lapack

from ._checks import as_floats, as_rows, as_weights, held, same_length, show
from .em import CollapsedComponent, Expected
from .lens import Lens, in_space
from .mixture import live
from .normal import Gaussians

THIN, TINY = 1e-13, 1e-20  # of a component's own variance, and of that of the whole mixture
SAME = 1e-16  # of the variance of the whole mixture: below it, numbers are called equal


@dataclass(frozen=True)
class GaussianMixture(Gaussians):
    """p(x) = Σ_k π_k N(x; μ_k, Σ_k).

    weights π (K,), at least 0 with sum 1; means μ (K, D); covariances Σ (K, D, D), symmetric and
    positive definite, in squared units of the data. Data are (N, D). Raises ValueError for
    anything else. Source: Bishop (2006), section 9.2.
    """

    means: np.ndarray
    covariances: np.ndarray

    def __post_init__(self):
        weights, means = as_weights(self.weights), as_floats("means", self.means, 2, "(K, D)")
        covariances = as_floats("covariances", self.covariances, 3, "(K, D, D)")
        same_length(weights=weights, means=means, covariances=covariances)
        require_covariances(covariances, means.shape[1])
        vars(self).update(weights=weights, means=means, covariances=covariances)

    @property
    def d(self) -> int:
        """Dimension of the data."""
        return self.means.shape[1]

    @property
    def n_parameters(self) -> int:
        """Number of free parameters: K D means, K D (D + 1) / 2 covariances, K − 1 weights."""
        return self.k * (self.d + self.d * (self.d + 1) // 2 + 1) - 1

    def lens(self) -> Lens:
        """Return how this model looks at data."""
        return in_space(self.weights, self.means, self.covariances)

    def m_step(self, expected: Expected) -> "GaussianMixture":
        """Return the model that maximises the expected complete-data log-likelihood.

        π_k = N_k / N, and μ_k and Σ_k are the mean and covariance of the data, row n counted r_nk
        times. Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        seen = expected.statistics
        n = live(seen.n)
        model = self.with_parameters(
            n / sum(n.tolist()), seen.means, seen.scatters / n[:, None, None]
        )
        model.require_width(n)
        return model

    def as_data(self, x):
        """Return data as floats, (N, D), or raise ValueError."""
        return as_rows(x, self.d)

    def draw(self, z, rng):
        """Return one observation from each component of z: (N, D)."""
        roots = np.linalg.cholesky(self.covariances)
        return self.means[z] + np.einsum("nij,nj->ni", roots[z], rng.normal(size=(len(z), self.d)))

    def require_width(self, n) -> None:
        """Raise if a covariance is singular, or narrower than 10⁻¹⁰ of the whole mixture."""
        pivots = [_pivots(C) for C in self.covariances]
        means, variances = self.means.ravel().tolist(), self.covariances.diagonal(0, 1, 2)
        whole = max(means) - min(means) + sqrt(max(variances.ravel().tolist()))
        if min(map(min, pivots)) > 1e-12 * whole * whole:
            return  # most often, this settles it
        gaps = self.means - self.weights.dot(self.means)
        whole = self.weights.dot(variances + gaps * gaps)
        wide = np.array(pivots) > THIN * variances + TINY * whole
        if not wide.all():
            k = int(wide.all(axis=1).argmin())
            why = _singular(n[k], self.means[k], variances[k] < SAME * whole)
            raise CollapsedComponent(k, f"its covariance is singular. {why}")


def _singular(n: float, mean: np.ndarray, equal: np.ndarray) -> str:
    """Say why a covariance is singular: equal (D,) marks columns in which its data are equal."""
    if equal.all():
        return held(n, show(mean, 90))
    if n < len(mean) + 0.5:
        return f"{held(n)} near {show(mean, 90)}: too few for {len(mean)} dimensions"
    if equal.any():
        columns = np.flatnonzero(equal)
        return f"{held(n)} equal in columns {show(columns, 90)}, at {show(mean[columns], 90)}"
    return f"{held(n)} near {show(mean, 90)}; some columns are linear combinations of others"


def _pivots(C: np.ndarray) -> list[float]:
    """Return what is left of each variance, given those before it; all 0 if any is not positive."""
    if len(C) == 2:  # in plain numbers: numpy is slow on a few of them
        (a, b), (_, d) = C.tolist()
        return [a, d - b * (b / a)] if a > 0 else [0.0, 0.0]
    L, info = lapack.dpotrf(C, lower=1)
    return [0.0] * len(C) if info else (L.diagonal() ** 2).tolist()


def require_covariances(covariances: np.ndarray, d: int) -> None:
    """Refuse covariances that are not (K, D, D), symmetric and positive definite."""
    if covariances.shape[1:] != (d, d):
        raise ValueError(
            f"covariances must have shape (K, {d}, {d}) to go with means, but has shape "
            f"{covariances.shape}; give one {d} by {d} matrix a component"
        )
    for k, C in enumerate(covariances):
        size = np.abs(C)
        if (np.abs(C - C.T) > 1e-8 * size + 1e-12 * size.max()).any():
            what, do = "symmetric", "use (C + C.T) / 2"
        elif lapack.dpotrf(C, lower=1)[1]:
            what = "positive definite"
            do = "variances must be positive and correlations strictly between -1 and 1"
        else:
            continue
        raise ValueError(f"covariances must be {what}, but covariances[{k}] is {show(C)}; {do}")
