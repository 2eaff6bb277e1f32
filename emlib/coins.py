"""Mixtures of coins: every set of tosses comes from one of K coins, and nobody noted which."""

from dataclasses import dataclass

import numpy as np
from scipy.special import xlog1py, xlogy

from ._checks import as_floats, as_rows, as_weights, same_length, show
from .em import Expected
from .mixture import Mixture, View, _count
from .normal import _live


@dataclass(frozen=True, eq=False, repr=False)
class CoinMixture(Mixture):
    """p(h, t) = Σ_k π_k θ_kʰ (1 − θ_k)ᵗ, for a recorded sequence with h heads and t tails.

    weights π (K,), at least 0 with sum 1; biases θ (K,), the probabilities of heads; fixed_weights
    keeps π in the M-step. Data are (N, 2): heads and tails of each set. The order of the tosses is
    part of the record, so there is no binomial coefficient. Raises ValueError for anything else.
    Source: Do & Batzoglou (2008).
    """

    biases: np.ndarray
    fixed_weights: bool = False

    def __post_init__(self):
        object.__setattr__(self, "weights", as_weights(self.weights))
        object.__setattr__(self, "biases", as_floats("biases", self.biases, 1, "(K,)"))
        same_length(weights=self.weights, biases=self.biases)
        if ((self.biases < 0) | (self.biases > 1)).any():
            raise ValueError(
                f"biases must be probabilities in [0, 1], but are {show(self.biases)}; "
                "give the probability of heads of each coin"
            )

    @property
    def n_parameters(self) -> int:
        """Number of free parameters: K biases, and K − 1 weights unless they are fixed."""
        return self.k + (0 if self.fixed_weights else self.k - 1)

    def m_step(self, expected: Expected) -> "CoinMixture":
        """Return the model that maximises the expected complete-data log-likelihood.

        θ_k = expected heads / expected tosses of coin k, and π_k = N_k / N.
        Raises CollapsedComponent. Source: Do & Batzoglou (2008), figure 1b.
        """
        n, heads, tails = expected.statistics.T
        _live(heads + tails)
        weights = self.weights if self.fixed_weights else _live(n) / n.sum()
        return self._with(np.array(weights), heads / (heads + tails), self.fixed_weights)

    def sample(self, n: int, rng, *, tosses: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Draw n sets of ``tosses`` tosses: heads and tails (n, 2), and the coin z of each (n,)."""
        z = rng.choice(self.k, size=_count("n", n), p=self.weights / self.weights.sum())
        heads = rng.binomial(_count("tosses", tosses), self.biases[z])
        return np.column_stack([heads, tosses - heads]), z

    def check_data(self, blocks) -> None:
        """Nothing to count: equal sets of tosses can come from different coins."""

    def _rows(self, x):
        x = as_rows(x, 2)
        if (x < 0).any() or (x != np.floor(x)).any():
            bad = int(np.argmax(((x < 0) | (x != np.floor(x))).any(axis=1)))
            raise ValueError(
                f"data must hold whole, non-negative counts of heads and tails, but row {bad} is "
                f"{show(x[bad])}; give one row of counts a set of tosses"
            )
        return x

    @property
    def _view(self):
        return View(origin=0, unit=1, coefficients=None, shape=(3,))

    def _features(self, x):
        """Return 1, heads and tails: (3, N)."""
        return np.stack([np.ones(len(x)), *x.T])

    def _log_components(self, T):
        """Return log π_k + h log θ_k + t log(1 − θ_k), where 0 log 0 is 0."""
        _, heads, tails = T
        theta = self.biases[:, None]
        log_p = xlogy(heads, theta) + xlog1py(tails, -theta)
        return log_p + np.log(self.weights)[:, None]

    def _location(self):
        return self.biases[:, None]
