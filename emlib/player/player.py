"""The player: a fit, replayed. What the browser draws is in player.js."""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from .._checks import as_floats
from ..em import Fit, Step
from ..gaussian import GaussianMixture
from ..normal import NormalMixture
from .script import one_module

HERE = Path(__file__).parent
MAX_COMPONENTS = 8  # as many colours as a colour-blind reader can tell apart


class Player(anywidget.AnyWidget):
    """Replays a fit: scrub through it, play it, or take the E-step and the M-step apart.

    fit: a Fit of a NormalMixture, data (N,), or of a GaussianMixture in two dimensions, data
    (N, 2): the data that were fitted. title: a line above the picture. labels: the name of the
    axis, or of both. loose_tol: a tolerance in nats per observation, or a list of (tolerance,
    label): the trace marks the first iteration that gains less, where ``fit(…, tol=N * tolerance)``
    stops. marks: a list of (iteration, label), marked as well. ahead: False hides what is to come:
    the trace and the slider reach only as far as the reader has been, and a mark appears once it is
    passed; so a class can be asked what will happen. A page that is loaded again begins anew.

    ``iteration`` (0 … n_iter) and ``phase`` say what is shown, and may be set. Phase "M": the
    parameters have just moved, and the points still wear the responsibilities of the model before
    (none, at the start). Phase "E": they wear those of this model. Raises ValueError.
    """

    _esm = one_module(HERE / "player.js")
    _css = HERE / "player.css"
    record = traitlets.Dict().tag(sync=True)
    iteration = traitlets.Int(0).tag(sync=True)
    phase = traitlets.Enum(["M", "E"], "M").tag(sync=True)

    def __init__(
        self, fit: Fit, data, *, title=None, loose_tol=None, marks=(), labels=None, ahead=True
    ):
        x = _data_of(fit, data)
        record = {
            "title": title or "",
            "labels": _labels(labels, x.shape[1]),
            "ahead": bool(ahead),
            "stops": _stops(fit.history, len(x), loose_tol) + _marks(fit.history, marks),
            **_recorded(fit.history, x),
        }
        super().__init__(record=record)

    def __repr__(self):
        n, d, k = (self.record[name] for name in "ndk")
        length = f", {self.record['steps'] - 1} iterations" if self.record["ahead"] else ""
        return f"Player({n} points in {d}-D, {k} components{length})"

    @traitlets.validate("iteration")
    def _in_history(self, proposal):
        last = self.record["steps"] - 1
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(
                f"iteration must lie in 0 … {last}, but is {proposal['value']}"
            )
        return proposal["value"]


def _data_of(fit: Fit, data) -> np.ndarray:
    """Return the fitted data as (N, D), after checking that a player can show this fit."""
    if not isinstance(fit, Fit):
        raise ValueError(f"fit must be a Fit, as emlib.fit returns, but is {fit!r}")
    model = fit.model
    if not isinstance(model, NormalMixture) and getattr(model, "d", None) != 2:
        raise ValueError(
            "Player draws a NormalMixture (one dimension) or a GaussianMixture in two dimensions, "
            f"but the fit holds {_kind(model)}; project the data to two dimensions and fit them"
        )
    if len(model.weights) > MAX_COMPONENTS:
        raise ValueError(
            f"Player tells at most {MAX_COMPONENTS} components apart, but the fit has "
            f"{len(model.weights)}; fit fewer"
        )
    x = as_floats("data", data, model.means.ndim, "(N,)" if model.means.ndim == 1 else "(N, 2)")
    _same_data(fit, x)
    return x.reshape(len(x), -1)


def _kind(model) -> str:
    d = f" in {model.d} dimensions" if isinstance(model, GaussianMixture) else ""
    return f"a {type(model).__name__}{d}"


def _same_data(fit: Fit, x: np.ndarray) -> None:
    """Refuse data other than those of the fit: the picture would be wrong and look right."""
    there, here = fit.log_likelihood, fit.model.log_likelihood(x)
    if abs(there - here) > 1e-6 * (1 + abs(there)):
        raise ValueError(
            f"data must be the data that were fitted: the fit has log-likelihood {there:.6g}, but "
            f"its model has {here:.6g} on these; standardise both, or neither"
        )


def _labels(labels, d: int) -> list[str]:
    """Return one axis label a dimension; ("eruptions", "waiting"), or one string in 1-D."""
    if labels is None:
        return ["x"] if d == 1 else ["x₁", "x₂"]
    labels = [labels] if isinstance(labels, str) else list(labels)
    if len(labels) != d:
        raise ValueError(f"labels must name {d} axes, but are {labels!r}")
    return labels


def _stops(history: tuple[Step, ...], n: int, loose_tol) -> list[dict]:
    """Return where a loose tolerance stops: the first gain per observation below it."""
    if loose_tol is None:
        return []
    if not isinstance(loose_tol, Iterable):
        loose_tol = [(loose_tol, f"tolerance {loose_tol:g} stops here")]
    gains = np.diff([step.log_likelihood for step in history]) / n
    stops = [(np.flatnonzero(gains < tol), label) for tol, label in loose_tol]
    return [{"iteration": int(at[0]) + 1, "label": label} for at, label in stops if len(at)]


def _marks(history: tuple[Step, ...], marks) -> list[dict]:
    for iteration, label in marks:
        if iteration not in range(len(history)):
            raise ValueError(
                f"marks must lie in 0 … {len(history) - 1}, but {label!r} is at {iteration}"
            )
    return [{"iteration": int(iteration), "label": label} for iteration, label in marks]


def _recorded(history: tuple[Step, ...], x: np.ndarray) -> dict:
    """Return data and parameters, packed. Data go as 32-bit differences from the first row."""
    return {
        "n": x.shape[0],
        "d": x.shape[1],
        "k": len(history[0].model.weights),
        "steps": len(history),
        "origin": x[0].tolist(),
        "data": _packed(x - x[0], "<f4"),
        "parameters": _packed([_parameters(step.model) for step in history], "<f8"),
        "log_likelihood": _packed([step.log_likelihood for step in history], "<f8"),
    }


def _parameters(model) -> np.ndarray:
    """Return weight, mean and spread of each component: (K, 3) in 1-D, (K, 6) in 2-D.

    The spread is σ in 1-D, and Σ₁₁, Σ₁₂, Σ₂₂ in 2-D.
    """
    if model.means.ndim == 1:
        return np.column_stack([model.weights, model.means, model.stds])
    S = model.covariances
    return np.column_stack([model.weights, model.means, S[:, 0, 0], S[:, 0, 1], S[:, 1, 1]])


def _packed(values, dtype: str) -> str:
    return b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()
