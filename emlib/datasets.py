"""The course's data sets, as plain arrays. Where they come from: ``data/README.md``."""

from pathlib import Path

import numpy as np

_HERE = Path(__file__).parent
_FOLDER = _HERE / "data" if (_HERE / "data").is_dir() else _HERE.parent / "data"


def old_faithful() -> np.ndarray:
    """Return 272 eruptions of Old Faithful: (272, 2), duration and waiting time in minutes."""
    return _load("old_faithful")


def one_bump() -> np.ndarray:
    """Return 1000 draws from a single Gaussian: (1000,), no unit."""
    return _load("one_bump")


def two_bumps() -> np.ndarray:
    """Return 1000 draws from an equal mixture of two Gaussians: (1000,), no unit."""
    return _load("two_bumps")


def coin_tosses() -> np.ndarray:
    """Return five sets of ten tosses: (5, 2), heads and tails. Source: Do & Batzoglou (2008)."""
    return _load("coin_tosses").astype(int)


def _load(name: str) -> np.ndarray:
    return np.loadtxt(_FOLDER / f"{name}.csv", delimiter=",", skiprows=1)
