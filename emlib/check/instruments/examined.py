"""What is examined, a model or a pair of functions, as one thing: somebody's EM at some theta."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass, replace

import numpy as np

from .._feedback import NotYet, Wrong, attempted, call, number
from . import exact
from .dialects import require_plain
from .kinds import COINS, GAUSSIAN, NORMAL, affine, kind_of
from .reading import NotHere
from .theta import SHOWN, as_theta, require_double, start_theta


@dataclass(frozen=True)
class Functions:
    """Two functions, at parameters theta."""

    theta: tuple
    functions: tuple = ()
    own: Callable | None = None

    def at(self, theta) -> "Functions":
        """Return the same code at other parameters."""
        return replace(self, theta=theta)

    def responsibilities(self, x):
        """Return what the E-step says of x, whatever it is."""
        r = self._expected(x)[0]
        if isinstance(r, np.ndarray):
            require_double(r, "the array of responsibilities")
        return r

    def step(self, x) -> "Functions":
        """Return the code after one step, at parameters that describe a mixture."""
        m_step = self.functions[1]
        r = self.responsibilities(x)
        old = self.theta if _asks_for(m_step, len(self.theta)) else ()
        return self.at(as_theta(call(m_step, x, r, *old), x))

    def log_likelihood(self, x) -> float:
        """Return the code's own log-likelihood, or the textbook's if it has none."""
        own = self._expected(x)[1] if self.own is None else call(self.own, x, *self.theta)
        if own is None:
            return exact.log_likelihood(x, self.theta)
        return number(own, "The log-likelihood")

    def exact_m_step(self, old) -> Callable:
        """Return the textbook's M-step for code that came here from the parameters old.

        Stds that are all equal, unlike the means, are taken to be one, shared on purpose.
        """
        kind = kind_of(self.theta)
        if kind is NORMAL:
            _, means, stds = self.theta
            if np.ptp(stds) <= 1e-12 * stds[0] and np.ptp(means) > 0:
                return exact.shared_std_m_step
        return kind.m_step

    def _expected(self, x) -> tuple:
        """Return r, and the log-likelihood if the E-step gives that too."""
        got = call(self.functions[0], x, *self.theta)
        pair = isinstance(got, tuple) and len(got) == 2
        columns = pair and np.ndim(got[0]) == np.ndim(got[1]) == 1  # of r, for two components
        return got if pair and not columns else (got, None)


@dataclass(frozen=True)
class Model:
    """Anything with e_step and m_step."""

    model: object
    functions = ()

    @property
    def names(self) -> tuple:
        """The names of its parameters."""
        for kind in (NORMAL, GAUSSIAN, COINS):
            if all(hasattr(self.model, name) for name in kind.names):
                return kind.names
        raise NotHere(f"{type(self.model).__name__} has no weights, means and stds to look at")

    @property
    def theta(self) -> tuple:
        """Its parameters."""
        return tuple(np.asarray(getattr(self.model, name), float) for name in self.names)

    def at(self, theta) -> "Model":
        """Return the same model at other parameters."""
        new = dict(zip(self.names, theta, strict=True))
        if is_dataclass(self.model):
            return Model(replace(self.model, **new))
        try:
            return Model(type(self.model)(**new))
        except TypeError:
            wanted = f"{type(self.model).__name__}({', '.join(self.names)})"
            raise NotHere(f"it cannot be made at other parameters, as {wanted}") from None

    def responsibilities(self, x):
        """Return what the model says of x, whatever it is."""
        if not hasattr(self.model, "responsibilities"):
            raise NotHere(f"{type(self.model).__name__} has no method responsibilities")
        return call(self.model.responsibilities, x)

    def step(self, x) -> "Model":
        """Return the model after one step."""
        return Model(call(self.model.m_step, self._expected(x)))

    def log_likelihood(self, x) -> float:
        """Return the model's own log-likelihood."""
        return number(self._expected(x).log_likelihood, "The log-likelihood")

    def exact_m_step(self, old) -> Callable:
        """Return the textbook's M-step from the parameters old: weights that are known stay."""
        m_step = kind_of(old).m_step
        known = getattr(self.model, "fixed_weights", False)
        return exact.with_weights(m_step, old[0]) if known else m_step

    def _expected(self, x):
        """Return what the E-step hands to the M-step."""
        name = type(self.model).__name__
        if not _can_take_one(self.model.e_step):
            raise NotHere(f"e_step of {name} takes more than x: {_AS_FUNCTIONS}")
        got = call(self.model.e_step, x)
        if not hasattr(got, "log_likelihood"):
            raise NotHere(f"e_step of {name} returns no log_likelihood: {_AS_FUNCTIONS}")
        return got


_AS_FUNCTIONS = f"give parameters and two functions, theta, x, e_step and m_step; {SHOWN}"


Code = Functions | Model


def examined(start, x, e_step=None, m_step=None, own=None) -> Code:
    """Return the code to examine, at its start."""
    value = value_of(start, x)
    if is_model(value):
        return Model(value)
    if e_step is None or m_step is None:
        raise NotYet(" Give a model, which has e_step and m_step, or theta, x, e_step and m_step.")
    theta = call(m_step, x, value) if is_table(value) else value
    code = Functions(start_theta(theta, x), (e_step, m_step), own)
    if own is None:
        require_plain(code, x)
    return code


def answer_of(start, x) -> Code:
    """Return an answer, a model or parameters, as code that takes no further step."""
    value = value_of(start, x)
    return Model(value) if is_model(value) else Functions(start_theta(value, x))


def elsewhere(start, code: Code, x, a, b) -> Code:
    """Return the code at the start for data a·x + b: its own rule's, or the old one moved."""
    if _is_rule(start):
        return examined(start, x, *code.functions)
    return code.at(affine(code.theta, a, b))


def theta_and(start, x, function, method: str) -> tuple:
    """Return theta, and the function of interest with theta filled in. A model brings both."""
    value = value_of(start, x)
    if is_model(value):
        if not hasattr(value, method):
            raise NotHere(f"{type(value).__name__} has no method {method}")
        return Model(value).theta, getattr(value, method)
    theta = start_theta(value, x)
    attempted(function)
    return theta, lambda *given: attempted(function(*given, *theta))


def take_step(code: Code, x, number: int, where: str = "") -> Code:
    """Take a step, or say in which one, and where, the code broke."""
    try:
        return code.step(x)
    except Wrong as error:
        raise Wrong(f"{where + ', s' if where else 'S'}tep {number}: {error}") from None


def value_of(start, x):
    """Return the start itself, or what the rule gives for x."""
    return call(start, x) if _is_rule(start) else attempted(start)


def is_model(thing) -> bool:
    """Return whether this is a model: it has an E-step and an M-step."""
    return hasattr(thing, "e_step") and hasattr(thing, "m_step")


def is_table(value) -> bool:
    """Return whether this is an array of responsibilities."""
    return isinstance(value, np.ndarray) and value.ndim == 2


def _is_rule(start) -> bool:
    return callable(start) and not is_model(start)


def _asks_for(m_step, n: int) -> bool:
    """Return whether m_step wants the n old parameters too: options of its own are left alone."""
    try:
        parameters = inspect.signature(m_step).parameters.values()
    except (TypeError, ValueError):
        return False
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = sum(p.default is p.empty for p in places)
    return needed == 2 + n or any(p.kind is p.VAR_POSITIONAL for p in parameters)


def _can_take_one(function) -> bool:
    """Return whether the function can be called with x alone."""
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # it keeps its signature to itself
        return True
    return True
