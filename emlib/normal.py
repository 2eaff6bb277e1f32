"""Mixtures of normal distributions in one dimension."""

from dataclasses import dataclass

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, same_length
from .em import CollapsedComponent, Expected
from .mixture import Mixture


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

        π_k = N_k / N, μ_k ← μ_k + σ_k ȳ_k, σ_k² ← σ_k² (mean y² − ȳ_k²), with y = (x − μ_k)/σ_k.
        Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        n, sum_y, sum_yy = expected.statistics
        weights = _live(n) / n.sum()
        y = sum_y / n
        means = self.means + self.stds * y
        stds = self.stds * np.sqrt(_spread(sum_yy / n, y))
        _require_width(weights, means, stds)
        return self._with(weights, means, stds)

    def _rows(self, x):
        return as_rows(x, None)

    def _residuals(self, x):
        """Return y = (x − μ_k) / σ_k, (K, N)."""
        y = x - self.means[:, None]
        y /= self.stds[:, None]
        return y

    def _log_components(self, y):
        log_p = y * y
        log_p *= -0.5
        log_p -= np.log(self.stds * np.sqrt(2 * np.pi))[:, None]
        return log_p

    def _statistics(self, r, y):
        """Return Σ r, Σ r y, Σ r y²: (3, K). About the current mean, so nothing cancels later."""
        ry = r * y
        return np.array([r.sum(axis=1), ry.sum(axis=1), np.einsum("kn,kn->k", ry, y)])

    def _draw(self, z, rng):
        return rng.normal(self.means[z], self.stds[z])

    def _location(self):
        return np.column_stack([self.means, self.stds])


def _live(n: np.ndarray) -> np.ndarray:
    """Return the expected counts N_k, or raise if a component has lost all its data."""
    if n.min() < 1e-100:
        raise CollapsedComponent(int(n.argmin()), "it is responsible for none of the data")
    return n


def _spread(mean_yy: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return mean of y² − ȳ², the new variance in units of the old one.

    Where the mean has jumped by 10⁵ stds, the difference is all rounding. The old width is
    kept there for one step: a generalised EM step, after which the mean is near and y small.
    """
    spread = mean_yy - y * y
    lost = (spread < 1e-10 * y * y) & (abs(y) > 1e3)
    return np.where(lost, 1.0, np.maximum(spread, 0))


def _require_width(weights, means, stds) -> None:
    """Raise if a component has become a spike: narrower than 10⁻¹⁰ of the whole mixture."""
    whole = np.sqrt(weights @ (stds**2 + (means - weights @ means) ** 2))
    narrow = stds <= 1e-10 * whole
    if narrow.any():
        k = int(np.argmax(narrow))
        raise CollapsedComponent(
            k, f"its standard deviation fell to {stds[k]:.3g}, on {means[k]:.6g}"
        )
