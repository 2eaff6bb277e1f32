"""What a Gaussian's M-step needs to know of its data: how many rows, where, and how scattered."""

from dataclasses import dataclass

import numpy as np

NONE = 1e-300  # of an observation: what a component without data is divided by
JUMP = 1e-10  # of the square of what a mean has moved: a variance below it is rounding


@dataclass(frozen=True)
class Moments:
    """Moments of some rows for each component, in the data's own place and unit.

    n (K,) is Σ r, means (K, D) are Σ r x / n, and scatters (K, D, D) are Σ r (x − mean)(x − mean)ᵀ,
    over rows x with responsibilities r. In one dimension all three are (K,). ``a + b`` covers the
    rows of both, whatever models saw them. Source: Chan, Golub & LeVeque (1983), equation 2.1.
    """

    n: np.ndarray
    means: np.ndarray
    scatters: np.ndarray

    def __add__(self, other: "Moments") -> "Moments":
        n, gap = self.n + other.n, other.means - self.means
        share = other.n / np.maximum(n, NONE)
        square = gap * gap if gap.ndim == 1 else gap[:, :, None] * gap[:, None]
        scatters = self.scatters + other.scatters + _each(self.n * share, square) * square
        return Moments(n, self.means + _each(share, gap) * gap, scatters)


def _each(values: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return values (K,) with as many axes as ``like``, whose first is K."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def about_the_mean(M: np.ndarray) -> np.ndarray:
    """Return covariances (K, D, D) from the means of (1, u)(1, u)ᵀ, (K, 1 + D, 1 + D).

    Where a mean has moved by 10⁵ stds and more, what is left of a variance is all rounding. Then it
    is given 10⁻¹⁰ of that square: too wide is safe, since the next step sees it from near.
    """
    u, i = M[:, 1:, 0], np.arange(M.shape[1] - 1)
    C = M[:, 1:, 1:] - u[:, :, None] * u[:, None]
    C[:, i, i] = np.maximum(C[:, i, i], JUMP * u * u)
    return C


def on_a_line(sums: np.ndarray, means: np.ndarray, units: np.ndarray) -> Moments:
    """Return moments from sums (K, 3) of 1, u and u², with u = (x − μ_k) / unit_k.

    In plain numbers, as ``in_a_plane`` is: numpy is slow on a few of them.
    """
    located, scatters = [], []
    for (n, u, uu), mu, unit in zip(sums.tolist(), means.tolist(), units.tolist(), strict=True):
        mean = u / max(n, NONE)
        located.append(mu + unit * mean)
        scatters.append(unit * unit * max(uu - u * mean, JUMP * u * mean))
    return Moments(sums[:, 0].copy(), np.array(located), np.array(scatters))


def in_a_plane(sums: np.ndarray, origin: np.ndarray) -> Moments:
    """Return moments from sums (K, 6) of 1, u, v, u², uv and v², with (u, v) = x − origin."""
    means, scatters, (x, y) = [], [], origin.tolist()
    for n, u, v, uu, uv, vv in sums.tolist():
        p, q = u / max(n, NONE), v / max(n, NONE)
        means.append((x + p, y + q))
        a, b, d = uu - u * p, uv - u * q, vv - v * q
        scatters.append(((max(a, JUMP * u * p), b), (b, max(d, JUMP * v * q))))
    return Moments(sums[:, 0].copy(), np.array(means), np.array(scatters))
