"""What every mixture can do, given the log-densities of its components.

p(x | θ) = Σ_k π_k p_k(x), and everything here is computed from log π_k p_k(x), in log space.

The families of this package are exponential ones: log π_k p_k(x) = Σ_f η_kf T_f(x), coefficients
times features, where only the features see the data. So an E-step is two matrix products: η T on
the way to the responsibilities r, and r Tᵀ, the expected sufficient statistics. That is where
the speed comes from: a row of data costs K exponentials and O(K F) multiplications in BLAS.

Inside, components come first: arrays are (K, N), because numpy reduces over a small first axis
much faster than over a small last one. The public methods transpose to (N, K), which is a view.
"""

from dataclasses import dataclass, fields
from functools import reduce
from math import isfinite, prod
from operator import add
from typing import Any, NamedTuple

import numpy as np

from ._checks import as_responsibilities, check_finite, enough_distinct, numbers, show
from .em import Expected

BLOCK = 100_000  # floats in a block of rows: what stays in a processor's cache, under 1 MiB


class View(NamedTuple):
    """How a model sees the data: by features T of (x − origin) / unit, with log π_k p_k = η_k T.

    shape is that of the features of one row: (F,) where all components share an origin and a
    unit, (K, F) where each has its own.
    """

    origin: Any
    unit: Any
    coefficients: Any
    shape: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Mixture:
    """A mixture of K components. Subclasses add the components' density and the M-step.

    A subclass has ``_rows(x)``, which checks the shape of the data; ``_view``, a :class:`View`
    with coefficients η, (K, F); ``_features(x)``, those of N rows, (F, N) or (K, F, N);
    ``m_step``, whose statistics are Σₙ r_kn T_f(xₙ), (K, F); ``_draw``; ``_location``, what to
    sort by; and ``n_parameters``. A density that is not η T, or statistics that are not r Tᵀ, has
    ``_log_components(T)`` and ``_sums(r, T)`` of its own.
    """

    weights: np.ndarray

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.weights)

    def log_density(self, x) -> np.ndarray:
        """Return log p(x | θ) in nats for each row: (N,)."""
        x = self._rows(x)
        check_finite(x)
        with np.errstate(all="ignore"):
            total = np.concatenate([_normalise(self._log_joint(b)) for b in self._blocks(x)])
        total[np.isnan(total)] = -np.inf  # not one component can make this row
        return total

    def pdf(self, x) -> np.ndarray:
        """Return the density p(x | θ) of each row: (N,)."""
        return np.exp(self.log_density(x))

    def responsibilities(self, x) -> np.ndarray:
        """Return p(z = k | x, θ), the share of component k in each row: (N, K), rows sum to 1."""
        r = self._all_log_joint(x)
        with np.errstate(all="ignore"):
            _require_possible(_normalise(r))
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
        log_joint = self._all_log_joint(x)
        r = as_responsibilities(responsibilities, log_joint.shape[1], self.k).T
        with np.errstate(all="ignore"):
            return float(np.where(r > 0, r * (log_joint - np.log(r)), 0.0).sum())

    def e_step(self, x) -> Expected:
        """Return the expected sufficient statistics of the rows of x, and their log-likelihood.

        They are sums over rows, made block by block, so memory does not grow with N.
        """
        x = self._rows(x)
        with np.errstate(all="ignore"):
            expected = reduce(add, map(self._expected, self._blocks(x)))
        if not isfinite(expected.log_likelihood):
            _require_possible(self.log_density(x))  # which looks at x, too
        return expected

    def sample(self, n: int, rng) -> tuple[np.ndarray, np.ndarray]:
        """Draw n observations: first the component z of each (n,), then x given z."""
        rng = np.random.default_rng(rng)
        z = rng.choice(self.k, size=_count("n", n), p=self.weights / self.weights.sum())
        return self._draw(z, rng), z

    def sorted(self):
        """Return the same mixture with its components in rising order of the first parameter."""
        order = np.lexsort(self._location().T[::-1])
        return self._with(*(a[order] if np.ndim(a) else a for a in self._parameters()))

    def aic(self, x) -> float:
        """Return Akaike's criterion 2p − 2 log L: smaller is better. Source: Akaike (1974)."""
        return 2 * self.n_parameters - 2 * self.log_likelihood(x)

    def bic(self, x) -> float:
        """Return the BIC, p log N − 2 log L: smaller is better. Source: Schwarz (1978)."""
        fit = 2 * self.log_likelihood(x)
        return self.n_parameters * float(np.log(len(self._rows(x)))) - fit

    def check_data(self, blocks) -> None:
        """Refuse data that cannot hold this many components. Called once, before the first step."""
        enough_distinct((self._rows(block) for block in blocks if np.size(block)), self.k)

    def _blocks(self, x) -> list:
        """Return x in blocks of as many rows as fit into the cache with their features."""
        rows = max(256, BLOCK // (prod(self._view.shape) + self.k))
        return [x[first : first + rows] for first in range(0, len(x), rows)]

    def _expected(self, x) -> Expected:
        """Return what one block of rows adds to the E-step."""
        T = self._features(x)
        r = self._log_components(T)
        log_likelihood = float(np.add.reduce(_normalise(r)))
        return Expected(self._sums(r, T), log_likelihood)

    def _log_joint(self, x) -> np.ndarray:
        """Return log π_k + log p_k(xₙ) of one block of rows: (K, N)."""
        return self._log_components(self._features(x))

    def _all_log_joint(self, x) -> np.ndarray:
        """Return log π_k + log p_k(xₙ) of any number of rows, after a look at them: (K, N)."""
        x = self._rows(x)
        check_finite(x)
        with np.errstate(all="ignore"):
            return np.concatenate([self._log_joint(block) for block in self._blocks(x)], axis=1)

    def _log_components(self, T) -> np.ndarray:
        """Return log π_k p_k(xₙ), η T: (K, N)."""
        eta = self._view.coefficients
        return eta.dot(T) if T.ndim == 2 else np.matmul(eta[:, None], T)[:, 0]

    def _sums(self, r, T) -> np.ndarray:
        """Return the expected statistics Σₙ r_kn T_f(xₙ), r Tᵀ: (K, F)."""
        return r.dot(T.T) if T.ndim == 2 else np.matmul(T, r[:, :, None])[..., 0]

    def _parameters(self) -> tuple:
        return tuple(getattr(self, field.name) for field in fields(self))

    def _with(self, *parameters):
        """Return a model of parameters known to be good, an M-step's. Skips the checks.

        What this model worked out for itself is forgotten: a history would keep it alive.
        """
        model = object.__new__(type(self))
        own = vars(model)
        for name, value in zip(self.__match_args__, parameters, strict=True):
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            own[name] = value
        vars(self).pop("_view", None)
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
    top = np.maximum.reduce(log_joint, axis=0)
    log_joint -= top
    np.exp(log_joint, out=log_joint)
    total = np.add.reduce(log_joint, axis=0)
    log_joint /= total
    top += np.log(total, out=total)
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
