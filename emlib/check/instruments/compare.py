"""What instruments require of responsibilities, of paths, and of parameters."""

from collections.abc import Callable

import numpy as np

from .._feedback import Wrong, array
from .examined import take_step
from .kinds import kind_of
from .reading import NotHere
from .theta import SHOWN


def require_probabilities(r, x, k: int, when: str) -> None:
    """Refuse responsibilities that are no (N, K) table of probabilities with rows that sum to 1."""
    name, n = f"{when} the array of responsibilities", len(x)
    if np.shape(r) == (k, n) != (n, k):
        raise NotHere(
            f"{name[0].lower()}{name[1:]} has shape {(k, n)}: it looks transposed. Return "
            f"r.T, of shape {(n, k)}, a row an observation, and let m_step turn it back; {SHOWN}"
        )
    r = array(r, (n, k), name)
    total = r.sum(axis=1)
    if np.abs(total - 1).max() > 1e-8:
        raise Wrong(f"{when} the rows sum to {total.min():.4g} up to {total.max():.4g}, not to 1.")
    if r.min() < 0:
        raise Wrong(f"{when} there is a negative responsibility, {r.min():.4g}.")


def same_path(code, x, other, moved, back: Callable, how: str, rtol=1e-6) -> None:
    """Take five steps with both, and require that ``back(other)`` is the one at each."""
    for step in range(6):
        if step:
            code, other = take_step(code, x, step), take_step(other, moved, step, how)
        when = f"after step {step}" if step else "at the start"
        compare_theta(back(other.theta), code.theta, x, f"{how}, {when}", rtol)


def compare_theta(got, want, x, what: str, rtol=1e-6) -> None:
    """Refuse parameters that differ, in the data's own spread, by more than rtol."""
    s = x.std(axis=0)
    scales = 1.0, s if len(want) == 3 else 1.0, s if x.ndim == 1 else np.outer(s, s)
    for name, g, w, scale in zip(kind_of(want).names, got, want, scales, strict=False):
        near = (np.abs(g - w) <= rtol * scale).reshape(len(w), -1).all(axis=1)
        if not near.all():
            k, one = int(np.argmin(near)), name.removesuffix("s").replace("biase", "bias")
            raise Wrong(
                f"{what}, the {one} of component {k} is {_digits(g[k])}, not {_digits(w[k])}."
            )


def _digits(values) -> str:
    """Return numbers with six digits, on one line."""
    text = np.array2string(np.asarray(values), formatter={"float_kind": "{:.6g}".format})
    return " ".join(text.split())
