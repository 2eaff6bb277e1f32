"""Mixtures of Gaussians in any dimension, with full covariances."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from ._checks import as_floats, as_rows, as_weights, same_length, show
from .em import CollapsedComponent, Expected
from .mixture import Mixture
from .normal import _live


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

        π_k = N_k / N, μ_k ← μ_k + L ȳ, Σ_k ← L (mean of yyᵀ − ȳȳᵀ) Lᵀ, with y = L⁻¹(x − μ_k) and
        Σ_k = LLᵀ. Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        S, L = expected.statistics, self._cholesky
        n = _live(S[:, 0, 0])
        y = S[:, 0, 1:] / n[:, None]
        means = self.means + np.einsum("kij,kj->ki", L, y)
        covariances = L @ _spread(S[:, 1:, 1:] / n[:, None, None], y) @ L.transpose(0, 2, 1)
        covariances = (covariances + covariances.transpose(0, 2, 1)) / 2
        model = self._with(n / n.sum(), means, covariances)
        model._require_width()
        return model

    @cached_property
    def _cholesky(self):
        """L_k, lower triangular, with Σ_k = L_k L_kᵀ: (K, D, D)."""
        return np.linalg.cholesky(self.covariances)

    @cached_property
    def _whiteners(self):
        """L_k⁻¹: (K, D, D)."""
        return np.stack([lapack.dtrtri(L, lower=1)[0] for L in self._cholesky])

    @cached_property
    def _log_norms(self):
        """−½ log det(2π Σ_k), the constant of each log-density: (K,)."""
        log_det = 2 * np.log(np.einsum("kii->ki", self._cholesky)).sum(axis=1)
        return -0.5 * (log_det + self.d * np.log(2 * np.pi))

    def _rows(self, x):
        return as_rows(x, self.d)

    def _residuals(self, x):
        """Return y = L_k⁻¹(x − μ_k), the whitened residuals, under a row of ones: (K, 1 + D, N)."""
        y = np.empty((self.k, 1 + self.d, len(x)))
        y[:, 0] = 1
        for k in range(self.k):
            np.matmul(self._whiteners[k], (x - self.means[k]).T, out=y[k, 1:])
        return y

    def _log_components(self, y):
        log_p = np.einsum("kin,kin->kn", y[:, 1:], y[:, 1:])
        log_p *= -0.5
        log_p += self._log_norms[:, None]
        return log_p

    def _statistics(self, r, y):
        """Return Σ r [1, y][1, y]ᵀ: (K, 1 + D, 1 + D), which holds Σ r, Σ r y and Σ r yyᵀ."""
        return np.matmul(r[:, None, :] * y, y.transpose(0, 2, 1))

    def _draw(self, z, rng):
        return self.means[z] + np.einsum(
            "nij,nj->ni", self._cholesky[z], rng.normal(size=(len(z), self.d))
        )

    def _location(self):
        return self.means

    def _require_width(self) -> None:
        """Raise if a covariance is singular, or narrower than 10⁻¹⁰ of the whole mixture."""
        variances = np.einsum("kii->ki", self.covariances)
        whole = self.weights @ (variances + (self.means - self.weights @ self.means) ** 2)
        for k in range(self.k):
            L, info = lapack.dpotrf(self.covariances[k], lower=1)
            flat = info or (np.diag(L) ** 2 < 1e-13 * variances[k]).any()
            if flat or (variances[k] <= 1e-20 * whole).any():
                raise CollapsedComponent(
                    k,
                    f"its covariance is singular, with variances {show(variances[k])} at mean "
                    f"{show(self.means[k])}; it sits on too few points, or columns of data are "
                    "linear combinations of others",
                )


def _spread(mean_yy: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return mean of yyᵀ − ȳȳᵀ, the new covariance in units of the old one: (K, D, D).

    Where the mean has jumped by 10⁵ stds, the difference is all rounding. The old shape is
    kept there for one step: a generalised EM step, after which the mean is near and y small.
    """
    spread = mean_yy - y[:, :, None] * y[:, None, :]
    jump = np.einsum("ki,ki->k", y, y)
    if jump.max() > 1e6:
        spread[np.linalg.eigvalsh(spread)[:, 0] < 1e-10 * jump] = np.eye(y.shape[1])
    return spread


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
