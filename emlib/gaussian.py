"""Mixtures of Gaussians in any dimension, with full covariances."""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy.linalg import lapack

from ._checks import as_floats, as_rows, as_weights, same_length, show
from .em import CollapsedComponent, Expected
from .mixture import Mixture
from .normal import FAR, _live

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False, repr=False)
class GaussianMixture(Mixture):
    """p(x) = Σ_k π_k N(x; μ_k, Σ_k).

    weights π (K,), at least 0 with sum 1; means μ (K, D); covariances Σ (K, D, D), symmetric and
    positive definite, in squared units of the data. Data are (N, D). Raises ValueError for
    anything else. Source: Bishop (2006), section 9.2.
    """

    means: np.ndarray
    covariances: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "weights", as_weights(self.weights))
        object.__setattr__(self, "means", as_floats("means", self.means, 2, "(K, D)"))
        covariances = as_floats("covariances", self.covariances, 3, "(K, D, D)")
        object.__setattr__(self, "covariances", covariances)
        same_length(weights=self.weights, means=self.means, covariances=self.covariances)
        _require_covariances(covariances, self.d)

    @property
    def d(self) -> int:
        """Dimension of the data."""
        return self.means.shape[1]

    @property
    def n_parameters(self) -> int:
        """Number of free parameters: K D means, K D (D + 1) / 2 covariances, K − 1 weights."""
        return self.k * (self.d + self.d * (self.d + 1) // 2 + 1) - 1

    def m_step(self, expected: Expected) -> "GaussianMixture":
        """Return the model that maximises the expected complete-data log-likelihood.

        π_k = N_k / N, μ_k = c_k + mean u and Σ_k = mean uuᵀ − mean u (mean u)ᵀ, with u = x − c_k.
        The last two are read off the Cholesky factor of the mean of (1, u)(1, u)ᵀ, which is
        [[1, 0], [mean u, L]] with LLᵀ = Σ_k.
        Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        S = expected.statistics.take(_packing(self.d)[0], axis=1)
        n = _live(S[:, 0, 0])
        R = np.array([_factor(M) for M in S / S[:, :1, :1]])
        u, L = R[:, 1:, 0], R[:, 1:, 1:]
        weights, means = n / n.sum(), self._view[0] + u
        model = self._with(weights, means, L @ L.transpose(0, 2, 1))
        u[:] = means - weights @ means
        vars(model)["_roots"] = R  # or they would be worked out again from the covariances
        model._require_width()
        return model

    @cached_property
    def _roots(self):
        """R_k = [[1, 0], [μ_k − c, L_k]], with c the mean of the mixture and Σ_k = L_k L_kᵀ.

        With ũ = (1, x − c), all of a Gaussian is in this one matrix (1 + D, 1 + D), since
        |R⁻¹ũ|² = 1 + |L⁻¹(x − μ)|².
        """
        R = np.zeros((self.k, 1 + self.d, 1 + self.d))
        R[:, 0, 0] = 1
        R[:, 1:, 0] = self.means - self.weights @ self.means
        R[:, 1:, 1:] = np.linalg.cholesky(self.covariances)
        return R

    @property
    def _coefficients(self):
        return self._view[1]

    @cached_property
    def _view(self):
        """Origins c (V, D), and η (1, K, F) with log π_k p_k(x) = η T(x); see ``_features``.

        log π_k p_k(x) = constant − ½ ũᵀ(RRᵀ)⁻¹ũ. That symmetric matrix, packed, is η, and
        multiplies products of the data that all components share. Its corner is 1 + |L⁻¹(c − μ)|²
        and tells how many digits are lost by that. If they are too many, each component gets its
        own origin, its mean, and its own whitener [0, L⁻¹] in place of η. That takes up to three
        times as long, and is exact however far away the others are.
        """
        R = self._roots
        P = np.array([lapack.dpotri(R_k, lower=1)[0] for R_k in R])
        if max(P[:, 0, 0].tolist()) > FAR:
            whiteners = np.array([lapack.dtrtri(R_k, lower=1)[0] for R_k in R])[:, 1:]
            whiteners[:, :, 0] = 0
            return self.means, whiteners
        _, lower, factors = _packing(self.d)
        eta = P.reshape(self.k, -1).take(lower, axis=1) * factors
        eta[:, 0] += self._log_norms() + 0.5
        return (self.weights @ self.means)[None], eta[None]

    def _log_norms(self):
        """Return log π_k − ½ log det(2π Σ_k): (K,)."""
        log_det = np.log(_diagonals(self._roots)).sum(axis=1)
        return np.log(self.weights) - (log_det + 0.5 * self.d * LOG_2PI)

    @property
    def _apart(self) -> bool:
        """Tell whether each component is seen from its own mean."""
        return self._view[0] is self.means

    def _rows(self, x):
        return as_rows(x, self.d)

    def _features(self, x, out):
        """Write ũ = (1, u), with u = x − c, then u_i u_j for i ≤ j unless apart: (V, F, N)."""
        u = out[:, 1 : 1 + self.d]
        out[:, 0] = 1
        np.subtract(x.T, self._view[0][:, :, None], out=u)
        first = 1 + self.d
        for i in range(0 if self._apart else self.d):
            last = first + self.d - i
            np.multiply(u[:, i, None], u[:, i:], out=out[:, first:last])
            first = last

    def _log_components(self, T, out):
        if not self._apart:
            return super()._log_components(T, out)
        y = self._coefficients @ T
        np.einsum("kin,kin->kn", y, y, out=out)
        out *= -0.5
        out += self._log_norms()[:, None]

    def _sums(self, r, T):
        if not self._apart:
            return super()._sums(r, T)
        S = (r[:, None] * T) @ T.transpose(0, 2, 1)
        return S.reshape(self.k, -1).take(_packing(self.d)[1], axis=1)

    def _draw(self, z, rng):
        return self.means[z] + np.einsum(
            "nij,nj->ni", self._roots[z, 1:, 1:], rng.normal(size=(len(z), self.d))
        )

    def _location(self):
        return self.means

    def _require_width(self) -> None:
        """Raise if a covariance is singular, or narrower than 10⁻¹⁰ of the whole mixture."""
        squares = self._roots * self._roots
        pivots = _diagonals(squares)[:, 1:]
        if pivots.min() > 1e-13 * squares.shape[1] * squares.max():  # most often, this settles it
            return
        variances = _diagonals(self.covariances)
        whole = self.weights @ (variances + squares[:, 1:, 0])
        wide = pivots > 1e-13 * variances + 1e-20 * whole
        if not wide.all():
            k = int(wide.all(axis=1).argmin())
            raise CollapsedComponent(
                k,
                f"its covariance is singular, with variances {show(variances[k])} at mean "
                f"{show(self.means[k])}; it sits on too few points, or columns of data are "
                "linear combinations of others",
            )


def _factor(M: np.ndarray) -> np.ndarray:
    """Return the Cholesky factor [[1, 0], [mean u, L]] of M, the mean of (1, u)(1, u)ᵀ.

    Where the mean has jumped by 10⁷ stds, what is left of the variance is all rounding. Then a
    little is added: a component that is still too wide is safe, since the next step sees it from
    its own, near mean, where u is small. If that does not help, L is singular.
    """
    R, info = lapack.dpotrf(M, lower=1)
    if info:
        M[1:, 1:] += np.diag(1e-10 * M[1:, 0] ** 2)
        R, info = lapack.dpotrf(M, lower=1)
    if info:
        R[1:, 1:] = 0
        R[1:, 1] = np.sqrt(np.maximum(np.diag(M)[1:] - M[1:, 0] ** 2, 0))
    return R


def _diagonals(matrices: np.ndarray) -> np.ndarray:
    """Return the diagonal of each matrix, (K, D), as a view."""
    return matrices.reshape(len(matrices), -1)[:, :: matrices.shape[1] + 1]


@cache
def _packing(d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How a symmetric matrix P (1 + D, 1 + D) becomes F numbers, those of i ≤ j row by row.

    Returns the place of each entry of P among the F, (1 + D, 1 + D); the place of each of the F
    below the diagonal of flat P, (F,); and what to multiply them by for −½ ũᵀPũ = η T(x): (F,).
    """
    i, j = np.triu_indices(1 + d)
    places = np.empty((1 + d, 1 + d), dtype=int)
    places[i, j] = places[j, i] = np.arange(len(i))
    return places, j * (1 + d) + i, np.where(i == j, -0.5, -1.0)


def _require_covariances(covariances: np.ndarray, d: int) -> None:
    """Refuse covariances that are not (K, D, D), symmetric and positive definite."""
    if covariances.shape[1:] != (d, d):
        raise ValueError(
            f"covariances must have shape (K, {d}, {d}) to go with means, but has shape "
            f"{covariances.shape}; give one {d} by {d} matrix a component"
        )
    for k, covariance in enumerate(covariances):
        given = f"covariances[{k}] is {show(covariance)}"
        if not np.allclose(
            covariance, covariance.T, rtol=1e-8, atol=1e-12 * np.abs(covariance).max()
        ):
            raise ValueError(f"covariances must be symmetric, but {given}; use (C + C.T) / 2")
        if lapack.dpotrf(covariance, lower=1)[1]:
            raise ValueError(
                f"covariances must be positive definite, but {given}; variances must be positive "
                "and correlations strictly between -1 and 1"
            )
