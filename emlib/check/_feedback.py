"""How a check answers: ✓ and why, ✗ and a hint, or "not attempted yet". It never raises.

A check is a plain function that raises :class:`Wrong` with a hint, decorated with
:func:`exercise`. The helpers here fetch a student's values safely and compare them.
"""

import copy
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, Signature, signature

import numpy as np

SYMBOLS = {"right": "✓", "wrong": "✗", "not yet": "○"}


@dataclass(frozen=True)
class Feedback:
    """The answer of a check. ``bool(feedback)`` is True only for a right answer."""

    status: str
    text: str

    def __bool__(self):
        return self.status == "right"

    def __repr__(self):
        return f"{SYMBOLS[self.status]} {self.text}"


class Wrong(Exception):
    """The answer is wrong; the message is a hint at the kind of mistake."""


class NotYet(Exception):
    """There is no answer to look at."""


def exercise(why: str) -> Callable:
    """Decorate a test(rng, *answers): it raises Wrong, or returns and the answer is right.

    What is decorated becomes check(*answers, rng=None). All its chance comes from rng, a seed or a
    generator; without one, the data are new in each call. why is shown with the ✓: the reason that
    makes the answer right.
    """

    def decorate(test):
        @wraps(test)
        def check(*answers, rng=None):
            return judge(test, answers, why, rng)

        check.__signature__ = _for_readers(test)
        return check

    return decorate


def _for_readers(test: Callable) -> Signature:
    """Return the signature of a check: the answers of its test, and a seed for those who want."""
    _, *answers = signature(test).parameters.values()
    return Signature([*answers, Parameter("rng", Parameter.KEYWORD_ONLY, default=None)])


def judge(test: Callable, answers: tuple, why: str, rng=None) -> Feedback:
    """Call test(rng, *answers) with a generator made of rng, and say what became of it."""
    generator = np.random.default_rng(rng)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for answer in answers:
                attempted(answer)
            test(generator, *answers)
    except NotYet as reason:
        return Feedback("not yet", f"Not attempted yet.{reason}")
    except Wrong as hint:
        return Feedback("wrong", str(hint))
    except (Exception, SystemExit) as error:
        return Feedback("wrong", f"Your answer could not be used: {describe(error)}.")
    return Feedback("right", why)


def attempted(answer):
    """Return the answer, or stop with "not attempted yet" if it is None or ``...``."""
    if answer is None or answer is ...:
        raise NotYet
    return answer


def call(function, *arguments, **named):
    """Call a student's function with copies of the arguments and return what it returns.

    Says so if it cannot be called, raises, returns nothing, or changes what it was given.
    """
    if not callable(function):
        raise Wrong(f"Give the function itself, not {type(function).__name__}: no parentheses.")
    given, given_named = [_copy(a) for a in arguments], {k: _copy(a) for k, a in named.items()}
    try:
        answer = _settled(function(*given, **given_named))
    except NotImplementedError:
        raise NotYet from None
    except (Exception, SystemExit) as error:
        raise Wrong(f"Your function stopped with {describe(error)}.") from None
    if answer is None or answer is ...:
        raise NotYet(" Your function returns nothing: is the `return` missing?")
    if not all(map(_same, (*given, *given_named.values()), (*arguments, *named.values()))):
        raise Wrong("Your function changes the array it was given. Work on a copy: x = x.copy().")
    return copy.deepcopy(answer)


def _settled(answer):
    """Return an answer with the values of a generator in its place: it can be read only once."""
    if isinstance(answer, Iterator):
        answer = list(answer)
    return type(answer)(map(_settled, answer)) if type(answer) in (list, tuple) else answer


def number(value, name: str = "Your answer") -> float:
    """Return a student's value as a finite float."""
    return float(array(value, (), name))


def array(value, shape: tuple[int, ...], name: str = "Your answer") -> np.ndarray:
    """Return a student's value as a finite float array of that shape."""
    attempted(value)
    try:
        got = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{name} should hold numbers, but is a {type(value).__name__}.") from None
    if got.shape != shape and got.size == 1 == int(np.prod(shape)):
        got = got.reshape(shape)
    if got.shape != shape:
        wanted = f"an array of shape {shape}" if shape else "a single number"
        raise Wrong(f"{name} should be {wanted}, but has shape {got.shape}. Look at your axis=.")
    if np.isnan(got).any():
        require(None not in np.array(value, dtype=object).ravel().tolist(), f"{name} holds None.")
        raise Wrong(f"{name} holds NaN. Somewhere 0 is divided by 0, or a log is taken of < 0.")
    if not np.isfinite(got).all():
        raise Wrong(f"{name} holds infinity. Somewhere log(0) is taken, or exp overflows.")
    return got


def parts(value, n: int, name: str = "Your answer") -> tuple:
    """Return a student's value as a tuple of n parts."""
    attempted(value)
    try:
        got = tuple(value)
    except TypeError:
        raise Wrong(f"{name} should be {n} values, separated by commas.") from None
    if len(got) != n:
        raise Wrong(f"{name} should be {n} values, but there are {len(got)}.")
    return got


def compare(
    got, want, mistakes: Iterable[tuple[str, object]] = (), *, hint: str, rtol=1e-6
) -> None:
    """Pass if got is close to want. Else give the hint of the mistake that explains got.

    mistakes are pairs (hint, what that mistake would have given); hint is for all others.
    """
    if _close(got, want, rtol):
        return
    for explanation, wrong in mistakes:
        if _close(got, wrong, rtol) and not _close(wrong, want, rtol):
            raise Wrong(explanation)
    raise Wrong(hint)


def slips(table: Iterable[tuple[str, Callable]], *case) -> Iterable[tuple[str, object]]:
    """Return what each slip of a table, (hint, function), gives in this case: for compare."""
    return ((hint, gives(*case)) for hint, gives in table)


def require(condition, hint: str) -> None:
    """Give the hint unless the condition holds."""
    if not condition:
        raise Wrong(hint)


def _close(a, b, rtol: float) -> bool:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape or not np.isfinite(b).all():
        return False
    return bool(np.allclose(a, b, rtol=rtol, atol=rtol * max(np.abs(b).max(initial=0), 1e-300)))


def _copy(argument):
    """Return a copy to hand out; a random generator is handed out itself, so that it moves on."""
    if isinstance(argument, np.random.Generator):
        return argument
    return copy.deepcopy(argument)


def _same(a, b) -> bool:
    try:
        return np.array_equal(a, b) or bool(np.array_equal(a, b, equal_nan=True))
    except (TypeError, ValueError):
        return True


def describe(error: BaseException) -> str:
    """Return the kind of an error, and what it says, on one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}" + (f" ({text[:160]})" if text else "")


def verdict(value) -> bool:
    """Return a student's True or False, of Python or of numpy."""
    got = np.asarray(value)
    require(got.shape == () and got.dtype == bool, f"Return True or False, not {_kind(value)}.")
    return bool(got)


def _kind(value) -> str:
    return f"an array of shape {np.shape(value)}" if np.ndim(value) else type(value).__name__


def by_hand(function, *tools: str) -> None:
    """Refuse a function that calls a library's tool by name where it should do the work itself."""
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    known = getattr(function, "__globals__", {})
    for tool in set(tools) & set(names):
        own = getattr(known.get(tool), "__module__", None) == getattr(function, "__module__", "")
        require(own, f"You call {tool}, which does the whole task. Here you are to build it.")
