"""Mixtures of coins: every set of tosses comes from one of K coins, and nobody noted which."""

from dataclasses import dataclass

import numpy as np
from scipy.special import xlog1py, xlogy

from ._checks import as_floats, as_rows, as_weights, count, same_length, show
from .em import Expected
from .mixture import Mixture, live


@dataclass(frozen=True)
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
        weights, biases = as_weights(self.weights), as_floats("biases", self.biases, 1, "(K,)")
        same_length(weights=weights, biases=biases)
        if ((biases < 0) | (biases > 1)).any():
            raise ValueError(
                f"biases must be probabilities in [0, 1], but are {show(biases)}; "
                "give the probability of heads of each coin"
            )
        vars(self).update(weights=weights, biases=biases)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters: K biases, and K − 1 weights unless they are fixed."""
        return self.k + (0 if self.fixed_weights else self.k - 1)

    def log_joint(self, x):
        """Return log π_k + h log θ_k + t log(1 − θ_k), where 0 log 0 is 0: (N, K)."""
        (heads, tails), theta = x.T, self.biases[:, None]
        log_p = xlogy(heads, theta) + xlog1py(tails, -theta)
        return (log_p + np.log(self.weights)[:, None]).T

    def statistics(self, x, r):
        """Return the expected numbers of sets, (K,), and of heads and tails, (K, 2)."""
        return r.sum(axis=0), r.T @ x

    def m_step(self, expected: Expected) -> "CoinMixture":
        """Return the model that maximises the expected complete-data log-likelihood.

        θ_k = expected heads / expected tosses of coin k, and π_k = N_k / N.
        Raises CollapsedComponent. Source: Do & Batzoglou (2008), figure 1b.
        """
        n, sides = expected.statistics
        tosses = live(sides.sum(axis=1))
        weights = self.weights if self.fixed_weights else live(n) / n.sum()
        return self.with_parameters(weights, sides[:, 0] / tosses, self.fixed_weights)

    def draw(self, z, rng, tosses: int = 10):
        """Return heads and tails of so many tosses of each coin of z: (N, 2)."""
        heads = rng.binomial(count("tosses", tosses), self.biases[z])
        return np.column_stack([heads, tosses - heads])

    def as_data(self, x):
        """Return heads and tails of each set as floats, (N, 2), or raise ValueError."""
        x = as_rows(x, 2)
        bad = ((x < 0) | (x != np.floor(x))).any(axis=1)
        if bad.any():
            raise ValueError(
                "data must hold whole, non-negative counts of heads and tails, but row "
                f"{bad.argmax()} is {show(x[bad][0])}; give one row of counts a set of tosses"
            )
        return x
