"""Parameters theta, of three kinds of mixture: their names, and how they are moved."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...coins import CoinMixture
from ...gaussian import GaussianMixture
from ...normal import NormalMixture
from .. import textbook


class Kind(NamedTuple):
    """A kind of mixture: how emlib checks its parameters, and the textbook's formulas for it."""

    model: type
    names: tuple
    log_components: Callable
    m_step: Callable


NORMAL = Kind(
    NormalMixture, ("weights", "means", "stds"), textbook.log_normal, textbook.normal_m_step
)
GAUSSIAN = Kind(
    GaussianMixture,
    ("weights", "means", "covariances"),
    textbook.log_gaussian,
    textbook.gaussian_m_step,
)
COINS = Kind(CoinMixture, ("weights", "biases"), textbook.log_coins, textbook.coin_m_step)


def kind_of(theta) -> Kind:
    """Return the kind of mixture that parameters describe, by their number and shape."""
    if len(theta) == 2:
        return COINS
    return NORMAL if theta[1].ndim == 1 else GAUSSIAN


def affine(theta, a, b) -> tuple:
    """Return the parameters of a·x + b, given those of x."""
    weights, means, widths = theta
    squared = means.ndim == 2
    return weights, a * means + b, widths * (np.outer(a, a) if squared else np.abs(a))


def rolled(theta, by: int) -> tuple:
    """Return the parameters with the components' labels exchanged in turn."""
    return tuple(np.roll(p, by, axis=0) for p in theta)


def nudged(theta, x) -> tuple:
    """Return parameters with the means, or biases, pulled apart by 3 % of the data's spread."""
    weights, places, *widths = theta
    apart = np.linspace(-0.03, 0.03, len(weights))
    if not widths:
        return weights, np.clip(places + apart, 1e-6, 1 - 1e-6)
    return weights, places + np.multiply.outer(apart, x.std(axis=0)), *widths
