"""Checks at the boundary: every message names the argument, what was given, and what to do."""

import numpy as np

FLOAT = np.dtype(float)


def as_floats(name: str, values, ndim: int, shape: str) -> np.ndarray:
    """Return values as a finite float array with ndim axes; a new, read-only array."""
    array = numbers(name, values)
    if array.ndim != ndim or array.size == 0:
        raise ValueError(f"{name} must have shape {shape}, but has shape {array.shape}; reshape it")
    check_finite(array, name)
    array = np.array(array)
    array.setflags(write=False)
    return array


def numbers(name: str, values) -> np.ndarray:
    """Return values as a float array, without a copy where they are one already."""
    if type(values) is np.ndarray and values.dtype == FLOAT:
        return values
    if np.ma.is_masked(values):
        raise ValueError(f"{name} must not be masked in places; drop these rows first")
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiub":
            raise ValueError
        return array.astype(float, copy=False)
    except (TypeError, ValueError):
        what = f"{name} must hold real numbers, but is {short(values)}; use astype(float)"
        raise ValueError(what) from None


def as_rows(x, *columns: int | None) -> np.ndarray:
    """Return data as floats, of any shape but (): (N,) if columns is None, (N, C) if it is C."""
    x = numbers("data", x)
    wanted = x.shape[1:] if not columns else () if columns[0] is None else columns
    if x.size == 0:
        raise ValueError("data must hold at least one row, but is empty; give some data")
    if x.shape[1:] != wanted or x.ndim == 0:
        shape = f"(N, {columns[0]})" if wanted else "(N,)"
        what = f"data must have shape {shape}, but has shape {x.shape}"
        raise ValueError(f"{what}; reshape it, or choose the model of that dimension")
    return x


def check_finite(array: np.ndarray, name: str = "data") -> None:
    """Refuse numbers that are NaN or infinite."""
    if not (good := np.isfinite(array)).all():
        where = tuple(np.argwhere(~good)[0].tolist())
        what = f"{array[where]} at position {where if len(where) > 1 else where[0]}"
        raise ValueError(f"{name} must be finite, but holds {what}; remove or replace it")


def as_weights(values) -> np.ndarray:
    """Return mixture weights (K,): at least 0, with sum 1."""
    weights = as_floats("weights", values, 1, "(K,)")
    if (weights < 0).any():
        raise ValueError(f"weights must not be negative, but are {show(weights)}; use 0 or more")
    off = abs(weights.sum() - 1)
    if off > rounding(values):
        given = f"{show(weights)} sums to {weights.sum():.10g}"
        raise ValueError(f"weights must sum to 1, but {given}; divide by the sum")
    return as_weights(weights / weights.sum()) if off > 1e-8 else weights


def rounding(values) -> float:
    """Return how far from 1 a sum of probabilities may be: more in single precision."""
    kind = np.asarray(values).dtype
    return 2e-6 if kind.kind == "f" and kind.itemsize <= 4 else 1e-8


def as_positive(name: str, values, shape: str) -> np.ndarray:
    """Return a (K,) array of positive numbers."""
    array = as_floats(name, values, 1, shape)
    if (array <= 0).any():
        raise ValueError(f"{name} must be positive, but are {show(array)}; give values above 0")
    return array


def count(name: str, n) -> int:
    """Return a whole number, 0 or more."""
    if not (np.ndim(n) == 0 and numbers(name, n) == np.floor(n) and n >= 0):
        raise ValueError(f"{name} must be a whole number, 0 or more, but is {short(n)}; use one")
    return int(n)


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
    bad = (r < 0).any(axis=1) | (np.abs(r.sum(axis=1) - 1) > rounding(values))
    if bad.any():
        row = bad.argmax()
        raise ValueError(
            f"responsibilities must be at least 0 and sum to 1 in each row, but row {row} is "
            f"{show(r[row])}; divide each row by its sum"
        )
    return r


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


def missing(model, what: str, which: str) -> str:
    """Return what to say when a family lacks what it is asked for."""
    return f"{type(model).__name__} has no {what}: give it one that returns {which}"


def wrong_joint(model, n: int, shape: tuple) -> str:
    """Return what to say when a family's log_joint has another shape."""
    return (
        f"log_joint of {type(model).__name__} must return shape {(n, model.k)} for {n} rows, but "
        f"returned shape {shape}; return log π_k + log p_k(xₙ), one row an observation"
    )


def require_possible(log_density: np.ndarray) -> None:
    """Refuse rows of density 0."""
    if not (possible := np.isfinite(log_density)).all():
        raise ValueError(
            f"data row {possible.argmin()} has density 0 under the model: its log-likelihood is "
            "-inf. Check that row, or choose parameters under which it is possible"
        )


def held(n: float, at: str = "") -> str:
    """Return how many observations a component holds, and where if all are at one place."""
    if abs(n - 1) < 5e-3:
        return f"It holds 1 observation{at and ', '}{at}"
    return f"It holds {n:.3g} observations{at and ' equal to '}{at}"


def short(value) -> str:
    """Return what was given in one line of at most 60 characters."""
    return cut(repr(value), 60)


def cut(text: str, most: int) -> str:
    """Return a text in one line, of so many characters at most."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


def show(array, most: int | None = 240) -> str:
    """Return numbers the way messages write them: four digits, on one line, so many letters."""
    digits = {"float_kind": "{:.4g}".format, "int_kind": str}
    text = np.array2string(np.asarray(array), formatter=digits, separator=", ", threshold=200)
    return cut(text, most or len(text))
