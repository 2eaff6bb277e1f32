"""Mixtures of normal distributions in one dimension."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, same_length
from .em import CollapsedComponent, Expected
from .mixture import Mixture

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
        weights, u, (c, s, _) = _live(n) / n.sum(), u / n, self._view
        variances = _at_least(uu / n - u * u, u)
        model = self._with(weights, c + s * u, s * np.sqrt(variances))
        model._require_width()
        return model

    @property
    def _coefficients(self):
        return self._view[2]

    @cached_property
    def _view(self):
        """Origins c (V,), units s (V,), and η (V, K / V, 3): log π_k p_k(x) = η·(1, u, u²).

        One origin and unit serve all components: then the data are squared once, not K times.
        But to expand ((x − μ)/σ)² = (slope u + shift)² loses digits where these are large, as
        E[x²] − μ² does. So beyond 30, each component gets its own: c = μ, s = σ.
        """
        for c, s in (self.weights @ self.means, self.stds.max()), (self.means, self.stds):
            slope, shift = s / self.stds, (c - self.means) / self.stds
            if max((slope * slope + shift * shift).tolist()) < FAR:
                break
        log_norms = np.log(self.weights) - np.log(self.stds * SQRT_2PI)
        eta = np.array([log_norms - 0.5 * shift * shift, -slope * shift, -0.5 * slope * slope])
        return np.atleast_1d(c), np.atleast_1d(s), eta.T.reshape(np.size(c), -1, 3)

    def _rows(self, x):
        return as_rows(x, None)

    def _features(self, x, out):
        """Write 1, u and u² into out, (V, 3, N)."""
        c, s, _ = self._view
        out[:, 0] = 1
        u = np.subtract(x, c[:, None], out=out[:, 1])
        u /= s[:, None]
        np.multiply(u, u, out=out[:, 2])

    def _draw(self, z, rng):
        return rng.normal(self.means[z], self.stds[z])

    def _location(self):
        return np.column_stack([self.means, self.stds])

    def _require_width(self) -> None:
        """Raise if a component has become a spike: narrower than 10⁻¹⁰ of the whole mixture."""
        spans = np.abs(self.means - self.weights @ self.means) + self.stds
        if not min(self.stds.tolist()) > 1e-10 * max(spans.tolist()):
            k = int(self.stds.argmin())
            what = f"its standard deviation fell to {self.stds[k]:.3g}, on {self.means[k]:.6g}"
            raise CollapsedComponent(k, what)


def _live(n: np.ndarray) -> np.ndarray:
    """Return the expected counts N_k, or raise if a component has lost all its data."""
    if min(n.tolist()) < 1e-100:
        raise CollapsedComponent(int(n.argmin()), "it is responsible for none of the data")
    return n


def _at_least(variances: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return variances, mean u² − (mean u)², but not less than 10⁻¹⁰ (mean u)².

    Where the mean has jumped by 10⁵ stds, the difference is all rounding. A component that is
    still too wide is safe: the next step sees it from its own, near mean, and u is small.
    """
    return np.maximum(variances, 1e-10 * u * u, out=variances)
