"""Instruments for EM code of any origin: each looks for one property and reports what it saw.

Point them at a model, ``check.monotone(model, x)``, or at a pair of functions together with
parameters to start from, ``check.monotone(theta, x, e_step, m_step)``. The functions follow the
notebooks:

    r = e_step(x, *theta)              responsibilities (N, K); or r, log-likelihood
    theta = m_step(x, r)               or m_step(x, r, *theta), if it needs the old parameters

theta is the tuple (weights, means, stds) for data (N,), (weights, means, covariances) for data
(N, D), and (weights, biases) for coins (N, 2). In place of theta or model there may be a function
of the data that returns one, ``start(x)``: then the rule for starting is examined too. A start
may also be an array of responsibilities (N, K), for code that begins with an M-step.

Every instrument returns a :class:`Reading`: ✓ or ✗ and what was seen, or – where it does not
apply. None ever raises. The formulas here are plain and share no code with emlib's own EM, so
that emlib can be examined too.
"""

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass, replace
from functools import wraps

import numpy as np
from scipy.special import comb, logsumexp, xlog1py, xlogy

from .._checks import show
from ..coins import CoinMixture
from ..gaussian import GaussianMixture
from ..normal import NormalMixture
from ._feedback import Feedback, NotYet, Wrong, _describe, array, attempted, call, number, parts

NAMES = {
    NormalMixture: ("weights", "means", "stds"),
    GaussianMixture: ("weights", "means", "covariances"),
    CoinMixture: ("weights", "biases"),
}


@dataclass(frozen=True, repr=False)
class Reading(Feedback):
    """What an instrument saw. ``bool(reading)`` is True only for ✓."""

    @property
    def symbol(self) -> str:
        """✓ sound, ✗ not, – where the instrument does not apply, ○ nothing to examine."""
        return {"right": "✓", "wrong": "✗", "not yet": "○"}.get(self.status, "–")

    def __repr__(self):
        return f"{self.symbol} {self.text}"


class NotHere(Exception):
    """The instrument does not apply; the message says why."""


def instrument(examine: Callable) -> Callable:
    """Decorate an examination: it returns what it saw, or raises Wrong with what it saw."""

    @wraps(examine)
    def read(start=None, x=None, *functions, **options) -> Reading:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                x = np.asarray(attempted(x), float)
                return Reading("right", examine(start, x, *functions, **options))
        except Wrong as seen:
            return Reading("wrong", str(seen))
        except NotHere as reason:
            return Reading("not here", f"Does not apply: {reason}.")
        except NotYet as reason:
            return Reading("not yet", f"Nothing to examine yet.{reason}")
        except (Exception, SystemExit) as error:
            return Reading("wrong", f"The code could not be examined: {_describe(error)}.")

    return read


# --- The instruments ---------------------------------------------------------------------------


@instrument
def monotone(start, x, e_step=None, m_step=None, *, log_likelihood=None, steps=50) -> Reading:
    """Watch the log-likelihood: it must never fall (Dempster, Laird & Rubin 1977, theorem 1).

    log_likelihood(x, *theta), in nats, is the code's own; without it the textbook's is taken.
    """
    code = _begin(start, x, e_step, m_step, log_likelihood)
    trace = [code.log_likelihood(x)]
    for step in range(1, steps + 1):
        code = _step(code, x, step)
        trace.append(code.log_likelihood(x))
    trace = array(trace, (steps + 1,), "The log-likelihood")
    falls = np.flatnonzero(np.diff(trace) < -1e-9 * (1 + np.abs(trace[1:]))) + 1
    if len(falls):
        t = falls[0]
        raise Wrong(
            f"The log-likelihood falls in {len(falls)} of {steps} steps, first in step {t}: "
            f"{trace[t - 1]:.4f} to {trace[t]:.4f}."
        )
    return f"Never falls in {steps} steps: {trace[0]:.4f} to {trace[-1]:.4f}."


@instrument
def responsibilities(start, x, e_step=None, m_step=None) -> Reading:
    """Require responsibilities to be probabilities: each at least 0, each row with sum 1.

    Looks at the start's own if it is given as responsibilities, and at those of three E-steps.
    """
    given = _value(start, x)
    if _is_array(given):
        _require_probabilities(given, x, "At the start")
    code = _begin(start, x, e_step, m_step)
    for step in range(1, 4):
        _require_probabilities(code.responsibilities(x), x, f"In step {step}")
        code = _step(code, x, step)
    return "All are at least 0, and each row sums to 1, in three steps."


@instrument
def one_step(start, x, e_step=None, m_step=None) -> Reading:
    """Compare three steps with the exact ones, from the textbook formulas.

    Code whose stds come back all equal is taken to share one std on purpose. A healthy variant,
    such as an ECM step (Meng & Rubin 1993), can fail here: :func:`monotone` acquits it.
    """
    code = _begin(start, x, e_step, m_step)
    for step in range(1, 4):
        new = _step(code, x, step)
        _compare(new.theta, _exact_step(x, code.theta, new.kept), x, f"In step {step}")
        code = new
    return "Three steps agree with the exact ones."


@instrument
def equivariance(start, x, e_step=None, m_step=None) -> Reading:
    """Require the fit to follow the data into another unit, and to another origin.

    Each column is scaled by its own factor, then shifted by its own amount, and five steps are
    compared with the same steps in the old unit.
    """
    code = _begin(start, x, e_step, m_step)
    if code.kind is CoinMixture:
        raise NotHere("tosses are counted, and have no unit to change")
    column = np.arange(x[0].size).reshape(x[0].shape)
    for a, b, how in (
        (60.0 * 7.0**column, 0.0 * column, "In a smaller unit"),
        (1.0 + 0 * column, 30 * (1 + column) * x.std(axis=0), "With the origin elsewhere"),
    ):
        other = _elsewhere(start, code, a * x + b, a, b)
        _same_path(code, x, other, a * x + b, lambda t, a=a, b=b: _affine(t, 1 / a, -b / a), how)
    return "Five steps give the same fit in another unit and with another origin."


@instrument
def permutation(start, x, e_step=None, m_step=None) -> Reading:
    """Exchange the labels of the start: the fit must be the same, with labels exchanged."""
    code = _begin(start, x, e_step, m_step)
    if len(code.theta[0]) == 1:
        raise NotHere("there is only one component")
    other, back = code.at(_rolled(code.theta, 1)), lambda theta: _rolled(theta, -1)
    _same_path(code, x, other, x, back, "With the labels exchanged")
    return "Five steps give the same fit whichever component comes first."


@instrument
def large_offset(start, x, e_step=None, m_step=None, *, offset=1e8) -> Reading:
    """Move the data far from zero: everything must stay finite, and right.

    The offset is measured in the data's own spread.
    Coins have no origin; there every set of tosses is made 200 times longer.
    """
    code = _begin(start, x, e_step, m_step)
    if code.kind is CoinMixture:
        where = f"With {200 * int(x[0].sum())} tosses a set"
        new = _step(code, 200 * x, 1, where)
        _compare(new.theta, _exact_step(200 * x, code.theta, new.kept), x, where)
        return f"{where} a step is still exact."
    where, b = f"At offset {offset:.0e}", offset * x.std(axis=0)
    near, back = (x + b) - b, lambda theta: _affine(theta, 1.0 + 0 * b, -b)
    other = _elsewhere(start, code, x + b, 1.0 + 0 * b, b)
    _same_path(code, near, other, x + b, back, where, rtol=1e-4)
    return f"{where} five steps are finite, and the same as at 0."


@instrument
def integrates_to_one(start, x, density=None) -> Reading:
    """Require the density to be at least 0 and to integrate to 1; x says where to look.

    density(x, *theta) gives (N,); a model brings its own. One dimension, two, or coins.
    """
    theta, density = _theta_and(start, x, density, "pdf")
    places, volume = _everywhere(theta, x)
    p = array(density(places), (len(places),), "The density")
    if p.min() < 0:
        raise Wrong(f"The density is negative somewhere: {p.min():.4g}.")
    total = float((p * volume).sum())
    if abs(total - 1) > 1e-3:
        raise Wrong(f"The density integrates to {total:.4f}, and should to 1.")
    return f"The density integrates to {total:.4f}."


@instrument
def sampling(start, x, sample=None) -> Reading:
    """Require samples to have the model's shares and shapes, and to vary as chance does.

    sample(n, rng, *theta) gives x and z. It draws 20 000 once and 50 four hundred times, seeded;
    x says of what kind the data are.
    """
    theta, sample = _theta_and(start, x, sample, "sample")
    rng, weights = np.random.default_rng(0), theta[0]
    drawn, z = _draw(sample, 20_000, rng, x)
    shares = np.bincount(z, minlength=len(weights)) / len(z)
    error = 5 * np.sqrt(weights * (1 - weights) / len(z)) + 1e-9
    if len(shares) > len(weights) or (np.abs(shares - weights) > error).any():
        raise Wrong(f"The components' shares are {show(shares)}, and should be {show(weights)}.")
    for k in np.unique(z):
        _require_shape(drawn[z == k], k, theta)
    counts = [np.mean(_draw(sample, 50, rng, x)[1] == 0) for _ in range(400)]
    spread, chance = np.std(counts), np.sqrt(weights[0] * (1 - weights[0]) / 50)
    if not 0.75 * chance <= spread <= 1.3 * chance:
        raise Wrong(
            f"In samples of 50 the share of component 0 varies by {spread:.4f}, chance by "
            f"{chance:.4f}: the component of each observation must be drawn."
        )
    return f"Shares {show(shares)} vary as chance does, and each component has its own shape."


@instrument
def stopping(answer, x) -> Reading:
    """Require an answer to be at the top of its hill.

    answer is a model, theta, or a function of x that gives one. Exact EM goes on from there, and
    once more after a nudge of the means by 3 % of the data's spread. If that gains more than
    0.001 nats, the code stopped too early.
    """
    value = _value(answer, x)
    code = _Model(value) if _is_model(value) else _Pair(_as_theta(value, x), None, None)
    here = _log_likelihood(x, code.theta)
    gain = _summit(x, code.theta, code.kept) - here
    if gain > 1e-3:
        raise Wrong(f"Stopped too early: more steps gain {gain:.4f} nats.")
    gain = _summit(x, _nudged(code.theta, x), code.kept) - here
    if gain > 1e-3:
        raise Wrong(f"Balanced on a saddle: after a nudge, more steps gain {gain:.4f} nats.")
    return f"At the top of its hill, at {here:.4f} nats."


# --- What is examined: a pair of functions or a model, as one thing ----------------------------


class _Code:
    """Somebody's EM, at parameters ``theta``."""

    @property
    def kind(self) -> type:
        return _kind(self.theta)


@dataclass(frozen=True)
class _Pair(_Code):
    """Two functions, at parameters theta."""

    theta: tuple
    e_step: Callable
    m_step: Callable
    own: Callable | None = None

    def at(self, theta):
        return replace(self, theta=theta)

    def expected(self, x) -> tuple:
        """Return r, and the log-likelihood if the E-step gives that too."""
        got = call(self.e_step, x, *self.theta)
        return got if isinstance(got, tuple) and len(got) == 2 else (got, None)

    def responsibilities(self, x):
        return self.expected(x)[0]

    def step(self, x):
        r = self.responsibilities(x)
        old = self.theta if _accepts(self.m_step, 2 + len(self.theta)) else ()
        return self.at(_as_theta(call(self.m_step, x, r, *old), x))

    def log_likelihood(self, x):
        own = self.expected(x)[1] if self.own is None else call(self.own, x, *self.theta)
        return _log_likelihood(x, self.theta) if own is None else number(own, "The log-likelihood")

    @property
    def kept(self) -> str:
        """Stds that are all equal, unlike the means, are taken to be one, shared on purpose."""
        if self.kind is not NormalMixture:
            return ""
        _, means, stds = self.theta
        return "std" if np.ptp(stds) <= 1e-12 * stds[0] and np.ptp(means) > 0 else ""


@dataclass(frozen=True)
class _Model(_Code):
    """Anything with e_step and m_step."""

    model: object

    @property
    def names(self) -> tuple:
        for names in NAMES.values():
            if all(hasattr(self.model, name) for name in names):
                return names
        raise NotHere(f"{type(self.model).__name__} has no weights, means and stds to look at")

    @property
    def theta(self) -> tuple:
        return tuple(np.asarray(getattr(self.model, name), float) for name in self.names)

    def at(self, theta):
        new = dict(zip(self.names, theta, strict=True))
        known = is_dataclass(self.model)
        return _Model(replace(self.model, **new) if known else type(self.model)(**new))

    def responsibilities(self, x):
        if not hasattr(self.model, "responsibilities"):
            raise NotHere(f"{type(self.model).__name__} has no method responsibilities")
        return call(self.model.responsibilities, x)

    def step(self, x):
        return _Model(call(self.model.m_step, call(self.model.e_step, x)))

    def log_likelihood(self, x):
        return number(call(self.model.e_step, x).log_likelihood, "The log-likelihood")

    @property
    def kept(self) -> str:
        return "weights" if getattr(self.model, "fixed_weights", False) else ""


def _begin(start, x, e_step=None, m_step=None, own=None) -> _Code:
    """Return the code to examine, at its start."""
    value = _value(start, x)
    if _is_model(value):
        return _Model(value)
    if e_step is None or m_step is None:
        raise NotYet(" Give a model, or e_step and m_step as well.")
    theta = call(m_step, x, value) if _is_array(value) else value
    return _Pair(_as_theta(theta, x), e_step, m_step, own)


def _elsewhere(start, code: _Code, x, a, b) -> _Code:
    """Return the code at the start for data a·x + b: its own rule's, or the old one moved."""
    if _is_rule(start):
        pair = (code.e_step, code.m_step) if isinstance(code, _Pair) else ()
        return _begin(start, x, *pair)
    return code.at(_affine(code.theta, a, b))


def _value(start, x):
    return call(start, x) if _is_rule(start) else attempted(start)


def _is_rule(start) -> bool:
    return callable(start) and not _is_model(start)


def _is_model(thing) -> bool:
    return hasattr(thing, "e_step") and hasattr(thing, "m_step")


def _is_array(value) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 2


def _accepts(function, n: int) -> bool:
    """Return whether the function can be called with n arguments."""
    try:
        inspect.signature(function).bind(*range(n))
    except (TypeError, ValueError):
        return False
    return True


def _step(code: _Code, x, number: int, where: str = "") -> _Code:
    """Take a step, or say in which one, and where, the code broke."""
    try:
        return code.step(x)
    except Wrong as error:
        raise Wrong(f"{where + ', s' if where else 'S'}tep {number}: {error}") from None


def _as_theta(value, x) -> tuple:
    """Return parameters as a tuple of arrays, or say why they describe no mixture of such data."""
    try:
        theta = tuple(np.asarray(p, float) for p in attempted(value))
        if len(theta) not in (2, 3):
            raise ValueError(f"there are {len(theta)} of them")
        _kind(theta)(*theta)
    except (TypeError, ValueError) as error:
        raise Wrong(f"These are no parameters of a mixture: {error}.") from None
    if theta[1].shape[1:] != x.shape[1:] and len(theta) == 3:
        raise Wrong(f"The means have shape {theta[1].shape}, but the data {x.shape}.")
    return theta


def _kind(theta) -> type:
    if len(theta) == 2:
        return CoinMixture
    return NormalMixture if theta[1].ndim == 1 else GaussianMixture


def _theta_and(start, x, function, method: str):
    """Return theta, and the function of interest with theta filled in. A model brings both."""
    value = _value(start, x)
    if _is_model(value):
        if not hasattr(value, method):
            raise NotHere(f"{type(value).__name__} has no method {method}")
        return _Model(value).theta, getattr(value, method)
    theta = _as_theta(value, x)
    attempted(function)
    return theta, lambda *given: attempted(function(*given, *theta))


# --- The exact formulas, in logs and in two passes ---------------------------------------------


def _log_components(x, theta) -> np.ndarray:
    """Return log p_k(xₙ): (N, K)."""
    if len(theta) == 2:
        return xlogy(x[:, :1], theta[1]) + xlog1py(x[:, 1:], -theta[1])
    means, widths = theta[1:]
    if means.ndim == 1:
        y = (x[:, None] - means) / widths
        return -0.5 * y**2 - np.log(widths) - 0.5 * np.log(2 * np.pi)
    d = x - means[:, None]
    quadratic = np.einsum("kni,kni->nk", d @ np.linalg.inv(widths), d)
    return -0.5 * (quadratic + np.linalg.slogdet(2 * np.pi * widths)[1])


def _log_joint(x, theta) -> np.ndarray:
    return np.log(theta[0]) + _log_components(x, theta)


def _log_likelihood(x, theta) -> float:
    return float(logsumexp(_log_joint(x, theta), axis=1).sum())


def _exact_step(x, theta, kept: str = "") -> tuple:
    """Return one step of EM, which keeps the weights or shares one std if told so.

    Source: Bishop (2006), equations 9.23 to 9.27; Do & Batzoglou (2008) for coins.
    """
    return _step_and_height(x, theta, kept)[0]


def _step_and_height(x, theta, kept: str) -> tuple:
    """Return one step of EM from theta, and the log-likelihood at theta."""
    log_joint = _log_joint(x, theta)
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    r = np.exp(log_joint - log_density)
    n = r.sum(axis=0)
    weights = theta[0] if kept == "weights" else n / len(x)
    if len(theta) == 2:
        new = weights, r.T @ x[:, 0] / (r.T @ x.sum(axis=1))
    else:
        means = (r.T @ x) / n.reshape(-1, *[1] * (x.ndim - 1))
        new = weights, means, _exact_widths(x, r, n, means, kept)
    return new, float(log_density.sum())


def _exact_widths(x, r, n, means, kept: str) -> np.ndarray:
    if means.ndim == 1:
        squares = (r * (x[:, None] - means) ** 2).sum(axis=0)
        return np.sqrt(np.full(len(n), squares.sum() / len(x)) if kept == "std" else squares / n)
    d = x - means[:, None]
    return (d * r.T[:, :, None]).transpose(0, 2, 1) @ d / n[:, None, None]


def _summit(x, theta, kept: str) -> float:
    """Return the log-likelihood where exact EM ends.

    After two steps it leaps along them, as far as their shrinking says (Varadhan & Roland 2008,
    scheme S3): on a flat hill, plain EM would take ten thousand steps. A leap that gains a nat or
    more is not believed: it has landed on another hill, or on a spike.
    """
    before = -np.inf
    for _ in range(5_000):
        one, here = _step_and_height(x, theta, kept)
        if not here - before > 1e-10:
            return max(here, before)
        two, middle = _step_and_height(x, one, kept)
        before, leap = max(here, middle), _leap(theta, one, two)
        gain = _log_likelihood(x, leap) - _log_likelihood(x, two)
        theta = leap if 0 < gain < 1 else two
    return before


def _leap(zero, one, two) -> tuple:
    """Return the parameters to which three that follow each other seem to lead."""
    first = [b - a for a, b in zip(zero, one, strict=True)]
    change = [c - b - d for b, c, d in zip(one, two, first, strict=True)]
    far = np.sqrt(_square(first) / max(_square(change), 1e-300))
    return tuple(a + 2 * far * d + far**2 * c for a, d, c in zip(zero, first, change, strict=True))


def _square(parts) -> float:
    return sum(float(np.sum(p**2)) for p in parts)


def _nudged(theta, x) -> tuple:
    """Return parameters with the means, or biases, pulled apart by 3 % of the data's spread."""
    weights, places, *widths = theta
    apart = np.linspace(-0.03, 0.03, len(weights))
    if not widths:
        return weights, np.clip(places + apart, 1e-6, 1 - 1e-6)
    return weights, places + np.multiply.outer(apart, x.std(axis=0)), *widths


# --- Comparing ---------------------------------------------------------------------------------


def _require_probabilities(r, x, when: str) -> None:
    k = np.shape(r)[1] if np.ndim(r) == 2 else 1
    r = array(r, (len(x), k), f"{when} the array of responsibilities")
    total = r.sum(axis=1)
    if np.abs(total - 1).max() > 1e-8:
        raise Wrong(f"{when} the rows sum to {total.min():.4g} up to {total.max():.4g}, not to 1.")
    if r.min() < 0:
        raise Wrong(f"{when} there is a negative responsibility, {r.min():.4g}.")


def _same_path(code, x, other, moved, back: Callable, how: str, rtol=1e-6) -> None:
    """Take five steps with both, and require that ``back(other)`` is the one at each."""
    for step in range(6):
        if step:
            code, other = _step(code, x, step), _step(other, moved, step, how)
        when = f"after step {step}" if step else "at the start"
        _compare(back(other.theta), code.theta, x, f"{how}, {when}", rtol)


def _affine(theta, a, b) -> tuple:
    """Return the parameters of a·x + b, given those of x."""
    weights, means, widths = theta
    squared = means.ndim == 2
    return weights, a * means + b, widths * (np.outer(a, a) if squared else np.abs(a))


def _rolled(theta, by: int) -> tuple:
    return tuple(np.roll(p, by, axis=0) for p in theta)


def _compare(got, want, x, what: str, rtol=1e-6) -> None:
    """Refuse parameters that differ, in the data's own spread, by more than rtol."""
    s = x.std(axis=0)
    scales = 1.0, s if len(want) == 3 else 1.0, s if x.ndim == 1 else np.outer(s, s)
    for name, g, w, scale in zip(NAMES[_kind(want)], got, want, scales, strict=False):
        near = (np.abs(g - w) <= rtol * scale).reshape(len(w), -1).all(axis=1)
        if not near.all():
            k, one = int(np.argmin(near)), name.removesuffix("s").replace("biase", "bias")
            raise Wrong(
                f"{what}, the {one} of component {k} is {_digits(g[k])}, not {_digits(w[k])}."
            )


def _digits(values) -> str:
    """Return numbers with six digits, on one line."""
    text = np.array2string(np.asarray(values), formatter={"float_kind": "{:.6g}".format})
    return " ".join(text.split())


# --- Densities and samples ---------------------------------------------------------------------


def _everywhere(theta, x):
    """Return places that cover all that matters around x, and the volume that each stands for."""
    if len(theta) == 2:
        n = int(x[0].sum())
        heads = np.arange(n + 1)
        return np.column_stack([heads, n - heads]), comb(n, heads)
    if x.ndim == 2 and x.shape[1] > 2:
        raise NotHere(f"a grid in {x.shape[1]} dimensions has too many points to sum over")
    n, far = (50_001, 10) if x.ndim == 1 else (301, 6)
    low, high = x.min(axis=0) - far * x.std(axis=0), x.max(axis=0) + far * x.std(axis=0)
    lines = np.linspace(low, high, n)
    if x.ndim == 1:
        return lines, lines[1] - lines[0]
    return np.stack(np.meshgrid(*lines.T), axis=-1).reshape(-1, 2), np.prod(lines[1] - lines[0])


def _draw(sample, n: int, rng, x) -> tuple:
    """Return x and z of a sample of n."""
    drawn, z = parts(sample(n, rng), 2, "A sample, x and z,")
    return array(drawn, (n, *x.shape[1:]), "x"), array(z, (n,), "z").astype(int)


def _require_shape(part, k: int, theta) -> None:
    """Refuse a component whose draws have another mean or spread than the model's."""
    mean, std = part.mean(axis=0), part.std(axis=0)
    want, width = _moments(k, theta, part[0].sum())
    error = 5 * width / np.sqrt(len(part))
    if (np.abs(mean - want) > error).any() or (np.abs(std - width) > 3 * error).any():
        raise Wrong(
            f"Component {k} of the sample has mean {show(mean)} and std {show(std)}, and should "
            f"have {show(want)} and {show(width)}."
        )


def _moments(k: int, theta, tosses) -> tuple:
    """Return the mean and the standard deviation of component k."""
    if len(theta) == 2:
        p = theta[1][k]
        return tosses * np.array([p, 1 - p]), np.sqrt(tosses * p * (1 - p)) * np.ones(2)
    width = theta[2][k]
    return theta[1][k], width if width.ndim == 0 else np.sqrt(np.diag(width))
