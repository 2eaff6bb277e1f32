"""Checks of what EM is given to run: any model with two methods, any data, in any blocks."""

from collections import Counter

import numpy as np

from ._checks import cut, short


def check_model(model, what: str = "start") -> None:
    """Refuse what cannot run in EM: a model has e_step and m_step."""
    for step in ("e_step", "m_step"):
        if isinstance(model, type) or not callable(getattr(model, step, None)):
            raise ValueError(
                f"{what} must be a model with e_step and m_step, but is {short(model)}; give one"
            )


def no_expected(given, model) -> str:
    """Return what to say when an e_step returns something else than an Expected."""
    what = f"e_step of {type(model).__name__} must return Expected(statistics, log_likelihood)"
    number = getattr(given, "log_likelihood", None)
    if number is None:
        return f"{what}, but returned {short(given)}"
    return f"{what} with one number, but log_likelihood has shape {np.shape(number)}; use float(…)"


def as_blocks(data, model) -> list | object:
    """Return data as a re-iterable of blocks of rows, checked against what ``model`` needs.

    An array, or a sequence of numbers, is one block. Anything else that can be iterated over
    again and again, and whose elements are arrays, is taken as blocks already.
    """
    check_model(model)
    blocks = data if _is_blocks(data) else [_one_block(data)]
    if not any(np.size(block) for block in blocks):
        raise ValueError("data must hold at least one row, but is empty; give some data")
    if hasattr(model, "check_data"):
        model.check_data(blocks)
    return blocks


def _one_block(data) -> np.ndarray:
    try:
        return np.asanyarray(data)
    except ValueError:
        what = f"data must hold rows of equal length, but is {short(data)}; pad or drop some"
        raise ValueError(what) from None


def _is_blocks(data) -> bool:
    if hasattr(data, "__array__") or not hasattr(data, "__iter__"):
        return False
    if iter(data) is data:
        raise ValueError(
            "data must be an array or blocks that can be read again, but is a "
            f"{type(data).__name__} that is used up after one pass; give a list, or a class "
            "with __iter__"
        )
    first = next(iter(data), None)  # the rest is left unread
    return hasattr(first, "__array__") and np.ndim(first) > 0


def check_options(tol: float, max_iter: int) -> None:
    """Refuse a tolerance or a number of iterations that makes no sense."""
    if not (np.isscalar(tol) and np.isreal(tol) and tol >= 0):
        raise ValueError(f"tol must be a number of nats, 0 or more, but is {short(tol)}; try 1e-10")
    if not (isinstance(max_iter, int | np.integer) and max_iter >= 0):
        raise ValueError(
            f"max_iter must be a whole number, 0 or more, but is {short(max_iter)}; try 1000"
        )


def never_falls(step, gain: float) -> None:
    """Refuse a fall beyond rounding: calling it convergence would hide a wrong step."""
    if gain < -1e-7 * (1 + abs(step.log_likelihood)):
        raise ValueError(
            f"the log-likelihood fell by {-gain:.6g} nats at iteration {step.iteration}, to "
            f"{step.log_likelihood:.6g}. EM cannot do that: e_step and m_step of "
            f"{type(step.model).__name__} disagree. Follow em_steps to see where"
        )


def all_failed(failures: list) -> str:
    """Return what to say when no start works: how many there were, and why most of them failed."""
    if not failures:
        return "starts must hold at least one start that works, but is empty; give some models"
    kind, _ = Counter(type(error) for _, error in failures).most_common(1)[0]
    number, error = next((i, e) for i, e in failures if type(e) is kind)
    return (
        f"starts must hold at least one start that works, but {len(failures)} of {len(failures)} "
        f"failed, most like start {number}: {cut(getattr(error, 'reason', str(error)), 350)}. Try "
        "other starts, fewer components, or data without what they fail on"
    )


def not_finite(value: float, iteration: int) -> str:
    """Return what to say when the log-likelihood is NaN or infinite."""
    return (
        f"the log-likelihood is {value} at iteration {iteration}: data holds values that are not "
        "finite, or that are impossible under the model. Check data, and start closer to it"
    )
