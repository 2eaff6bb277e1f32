"""The EM algorithm, once, for every model.

A model is its parameters. It can do two things: ``e_step(x)`` turns data into expected sufficient
statistics, and ``m_step(expected)`` turns these into a better model. Nothing else is asked of it,
so a class of your own runs in :func:`fit` unchanged.

Source: Dempster, Laird & Rubin (1977), section 2; the additive form is Neal & Hinton (1998).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import count
from math import isfinite
from operator import add
from typing import Any

import numpy as np

from ._checks import short
from ._strangers import (
    all_failed,
    as_blocks,
    check_model,
    check_options,
    never_falls,
    no_expected,
    not_finite,
)


@dataclass(frozen=True)
class Expected:
    """What an E-step learns from some data. It adds up over rows: ``a + b`` covers both sets.

    statistics: expected sufficient statistics: what can be added, or a tuple, list or dict of it.
    Those of this package may be added whatever models made them: Neal & Hinton (1998), section 3.
    log_likelihood: log p(x | θ) of these rows in nats, at the model that made the statistics.
    """

    statistics: Any
    log_likelihood: float

    def __add__(self, other: "Expected") -> "Expected":
        statistics = _plus(self.statistics, other.statistics)
        return Expected(statistics, self.log_likelihood + other.log_likelihood)


@dataclass(frozen=True)
class Step:
    """One state of EM. ``log_likelihood`` belongs to this ``model``, not to the one before it."""

    iteration: int
    model: Any
    log_likelihood: float

    def __repr__(self):
        return f"Step({self.iteration}, {self.model}, log_likelihood={self.log_likelihood:.4f})"


@dataclass(frozen=True)
class Fit:
    """Where EM ended and how it got there.

    history is a tuple of :class:`Step`; ``history[0]`` is the start and ``history[-1]`` the end.
    n_iter counts M-steps. failures lists ``(start number, error)`` when :func:`best_of` lost some.
    """

    model: Any
    log_likelihood: float
    converged: bool
    n_iter: int
    history: tuple[Step, ...]
    failures: tuple[tuple[int, ValueError], ...] = ()

    def __repr__(self):
        how = "converged" if self.converged else "NOT converged"
        lost = f"; {len(self.failures)} starts failed" if self.failures else ""
        end = f"after {self.n_iter} iterations, log-likelihood {self.log_likelihood:.4f}{lost}"
        return f"Fit({how} {end},\n    {self.model})"


class CollapsedComponent(ValueError):
    """A component has shrunk onto a point, or lost all its data: its likelihood has no maximum."""

    def __init__(self, component: int, what: str, iteration: int | None = None):
        super().__init__(component, what, iteration)
        self.component, self.what, self.iteration = component, what, iteration

    @property
    def reason(self) -> str:
        """Which component collapsed, when, and on what."""
        when = "" if self.iteration is None else f" at iteration {self.iteration}"
        return f"component {self.component} collapsed{when}: {self.what}"

    def __str__(self):
        return (
            f"{self.reason}. Try another start (emlib.best_of tries several), fewer components, or "
            "drop what it sits on"
        )


def em_steps(start, data, *, map: Callable = map) -> Iterator[Step]:
    """Yield the states of EM, for ever. Step 0 is the start itself.

    data is one array, handed to ``e_step`` whole, or a re-iterable of arrays (blocks of rows),
    whose expected statistics are added up; the answer is the same. ``map`` may be the ``map`` of a
    process pool. Raises ValueError for unusable data, CollapsedComponent with its iteration.
    """
    blocks, model = as_blocks(data, start), start
    for iteration in count():
        expected = reduce(add, (_checked(e, model) for e in map(model.e_step, blocks)))
        if not isfinite(expected.log_likelihood):
            raise ValueError(not_finite(expected.log_likelihood, iteration))
        yield Step(iteration, model, float(expected.log_likelihood))
        try:
            better = model.m_step(expected)
        except CollapsedComponent as error:
            raise CollapsedComponent(error.component, error.what, iteration + 1) from None
        if type(better) is not type(model):
            check_model(better, f"what m_step of {type(model).__name__} returns")
        model = better


def fit(
    start,
    data,
    *,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    map: Callable = map,
    callback: Callable[[Step], Any] | None = None,
    progress: bool = False,
) -> Fit:
    """Run EM from ``start`` until one step gains less than ``tol`` nats of log-likelihood.

    tol is the gain of a whole step, over all observations; 0 runs all ``max_iter`` iterations.
    The default is strict on purpose: loose tolerances stop on plateaus (notebook 06).
    callback sees every :class:`Step`; progress shows a bar. data and map: see :func:`em_steps`.
    Raises ValueError if the log-likelihood falls, which no correct EM step can do.
    """
    check_options(tol, max_iter)
    history: list[Step] = []
    steps = em_steps(start, data, map=map)
    for step in _shown(steps, max_iter) if progress else steps:
        gain = step.log_likelihood - history[-1].log_likelihood if history else float("inf")
        history.append(step)
        if callback is not None:
            callback(step)
        never_falls(step, gain)
        converged = 0 < tol and gain < tol
        if converged or step.iteration == max_iter:
            break
    return Fit(step.model, step.log_likelihood, converged, step.iteration, tuple(history))


def best_of(starts: Iterable, data, **fit_options) -> Fit:
    """Fit from every start and return the fit with the highest log-likelihood.

    Of fits that are equal up to rounding, the first wins: a later one takes the place of the best
    so far only if it is higher by more than 1e-9 (1 + |log-likelihood|). So the answer, and the
    order of its components, are the same on every processor. Only the best fit is kept.

    A start that fails does not stop the others: it is listed in ``Fit.failures`` as
    ``(start number, error)``. Raises ValueError if all fail. fit_options go to :func:`fit`.
    """
    if not isinstance(starts, Iterable):
        raise ValueError(f"starts must be a list of models, but is {short(starts)}; make it a list")
    best, failures = None, []
    for number, start in enumerate(starts):
        check_model(start)
        try:
            best = _higher(best, fit(start, data, **fit_options))
        except ValueError as error:
            failures.append((number, _without_frames(error)))
    if best is None:
        raise ValueError(all_failed(failures))
    return replace(best, failures=tuple(failures))


def _higher(best: Fit | None, new: Fit) -> Fit:
    """Return the better of two fits, and the older one if they are equal up to rounding."""
    if best is None:
        return new
    rounding = 1e-9 * (1 + abs(best.log_likelihood))
    return new if new.log_likelihood > best.log_likelihood + rounding else best


def _without_frames(error: ValueError) -> ValueError:
    """Let an error go of the frames that it came through: they hold the whole failed fit."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _checked(expected, model) -> Expected:
    """Return what a stranger's e_step has returned, if it is what it should be."""
    if isinstance(expected, Expected):
        if type(expected.log_likelihood) is float or np.ndim(expected.log_likelihood) == 0:
            return expected
    raise ValueError(no_expected(expected, model))


def _plus(a, b):
    """Add statistics of two sets of rows, part by part if they have parts."""
    if isinstance(a, dict):
        return {name: _plus(a[name], b[name]) for name in a}
    if isinstance(a, tuple | list):
        parts = map(_plus, a, b)
        return type(a)(*parts) if hasattr(a, "_fields") else type(a)(parts)
    return a + b


def _shown(steps: Iterator[Step], max_iter: int) -> Iterator[Step]:
    """Pass the steps on, with a progress bar."""
    from tqdm.auto import tqdm

    with tqdm(total=max_iter, desc="EM", unit="step") as bar:
        try:
            for step in steps:
                bar.set_postfix(log_likelihood=f"{step.log_likelihood:.4f}", refresh=False)
                bar.update(step.iteration - bar.n)
                yield step
        finally:  # a fit that converges early has done all there was to do
            bar.total = bar.n
            bar.refresh()
