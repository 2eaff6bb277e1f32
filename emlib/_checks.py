"""Checks at the boundary: every message names the argument, what was given, and what to do."""

import numpy as np


def as_floats(name: str, values, ndim: int, shape: str) -> np.ndarray:
    """Return values as a finite float array with ndim axes; a new, read-only array."""
    array = numbers(name, values)
    if array.ndim != ndim or array.size == 0:
        raise ValueError(
            f"{name} must have shape {shape}, but has shape {array.shape}; {_advice(array)}"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be finite, but holds {_first_bad(array)}; remove or replace it"
        )
    return frozen(np.array(array))


def numbers(name: str, values) -> np.ndarray:
    """Return values as a float array, without a copy where they are one already."""
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiub":
            raise ValueError
        return array.astype(float, copy=False)
    except (TypeError, ValueError):
        what = f"{name} must hold real numbers, but is {short(values)}; convert it first"
        raise ValueError(what) from None


def as_rows(x, columns: int | None) -> np.ndarray:
    """Return data as floats: (N,) if columns is None, else (N, columns)."""
    x = numbers("data", x)
    if x.shape[1:] != (() if columns is None else (columns,)) or x.ndim == 0:
        wanted = "(N,)" if columns is None else f"(N, {columns})"
        raise ValueError(f"data must have shape {wanted}, but has shape {x.shape}; {_advice(x)}")
    if len(x) == 0:
        raise ValueError(
            f"data must hold at least one row, but is empty, shape {x.shape}; give some data"
        )
    return x


def check_finite(x: np.ndarray) -> None:
    """Refuse data that hold NaN or infinity."""
    if not np.isfinite(x).all():
        raise ValueError(
            f"data must be finite, but holds {_first_bad(x)}; remove or replace such rows"
        )


def as_weights(values) -> np.ndarray:
    """Return mixture weights (K,): at least 0, with sum 1."""
    weights = as_floats("weights", values, 1, "(K,)")
    if (weights < 0).any():
        raise ValueError(
            f"weights must not be negative, but are {show(weights)}; use values in [0, 1]"
        )
    if abs(weights.sum() - 1) > 1e-8:
        raise ValueError(
            f"weights must sum to 1, but {show(weights)} sums to {weights.sum():.10g}; "
            "divide by the sum"
        )
    return weights


def as_positive(name: str, values, shape: str) -> np.ndarray:
    """Return a (K,) array of positive numbers."""
    array = as_floats(name, values, 1, shape)
    if (array <= 0).any():
        raise ValueError(f"{name} must be positive, but are {show(array)}; give values above 0")
    return array


def same_length(**arrays: np.ndarray) -> None:
    """Refuse parameters that do not describe the same number of components."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ValueError(
            f"{' and '.join(lengths)} must have one entry a component, but {given}; make them equal"
        )


def as_responsibilities(values, n: int, k: int) -> np.ndarray:
    """Return responsibilities (N, K): at least 0, each row with sum 1."""
    r = as_floats("responsibilities", values, 2, f"({n}, {k})")
    if r.shape != (n, k):
        raise ValueError(
            f"responsibilities must have shape {(n, k)}, but has shape {r.shape}; one row an "
            "observation, one column a component"
        )
    worst = np.abs(r.sum(axis=1) - 1).argmax()
    if (r < 0).any() or abs(r[worst].sum() - 1) > 1e-8:
        row = worst if abs(r[worst].sum() - 1) > 1e-8 else r.min(axis=1).argmin()
        raise ValueError(
            f"responsibilities must be at least 0 and sum to 1 in each row, but row {row} is "
            f"{show(r[row])}; divide each row by its sum"
        )
    return r


def check_model(model) -> None:
    """Refuse what cannot run in EM: a model has e_step and m_step."""
    for step in ("e_step", "m_step"):
        if isinstance(model, type) or not callable(getattr(model, step, None)):
            raise ValueError(
                f"start must be a model with e_step and m_step, but is {short(model)}; give one"
            )


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
        return np.asarray(data)
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
    return all(isinstance(block, np.ndarray) and block.ndim for block in _first(data))


def _first(data) -> list:
    """Return the first element in a list, empty if there is none; the rest is left unread."""
    for element in data:
        return [element]
    return [None]


def enough_distinct(blocks, k: int) -> None:
    """Refuse data with fewer distinct rows than components; stops reading once it has seen K."""
    seen: set = set()
    for block in blocks:
        for row in np.reshape(block, (len(block), -1)):
            row = row + 0.0  # so that −0.0 is 0.0
            seen.add(row.tobytes())
            if len(seen) >= k:
                return
    raise ValueError(
        f"data must hold at least as many distinct points as components, but {len(seen)} distinct "
        f"points were given for {k} components; use fewer components or more data"
    )


def check_options(tol: float, max_iter: int) -> None:
    """Refuse a tolerance or a number of iterations that makes no sense."""
    if not (np.isscalar(tol) and np.isreal(tol) and tol >= 0):
        raise ValueError(f"tol must be a number of nats, 0 or more, but is {tol!r}; try 1e-10")
    if not (isinstance(max_iter, int | np.integer) and max_iter >= 0):
        raise ValueError(
            f"max_iter must be a whole number, 0 or more, but is {max_iter!r}; try 1000"
        )


def never_falls(step, gain: float) -> None:
    """Refuse a fall beyond rounding: calling it convergence would hide a wrong step."""
    if gain < -1e-7 * (1 + abs(step.log_likelihood)):
        raise ValueError(
            f"the log-likelihood fell by {-gain:.6g} nats at iteration {step.iteration}, to "
            f"{step.log_likelihood:.6g}. EM cannot do that: e_step and m_step of "
            f"{type(step.model).__name__} disagree. Follow em_steps to see where"
        )


def not_finite(value: float, iteration: int) -> str:
    """Return what to say when the log-likelihood is NaN or infinite."""
    return (
        f"the log-likelihood is {value} at iteration {iteration}: data holds values that are not "
        "finite, or that are impossible under the model. Check data, and start closer to it"
    )


def frozen(array: np.ndarray) -> np.ndarray:
    """Make an array read-only and return it: models do not change."""
    array.flags.writeable = False
    return array


def short(value) -> str:
    """Return what was given in one line of at most 60 characters."""
    given = " ".join(repr(value).split())
    return given if len(given) <= 60 else given[:57] + "..."


def show(array) -> str:
    """Return numbers the way messages and reprs write them: four digits, on one line."""
    digits = {"float_kind": "{:.4g}".format}
    text = np.array2string(np.asarray(array), formatter=digits, separator=", ", threshold=200)
    return " ".join(text.split())


def _first_bad(array: np.ndarray) -> str:
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    return f"{array[where]} at position {where if len(where) > 1 else where[0]}"


def _advice(array: np.ndarray) -> str:
    if array.size == 0:
        return "it is empty: give some numbers"
    return "reshape it, or choose the model of that dimension"
