"""Tests for the homework: the same hints as the exercises', but a wrong answer costs points.

A test in a homework notebook is a function of a random generator, run on the spot by :func:`test`.
It hands the student's functions to the checks below, together with data; a visible and a hidden
test differ in their data alone. A failed test raises :class:`NotPassed`, which shows as one
sentence.

Each check computes the right answer by itself, on the data it is given, and compares. While a
student's function runs it is watched: what it prints is swallowed, its warnings are muted, calls to
packages that the task does not allow are noted, and functions that it replaces are put back.
"""

import io
import os
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import CodeType, ModuleType

import numpy as np
from scipy.special import logsumexp

import emlib

from ._feedback import (
    Feedback,
    Wrong,
    _judge,
    array,
    call,
    compare,
    fresh,
    number,
    parts,
    require,
)

LIBRARIES = ("sklearn", "emlib")
STOPPED = "Stopped before it had finished. Is there a loop that never ends?"


class NotPassed(AssertionError):
    """A test that was not passed: one sentence, without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


def test(why: str):
    """Run the decorated test at once: print ✓ and why, or raise NotPassed with a hint.

    The test is called with a generator that nobody has seen; it raises Wrong or NotYet.
    """

    def run(body) -> None:
        _restore()
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                feedback = _judge(lambda: body(fresh()), (), why)
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
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if event == "call" and package in banned and frame.f_code not in _GIVEN:
            used.add(package)

    def watched(*arguments, **named):
        sys.setprofile(look)
        try:
            return function(*arguments, **named)
        finally:
            sys.setprofile(None)
            _restore()

    return watched


def _snapshot() -> list[tuple[object, dict]]:
    """Return what a submission may not replace: the functions of emlib, numpy and Python."""
    modules = [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("emlib", "numpy", "math", "builtins")
        and isinstance(module, ModuleType)
    ]
    classes = [thing for thing in vars(emlib).values() if isinstance(thing, type)]
    return [(owner, _functions(owner)) for owner in (*modules, *classes)]


def _functions(owner) -> dict:
    # The kernel itself exchanges input() around every cell.
    return {
        name: member
        for name, member in vars(owner).items()
        if (callable(member) or isinstance(member, property)) and name not in ("input", "_")
    }


def _restore() -> None:
    """Put back every function that has been replaced since this module was imported."""
    for owner, members in _PRISTINE:
        now = vars(owner)
        for name, member in members.items():
            if now.get(name) is not member:
                setattr(owner, name, member)


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
                "A variance stands where a standard deviation belongs: divide (x − μ)² by 2σ².",
                _shares(_log_joint(x, weights, means, np.sqrt(stds)) - np.log(stds) / 2),
            ),
            (
                "A variance stands where a standard deviation belongs. stds are σ, not σ².",
                _shares(_log_joint(x, weights, means, np.sqrt(stds))),
            ),
            (
                "A variance stands where a standard deviation belongs. stds are σ, not σ².",
                _shares(_log_joint(x, weights, means, stds**2)),
            ),
            (
                "Look at the parentheses: / 2 * σ**2 multiplies by σ². You want / (2 * σ**2).",
                _shares(_slipped(x, weights, means, stds)),
            ),
            (
                "The factor 1/σ of the normal density is missing. Wide components get too much.",
                _shares(right + np.log(stds)),
            ),
        ],
        hint="The responsibilities are not π_k N(x; μ_k, σ_k²), divided by its sum over k.",
    )
    _log_likelihood(got[1], right, stds)


def _log_likelihood(got, right, stds) -> None:
    """Compare a log-likelihood with the one of the table log π_k N(xₙ; μ_k, σ_k²), (N, K)."""
    each = logsumexp(right, axis=1)
    compare(
        number(got, "The log-likelihood"),
        each.sum(),
        [
            ("The sign of the log-likelihood is wrong: it is to be maximised.", -each.sum()),
            ("This is the mean of log p(x). The log-likelihood is the sum.", each.mean()),
            ("This is the likelihood of one. Sum log p(x) over all observations.", each[-1]),
            ("This is the sum of p(x). Take the log of each before you sum.", np.exp(each).sum()),
            ("Sum over components first, then take the log, then sum over data.", right.sum()),
            (
                "The constant 1/√(2π) of the normal density is missing.",
                each.sum() + len(each) * np.log(2 * np.pi) / 2,
            ),
        ],
        hint="The log-likelihood is not Σₙ log Σ_k π_k N(xₙ; μ_k, σ_k²) at these parameters.",
        rtol=1e-8,
    )


def m_step(answer, x, r) -> None:
    """Check m_step(x, responsibilities) -> weights, means, stds: (K,) each."""
    k = np.shape(r)[1]
    got = parts(ask(answer, x, r), 3, "What m_step returns")
    weights, means, stds = (
        array(part, (k,), name)
        for part, name in zip(got, ("The weights", "The means", "The stds"), strict=True)
    )
    n = r.sum(axis=0)
    mu = x @ r / n
    variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n
    compare(
        weights,
        n / len(x),
        [
            ("These are the counts N_k. Weights sum to one: divide by N.", n),
            ("The weights are not updated: they are N_k / N, not 1/K.", np.full(k, 1 / k)),
            ("The weights are in the wrong order: π_k belongs to column k.", n[::-1] / len(x)),
        ],
        hint="The weights are not N_k / N, where N_k is the sum of column k.",
    )
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
    start = [
        array(part, (k,), name)
        for part, name in zip(got, ("The weights", "The means", "The stds"), strict=True)
    ]
    weights, _, stds = start
    require((weights > 0).all(), "A weight is 0: that component is not in the start at all.")
    require(abs(weights.sum() - 1) < 1e-8, "The weights do not sum to one.")
    require((stds > 0).all(), "A std is not positive: such a start is not a mixture.")
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
    starts += [emlib.starts.kmeans_plus_plus(x, k, np.random.default_rng(s)) for s in range(10)]
    return emlib.best_of(starts, x)


def fit_old_faithful(answer, x, stop=None) -> None:
    """Check fit_old_faithful(x) -> weights, means, stds at the maximum, shorter wait first."""
    got = parts(ask(answer, x), 3, "What fit_old_faithful returns")
    weights, means, stds = (
        array(part, (2,), name)
        for part, name in zip(got, ("The weights", "The means", "The stds"), strict=True)
    )
    require((weights > 0).all() and abs(weights.sum() - 1) < 1e-6, "The weights do not sum to one.")
    require((stds > 0).all(), "A std is not positive.")
    best = _best(x, 2).model.sorted()
    gap = best.log_likelihood(x) - logsumexp(_log_joint(x, weights, means, stds), axis=1).sum()
    if gap > 1e-3:
        raise Wrong(
            f"The log-likelihood is {gap:.3g} nats short of the best. Does the start look at the "
            "data, whatever their unit, and does the loop run long enough?"
        )
    require(means[0] < means[1], "Put the component with the shorter wait first.")
    compare(means, best.means, hint="The means are not those of the best fit.", rtol=1e-3)


# --- Formulas ----------------------------------------------------------------------------------


def _log_joint(x, weights, means, stds) -> np.ndarray:
    """Return log π_k + log N(xₙ; μ_k, σ_k²): (N, K)."""
    y = (np.asarray(x)[:, None] - means) / stds
    return np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - y**2 / 2


def _slipped(x, weights, means, stds) -> np.ndarray:
    """Return the same with exp(−(x − μ)² / 2 * σ²): a pair of parentheses is missing."""
    gap = np.asarray(x)[:, None] - means
    return np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - gap**2 / 2 * stds**2


def _shares(log_joint) -> np.ndarray:
    """Return the responsibilities that belong to a table of log π_k p_k(xₙ), (N, K)."""
    return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))


_PRISTINE = _snapshot()
if "NBGRADER_EXECUTION" in os.environ:
    from IPython import get_ipython

    get_ipython().events.register("pre_run_cell", lambda info: _restore())
