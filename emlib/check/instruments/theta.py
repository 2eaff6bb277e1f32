"""How parameters are read: what cannot be read does not apply, what is broken is said."""

import numpy as np

from .._feedback import Wrong, array, attempted
from .kinds import COINS, kind_of
from .reading import NotHere

WANTED = "give the tuple (weights, means, standard deviations), an array each, in this order"
SHOWN = 'see "Your own code" in notebook 08'


def start_theta(value, x) -> tuple:
    """Return parameters to start from as a tuple of arrays; weights must come first."""
    theta = _arrays(value)
    sums = [p.sum() if p.ndim == 1 else np.nan for p in theta]
    first = next((i for i, total in enumerate(sums) if abs(total - 1) < 1e-6), 0)
    if first > 0:
        raise NotHere(
            f"the first part of theta sums to {sums[0]:.4g}, and part {first + 1} to 1, as weights "
            f"do: {WANTED}"
        )
    if len(theta) == 3 and theta[1].shape[1:] != x.shape[1:]:
        raise NotHere(
            f"means of shape {theta[1].shape} do not go with data of shape {x.shape}: {WANTED}"
        )
    return as_theta(theta, x)


def as_theta(value, x) -> tuple:
    """Return parameters as a tuple of arrays, or say why they describe no mixture of such data."""
    theta = _arrays(value)
    kind = kind_of(theta)
    if kind is COINS and not (x.ndim == 2 and x.shape[1] == 2 and theta[1].ndim == 1):
        raise NotHere(
            "two parameters are read as weights and biases of coins, for tosses (N, 2), but the "
            f"data have shape {x.shape}. Another family is not known here; but monotone takes any "
            "object with e_step and m_step, such as runs in emlib.fit"
        )
    for name, part in zip(kind.names, theta, strict=True):
        array(part, part.shape, f"The array of {name}")
    try:
        kind.model(*theta)
    except (TypeError, ValueError) as error:
        order = ", ".join(kind.names)
        raise Wrong(
            f"These are no parameters of a mixture: {error}. Their order is {order}."
        ) from None
    if kind is not COINS and theta[1].shape[1:] != x.shape[1:]:
        raise Wrong(f"The means have shape {theta[1].shape}, but the data {x.shape}.")
    return theta


def _arrays(value) -> tuple:
    """Return two or three arrays of numbers, or say what was given, and what is wanted."""
    what = f"theta is {_article(type(attempted(value)).__name__)}"
    if isinstance(value, dict):
        what += f" with {', '.join(map(str, value))}"[:80]
    try:
        parts = () if isinstance(value, dict | str | set) else tuple(value)
        theta = tuple(np.asarray(p, float) for p in parts)
    except (TypeError, ValueError):
        parts, theta = (), ()
    if parts:
        what = f"theta has {len(parts)} part{'s' * (len(parts) != 1)}"
    if len(theta) not in (2, 3):
        numbers = bool(theta) and all(p.ndim == 0 for p in theta)
        pack = ". What belongs together goes into one array, as in np.array([mu1, mu2])"
        raise NotHere(f"{what}: {WANTED}{pack * numbers}; {SHOWN}")
    for part in parts:
        require_double(part, "theta")
    return theta


def require_double(value, name: str) -> None:
    """Refuse an array of single precision."""
    if np.asarray(value).dtype in (np.float32, np.float16):
        raise NotHere(f"{name} has single precision, fewer digits than are looked at: use float64")


def _article(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
