"""Tests for the homework: the same hints as the exercises', but a wrong answer costs points.

A test in a homework notebook is a function of a random generator, run on the spot by :func:`test`.
It hands the student's functions to the checks below, together with data; a visible and a hidden
test differ in their data alone. A failed test raises :class:`NotPassed`, which shows as one
sentence.

Each check computes the right answer by itself, on the data it is given, and compares. While a
student's function runs it is watched: what it prints is swallowed, its warnings are muted, calls to
packages that the task does not allow are noted, and functions that it replaces are put back.
"""

import copy
import io
import os
import sys
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import CodeType, ModuleType

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, logsumexp, ndtr, xlog1py, xlogy

import emlib

from ._feedback import (
    Feedback,
    Wrong,
    array,
    call,
    compare,
    judge,
    number,
    parts,
    require,
)

LIBRARIES = ("sklearn", "emlib")
ARRAYS = ("The array of weights", "The array of means", "The array of stds")
VARIANCE = (
    "A variance stands where a standard deviation belongs, or the other way round: stds are σ."
)
SLIPPED = "Look at the parentheses: / 2 * σ**2 multiplies by σ². You want / (2 * σ**2)."
STOPPED = "Stopped before it had finished. Is there a loop that never ends?"


class NotPassed(AssertionError):
    """A test that was not passed: one sentence, without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


def test(why: str, *, rng=None):
    """Run the decorated test at once: print ✓ and why, or raise NotPassed with a hint.

    The test is called with a generator, made of rng if there is one, and else one that nobody has
    seen; it raises Wrong or NotYet.
    """

    def run(body) -> None:
        _restore()
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                feedback = judge(body, (), why, rng)
        except KeyboardInterrupt:
            feedback = Feedback("wrong", STOPPED)
        if not feedback:
            raise NotPassed(repr(feedback))
        print(feedback)

    return run


def ask(function, *arguments, allowed: tuple[str, ...] = (), **named):
    """Call a student's function as `call` does, and refuse help from scikit-learn and emlib.

    allowed names the libraries of these two that the task does allow.
    """
    used: set[str] = set()
    banned = set(LIBRARIES) - set(allowed)
    watched = _watched(function, banned, used) if callable(function) else function
    answer = call(watched, *arguments, **named)
    if used:
        raise Wrong(f"This task asks for your own code, but yours calls {' and '.join(used)}.")
    return answer


def given(function):
    """Mark a function that a test hands to the student's code, which may call it."""
    _GIVEN.add(function.__code__)
    return function


@contextmanager
def when_solved():
    """Draw a figure that needs the tasks above; until they are solved, say so in a sentence."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    except NotImplementedError:
        print("○ The figure appears here once the tasks above are solved.")
    except Exception as error:
        print(f"○ No figure yet: {type(error).__name__} ({error}).")


# --- Watching a student's function -----------------------------------------------------------

_GIVEN: set[CodeType] = set()


def _watched(function, banned: set[str], used: set[str]):
    """Return the function in a wrapper that notes in used which banned packages it calls."""

    def look(frame, event, _):
        package, name = _package(frame), frame.f_code.co_name
        from_outside = package in banned and _package(frame.f_back) != package
        if event == "call" and from_outside and frame.f_code not in _GIVEN and name[:2] != "__":
            used.add(package)

    def watched(*arguments, **named):
        sys.setprofile(look)
        try:
            return function(*arguments, **named)
        finally:
            sys.setprofile(None)
            _restore()

    return watched


def _package(frame) -> str:
    """Return the package to which the code of a frame belongs."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] if frame else ""


def _snapshot() -> list[tuple[object, dict, set[str]]]:
    """Return what a submission may not replace: the functions of emlib, numpy and Python."""
    modules = [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("emlib", "numpy", "math", "builtins")
        and isinstance(module, ModuleType)
    ]
    classes = [thing for thing in vars(emlib).values() if isinstance(thing, type)]
    return [(owner, _functions(owner), set(vars(owner))) for owner in (*modules, *classes)]


def _functions(owner) -> dict:
    # The kernel itself exchanges input() around every cell.
    return {
        name: member
        for name, member in vars(owner).items()
        if name != "input" and (callable(member) or isinstance(member, property | classmethod))
    }


def _restore() -> None:
    """Put back every function that has been replaced since this module was imported."""
    for owner, functions, names in _PRISTINE:
        now = vars(owner)
        for name, function in functions.items():
            if now.get(name) is not function:
                setattr(owner, name, function)
        if isinstance(owner, type):
            for name in now.keys() - names:
                delattr(owner, name)


# --- 1: Likelihoods --------------------------------------------------------------------------


def sample(answer, rng, n: int, weights, means, stds) -> None:
    """Check sample(n, weights, means, stds, rng) -> x (n,), z (n,), by its distribution.

    Every tolerance is six standard errors.
    """
    x, z = _draw(answer, rng, n, weights, means, stds)
    overall = weights @ means
    _not_densities(x, weights, means, stds)
    _shares_of(np.bincount(z, minlength=len(weights)) / n, n, weights)
    seen = [k for k in range(len(weights)) if (z == k).sum() > 20]
    for k in seen:
        own, mean, std = x[z == k], means[k], stds[k]
        slack = 6 * std / np.sqrt(len(own))
        if abs(own.mean() - mean) > slack:
            loose = abs(own.mean() - overall) < 6 * x.std() / np.sqrt(len(own))
            require(not loose, "x and z do not belong together: draw x from the component in z.")
            raise Wrong("The draws of a component do not have its mean.")
        if abs(own.std() - std) > slack:
            variance = abs(own.std() - np.sqrt(std)) < slack or abs(own.std() - std**2) < slack
            require(
                not variance, "stds are σ, and so is what rng.normal wants: no square, no root."
            )
            raise Wrong("The draws of a component do not have its standard deviation.")


def baskets(answer, rng, n: int, weights, means, stds, times: int = 300) -> None:
    """Check that sample leaves sizes and order to chance, and takes all chance from rng."""
    again = [_draw(answer, np.random.default_rng(5), n, weights, means, stds) for _ in range(2)]
    require(
        (again[0][0] == again[1][0]).all(), "Take all chance from rng: the same rng, the same x."
    )
    z = np.array([_draw(answer, rng, n, weights, means, stds)[1] for _ in range(times)])
    require((z != z[0]).any(), "Every basket is the same. Take all chance from rng, as it comes.")
    first = (z == 0).sum(axis=1)
    ratio = first.var() / (n * weights[0] * (1 - weights[0]))
    require(ratio > 0.4, "Every basket has the same number of each kind. That is chance, too.")
    require(ratio < 1.7, "The number of rolls from an oven varies far too much.")
    place = ((z == 0) * np.arange(n)).sum() / first.sum() - (n - 1) / 2
    require(abs(place) < n / 20, "The draws come sorted by component. Draw z anew for each.")


def _draw(answer, rng, n: int, weights, means, stds) -> tuple[np.ndarray, np.ndarray]:
    seed = np.random.default_rng(rng.integers(2**63))
    got = parts(ask(answer, n, weights, means, stds, seed), 2, "What sample returns")
    x, z = array(got[0], (n,), "The draws x"), array(got[1], (n,), "The components z")
    known = np.isin(z, np.arange(len(weights))).all()
    require(known, "z should hold integers from 0 to K − 1, the component of each draw.")
    return x, z.astype(int)


def _not_densities(x, weights, means, stds) -> None:
    peak = (weights / stds).sum() / np.sqrt(2 * np.pi)
    usual = weights @ (ndtr((peak - means) / stds) - ndtr(-means / stds))
    odd = usual < 0.5 and (x >= 0).all() and (x <= peak).all()
    require(not odd, "These are densities. Evaluating a density is not drawing from it.")


def _shares_of(share, n: int, weights) -> None:
    slack = 6 * np.sqrt(weights * (1 - weights) / n) + 1e-9

    def like(others):
        return (abs(share - others) < slack + 0.01).all()

    if (abs(share - weights) <= slack).all():
        return
    if len(weights) == 2:
        bell = np.array([ndtr(weights[0]), 1 - ndtr(weights[0])])
        why = "Compare π with a uniform number in [0, 1], rng.random(): a normal one gives Φ(π)."
        require(not like(bell), why)
    require(not like(weights[::-1]), "The weights are swapped between the components.")
    require(not like(np.full(len(weights), 1 / len(weights))), "The weights have no effect on z.")
    raise Wrong("The components do not occur with their weights.")


def log_likelihood(answer, x, weights, means, stds) -> None:
    """Check log_likelihood(x, weights, means, stds) -> float."""
    got = ask(answer, x, weights, means, stds)
    _log_likelihood(got, x, weights, means, stds)


def _log_likelihood(got, x, weights, means, stds) -> None:
    right = _log_joint(x, weights, means, stds)
    each = logsumexp(right, axis=1)
    slips = [
        ("The weights are missing: π_k multiplies the density of component k.", np.log(weights)),
        ("The factor 1/σ of the normal density is missing.", -np.log(stds)),
        ("Multiply by the factor 1/σ, not by σ.", -2 * np.log(stds)),
        ("The constant 1/√(2π) is missing.", np.full(len(stds), -np.log(2 * np.pi) / 2)),
    ]
    compare(
        number(got, "The log-likelihood"),
        each.sum(),
        [
            ("The sign of the log-likelihood is wrong: it is to be maximised.", -each.sum()),
            ("This is the mean of log p(x). The log-likelihood is the sum.", each.mean()),
            ("This is one observation's. Sum log p(x) over all of them.", each[-1]),
            ("This is the sum of p(x). Take the log of each before you sum.", np.exp(each).sum()),
            ("Sum over components first, then take the log, then sum over data.", right.sum()),
            (SLIPPED, logsumexp(_slipped(x, weights, means, stds), axis=1).sum()),
            (VARIANCE, logsumexp(_log_joint(x, weights, means, np.sqrt(stds)), axis=1).sum()),
            (VARIANCE, logsumexp(_log_joint(x, weights, means, stds**2), axis=1).sum()),
            (VARIANCE, logsumexp(_half_squared(x, weights, means, stds), axis=1).sum()),
            *((hint, logsumexp(right - factor, axis=1).sum()) for hint, factor in slips),
        ],
        hint="The log-likelihood is not Σₙ log Σ_k π_k N(xₙ; μ_k, σ_k²) at these parameters.",
        rtol=1e-9,
    )


def transform(pack, unpack, weights, means, stds) -> None:
    """Check pack(weights, means, stds) -> theta (5,) and unpack(theta), its inverse."""
    logit = np.log(weights[0] / weights[1])
    theta = np.array([means[0], np.log(stds[0]), means[1], np.log(stds[1]), logit])
    other_order = theta[[0, 2, 1, 3, 4]]
    compare(
        array(ask(pack, weights, means, stds), (5,), "theta"),
        theta,
        [
            ("The order is mean 1, log std 1, mean 2, log std 2, logit.", other_order),
            ("Take the log of the stds, not of the variances.", theta * [1, 2, 1, 2, 1]),
            ("The logit is that of the first weight, not of the second.", theta * [1, 1, 1, 1, -1]),
            ("The stds go in as logs.", np.array([*np.c_[means, stds].ravel(), logit])),
            ("The weight goes in as a logit: log π/(1 − π).", np.append(theta[:4], weights[0])),
            ("A logit is log π/(1 − π), not log π.", np.append(theta[:4], np.log(weights[0]))),
        ],
        hint="pack does not return (μ₁, log σ₁, μ₂, log σ₂, logit π₁).",
    )
    got = [array(p, (2,), "Each part of unpack") for p in parts(ask(unpack, theta), 3, "unpack")]
    _unpacked(got, weights, means, stds)


def _unpacked(got, weights, means, stds) -> None:
    for part, want, mistakes, name in (
        (got[0], weights, [("The weights are swapped.", weights[::-1])], "weights"),
        (got[1], means, [("The means are swapped.", means[::-1])], "means"),
        (got[2], stds, [("The way back from log σ is exp.", np.log(stds))], "stds"),
    ):
        compare(part, want, mistakes, hint=f"unpack does not lead back to the {name}.")


def far_out(unpack, theta) -> None:
    """Check unpack where the logit is so large that a weight is 0 or 1 to all digits."""
    weights = array(
        parts(ask(unpack, theta), 3, "What unpack returns")[0], (2,), "A far-out weight"
    )
    want = np.array([1.0, 0.0]) if theta[4] > 0 else np.array([0.0, 1.0])
    compare(weights, want, hint="Far out, the weights should be 0 and 1, with sum 1.")


def scoreboard(answer, objective, start, methods) -> None:
    """Check scoreboard(objective, start, methods) -> rows (method, claimed, gap)."""
    results = [minimize(objective, start.copy(), method=method) for method in methods]
    values = np.array([float(np.ravel(r.fun)[0]) for r in results])
    ends = np.isfinite(values)
    gaps = np.where(ends, values - values[ends].min(), np.inf)
    rows = parts(ask(answer, objective, start, methods), len(methods), "The scoreboard")
    for row, method, result, gap in zip(rows, methods, results, gaps, strict=True):
        name, claimed, got = parts(row, 3, "A row")
        require(str(name) == method, "The rows are not in the order of methods. Do not sort them.")
        require(bool(claimed) == bool(result.success), CLAIM)
        _gap(float(np.ravel(got)[0]), gap, float(values[ends].min()), values[ends])


CLAIM = "A claim is the method's own flag, result.success, whatever the gap says."


def _gap(got: float, gap: float, lowest: float, values) -> None:
    if np.isinf(gap):
        require(
            got == np.inf, "A method whose value is NaN has ended nowhere: its gap is infinite."
        )
        return
    require(
        not np.isnan(got), "A gap is NaN. Leave values that are NaN out when you seek the lowest."
    )
    if abs(got - gap) <= 1e-9 + 1e-6 * abs(gap):
        return
    require(abs(got - gap - lowest) > 1e-9, "This is the value itself. The gap is value − lowest.")
    require(abs(got + gap) > 1e-9, "The sign of a gap is wrong: value − lowest is never negative.")
    others = any(abs(got - (gap + lowest - v)) < 1e-9 for v in values)
    require(not others, "Measure from the lowest value of all methods, not from another method's.")
    raise Wrong("A gap is not the value where the method ended, less the lowest of all methods.")


def bakery(seed: int) -> np.ndarray:
    """Return the weights of 300 rolls from two ovens, in grams: (300,). Each seed has its own."""
    rng = np.random.default_rng(seed)
    means, stds = [50, 62] + rng.uniform(-1, 1, 2), rng.uniform(2, 3, 2)
    z = (rng.random(300) < rng.uniform(0.5, 0.7)).astype(int)
    return rng.normal(means[z], stds[z])


def my_bakery(answer) -> None:
    """Check my_bakery() -> seed, rows of the scoreboard, (weights, means, stds)."""
    seed, rows, estimate = parts(ask(answer), 3, "What my_bakery returns")
    whole = isinstance(seed, int | np.integer) and seed >= 0
    require(whole, "The seed should be your student number, a whole number.")
    rows = [parts(row, 3, "A row of the scoreboard") for row in parts_of(rows)]
    require(len({str(row[0]) for row in rows}) >= 4, "Put at least four methods on the scoreboard.")
    lowest = min(float(row[2]) for row in rows)
    require(lowest == 0, "The best method's gap should be 0: the lowest value is one of them.")
    x = bakery(int(seed))
    weights, means, stds = _valid(parts(estimate, 3, "The estimate"), 2)
    gap = _best(x, 2).log_likelihood - _height(x, weights, means, stds)
    require(gap > -1, "A likelihood like that has a spike in it. Wait for task 6.")
    require(gap < 0.01, f"The estimate is {gap:.3g} nats short of the best for seed {seed}.")


def parts_of(rows) -> list:
    """Return a sequence of any length as a list."""
    require(hasattr(rows, "__iter__"), "The scoreboard should be a list of rows.")
    return list(rows)


def beat(answer, x, k: int) -> None:
    """Check beat(x, weights, means, stds) -> valid parameters that are at least a nat better."""
    best = _best(x, k)
    model = best.model
    got = parts(ask(answer, x, model.weights, model.means, model.stds), 3, "What beat returns")
    weights, means, stds = _valid(got, np.size(got[0]))
    require(len(weights) >= 2, "One component cannot spare any for a spike. Use two or more.")
    gain = _height(x, weights, means, stds) - best.log_likelihood
    if np.isnan(gain) or gain < 1:
        spike = stds.min() < 1e-3 * x.std()
        why = "Its centre must be on a roll, exactly, and it must be narrower still."
        require(not spike, f"There is a spike, but it gains {gain:.3g} nats. {why}")
        raise Wrong(f"This gains {gain:.3g} nats, not 1. What if a component had a single roll?")


def _valid(got, k: int) -> list[np.ndarray]:
    """Return weights, means and stds, (k,) each, or say what makes them no mixture."""
    weights, means, stds = (array(p, (k,), n) for p, n in zip(got, ARRAYS, strict=True))
    require((weights > 0).all(), "A weight is 0: that component is not there at all.")
    require(abs(weights.sum() - 1) < 1e-6, "The weights do not sum to one.")
    require((stds > 0).all(), "A std is not positive: that is no mixture.")
    return [weights, means, stds]


def _height(x, weights, means, stds) -> float:
    return float(logsumexp(_log_joint(x, weights, means, stds), axis=1).sum())


# --- 2: EM by hand ---------------------------------------------------------------------------


def mixture(rng, k: int, n: int = 60, unit: float = 1.0, offset: float = 0.0):
    """Draw a random mixture of k components and n numbers from it: x, (weights, means, stds)."""
    weights = rng.dirichlet(np.full(k, 4.0))
    means = unit * rng.normal(0, 4, k) + offset
    stds = unit * rng.uniform(0.5, 2.5, k)
    z = rng.choice(k, n, p=weights)
    return rng.normal(means[z], stds[z]), (weights, means, stds)


def e_step(answer, x, weights, means, stds) -> None:
    """Check e_step(x, weights, means, stds) -> responsibilities (N, K), log-likelihood."""
    got = parts(ask(answer, x, weights, means, stds), 2, "What e_step returns")
    r = array(got[0], (len(x), len(weights)), "The array of responsibilities")
    right = _log_joint(x, weights, means, stds)
    compare(
        r,
        _shares(right),
        [
            (
                "The rows do not sum to one. Divide each row by its sum: which axis is that?",
                np.exp(right),
            ),
            (
                "Each column sums to one, but each row should. Sum over the other axis.",
                np.exp(right - logsumexp(right, axis=0)),
            ),
            (
                "The weights are missing: π_k multiplies the density of component k.",
                _shares(_log_joint(x, np.ones(len(weights)), means, stds)),
            ),
            (
                VARIANCE,
                _shares(_half_squared(x, weights, means, stds)),
            ),
            (
                VARIANCE,
                _shares(_log_joint(x, weights, means, np.sqrt(stds))),
            ),
            (
                VARIANCE,
                _shares(_log_joint(x, weights, means, stds**2)),
            ),
            (
                SLIPPED,
                _shares(_slipped(x, weights, means, stds)),
            ),
            (
                "The factor 1/σ of the normal density is missing. Wide components get too much.",
                _shares(right + np.log(stds)),
            ),
        ],
        hint="The responsibilities are not π_k N(x; μ_k, σ_k²), divided by its sum over k.",
    )
    _log_likelihood(got[1], x, weights, means, stds)


def m_step(answer, x, r) -> None:
    """Check m_step(x, responsibilities) -> weights, means, stds: (K,) each."""
    k = np.shape(r)[1]
    got = parts(ask(answer, x, r), 3, "What m_step returns")
    weights, means, stds = (array(part, (k,), name) for part, name in zip(got, ARRAYS, strict=True))
    n = r.sum(axis=0)
    mu = x @ r / n
    variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n
    _weights(weights, r)
    compare(
        means,
        mu,
        [
            (
                "Divide by N_k, the sum of responsibilities of component k, not by N.",
                x @ r / len(x),
            ),
            ("All means are equal: you average x without responsibilities.", np.full(k, x.mean())),
            ("The means are in the wrong order: μ_k belongs to column k.", mu[::-1]),
        ],
        hint="The means are not Σₙ rₙₖ xₙ / N_k. Which axis do you sum over?",
    )
    compare(
        stds,
        np.sqrt(variance),
        [
            ("These are variances. A standard deviation is the square root.", variance),
            (
                "Divide by N_k itself, not by N_k − 1: maximum likelihood takes no correction.",
                np.sqrt(variance * n / (n - 1)),
            ),
            ("Divide by N_k, the sum of column k, not by N.", np.sqrt(variance * n / len(x))),
            (
                "Every component has one and the same width. Each has its own σ_k.",
                np.full(k, np.sqrt(variance @ n / len(x))),
            ),
            (
                "Every component has the width of one. Each has its own σ_k.",
                np.full(k, np.sqrt(variance[0])),
            ),
            (
                "Every component has the width of one. Each has its own σ_k.",
                np.full(k, np.sqrt(variance[-1])),
            ),
            (
                "You measure from the mean of all data. Each σ_k is about its own new mean μ_k.",
                np.sqrt((r * (x[:, None] - x.mean()) ** 2).sum(axis=0) / n),
            ),
            ("The responsibilities are missing in σ_k.", np.full(k, x.std())),
        ],
        hint="The stds are not the root of Σₙ rₙₖ (xₙ − μ_k)² / N_k, about the new means μ_k.",
    )


def run(answer, values, tol: float, max_iter: int) -> None:
    """Check run(x, start, e_step, m_step, tol, max_iter) -> parameters, trace.

    The steps it is given are scripted: after t steps the parameters are (t, −t), and their
    log-likelihood is values[t].
    """
    values = np.asarray(values, dtype=float)

    @given
    def scripted_e_step(x, t, minus_t):
        return np.full((len(x), 1), float(t)), values[int(t)]

    @given
    def scripted_m_step(x, r):
        return r[0, 0] + 1, -r[0, 0] - 1

    start, x = (0.0, 0.0), np.zeros(3)
    last = _stops(values, tol, max_iter)
    try:
        got = ask(answer, x, start, scripted_e_step, scripted_m_step, tol, max_iter)
    except Wrong as wrong:
        too_far = "IndexError" in str(wrong)
        raise Wrong("Your loop does not stop where it should.") if too_far else wrong from None
    parameters, trace = parts(got, 2, "What run returns")
    _trace(np.ravel(np.asarray(trace, dtype=float)), values, last, max_iter)
    theta = parts(parameters, 2, "The parameters that run returns")
    compare(
        float(np.ravel(theta[0])[0]),
        float(last),
        [
            ("The parameters are those before the last step; the trace is further.", last - 1.0),
            ("The parameters are one step further than the trace.", last + 1.0),
            ("The parameters are still the start's.", 0.0),
        ],
        hint="The parameters returned are not those whose log-likelihood ends the trace.",
    )


def _stops(values, tol: float, max_iter: int) -> int:
    """Return the step at which a loop must stop."""
    for t in range(1, max_iter + 1):
        if values[t] - values[t - 1] < tol:
            return t
    return max_iter


def _trace(got, values, last: int, max_iter: int) -> None:
    length, right = len(got), last + 1
    early = "It stopped {}, after {} steps instead of {}."
    require(length, "The trace is empty. It holds the log-likelihood of the start and each step.")
    if length > 1 and got[0] == values[1]:
        raise Wrong("The trace lacks the start: its first entry is the log-likelihood of start.")
    if length == right + 1 and got[-1] == got[-2]:
        raise Wrong("The last log-likelihood is in the trace twice.")
    if length != right and right == max_iter + 1:
        raise Wrong(early.format("at the wrong number of steps", length - 1, last))
    if length < right:
        raise Wrong(early.format("too early", length - 1, last) + " A small gain may be a plateau.")
    if length > right:
        raise Wrong(
            early.format("too late", length - 1, last) + " Stop when one gain is below tol."
        )
    compare(
        got,
        values[:right],
        hint="The trace is not the log-likelihood at the start and after each step, in order.",
        rtol=1e-12,
    )


def falls(answer, trace) -> None:
    """Check falls(trace) -> the iterations at which the log-likelihood fell beyond rounding."""
    trace = np.asarray(trace, dtype=float)
    got = ask(answer, trace)
    try:
        got = [int(t) for t in np.ravel(np.asarray(got, dtype=float))]
    except (TypeError, ValueError):
        raise Wrong("falls should return a list of iterations, [] if there is none.") from None
    change, noise = np.diff(trace), 1e-9 * np.abs(trace[:-1])
    right = (np.flatnonzero(change < -noise) + 1).tolist()
    if got == right:
        return
    if got == (np.flatnonzero(change < 0) + 1).tolist():
        raise Wrong("Rounding is taken for a fall. Allow 1e-9 times the size of the value before.")
    if got == (np.flatnonzero(change < -1e-9) + 1).tolist():
        raise Wrong("Rounding grows with the numbers: 1e-9 times the size of the value before.")
    if got == [t - 1 for t in right]:
        raise Wrong("Iterations are off by one: name the one that is lower, not the one before.")
    if got == right[:1]:
        raise Wrong("Only the first fall is listed. List them all.")
    if got == (np.flatnonzero(change > noise) + 1).tolist():
        raise Wrong("These are the steps at which the log-likelihood rose.")
    raise Wrong(f"The log-likelihood falls {len(right)} times here, but {len(got)} are listed.")


def failing_start(answer, x, k: int) -> None:
    """Check failing_start(x, k) -> a valid start from which EM misses the best by a nat or more."""
    got = parts(ask(answer, x, k), 3, "What failing_start returns")
    weights, means, stds = _valid(got, k)
    start = weights / weights.sum(), means, stds
    try:
        end = emlib.fit(emlib.NormalMixture(*start), x, max_iter=500, tol=0)
    except emlib.CollapsedComponent:
        raise Wrong(
            "A component dies or collapses: EM breaks down instead of getting stuck."
        ) from None
    gap = _best(x, k).log_likelihood - end.log_likelihood
    require(gap >= 1, "EM finds its way from this start, given 500 steps. What would keep it?")


def _best(x, k: int):
    starts = [emlib.starts.quantiles(x, k)]
    starts += [emlib.starts.kmeans_plus_plus(x, k, np.random.default_rng(s)) for s in range(4)]
    return emlib.best_of(starts, x)


def fit_old_faithful(answer, x) -> None:
    """Check fit_old_faithful(x) -> weights, means, stds at the maximum, shorter wait first."""
    got = parts(ask(answer, x), 3, "What fit_old_faithful returns")
    weights, means, stds = _valid(got, 2)
    best = _best(x, 2).model.sorted()
    gap = best.log_likelihood(x) - _height(x, weights, means, stds)
    if gap > 1e-3:
        raise Wrong(
            f"The log-likelihood is {gap:.3g} nats short of the best. Does the start look at the "
            "data, whatever their unit, and does the loop run long enough?"
        )
    require(means[0] < means[1], "Put the component with the shorter wait first.")
    compare(means, best.means, hint="The means are not those of the best fit.", rtol=1e-3)


# --- 3: Bounds and ellipses --------------------------------------------------------------------


def coins(rng, k: int, longest: int, n: int = 12):
    """Draw slips of up to ``longest`` tosses of k coins: tosses (n, 2), (weights, biases)."""
    weights, biases = rng.dirichlet(np.full(k, 4.0)), rng.uniform(0.15, 0.85, k)
    lengths = rng.integers(longest // 2, longest + 1, n)
    heads = rng.binomial(lengths, biases[rng.choice(k, n, p=weights)])
    return np.column_stack([heads, lengths - heads]), (weights, biases)


def coin_e_step(answer, tosses, weights, biases) -> None:
    """Check coin_e_step(tosses, weights, biases) -> responsibilities (N, K)."""
    r = ask(answer, tosses, weights, biases)
    right = _log_coins(tosses, weights, biases)
    slipped = right - xlog1py(tosses[:, 1:], -biases)
    compare(
        array(r, (len(tosses), len(weights)), "The array of responsibilities"),
        _shares(right),
        [
            ("The rows do not sum to one. Divide each row by its sum.", np.exp(right)),
            (
                "Each column sums to one, but each row should. Sum over the other axis.",
                np.exp(right - logsumexp(right, axis=0)),
            ),
            (
                "The weights are missing: π_k multiplies the probability.",
                _shares(right - np.log(weights)),
            ),
            ("The tails are missing: a tail has the probability 1 − θ_k.", _shares(slipped)),
        ],
        hint="The responsibilities are not π_k θ_kʰ (1 − θ_k)ᵗ, divided by its sum over k.",
    )


def elbo(answer, tosses, r, weights, biases) -> None:
    """Check elbo(tosses, r, weights, biases) -> float. r: (N, K), or "posterior"."""
    log_joint = _log_coins(tosses, weights, biases)
    log_likelihood = logsumexp(log_joint, axis=1).sum()
    r = _shares(log_joint) if isinstance(r, str) else r
    q, entropy = (r * log_joint).sum(), -xlogy(r, r).sum()
    n, heads = tosses.sum(axis=1), tosses[:, 0]
    orders = (gammaln(n + 1) - gammaln(heads + 1) - gammaln(n - heads + 1)).sum()
    plain = _log_coins(tosses, np.ones(len(weights)), biases)
    got = ask(answer, tosses, r, weights, biases)
    if np.size(got) == 1 and np.isnan(float(np.ravel(got)[0])) and (r == 0).any():
        raise Wrong("A share of 0 makes it NaN. r log r tends to 0: scipy.special.xlogy knows.")
    compare(
        number(got, "The bound"),
        q + entropy,
        [
            ("The sign of −r log r is wrong: it raises the bound.", q - entropy),
            ("The part −r log r is missing. This is Q, not the bound.", q),
            ("This is the log-likelihood. The bound depends on r.", log_likelihood),
            ("The weights π_k are missing.", (r * plain).sum() + entropy),
            (
                "No binomial coefficient: the slips record the order of the tosses.",
                q + entropy + orders,
            ),
            ("The sign of the bound is wrong.", -q - entropy),
            ("This is the mean over the slips. The bound is the sum.", (q + entropy) / len(n)),
        ],
        hint="The bound is not Σₙₖ rₙₖ (log π_k θ_kʰ (1 − θ_k)ᵗ − log rₙₖ).",
        rtol=1e-9,
    )


def coin_m_step(answer, tosses, r) -> None:
    """Check coin_m_step(tosses, r) -> weights, biases: (K,) each."""
    k = r.shape[1]
    got = parts(ask(answer, tosses, r), 2, "What coin_m_step returns")
    heads, tails = r.T @ tosses[:, 0], r.T @ tosses[:, 1]
    n, lengths = r.sum(axis=0), tosses.sum(axis=1)
    _weights(array(got[0], (k,), ARRAYS[0]), r)
    each = tosses[:, 0] / lengths
    compare(
        array(got[1], (k,), "The array of biases"),
        heads / (heads + tails),
        [
            ("Divide by expected tosses, not by expected slips.", heads / n),
            ("Divide by the tosses expected of this coin, not by all.", heads / lengths.sum()),
            ("This is the probability of tails.", tails / (heads + tails)),
            (
                "Weigh by tosses: do not average each slip's share of heads.",
                r.T @ each / n,
            ),
            (
                "The biases are in the wrong order: θ_k belongs to column k.",
                (heads / (heads + tails))[::-1],
            ),
            ("These are odds. A bias is heads out of heads and tails.", heads / tails),
        ],
        hint="The biases are not expected heads out of expected tosses.",
    )


def _weights(got, r) -> None:
    n, k = r.sum(axis=0), r.shape[1]
    compare(
        got,
        n / len(r),
        [
            ("These are the counts N_k. Weights sum to one: divide by N.", n),
            ("The weights are not updated: they are N_k / N, not 1/K.", np.full(k, 1 / k)),
            ("The weights are in the wrong order: π_k belongs to column k.", n[::-1] / len(r)),
        ],
        hint="The weights are not N_k / N, where N_k is the sum of column k.",
    )


def gaussian_m_step(answer, x, r) -> None:
    """Check m_step(x, r) -> weights (K,), means (K, D), covariances (K, D, D)."""
    (n_rows, d), k = x.shape, r.shape[1]
    got = parts(ask(answer, x, r), 3, "What m_step returns")
    _weights(array(got[0], (k,), ARRAYS[0]), r)
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    every = np.broadcast_to(x.mean(axis=0), (k, d))
    compare(
        array(got[1], (k, d), ARRAYS[1]),
        means,
        [
            ("Divide by N_k, the sum of column k, not by N.", r.T @ x / n_rows),
            ("All means are equal: you average x without responsibilities.", every),
            (
                "Both coordinates of a mean are equal: a sum without axis= adds up everything.",
                np.broadcast_to((r.T @ x).sum(axis=1, keepdims=True) / n[:, None], (k, d)),
            ),
        ],
        hint="The means are not Σₙ rₙₖ xₙ / N_k. Which axis do you sum over?",
    )
    right = _scatter(x, r, means) / n[:, None, None]
    diagonal = right * np.eye(d)
    compare(
        array(got[2], (k, d, d), "The array of covariances"),
        right,
        [
            (
                "Divide by N_k itself, not by N_k − 1: maximum likelihood takes no correction.",
                right * (n / (n - 1))[:, None, None],
            ),
            ("Divide by N_k, the sum of column k, not by N.", right * n[:, None, None] / n_rows),
            ("Divide by N_k: this is the sum itself.", right * n[:, None, None]),
            ("Standard deviations stand where variances belong, on a diagonal.", np.sqrt(diagonal)),
            ("The coordinates vary together: the parts off the diagonal are missing.", diagonal),
            (
                "You measure from the mean of all data. Each Σ_k is about its own new mean μ_k.",
                _scatter(x, r, every) / n[:, None, None],
            ),
            (
                "The responsibilities are missing in Σ_k.",
                _scatter(x, np.ones_like(r), means) / n_rows,
            ),
            (
                "Every component has one and the same covariance. Each has its own Σ_k.",
                np.broadcast_to((right * n[:, None, None]).sum(axis=0) / n_rows, right.shape),
            ),
        ],
        hint="The covariances are not Σₙ rₙₖ (xₙ − μ_k)(xₙ − μ_k)ᵀ / N_k.",
    )


def _scatter(x, r, means) -> np.ndarray:
    gaps = x[:, None] - means
    return np.einsum("nk,nki,nkj->kij", r, gaps, gaps)


def diary(answer, x, numbered_steps) -> None:
    """Check Diary(x), called once with each of some steps: [(0, Step), (1, Step), …]."""
    steps, made = [step for _, step in numbered_steps], []

    @given
    def make(x):
        made.append(answer(x))
        return True

    @given
    def write(step):
        made[0](step)
        return True

    ask(make, x)
    for step in steps:
        ask(write, step)
    trace, figures = getattr(made[0], "trace", None), getattr(made[0], "figures", None)
    require(np.ndim(trace) == 1 and len(trace) > 0, "diary.trace is empty. Append to it each time.")
    require(len(trace) == len(steps), "diary.trace should hold one number for every step.")
    right = [step.log_likelihood for step in steps]
    compare(
        trace, right, hint="diary.trace should hold the log-likelihood of each step.", rtol=1e-9
    )
    require(
        len(figures or ()) == len(steps), "diary.figures should hold one figure for every step."
    )
    require(len(set(map(id, figures))) == len(steps), "It is one and the same figure every time.")
    for step, figure in zip(steps, figures, strict=True):
        _drawn(figure, x, step.model)


def _drawn(figure, x, model) -> None:
    require(getattr(figure, "axes", None), "A figure in the diary is empty.")
    axes = figure.axes[0]
    points = [np.asarray(c.get_offsets()) for c in axes.collections if len(c.get_offsets()) > 1]
    points += [line.get_xydata() for line in axes.lines]
    points = np.concatenate([p for p in points if p.shape[1] == 2] or [np.empty((0, 2))])
    drawn = {tuple(np.round(p, 6)) for p in np.ma.getdata(points)}
    require({tuple(np.round(p, 6)) for p in x} <= drawn, "Not all points x are in every figure.")
    low, high = np.sort([axes.get_xlim(), axes.get_ylim()]).T
    inside = ((low <= x) & (x <= high)).all()
    require(inside, "Some points lie outside the axes. Let their limits follow the data.")
    curves = _curves(axes)
    for mean, covariance in zip(model.means, model.covariances, strict=True):
        root = np.linalg.inv(np.linalg.cholesky(covariance))
        rounds = [(curve - mean) @ root.T for curve in curves]
        for s in (1, 2):
            if not any(_circle(y, s) for y in rounds):
                raise Wrong(_what_ellipse(rounds, curves, mean, covariance, s))


def _curves(axes) -> list[np.ndarray]:
    """Return every curve drawn on the axes, as points (M, 2) in the units of the data."""
    axes.figure.canvas.draw()
    paths = [p.get_transform().transform_path(p.get_path()) for p in axes.patches]
    paths += [axes.transData.transform_path(line.get_path()) for line in axes.lines]
    for c in axes.collections:
        if len(c.get_offsets()) <= 1:
            paths += [c.get_transform().transform_path(path) for path in c.get_paths()]
    back = axes.transData.inverted()
    polygons = [polygon for path in paths for polygon in path.to_polygons(closed_only=False)]
    return [back.transform(polygon) for polygon in polygons if len(polygon) > 12]


def _circle(y, radius: float) -> bool:
    """Return whether points y (M, 2) run all the way round a circle of that radius about 0."""
    right = np.abs(np.hypot(*y.T) / radius - 1) < 0.03
    angles = np.sort(np.arctan2(y[:, 1], y[:, 0]))
    widest = np.diff(np.append(angles, angles[0] + 2 * np.pi)).max()
    return bool(right.all() and widest < 0.8)


def _what_ellipse(rounds, curves, mean, covariance, s: int) -> str:
    which = f"There is no ellipse at {s}σ about a mean: "
    if not rounds:
        return which + "no curve is drawn at all."
    if any(_circle(y, s / 2) for y in rounds):
        return which + "yours is half as long. An Ellipse wants whole lengths, 2s√λ."
    values, vectors = np.linalg.eigh(covariance)
    reaches = [np.ptp((curve - mean) @ vectors, axis=0) / 2 for curve in curves]
    if any(np.allclose(reach, s * values, rtol=0.05) for reach in reaches):
        return which + "yours has half-lengths λ. They are the roots of the eigenvalues."
    if any(np.allclose(np.ptp(c, axis=0) / 2, s * np.sqrt(values), rtol=0.05) for c in curves):
        return which + "yours does not lean. Turn it along the eigenvectors."
    return which + "the parameters are those of step.model. Look at lengths and angle."


def best_fit(answer, x, plateau: bool) -> None:
    """Check best_fit(x, starts) -> the best model, from a plateau or from a mixed lot of starts."""
    centre, scale = x.mean(axis=0), x.std(axis=0)

    def start(corners, width=1.0):
        wide = np.diag(scale**2 * width)
        return emlib.GaussianMixture([0.5, 0.5], centre + scale * corners, [wide, wide])

    slow = start(np.array([[-1.5, 1.5], [1.5, -1.5]]))
    lost = start(np.array([[0.0, 0.0], [1e4, 1e4]]), width=1e-2)
    same = start(np.zeros((2, 2)))
    starts = [slow] if plateau else [same, lost, slow]
    got = ask(answer, x, starts, allowed=("emlib",))
    got = getattr(got, "model", got)
    require(isinstance(got, emlib.GaussianMixture), "best_fit should return a GaussianMixture.")
    gap = emlib.best_of(starts, x).log_likelihood - got.log_likelihood(x)
    require(
        gap < 0.01, f"It ends {gap:.3g} nats below the best. Is that a plateau, or a bad start?"
    )


def poisson(answer, x, weights, rates) -> None:
    """Check a class PoissonMixture(weights, rates) with e_step and m_step, one step and a fit."""
    model = answer(weights, rates)
    step, log_likelihood = _poisson_step(answer, model, x)
    log_joint = _log_poisson(x, weights, rates)
    right = logsumexp(log_joint, axis=1).sum()
    compare(
        log_likelihood,
        right,
        [
            (
                "The factorial is missing: log p(x) has the term −log x!.",
                right + gammaln(x + 1).sum(),
            ),
            ("This is the mean of log p(x). The log-likelihood is the sum.", right / len(x)),
            ("The sign of the log-likelihood is wrong.", -right),
            (
                "The weights are missing in the log-likelihood.",
                logsumexp(log_joint - np.log(weights), axis=1).sum(),
            ),
            (
                "The term −λ is missing in log p(x).",
                logsumexp(log_joint + rates, axis=1).sum(),
            ),
        ],
        hint="The log-likelihood of e_step is not Σₙ log Σ_k π_k Poisson(xₙ; λ_k).",
        rtol=1e-9,
    )
    _poisson_compare(step, *_poisson_oracle(x, weights, rates))
    fitted = emlib.fit(model, x, max_iter=30, tol=0).model
    for _ in range(30):
        weights, rates = _poisson_oracle(x, weights, rates)
    _poisson_compare(fitted, weights, rates)


BLOCKS = "Blocks of data go wrong: the statistics must be sums over the data, not averages."


def poisson_blocks(answer, x, weights, rates) -> None:
    """Check that the statistics of blocks add up to those of all data."""
    blocks = np.split(x, [7, 8, 30])
    whole = emlib.fit(answer(weights, rates), x, max_iter=3, tol=0).model
    try:
        pieces = emlib.fit(answer(weights, rates), blocks, max_iter=3, tol=0).model
    except ValueError as error:
        raise Wrong(f"{BLOCKS} fit says: {error}.") from None
    same = np.allclose(whole.rates, pieces.rates) and np.allclose(whole.weights, pieces.weights)
    require(same, BLOCKS)
    for _ in range(3):
        weights, rates = _poisson_oracle(x, weights, rates)
    _poisson_compare(pieces, weights, rates)


def _poisson_step(answer, model, x):
    before = copy.deepcopy((model.weights, model.rates))
    expected = ask(model.e_step, x, allowed=("emlib",))
    two = hasattr(expected, "statistics") and hasattr(expected, "log_likelihood")
    require(two, "e_step should return Expected(statistics, log_likelihood).")
    step = ask(model.m_step, expected, allowed=("emlib",))
    kept = all(map(np.array_equal, before, (model.weights, model.rates)))
    require(kept, "m_step changes the model it belongs to. Return a new one.")
    alike = hasattr(step, "weights") and hasattr(step, "rates") and isinstance(step, answer)
    require(alike, "m_step should return a new PoissonMixture.")
    return step, number(expected.log_likelihood, "The log-likelihood of e_step")


def _poisson_oracle(x, weights, rates):
    r = _shares(_log_poisson(x, weights, rates))
    return r.mean(axis=0), x @ r / r.sum(axis=0)


def _poisson_compare(model, weights, rates) -> None:
    k = len(weights)
    compare(
        array(model.weights, (k,), ARRAYS[0]),
        weights,
        hint="After m_step, the weights are not the average responsibilities N_k / N.",
    )
    compare(
        array(model.rates, (k,), "The array of rates"),
        rates,
        hint="After m_step, the rates are not Σₙ rₙₖ xₙ / N_k.",
    )


# --- Formulas ----------------------------------------------------------------------------------


def _log_coins(tosses, weights, biases) -> np.ndarray:
    """Return log π_k + h log θ_k + t log(1 − θ_k): (N, K)."""
    heads, tails = tosses[:, :1], tosses[:, 1:]
    return np.log(weights) + xlogy(heads, biases) + xlog1py(tails, -biases)


def _log_poisson(x, weights, rates) -> np.ndarray:
    """Return log π_k + log Poisson(xₙ; λ_k): (N, K)."""
    x = np.asarray(x)[:, None]
    return np.log(weights) + xlogy(x, rates) - rates - gammaln(x + 1)


def _log_joint(x, weights, means, stds) -> np.ndarray:
    """Return log π_k + log N(xₙ; μ_k, σ_k²): (N, K)."""
    y = (np.asarray(x)[:, None] - means) / stds
    return np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - y**2 / 2


def _slipped(x, weights, means, stds) -> np.ndarray:
    """Return the same with exp(−(x − μ)² / 2 * σ²): a pair of parentheses is missing."""
    gap = np.asarray(x)[:, None] - means
    return np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - gap**2 / 2 * stds**2


def _half_squared(x, weights, means, stds) -> np.ndarray:
    """Return the same with exp(−(x − μ)² / 2σ): only the exponent lacks a square."""
    y = (np.asarray(x)[:, None] - means) / np.sqrt(stds)
    return np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - y**2 / 2


def _shares(log_joint) -> np.ndarray:
    """Return the responsibilities that belong to a table of log π_k p_k(xₙ), (N, K)."""
    return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))


_GIVEN.add(bakery.__code__)
_PRISTINE = _snapshot()
if "NBGRADER_EXECUTION" in os.environ:
    from IPython import get_ipython

    get_ipython().events.register("pre_run_cell", lambda info: _restore())
