"""Healthy code in another dialect: theta that means something else to it.

Nothing is guessed. The responsibilities that the code itself returns, at its start and after one
step, prove how it reads theta. If that is another way than the instruments', they do not apply.
"""

from collections.abc import Callable

import numpy as np

from .. import textbook
from .._feedback import NotYet, Wrong
from .exact import exact_step, log_joint
from .kinds import GAUSSIAN, NORMAL, kind_of
from .reading import NotHere
from .theta import SHOWN

# What the third part of theta may be, and the same theta as the instruments read it.
OTHERS = {
    NORMAL: {
        "variances": lambda weights, means, third: (weights, means, np.sqrt(third)),
        "precisions": lambda weights, means, third: (weights, means, 1 / np.sqrt(third)),
        "means": lambda weights, second, third: (weights, third, second),
    },
    GAUSSIAN: {
        "precisions": lambda weights, means, third: (weights, means, np.linalg.inv(third)),
    },
}


def others(theta) -> dict:
    """Return other readings of such parameters, by what the third part is to them."""
    return OTHERS.get(kind_of(theta), {})


def refusal(dialect: str, theta, proof: str) -> NotHere:
    """Return the sentence that says how theta was meant, and how it is read here."""
    wanted = kind_of(theta).names[2].replace("stds", "standard deviations")
    return NotHere(
        f"{proof}, the third part of theta holds {dialect}, and {wanted} are wanted; {SHOWN}"
    )


def require_plain(code, x) -> None:
    """Refuse code that reads theta in another way, if its own answers prove it."""
    readings = {"": lambda *theta: theta, **others(code.theta)}
    if len(readings) == 1:
        return
    try:
        path = code, code.step(x), code.at(_uneven(code.theta))
        said = [c.responsibilities(x) for c in path]
    except (Wrong, NotYet, NotHere):
        return
    proofs = {name: _proof(read, path, said, x) for name, read in readings.items()}
    best = max(proofs, key=proofs.get)  # of equals the first, which is the plain one
    if best:
        raise refusal(best, code.theta, "by what your code itself returns")


def _proof(read: Callable, path, said, x) -> int:
    """Return 2 if the steps are exact when theta is read so, 1 if the responsibilities are."""
    start, after, uneven = (log_joint(x, read(*c.theta)) for c in path)
    if not (_same(said[0], start) and _same(said[1], after)):
        return 0
    if _is_exact(read, *path[:2], x):
        return 2
    telling = textbook.posterior(uneven).min(axis=1).max() > 1e-100  # not zeros and ones only
    return int(telling and _same(said[2], uneven, rtol=1e-3, atol=1e-100))


def _uneven(theta) -> tuple:
    """Return the same parameters with widths that differ, as equal ones may hide a slip."""
    factors = np.linspace(0.5, 1.5, len(theta[0]))
    return *theta[:2], (theta[2].T * factors).T


def _same(r, joint, rtol=0.0, atol=1e-6) -> bool:
    """Return whether r is what follows from log π_k p_k(xₙ); it may have a row a component."""
    try:
        r = np.asarray(r, float)
    except (TypeError, ValueError):
        return False
    r = r if r.shape == joint.shape else r.T
    return r.shape == joint.shape and np.allclose(r, textbook.posterior(joint), rtol, atol)


def _is_exact(read: Callable, code, after, x) -> bool:
    """Return whether the widths after a step are the exact ones, if theta is read so."""
    old, new = read(*code.theta), read(*after.theta)
    want = exact_step(x, old, after.at(new).exact_m_step(old))
    return np.allclose(new[2], want[2])
