"""How a Gaussian mixture looks at its data: where the speed comes from, and the digits stay.

A lens turns data into features T, from which an E-step is a product or two, and sums these up in a
frame of its own. What leaves it are :class:`~emlib.moments.Moments`, in the data's place and unit,
so nobody needs to know which lens it was. ``in_space`` chooses between two:

``Shared``: all components look from one origin c. log π_k p_k(x) = Σ_f η_kf T_f(x), where features
1, uᵢ and uᵢuⱼ of u = x − c are made once for all: an E-step is two matrix products, η T on the way
to the responsibilities r, and r Tᵀ. But to expand a square about a far point loses digits, as
E[x²] − μ² does, and in many dimensions there are many features. Then it is
``Own``: each component sees y = L⁻¹(x − μ), with Σ = LLᵀ: exact, wherever it lies.

``Line`` is Own in one dimension.
"""

from functools import cache
from math import inf, log, pi, prod, sqrt
from threading import local

import numpy as np
from scipy.linalg import blas, lapack

from .moments import NONE, Moments, about_the_mean, in_a_plane, on_a_line

CACHE = 100_000  # floats that are worked on at a time: under 1 MiB stays near the processor
FAR = 1e3  # a squared distance in stds: farther away, a square is not expanded
MANY = 26  # dimensions: from here on, D² / 2 features are more work than K whitened residuals
SQRT_2, SQRT_PI, LOG_2PI = sqrt(2), sqrt(pi), log(2 * pi)


class Desk(local):
    """A thread's memory to work in, kept from step to step: new memory is slow to come by."""

    def __init__(self):
        self.rooms = {}

    def room(self, k: int, shape: tuple, n: int) -> tuple:
        """Return memory for n rows: features T (..., n), ones at first; r (K, n); and (2, n)."""
        if (k, shape, n) not in self.rooms:
            if len(self.rooms) > 1:  # two: one for most blocks, one for the last
                self.rooms = {}
            self.rooms[k, shape, n] = np.ones((*shape, n)), np.empty((k, n)), np.empty((2, n))
        return self.rooms[k, shape, n]


DESK = Desk()


class Lens:
    """What the lenses share: they look block by block.

    Each has k, and the shape of T for one row; ``_look(x, T)`` and ``_log_joint(T, r)`` fill T, but
    for the ones in it, and r (K, N); ``_sums(T, r)`` is of a block, ``_moments(sums)`` of all.
    """

    def e_step(self, x) -> tuple[Moments, float]:
        """Return the moments of the rows of x and their log-likelihood."""
        sums, log_likelihood = 0.0, 0.0
        for T, r, spare in self.through(x):
            log_likelihood += float(np.add.reduce(normalise(r, spare)))
            sums += self._sums(T, r)
        return self._moments(sums), log_likelihood

    def see(self, x) -> np.ndarray:
        """Return log π_k + log p_k(xₙ): (K, N)."""
        return np.concatenate([r.copy() for _, r, _ in self.through(x)], axis=1)

    def through(self, x):
        """Yield T, r and what is spare of each block of rows."""
        rows = min(len(x), max(32, CACHE // (prod(self.shape[-2:]) + self.k)))
        for first in range(0, len(x), rows):
            block = x[first : first + rows]
            T, r, spare = DESK.room(self.k, self.shape, len(block))
            self._look(block, T)
            self._log_joint(T, r)
            yield T, r, spare


class Line(Lens):
    """In one dimension each component looks from its own mean, in its own unit, σ√2."""

    def __init__(self, weights, means, stds):
        self.means, self.units = means[:, None], SQRT_2 * stds[:, None]
        self.per_unit = 1 / self.units
        self.log_norms = np.log(weights[:, None] / (SQRT_PI * self.units))
        self.k, self.shape = len(means), (len(means), 3)

    def _look(self, x, T):
        """Set T (K, 3, N) to 1, u and u², with u = (x − μ_k) / σ_k√2."""
        u = np.subtract(x, self.means, out=T[:, 1])
        u *= self.per_unit
        np.multiply(u, u, out=T[:, 2])

    def _log_joint(self, T, r):
        np.subtract(self.log_norms, T[:, 2], out=r)

    def _sums(self, T, r):
        return np.vecdot(T, r[:, None])

    def _moments(self, sums) -> Moments:
        return on_a_line(sums, self.means[:, 0], self.units[:, 0])


class Shared(Lens):
    """All components look from one origin c (D,): T is (F, N), η (K, F), the sums (K, F)."""

    def __init__(self, origin, eta):
        self.origin, self.eta = origin, eta
        self.k, self.shape = len(eta), eta.shape[1:]

    def _look(self, x, T):
        """Set T to 1, uᵢ, and uᵢuⱼ for i ≤ j, with u = x − c."""
        d = len(self.origin)
        u = np.subtract(x.T, self.origin[:, None], out=T[1 : 1 + d])
        first = 1 + d
        for i in range(d):
            np.multiply(u[i], u[i:], out=T[first : first + d - i])
            first += d - i

    def _log_joint(self, T, r):
        np.dot(self.eta, T, out=r)

    def _sums(self, T, r):
        return r.dot(T.T)

    def _moments(self, sums) -> Moments:
        if len(self.origin) == 2:
            return in_a_plane(sums, self.origin)
        n = sums[:, 0].copy()
        M = (sums / np.maximum(n, NONE)[:, None]).take(_packing(len(self.origin))[0], axis=1)
        u, scatters = M[:, 1:, 0], n[:, None, None] * about_the_mean(M)
        return Moments(n, self.origin + u, scatters)


class Own(Lens):
    """Each component looks from its own mean through its own whitener: T is (K, 1 + D, N)."""

    def __init__(self, weights, means, covariances):
        self.means, self.roots = means[:, :, None], np.linalg.cholesky(covariances)
        self.whiteners = np.array([lapack.dtrtri(L, lower=1)[0] for L in self.roots])
        self.log_norms = _log_norms(weights, self.roots)[:, None]
        self.k, self.shape = len(means), (2, len(means), 1 + means.shape[1])

    def _look(self, x, T):
        """Set the first half of T to 1 and y = L⁻¹(x − μ_k)."""
        np.subtract(x.T.copy(), self.means, out=T[0, :, 1:])
        for W, y in zip(self.whiteners, T[0, :, 1:], strict=True):  # in place, by a triangle
            blas.dtrmm(1, W.T, y.T, side=1, overwrite_b=1)

    def _log_joint(self, T, r):
        y = T[0, :, 1:]
        np.einsum("kin,kin->kn", y, y, out=r)
        r *= -0.5
        r += self.log_norms

    def _sums(self, T, r):
        """Return Σₙ r_kn (1, y)(1, y)ᵀ: (K, 1 + D, 1 + D), a product of a matrix with itself."""
        Z = np.multiply(T[0], np.sqrt(r)[:, None], out=T[1])
        return np.matmul(Z, Z.transpose(0, 2, 1))

    def _moments(self, sums) -> Moments:
        n, means, scatters = sums[:, 0, 0].copy(), self.means[:, :, 0].copy(), self.roots.copy()
        for k, L in enumerate(self.roots):  # one by one: they may be large
            M = sums[k : k + 1] / max(n[k], NONE)
            means[k] += L @ M[0, 1:, 0]
            C = L @ about_the_mean(M)[0] @ L.T
            scatters[k] = n[k] * (C + C.T) / 2
        return Moments(n, means, scatters)


def in_space(weights, means, covariances) -> Lens:
    """Return the lens for a mixture of N(μ_k, Σ_k): the fast one where it loses no digits."""
    if means.shape[1] < MANY:
        c = weights.dot(means)
        eta = (plane if len(c) == 2 else space)(weights, means - c, covariances)
        if eta is not None:
            return Shared(c, eta)
    return Own(weights, means, covariances)


def plane(weights, u, covariances) -> np.ndarray | None:
    """Do as ``space`` in two dimensions, in plain numbers: numpy is slow on a few of them.

    p(x, y) = p(x) p(y | x), and y given x lies about a line of slope β with variance s.
    """
    eta = []
    parts = zip(weights.tolist(), u.tolist(), covariances.tolist(), strict=True)
    for w, (x, y), ((a, b), (_, d)) in parts:
        beta = b / a
        s, residual = d - beta * b, y - beta * x
        if not (s > 0 and max(x * x / a + residual * residual / s, d / s) < FAR):
            return None
        distance = x * x / a + residual * residual / s
        top = (log(w) if w else -inf) - LOG_2PI - 0.5 * (log(a) + log(s) + distance)
        g = residual / s
        eta.append((top, x / a - beta * g, g, -0.5 * (1 / a + beta * beta / s), beta / s, -0.5 / s))
    return np.array(eta)


def space(weights, u, covariances) -> np.ndarray | None:
    """Return the η of a mixture seen from c = μ − u, (K, F), or None if that loses digits.

    With R = [[1, 0], [u, L]] and Σ = LLᵀ, |R⁻¹(1, x − c)|² = 1 + |L⁻¹(x − μ)|², so that the matrix
    of the quadratic form is P = (RRᵀ)⁻¹. As many digits are lost as |L⁻¹(c − μ)|² has, or
    1 / (1 − R²) of one variable given the others.
    """
    k, d = u.shape
    R = np.zeros((k, 1 + d, 1 + d))
    R[:, 0, 0], R[:, 1:, 0], R[:, 1:, 1:] = 1, u, np.linalg.cholesky(covariances)
    P = np.array([lapack.dpotri(R_k, lower=1)[0] for R_k in R])
    _, lower, factors = _packing(d)
    eta = P.reshape(k, -1).take(lower, axis=1) * factors
    eta[:, 0] += _log_norms(weights, R[:, 1:, 1:]) + 0.5
    losses = P.diagonal(0, 1, 2) * np.insert(covariances.diagonal(0, 1, 2), 0, 1, axis=1)
    return eta if losses.max() < FAR else None


def _log_norms(weights, L) -> np.ndarray:
    """Return log π_k − ½ log det(2π Σ_k), with Σ_k = LLᵀ: (K,)."""
    half_log_det = np.log(L.diagonal(0, 1, 2)).sum(axis=1)
    return np.log(weights) - half_log_det - 0.5 * L.shape[1] * LOG_2PI


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


def normalise(log_joint: np.ndarray, spare=None) -> np.ndarray:
    """Turn log π_k p_k(xₙ), (K, N), into responsibilities in place; return log p(xₙ | θ), (N,).

    This is log-sum-exp. The largest term of each column is taken out first: then the largest
    exponential is 1, and neither overflow nor a sum of zeros can happen. spare (2, N): memory.
    """
    top, total = (None, None) if spare is None else spare
    top = np.maximum.reduce(log_joint, axis=0, out=top)
    log_joint -= top
    np.exp(log_joint, out=log_joint)
    total = np.add.reduce(log_joint, axis=0, out=total)
    log_joint /= total
    top += np.log(total, out=total)
    return top
