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
    if x.shape[1:] != wanted or x.ndim == 0:
        shape = f"(N, {columns[0]})" if wanted else "(N,)"
        raise ValueError(f"data must have shape {shape}, but has shape {x.shape}; {_advice(x)}")
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
    off = abs(weights.sum() - 1)
    if off > rounding(values):
        raise ValueError(
            f"weights must sum to 1, but {show(weights)} sums to {weights.sum():.10g}; "
            "divide by the sum"
        )
    return frozen(weights / weights.sum()) if off > 1e-8 else weights


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


def as_parameter(name: str, values) -> np.ndarray:
    """Return a parameter of any shape, (K, ...), as a new, read-only array of finite floats."""
    return as_floats(name, values, max(1, np.ndim(values)), "(K, ...)")


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
    worst, most = np.abs(r.sum(axis=1) - 1).argmax(), rounding(values)
    if (r < 0).any() or abs(r[worst].sum() - 1) > most:
        row = worst if abs(r[worst].sum() - 1) > most else r.min(axis=1).argmin()
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
    if np.isfinite(log_density).all():
        return
    first = int(np.argmin(np.isfinite(log_density)))
    raise ValueError(
        f"data row {first} has density 0 under the model: its log-likelihood is -inf. Check that "
        "row, or choose parameters under which it is possible"
    )


def held(n: float, at: str = "") -> str:
    """Return how many observations a component holds, and where if all are at one place."""
    if abs(n - 1) < 5e-3:
        return f"It holds 1 observation{at and ', '}{at}"
    return f"It holds {n:.3g} observations{at and ' equal to '}{at}"


def frozen(array: np.ndarray) -> np.ndarray:
    """Make an array read-only and return it: models do not change."""
    array.flags.writeable = False
    return array


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


def _first_bad(array: np.ndarray) -> str:
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    return f"{array[where]} at position {where if len(where) > 1 else where[0]}"


def _advice(array: np.ndarray) -> str:
    if array.size == 0:
        return "it is empty: give some numbers"
    return "reshape it, or choose the model of that dimension"
