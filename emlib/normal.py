"""Mixtures of normal distributions in one dimension."""

from dataclasses import dataclass
from functools import cached_property
from math import inf, log

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, same_length
from .em import CollapsedComponent, Expected
from .mixture import Mixture, View

FAR = 1e3  # a squared distance in stds: farther away, a square is not expanded (see ``_view``)
SQRT_2PI = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, eq=False, repr=False)
class NormalMixture(Mixture):
    """p(x) = Σ_k π_k N(x; μ_k, σ_k²).

    weights π (K,), at least 0 with sum 1; means μ (K,) and stds σ (K,), in the unit of the data;
    σ is a standard deviation, not a variance. Data are (N,). Raises ValueError for anything else.
    Source: Bishop (2006), section 9.2.
    """

    means: np.ndarray
    stds: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "weights", as_weights(self.weights))
        object.__setattr__(self, "means", as_floats("means", self.means, 1, "(K,)"))
        object.__setattr__(self, "stds", as_positive("stds", self.stds, "(K,)"))
        same_length(weights=self.weights, means=self.means, stds=self.stds)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters: K means, K stds, K − 1 weights."""
        return 3 * self.k - 1

    def m_step(self, expected: Expected) -> "NormalMixture":
        """Return the model that maximises the expected complete-data log-likelihood.

        π_k = N_k / N, μ_k = c + s (mean of u) and σ_k² = s² (mean of u² − (mean of u)²), with
        u = (x − c) / s. Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        n, u, uu = expected.statistics.T
        weights, u, (c, s, *_) = n / sum(_live(n).tolist()), u / n, self._view
        square = u * u
        variances = _at_least(uu / n - square, square)
        model = self._with(weights, c + s * u, s * np.sqrt(variances))
        model._require_width()
        return model

    @cached_property
    def _view(self):
        """One origin c and unit s for all components, or for each its own: c = μ, s = σ.

        With u = (x − c) / s, log π_k p_k(x) = η_k·(1, u, u²). Shared, the data are squared once,
        not K times. But to expand ((x − μ)/σ)² = (slope u + shift)² loses digits where these are
        large, as E[x²] − μ² does. So no farther than 30.
        """
        c, s = self.weights.dot(self.means), np.float64(max(self.stds.tolist()))
        eta = self._shared(float(c), float(s))
        if eta is not None:
            return View(c, s, eta, (3,))
        log_norms = np.log(self.weights) - np.log(SQRT_2PI * self.stds)
        eta = np.stack([log_norms, np.zeros(self.k), np.full(self.k, -0.5)], axis=1)
        return View(self.means, self.stds, eta, (self.k, 3))

    def _shared(self, c: float, s: float) -> np.ndarray | None:
        """Return η (K, 3), or None where that loses digits. A few numbers are slow in numpy."""
        eta = []
        parts = zip(self.weights.tolist(), self.means.tolist(), self.stds.tolist(), strict=True)
        for w, mu, sigma in parts:
            slope, shift = s / sigma, (c - mu) / sigma
            if not slope * slope + shift * shift < FAR:
                return None
            top = (log(w) if w else -inf) - log(SQRT_2PI * sigma)
            eta.append((top - 0.5 * shift * shift, -slope * shift, -0.5 * slope * slope))
        return np.array(eta)

    def _rows(self, x):
        return as_rows(x, None)

    def _features(self, x):
        """Return 1, u and u²: (3, N), or (K, 3, N) if each component has its own origin."""
        c, s, _, shape = self._view
        T = np.empty((*shape, len(x)))
        T[..., 0, :] = 1
        u = np.subtract(x, c[..., None], out=T[..., 1, :])
        u /= s[..., None]
        np.multiply(u, u, out=T[..., 2, :])
        return T

    def _draw(self, z, rng):
        return rng.normal(self.means[z], self.stds[z])

    def _location(self):
        return np.column_stack([self.means, self.stds])

    def _require_width(self) -> None:
        """Raise if a component has become a spike: narrower than 10⁻¹⁰ of the whole mixture."""
        means, stds = self.means.tolist(), self.stds.tolist()
        least = 1e-10 * (max(means) - min(means) + max(stds))
        if not min(stds) > least:
            k = int((self.stds > least).argmin())  # the first: rounding may order them as it likes
            what = f"its standard deviation fell to {self.stds[k]:.3g}, on {self.means[k]:.6g}"
            raise CollapsedComponent(k, what)


def _live(n: np.ndarray) -> np.ndarray:
    """Return the expected counts N_k, or raise if a component has lost all its data."""
    if min(n.tolist()) < 1e-100:
        raise CollapsedComponent(int(n.argmin()), "it is responsible for none of the data")
    return n


def _at_least(variances: np.ndarray, square: np.ndarray) -> np.ndarray:
    """Return variances, mean u² − (mean u)², but not less than 10⁻¹⁰ of that square.

    Where the mean has jumped by 10⁵ stds, the difference is all rounding. A component that is
    still too wide is safe: the next step sees it from its own, near mean, and u is small.
    """
    return np.maximum(variances, 1e-10 * square, out=variances)
