"""Where to start: each function looks at the data and returns a model to begin EM from.

All three choose K means and give the rest in the same way: every observation goes to its nearest
mean, all components get the pooled spread about their means, and weights are (n_k + 1) / (N + K):
the shares, had each mean one observation more, so that none starts with nothing.
"""

import numpy as np

from ._checks import check_finite, enough_distinct, numbers, short, show
from .gaussian import GaussianMixture
from .mixture import Mixture
from .normal import NormalMixture


def random(data, k: int, rng) -> Mixture:
    """Return a start whose means are k distinct observations, drawn at random.

    data (N,) gives a NormalMixture, (N, D) a GaussianMixture. Raises ValueError as all starts do:
    unusable data, or fewer distinct points than components.
    """
    x, rng = _table(data, k), np.random.default_rng(rng)
    return _around(_first_distinct(x[rng.permutation(len(x))], k), x, np.ndim(data))


def quantiles(data, k: int) -> Mixture:
    """Return a start whose means are the averages of k equal groups along the widest direction.

    In one dimension the groups are the k quantile groups. No chance involved. data: see random.
    """
    x = _table(data, k)
    scaled = x / _scale(x)
    along = (scaled * _widest(scaled)).sum(axis=1)
    means = _group_means(x, along, k)
    if len(np.unique(means, axis=0)) < k:  # so many ties that whole groups are alike
        rows, first = np.unique(x, axis=0, return_index=True)
        means = _group_means(rows, along[first], k)
    return _around(means, x, np.ndim(data))


def kmeans_plus_plus(data, k: int, rng) -> Mixture:
    """Return a start whose means are k observations far from each other: the k-means++ draw.

    Each next mean is drawn with probability proportional to the squared distance to the nearest
    mean so far. data: see random. Source: Arthur & Vassilvitskii (2007), section 2.2.
    """
    x, rng = _table(data, k), np.random.default_rng(rng)
    scaled = x / _scale(x)
    chosen = [int(rng.integers(len(x)))]
    for _ in range(k - 1):
        squared = _squared_distances(scaled, scaled[chosen]).min(axis=0)
        chosen.append(int(rng.choice(len(x), p=squared / squared.sum())))
    return _around(x[chosen], x, np.ndim(data))


def _widest(x: np.ndarray) -> np.ndarray:
    """Return the direction (D,) in which x (N, D) spreads most; its largest entry is positive.

    Of two columns both entries are equally large, so they are rounded: the first decides, and not
    the last bit, which differs between processors.
    """
    direction = np.linalg.svd(np.atleast_2d(np.cov(x.T)).round(9))[0][:, 0].round(9)
    return direction * np.sign(direction[np.abs(direction).argmax()])


def _first_distinct(x: np.ndarray, k: int) -> np.ndarray:
    """Return the first k distinct rows of x, (K, D), without a look at all of them if need be."""
    rows = k
    while True:
        distinct, first = np.unique(x[:rows], axis=0, return_index=True)
        if len(distinct) >= k:
            return x[np.sort(first)[:k]]
        rows *= 4


def _group_means(x: np.ndarray, along: np.ndarray, k: int) -> np.ndarray:
    """Return the means of k groups of rows, of equal size, in the order of ``along``: (K, D)."""
    order = np.argsort(along, kind="stable")
    return np.array([x[group].mean(axis=0) for group in np.array_split(order, k)])


def _around(means: np.ndarray, x: np.ndarray, ndim: int) -> Mixture:
    """Return the model with these means (K, D), for data x (N, D) that had ndim axes."""
    nearest = _squared_distances(x / _scale(x), means / _scale(x)).argmin(axis=0)
    weights = (np.bincount(nearest, minlength=len(means)) + 1) / (len(x) + len(means))
    spread = np.atleast_2d(np.cov((x - means[nearest]).T, bias=True))
    if np.linalg.eigvalsh(spread / np.outer(_scale(x), _scale(x)))[0] < 1e-10:
        spread = np.diag(_scale(x) ** 2)
    if ndim == 1:
        return NormalMixture(weights, means[:, 0], np.full(len(means), np.sqrt(spread[0, 0])))
    return GaussianMixture(weights, means, np.stack([spread] * len(means)))


def _squared_distances(x: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return |xₙ − μ_k|²: (K, N)."""
    return np.stack([((x - mean) ** 2).sum(axis=1) for mean in means])


def _scale(x: np.ndarray) -> np.ndarray:
    """Return the standard deviation of each column: (D,). Distances are measured in it."""
    with np.errstate(all="ignore"):
        scale = x.std(axis=0)
    if not np.isfinite(scale).all():
        raise ValueError(
            f"data must be small enough to be squared, but reaches {np.abs(x).max():.3g}; use a "
            "larger unit"
        )
    constant = np.flatnonzero((scale == 0) | (np.ptp(x, axis=0) == 0))
    if len(constant):
        raise ValueError(
            f"data must vary in every column, but columns {show(constant)} are constant at "
            f"{show(x[0, constant])}; remove them"
        )
    return scale


def _table(data, k: int) -> np.ndarray:
    """Return data as (N, D), checked, with (N,) as one column."""
    x = numbers("data", data)
    if x.ndim not in (1, 2) or x.size == 0:
        raise ValueError(
            f"data must have shape (N,) or (N, D), but has shape {x.shape}; reshape it"
        )
    if not (isinstance(k, int | np.integer) and k >= 1):
        raise ValueError(
            f"k must be a whole number, 1 or more, but is {short(k)}; give the number of components"
        )
    check_finite(x)
    x = x.reshape(len(x), -1) + 0.0  # so that −0.0 is 0.0
    enough_distinct([x], k)
    return x
