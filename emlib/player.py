"""Players: EM replayed on a canvas, with every half-step under the reader's finger.

Python sends the data and the parameters once; JavaScript (``player.js``, ``bound.js``) only draws.
No kernel is needed after that, so a player also works in a page exported from its notebook.
"""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from ._checks import as_floats
from .coins import CoinMixture
from .em import Fit, Step
from .gaussian import GaussianMixture
from .normal import NormalMixture

HERE = Path(__file__).parent
MAX_COMPONENTS = 8  # as many colours as a colour-blind reader can tell apart


def _script(*names: str) -> str:
    """Return several JavaScript files as one module: what both players share stands first."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


class Player(anywidget.AnyWidget):
    """Replays a fit: scrub through it, play it, or take the E-step and the M-step apart.

    fit: a Fit of a NormalMixture, data (N,), or of a GaussianMixture in two dimensions, data
    (N, 2): the data that were fitted. title: a line above the picture. labels: the name of the
    axis, or of both. loose_tol: a tolerance in nats per observation, or a list of (tolerance,
    label): the trace marks the first iteration that gains less, where ``fit(…, tol=N * tolerance)``
    stops. marks: a list of (iteration, label), marked as well.

    ``iteration`` (0 … n_iter) and ``phase`` say what is shown, and may be set. Phase "M": the
    parameters have just moved, and the points still wear the responsibilities of the model before
    (none, at the start). Phase "E": they wear those of this model. Raises ValueError.
    """

    _esm = _script("stage.js", "player.js")
    _css = HERE / "player.css"
    record = traitlets.Dict().tag(sync=True)
    iteration = traitlets.Int(0).tag(sync=True)
    phase = traitlets.Enum(["M", "E"], "M").tag(sync=True)

    def __init__(self, fit: Fit, data, *, title=None, loose_tol=None, marks=(), labels=None):
        x = _data_of(fit, data)
        record = {
            "title": title or "",
            "labels": _labels(labels, x.shape[1]),
            "stops": _stops(fit.history, len(x), loose_tol) + _marks(fit.history, marks),
            **_recorded(fit.history, x),
        }
        super().__init__(record=record)

    def __repr__(self):
        n, d, k = (self.record[name] for name in "ndk")
        return f"Player({n} points in {d}-D, {k} components, {self.record['steps'] - 1} iterations)"

    @traitlets.validate("iteration")
    def _in_history(self, proposal):
        last = self.record["steps"] - 1
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(
                f"iteration must lie in 0 … {last}, but is {proposal['value']}"
            )
        return proposal["value"]


class BoundPlayer(anywidget.AnyWidget):
    """Shows why EM climbs: the log-likelihood of two coins over one bias θ, and the bound below it.

    tosses (M, 2): heads and tails of each set. biases_start: the two coins; the one numbered
    ``free`` moves, and the other stays fixed. Both coins are equally likely. For any q, the bound
    ELBO(q, θ) lies KL(q ‖ p(z|x, θ)) below the log-likelihood. E sets q to the posterior, so that
    they touch; M moves θ to the top of the bound; the handle pulls q away and opens the gap.

    ``theta`` and ``responsibilities`` (M,), of the free coin, say what is shown, and may be set.
    They start at the free coin's bias and at ½. Raises ValueError.
    """

    _esm = _script("stage.js", "bound.js")
    _css = HERE / "player.css"
    record = traitlets.Dict().tag(sync=True)
    theta = traitlets.Float(0.5).tag(sync=True)
    responsibilities = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, tosses, biases_start=(0.3, 0.519583120), free=0, *, title=None):
        biases = _two_coins(biases_start, free)
        tosses = _tosses(tosses)
        record = {
            "title": title or "",
            "heads": tosses[:, 0].tolist(),
            "tails": tosses[:, 1].tolist(),
            "fixed": float(biases[1 - free]),
            "coin": "AB"[free],
        }
        half = [0.5] * len(tosses)
        super().__init__(record=record, theta=float(biases[free]), responsibilities=half)

    def __repr__(self):
        record = self.record
        coin, other = record["coin"], "AB".replace(record["coin"], "")
        sets, fixed = len(record["heads"]), record["fixed"]
        return f"BoundPlayer({sets} sets of tosses, coin {coin} free, coin {other} {fixed:.4g})"

    @property
    def model(self) -> CoinMixture:
        """The mixture of two coins that is shown, the free one first."""
        return CoinMixture([0.5, 0.5], [self.theta, self.record["fixed"]], fixed_weights=True)

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood in nats at ``theta``."""
        return self.model.log_likelihood(self._counts())

    @property
    def lower_bound(self) -> float:
        """The bound ELBO(q, θ) in nats, at ``responsibilities`` and ``theta``."""
        q = np.array(self.responsibilities)
        return self.model.lower_bound(self._counts(), np.column_stack([q, 1 - q]))

    def _counts(self) -> np.ndarray:
        return np.column_stack([self.record["heads"], self.record["tails"]])


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


def _two_coins(biases, free) -> np.ndarray:
    biases = as_floats("biases_start", biases, 1, "(2,)")
    if len(biases) != 2 or not ((0 < biases) & (biases < 1)).all():
        raise ValueError(
            f"biases_start must be two probabilities strictly between 0 and 1, but is {biases}"
        )
    if free not in (0, 1):
        raise ValueError(f"free must be 0 or 1, the number of the coin that moves, but is {free!r}")
    return biases


def _tosses(tosses) -> np.ndarray:
    tosses = as_floats("tosses", tosses, 2, "(M, 2)")
    if tosses.shape[1] != 2 or (tosses < 0).any() or not tosses.sum(axis=1).all():
        raise ValueError(
            "tosses must hold heads and tails of each set, counts of at least one toss, "
            f"but is {tosses.tolist()}"
        )
    if not tosses.sum(axis=0).all():
        raise ValueError(
            "tosses must hold both heads and tails, but all fell on one side: its bias is 0 or 1"
        )
    return tosses
