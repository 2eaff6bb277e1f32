"""What every mixture can do, once a family of components has said what these are.

p(x | θ) = Σ_k π_k p_k(x), and everything here is computed from log π_k p_k(x), in log space.

Outside, arrays are (N, K): one row an observation. Inside they are (K, N), because numpy reduces
over a small first axis much faster than over a small last one; to transpose is a view.
"""

from dataclasses import dataclass
from functools import reduce
from math import isfinite
from operator import add

import numpy as np

from ._checks import (
    as_responsibilities,
    as_rows,
    check_finite,
    count,
    missing,
    require_possible,
    wrong_joint,
)
from .em import CollapsedComponent, Expected
from .lens import normalise
from .parameters import Parameters

BLOCK = 100_000  # floats in a block of rows: under 1 MiB


@dataclass(frozen=True)
class Mixture(Parameters):
    """A mixture of K components: weights π (K,), and what a family adds to them.

    A family is a frozen dataclass: its fields are arrays whose first axis is K, or plain options.
    It has three methods, for which see below: ``log_joint``, ``statistics`` and ``m_step``. Then
    it has all the others, and runs in :func:`~emlib.fit`. ``draw`` makes :meth:`sample` work,
    ``n_parameters`` :meth:`aic` and :meth:`bic`; ``as_data`` refuses data that it cannot use.
    """

    weights: np.ndarray

    # --- What a family says ---

    def log_joint(self, x) -> np.ndarray:
        """Return log π_k + log p_k(xₙ) in nats of some rows: (N, K)."""
        raise NotImplementedError(missing(self, "log_joint(x)", "log π_k + log p_k(xₙ), (N, K)"))

    def statistics(self, x, r):
        """Return what ``m_step`` needs of some rows, for responsibilities r (N, K).

        It must add up over rows: sums, as an array, or a tuple, list or dict of arrays.
        """
        raise NotImplementedError(missing(self, "statistics(x, r)", "sums over rows"))

    def m_step(self, expected: Expected) -> "Mixture":
        """Return the best model for ``expected.statistics``, those of all data."""
        raise NotImplementedError(missing(self, "m_step(expected)", "a better model"))

    def draw(self, z, rng) -> np.ndarray:
        """Return one observation from each component of z (N,); rng is a numpy Generator."""
        raise NotImplementedError(missing(self, "draw(z, rng)", "one observation for each of z"))

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        raise NotImplementedError(missing(self, "n_parameters", "the number of free parameters"))

    def as_data(self, x) -> np.ndarray:
        """Return data as an array of floats, one row an observation, or raise ValueError."""
        return as_rows(x)

    def check_data(self, blocks) -> None:
        """Refuse data as a whole, if need be: ``fit`` calls it once, before the first step."""

    def expected(self, x) -> Expected:
        """Do the E-step, on data that ``as_data`` has let through; a family may know a faster way.

        It has to sum ``statistics`` over the rows, with NaN or −inf for impossible ones.
        """
        return reduce(add, map(self._expected_of, self._blocks(x)))

    # --- What follows ---

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.weights)

    def log_density(self, x) -> np.ndarray:
        """Return log p(x | θ) in nats for each row: (N,)."""
        with np.errstate(all="ignore"):
            total = np.concatenate([normalise(joint) for joint in self._joints(x)])
        total[np.isnan(total)] = -np.inf  # not one component can make this row
        return total

    def pdf(self, x) -> np.ndarray:
        """Return the density p(x | θ) of each row: (N,)."""
        with np.errstate(under="ignore"):
            return np.exp(self.log_density(x))

    def responsibilities(self, x) -> np.ndarray:
        """Return p(z = k | x, θ), the share of component k in each row: (N, K), rows sum to 1."""
        with np.errstate(all="ignore"):
            r = np.concatenate(list(self._joints(x)), axis=1)
            require_possible(normalise(r))
        return r.T

    def log_likelihood(self, x) -> float:
        """Return Σₙ log p(xₙ | θ) in nats. Raises ValueError if a row is impossible (−inf)."""
        total = self.log_density(x)
        require_possible(total)
        return float(total.sum())

    def lower_bound(self, x, responsibilities) -> float:
        """Return the ELBO Σₙₖ rₙₖ (log π_k p_k(xₙ) − log rₙₖ) in nats, for any r (N, K).

        Equal to the log-likelihood when these are the posterior ones; smaller by KL(r ‖ posterior)
        otherwise. Source: Neal & Hinton (1998), theorem 1.
        """
        with np.errstate(all="ignore"):
            log_joint = np.concatenate(list(self._joints(x)), axis=1)
            r = as_responsibilities(responsibilities, log_joint.shape[1], self.k).T
            return float(np.where(r > 0, r * (log_joint - np.log(r)), 0.0).sum())

    def e_step(self, x) -> Expected:
        """Return the expected sufficient statistics of the rows of x, and their log-likelihood.

        They add up over rows, and are made block by block, so memory does not grow with N.
        """
        x = self.as_data(x)
        with np.errstate(all="ignore"):
            expected = self.expected(x)
        if not isfinite(expected.log_likelihood):
            self.log_likelihood(x)  # which says what is wrong
        return expected

    def sample(self, n: int, rng, **options) -> tuple[np.ndarray, np.ndarray]:
        """Draw n observations x, and the component z of each (n,): first z, then x given z.

        rng: a numpy Generator, or a seed. options are those of ``draw``: ``tosses`` of coins.
        """
        rng = np.random.default_rng(rng)
        z = rng.choice(self.k, size=count("n", n), p=self.weights)
        return self.draw(z, rng, **options), z

    def sorted(self):
        """Return the same mixture with its components in rising order of the first parameter."""
        keys = [p.reshape(self.k, -1) for p in self.parameters()[1:] if np.ndim(p)]
        order = np.lexsort(np.hstack(keys).T[::-1])
        return self.with_parameters(*(p[order] if np.ndim(p) else p for p in self.parameters()))

    def aic(self, x) -> float:
        """Return Akaike's criterion 2p − 2 log L: smaller is better. Source: Akaike (1974)."""
        return 2 * self.n_parameters - 2 * self.log_likelihood(x)

    def bic(self, x) -> float:
        """Return the BIC, p log N − 2 log L: smaller is better. Source: Schwarz (1978)."""
        fit = 2 * self.log_likelihood(x)
        return self.n_parameters * float(np.log(len(self.as_data(x)))) - fit

    def _blocks(self, x) -> list:
        rows = max(256, BLOCK // (x[0].size + 2 * self.k))
        return [x[first : first + rows] for first in range(0, len(x), rows)]

    def _joints(self, x):
        """Yield log π_k + log p_k(xₙ), (K, N), block by block, after a look at the data."""
        x = self.as_data(x)
        check_finite(x)
        return map(self._joint, self._blocks(x))

    def _joint(self, x) -> np.ndarray:
        joint = np.ascontiguousarray(np.transpose(self.log_joint(x)))
        if joint.shape != (self.k, len(x)):
            raise ValueError(wrong_joint(self, len(x), joint.T.shape))
        return joint

    def _expected_of(self, x) -> Expected:
        r = self._joint(x)
        log_likelihood = float(normalise(r).sum())
        return Expected(self.statistics(x, r.T), log_likelihood)


def live(n: np.ndarray) -> np.ndarray:
    """Return the expected counts N_k, or raise if a component has lost all its data."""
    if min(n.tolist()) < 1e-100:
        raise CollapsedComponent(int(n.argmin()), "it is responsible for none of the data")
    return n
