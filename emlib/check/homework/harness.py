"""How a test of the homework runs, and how it calls a student's function."""

import io
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import numpy as np

from .._feedback import Feedback, Wrong, call, judge
from . import watch

LIBRARIES = ("sklearn", "emlib")
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
        watch.restore()
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
    watched = watch.watched(function, banned, used) if callable(function) else function
    answer = call(watched, *arguments, **named)
    if used:
        raise Wrong(f"This task asks for your own code, but yours calls {' and '.join(used)}.")
    return answer


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
