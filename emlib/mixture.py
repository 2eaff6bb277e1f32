"""What every mixture can do, given its weights and the log-densities of its components.

p(x | θ) = Σ_k π_k p_k(x). Everything here is computed from log π_k + log p_k(x), in log space.

Inside, components come first: arrays are (K, N), because numpy reduces over a small first axis
much faster than over a small last one. The public methods transpose to (N, K), which is a view.
"""

from dataclasses import dataclass, fields
from math import isfinite

import numpy as np

from ._checks import as_responsibilities, check_finite, enough_distinct, frozen, numbers, show
from .em import Expected

BLOCK = 2**17  # floats in a block of rows, about 1 MiB: what stays in a processor's cache


@dataclass(frozen=True, eq=False, repr=False)
class Mixture:
    """A mixture of K components. Subclasses add the components' density and the M-step.

    A subclass has ``_rows(x)``, which checks the shape of the data; ``_residuals(x)``, what
    density and statistics share; ``_log_components(residuals)``, (K, N);
    ``_statistics(r, residuals)``, an array of sums over rows; ``m_step``; ``_draw``; ``_location``,
    what to sort by; and ``n_parameters``.
    """

    weights: np.ndarray

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.weights)

    def log_density(self, x) -> np.ndarray:
        """Return log p(x | θ) in nats for each row: (N,)."""
        return _normalise(self._log_joint(x))

    def pdf(self, x) -> np.ndarray:
        """Return the density p(x | θ) of each row: (N,)."""
        return np.exp(self.log_density(x))

    def responsibilities(self, x) -> np.ndarray:
        """Return p(z = k | x, θ), the share of component k in each row: (N, K), rows sum to 1."""
        r = self._log_joint(x)
        total = _normalise(r)
        _require_possible(total)
        return r.T

    def log_likelihood(self, x) -> float:
        """Return Σₙ log p(xₙ | θ) in nats. Raises ValueError if a row is impossible (−inf)."""
        total = self.log_density(x)
        _require_possible(total)
        return float(total.sum())

    def lower_bound(self, x, responsibilities) -> float:
        """Return the ELBO Σₙₖ rₙₖ (log π_k p_k(xₙ) − log rₙₖ) in nats, for any r (N, K).

        Equal to the log-likelihood when these are the posterior ones; smaller by KL(r ‖ posterior)
        otherwise. Source: Neal & Hinton (1998), theorem 1.
        """
        log_joint = self._log_joint(x)
        r = as_responsibilities(responsibilities, log_joint.shape[1], self.k).T
        with np.errstate(all="ignore"):
            return float(np.where(r > 0, r * (log_joint - np.log(r)), 0.0).sum())

    def e_step(self, x) -> Expected:
        """Return the expected sufficient statistics of the rows of x, and their log-likelihood.

        They are sums over rows, made block by block, so memory does not grow with N.
        """
        x = self._rows(x)
        rows = max(1, BLOCK // (self.k * x[0].size))
        with np.errstate(all="ignore"):
            total = self._e_step_block(x[:rows])
            for first in range(rows, len(x), rows):
                total += self._e_step_block(x[first : first + rows])
        if not isfinite(total.log_likelihood):
            check_finite(x)
            _require_possible(self.log_density(x))
        return total

    def sample(self, n: int, rng) -> tuple[np.ndarray, np.ndarray]:
        """Draw n observations: first the component z of each (n,), then x given z."""
        z = rng.choice(self.k, size=_count("n", n), p=self.weights / self.weights.sum())
        return self._draw(z, rng), z

    def sorted(self):
        """Return the same mixture with its components in rising order of the first parameter."""
        order = np.lexsort(self._location().T[::-1])
        return self._with(*(np.array(a)[order] if np.ndim(a) else a for a in self._parameters()))

    def aic(self, x) -> float:
        """Return Akaike's criterion 2p − 2 log L: smaller is better. Source: Akaike (1974)."""
        return 2 * self.n_parameters - 2 * self.log_likelihood(x)

    def bic(self, x) -> float:
        """Return Schwarz's criterion p log N − 2 log L: smaller is better. Source: Schwarz (1978)."""
        return self.n_parameters * float(np.log(len(x))) - 2 * self.log_likelihood(x)

    def check_data(self, blocks) -> None:
        """Refuse data that cannot hold this many components. Called once, before the first step."""
        enough_distinct((self._rows(block) for block in blocks if np.size(block)), self.k)

    def _e_step_block(self, x) -> Expected:
        residuals = self._residuals(x)
        r = self._log_components(residuals)
        r += self._log_weights()
        total = _normalise(r)
        return Expected(self._statistics(r, residuals), float(total.sum()))

    def _log_joint(self, x) -> np.ndarray:
        """Return log π_k + log p_k(xₙ): (K, N)."""
        x = self._rows(x)
        check_finite(x)
        with np.errstate(all="ignore"):
            return self._log_components(self._residuals(x)) + self._log_weights()

    def _log_weights(self) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return np.log(self.weights)[:, None]

    def _parameters(self) -> tuple:
        return tuple(getattr(self, field.name) for field in fields(self))

    @classmethod
    def _with(cls, *parameters):
        """Return a model of parameters known to be good: an M-step's. Skips the checks."""
        model = object.__new__(cls)
        for field, value in zip(fields(cls), parameters, strict=True):
            object.__setattr__(model, field.name, frozen(value) if np.ndim(value) else value)
        return model

    def __eq__(self, other):
        return type(self) is type(other) and all(
            map(np.array_equal, self._parameters(), other._parameters())
        )

    def __hash__(self):
        return hash(tuple(np.asarray(p).tobytes() for p in self._parameters()))

    def __repr__(self):
        named = zip(fields(self), self._parameters(), strict=True)
        inside = ", ".join(f"{f.name}={show(p)}" for f, p in named)
        return f"{type(self).__name__}({inside})"


def _normalise(log_joint: np.ndarray) -> np.ndarray:
    """Turn log π_k p_k(xₙ), (K, N), into responsibilities in place; return log p(xₙ | θ), (N,).

    This is log-sum-exp. The largest term of each column is taken out first: then the largest
    exponential is exactly 1, and neither overflow nor a sum of zeros can happen.
    """
    top = log_joint.max(axis=0)
    with np.errstate(all="ignore"):
        log_joint -= top
        np.exp(log_joint, out=log_joint)
        total = log_joint.sum(axis=0)
        log_joint /= total
        top += np.log(total, out=total)
    top[np.isnan(top)] = -np.inf
    return top


def _require_possible(log_density: np.ndarray) -> None:
    if np.isfinite(log_density).all():
        return
    first = int(np.argmin(np.isfinite(log_density)))
    raise ValueError(
        f"data row {first} has density 0 under the model: its log-likelihood is -inf. Check that "
        "row, or choose parameters under which it is possible"
    )


def _count(name: str, n) -> int:
    if not (np.ndim(n) == 0 and numbers(name, n) == np.floor(n) and n >= 0):
        raise ValueError(f"{name} must be a whole number, 0 or more, but is {n!r}; give a count")
    return int(n)
