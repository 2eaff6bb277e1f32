"""Mixtures of normal distributions in one dimension, and what they share with those in many."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._checks import as_floats, as_positive, as_rows, as_weights, enough_distinct, held, same_length
from .em import CollapsedComponent, Expected
from .lens import Lens, Line
from .mixture import Mixture, live


class Gaussians(Mixture):
    """A mixture of Gaussians. It looks at its data through a :mod:`~emlib.lens`, for speed."""

    def lens(self) -> Lens:
        """Return how this model looks at data."""
        raise NotImplementedError(f"{type(self).__name__} has no lens()")

    @cached_property
    def _lens(self) -> Lens:
        return self.lens()

    def log_joint(self, x):
        """Return log π_k + log N(xₙ; μ_k, Σ_k) in nats: (N, K)."""
        return self._lens.see(x).T

    def expected(self, x) -> Expected:
        """Do the E-step; the statistics are :class:`~emlib.moments.Moments`."""
        return Expected(*self.lens().e_step(x))  # a new lens: a history keeps parameters alone

    def check_data(self, blocks) -> None:
        """Refuse data with fewer distinct points than components: one would shrink onto a point."""
        enough_distinct((self.as_data(block) for block in blocks if np.size(block)), self.k)


@dataclass(frozen=True)
class NormalMixture(Gaussians):
    """p(x) = Σ_k π_k N(x; μ_k, σ_k²).

    weights π (K,), at least 0 with sum 1; means μ (K,) and stds σ (K,), in the unit of the data;
    σ is a standard deviation, not a variance. Data are (N,). Raises ValueError for anything else.
    Source: Bishop (2006), section 9.2.
    """

    means: np.ndarray
    stds: np.ndarray

    def __post_init__(self):
        weights, means = as_weights(self.weights), as_floats("means", self.means, 1, "(K,)")
        stds = as_positive("stds", self.stds, "(K,)")
        same_length(weights=weights, means=means, stds=stds)
        vars(self).update(weights=weights, means=means, stds=stds)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters: K means, K stds, K − 1 weights."""
        return 3 * self.k - 1

    def lens(self) -> Lens:
        """Return how this model looks at data."""
        return Line(self.weights, self.means, self.stds)

    def m_step(self, expected: Expected) -> "NormalMixture":
        """Return the model that maximises the expected complete-data log-likelihood.

        π_k = N_k / N, and μ_k and σ_k² are the mean and variance of the data, row n counted r_nk
        times. Raises CollapsedComponent. Source: Bishop (2006), equations 9.24 to 9.27.
        """
        seen = expected.statistics
        n = live(seen.n)
        model = self.with_parameters(n / sum(n.tolist()), seen.means, np.sqrt(seen.scatters / n))
        model.require_width(n)
        return model

    def as_data(self, x):
        """Return data as floats, (N,), or raise ValueError."""
        return as_rows(x, None)

    def draw(self, z, rng):
        """Return one observation from each component of z: (N,)."""
        return rng.normal(self.means[z], self.stds[z])

    def require_width(self, n) -> None:
        """Raise if a component has become a spike: narrower than 10⁻¹⁰ of the whole mixture."""
        means, stds = self.means.tolist(), self.stds.tolist()
        least = 1e-10 * (max(means) - min(means) + max(stds))
        if not min(stds) > least:
            k = int((self.stds > least).argmin())  # the first: rounding may order them as it likes
            where = f"{self.means[k]:.6g}"
            what = f"its standard deviation fell to {self.stds[k]:.3g}, on {where}"
            raise CollapsedComponent(k, f"{what}. {held(n[k], where)}")
