"""Mixtures of Gaussians in any dimension, with full covariances."""

from dataclasses import dataclass
from functools import cache, cached_property
from math import inf, log, sqrt

import numpy as np
from scipy.linalg import lapack

from ._checks import as_floats, as_rows, as_weights, same_length, show
from .em import CollapsedComponent, Expected
from .mixture import Mixture, View
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
        Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        n = expected.statistics[:, 0]
        weights = n / sum(_live(n).tolist())
        M = (expected.statistics / n[:, None]).take(_packing(self.d)[0], axis=1)
        u = M[:, 1:, 0]
        covariances = M[:, 1:, 1:] - u[:, :, None] * u[:, None]
        pivots = [_mend(C, u_k) for C, u_k in zip(covariances, u, strict=True)]
        model = self._with(weights, self._view.origin + u, covariances)
        model._require_width(pivots)
        return model

    @cached_property
    def _view(self):
        """One origin for all components, the mean of the mixture, or for each its own mean.

        log π_k p_k(x) = constant − ½ ũᵀPũ, with ũ = (1, x − c). The symmetric matrix P, packed,
        is η, and multiplies products of the data that all components share. That loses digits: as
        many as |L⁻¹(c − μ)|² has, or 1 / (1 − R²) of one variable given the others. If these are
        too many, each component has its own origin, its mean, and its own whitener L⁻¹ and
        constant in place of η. That takes up to three times as long, and stays exact.
        """
        c = self.weights.dot(self.means)
        coefficients = (_in_the_plane if self.d == 2 else _in_space)(self, self.means - c)
        if coefficients is not None:
            return View(c, 1, coefficients, coefficients.shape[1:])
        L = np.linalg.cholesky(self.covariances)
        whiteners = np.array([lapack.dtrtri(L_k, lower=1)[0] for L_k in L])
        return View(self.means, 1, (whiteners, self._log_norms(L)), (self.k, 1 + self.d))

    def _log_norms(self, L):
        """Return log π_k − ½ log det(2π Σ_k): (K,)."""
        half_log_det = np.log(L.diagonal(0, 1, 2)).sum(axis=1)
        return np.log(self.weights) - half_log_det - 0.5 * self.d * LOG_2PI

    def _rows(self, x):
        return as_rows(x, self.d)

    def _features(self, x):
        """Return ũ = (1, u), with u = x − c, then u_i u_j for i ≤ j unless apart."""
        c, _, _, shape = self._view
        d = x.shape[1]
        T = np.empty((*shape, len(x)))
        T[..., 0, :] = 1
        u = np.subtract(x.T, c[..., None], out=T[..., 1 : 1 + d, :])
        first = 1 + d
        for i in range(d if T.ndim == 2 else 0):
            last = first + d - i
            np.multiply(u[i], u[i:], out=T[first:last])
            first = last
        return T

    def _log_components(self, T):
        if T.ndim == 2:
            return self._view.coefficients.dot(T)
        whiteners, log_norms = self._view.coefficients
        y = whiteners @ T[:, 1:]
        return log_norms[:, None] - 0.5 * np.einsum("kin,kin->kn", y, y)

    def _sums(self, r, T):
        if T.ndim == 2:
            return r.dot(T.T)
        S = (r[:, None] * T) @ T.transpose(0, 2, 1)
        return S.reshape(self.k, -1).take(_packing(self.d)[1], axis=1)

    def _draw(self, z, rng):
        roots = np.linalg.cholesky(self.covariances)
        return self.means[z] + np.einsum("nij,nj->ni", roots[z], rng.normal(size=(len(z), self.d)))

    def _location(self):
        return self.means

    def _require_width(self, pivots) -> None:
        """Raise if a covariance is singular, or narrower than 10⁻¹⁰ of the whole mixture."""
        means, variances = self.means.ravel().tolist(), self.covariances.diagonal(0, 1, 2)
        whole = max(means) - min(means) + sqrt(max(variances.ravel().tolist()))
        if min(map(min, pivots)) > 1e-12 * whole * whole:
            return  # most often, this settles it
        gaps = self.means - self.weights.dot(self.means)
        whole = self.weights.dot(variances + gaps * gaps)
        wide = np.array(pivots) > 1e-13 * variances + 1e-20 * whole
        if not wide.all():
            k = int(wide.all(axis=1).argmin())
            raise CollapsedComponent(
                k,
                f"its covariance is singular, with variances {show(variances[k])} at mean "
                f"{show(self.means[k])}; it sits on too few points, or columns of data are "
                "linear combinations of others",
            )


def _in_the_plane(model: GaussianMixture, u: np.ndarray) -> np.ndarray | None:
    """Return the η of a model of two dimensions, seen from c = μ − u: (K, 6), or None if inexact.

    The density of (x, y) is that of x times that of y given x, which lies about a line of slope β
    with variance s. This is `_in_space` written out in plain numbers. numpy is slow on arrays of
    a few numbers, and for 272 rows a step takes three quarters of the time.
    """
    eta = []
    parts = zip(model.weights.tolist(), u.tolist(), model.covariances.tolist(), strict=True)
    for w, (x, y), ((a, b), (_, d)) in parts:
        beta = b / a
        s, residual = d - beta * b, y - beta * x
        distance = x * x / a + residual * residual / s if s > 0 else inf
        if max(distance, d / s) > FAR:
            return None
        top = (log(w) if w else -inf) - LOG_2PI - 0.5 * (log(a) + log(s) + distance)
        g = residual / s
        eta.append((top, x / a - beta * g, g, -0.5 * (1 / a + beta * beta / s), beta / s, -0.5 / s))
    return np.array(eta)


def _in_space(model: GaussianMixture, u: np.ndarray) -> np.ndarray | None:
    """Return the η of a model of any dimension, seen from c = μ − u: (K, F), or None if inexact.

    With R = [[1, 0], [u, L]] and Σ = LLᵀ, |R⁻¹ũ|² = 1 + |L⁻¹(x − μ)|², so that P = (RRᵀ)⁻¹.
    """
    R = np.zeros((model.k, 1 + model.d, 1 + model.d))
    R[:, 0, 0], R[:, 1:, 0], R[:, 1:, 1:] = 1, u, np.linalg.cholesky(model.covariances)
    P = np.array([lapack.dpotri(R_k, lower=1)[0] for R_k in R])
    _, lower, factors = _packing(model.d)
    eta = P.reshape(model.k, -1).take(lower, axis=1) * factors
    eta[:, 0] += model._log_norms(R[:, 1:, 1:]) + 0.5
    losses = P.diagonal(0, 1, 2) * np.insert(model.covariances.diagonal(0, 1, 2), 0, 1, axis=1)
    return eta if losses.max() < FAR else None


def _mend(C: np.ndarray, u: np.ndarray) -> list[float]:
    """Return the pivots of a covariance: what is left of each variance, given those before it.

    Where the mean has jumped by 10⁷ stds, u, what is left is all rounding. Then a little is added
    in place: a component that is still too wide is safe, since the next step sees it from its
    own, near mean, where u is small. If that does not help, some pivots are 0.
    """
    pivots = _pivots(C)
    if not min(pivots) > 0:
        C += np.diag(1e-10 * u * u)
        pivots = _pivots(C)
    return pivots


def _pivots(C: np.ndarray) -> list[float]:
    if len(C) == 2:  # in plain numbers: see _in_the_plane
        (a, b), (_, d) = C.tolist()
        return [a, d - b * b / a] if a > 0 else [0.0, 0.0]
    L, info = lapack.dpotrf(C, lower=1)
    return [0.0] * len(C) if info else (L.diagonal() ** 2).tolist()


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
    turned, sizes = covariances.transpose(0, 2, 1), np.abs(covariances)
    limits = 1e-8 * sizes + 1e-12 * sizes.max(axis=(1, 2), keepdims=True)
    symmetric = (np.abs(covariances - turned) <= limits).all(axis=(1, 2))
    for k, covariance in enumerate(covariances):
        if not symmetric[k]:
            what, do = "symmetric", "use (C + C.T) / 2"
        elif lapack.dpotrf(covariance, lower=1)[1]:
            what = "positive definite"
            do = "variances must be positive and correlations strictly between -1 and 1"
        else:
            continue
        given = f"covariances[{k}] is {show(covariance)}"
        raise ValueError(f"covariances must be {what}, but {given}; {do}")
