"""Instruments that look at a density, and at samples."""

import numpy as np
from scipy.special import comb

from ..._checks import show
from .._feedback import Wrong, array, parts
from .dialects import others, refusal
from .examined import theta_and
from .reading import NotHere, Reading, instrument


@instrument
def integrates_to_one(start, x, density=None) -> Reading:
    """Require the density to be at least 0 and to integrate to 1; x says where to look.

    density(x, *theta) gives (N,); a model brings its own. One dimension, two, or coins.
    """
    theta, density = theta_and(start, x, density, "pdf")
    places, volume = _everywhere(theta, x)
    p = array(density(places), (len(places),), "The density")
    if p.min() < 0:
        raise Wrong(f"The density is negative somewhere: {p.min():.4g}.")
    total = float((p * volume).sum())
    if abs(total - 1) > 1e-3:
        raise Wrong(f"The density integrates to {total:.4f}, and should to 1.")
    return f"The density integrates to {total:.4f}."


@instrument
def sampling(start, x, sample=None) -> Reading:
    """Require samples to have the model's shares and shapes, and to vary as chance does.

    sample(n, rng, *theta) gives x and z. It draws 20 000 once and 50 four hundred times, seeded;
    x says of what kind the data are.
    """
    theta, sample = theta_and(start, x, sample, "sample")
    rng, weights = np.random.default_rng(0), theta[0]
    drawn, z = _draw(sample, 20_000, rng, x)
    shares = np.bincount(z, minlength=len(weights)) / len(z)
    error = 5 * np.sqrt(weights * (1 - weights) / len(z)) + 1e-9
    if len(shares) > len(weights) or (np.abs(shares - weights) > error).any():
        raise Wrong(f"The components' shares are {show(shares)}, and should be {show(weights)}.")
    try:
        _require_shapes(drawn, z, theta)
    except Wrong:
        for dialect, read in others(theta).items():
            if _has_shapes(drawn, z, read(*theta)):
                raise refusal(dialect, theta, "by the widths of this sample") from None
        raise
    counts = [np.mean(_draw(sample, 50, rng, x)[1] == 0) for _ in range(400)]
    spread, chance = np.std(counts), np.sqrt(weights[0] * (1 - weights[0]) / 50)
    if not 0.75 * chance <= spread <= 1.3 * chance:
        raise Wrong(
            f"In samples of 50 the share of component 0 varies by {spread:.4f}, chance by "
            f"{chance:.4f}: the component of each observation must be drawn."
        )
    return f"Shares {show(shares)} vary as chance does, and each component has its own shape."


def _everywhere(theta, x):
    """Return places that cover all that matters around x, and the volume that each stands for."""
    if len(theta) == 2:
        n = int(x[0].sum())
        heads = np.arange(n + 1)
        return np.column_stack([heads, n - heads]), comb(n, heads)
    if x.ndim == 2 and x.shape[1] > 2:
        raise NotHere(f"a grid in {x.shape[1]} dimensions has too many points to sum over")
    n, far = (50_001, 10) if x.ndim == 1 else (301, 6)
    low, high = x.min(axis=0) - far * x.std(axis=0), x.max(axis=0) + far * x.std(axis=0)
    lines = np.linspace(low, high, n)
    if x.ndim == 1:
        return lines, lines[1] - lines[0]
    return np.stack(np.meshgrid(*lines.T), axis=-1).reshape(-1, 2), np.prod(lines[1] - lines[0])


def _draw(sample, n: int, rng, x) -> tuple:
    """Return x and z of a sample of n."""
    drawn, z = parts(sample(n, rng), 2, "A sample, x and z,")
    return array(drawn, (n, *x.shape[1:]), "x"), array(z, (n,), "z").astype(int)


def _has_shapes(drawn, z, theta) -> bool:
    """Return whether each component has its own mean and spread, if theta is read so."""
    try:
        _require_shapes(drawn, z, theta)
    except Wrong:
        return False
    return True


def _require_shapes(drawn, z, theta) -> None:
    """Refuse a sample in which some component has another mean or spread than the model's."""
    for k in np.unique(z):
        _require_shape(drawn[z == k], k, theta)


def _require_shape(part, k: int, theta) -> None:
    """Refuse a component whose draws have another mean or spread than the model's."""
    mean, std = part.mean(axis=0), part.std(axis=0)
    want, width = _moments(k, theta, part[0].sum())
    error = 5 * width / np.sqrt(len(part))
    if (np.abs(mean - want) > error).any() or (np.abs(std - width) > 3 * error).any():
        raise Wrong(
            f"Component {k} of the sample has mean {show(mean)} and std {show(std)}, and should "
            f"have {show(want)} and {show(width)}."
        )


def _moments(k: int, theta, tosses) -> tuple:
    """Return the mean and the standard deviation of component k."""
    if len(theta) == 2:
        p = theta[1][k]
        return tosses * np.array([p, 1 - p]), np.sqrt(tosses * p * (1 - p)) * np.ones(2)
    width = theta[2][k]
    return theta[1][k], width if width.ndim == 0 else np.sqrt(np.diag(width))
