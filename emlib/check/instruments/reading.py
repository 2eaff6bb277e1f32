"""What an instrument says, and what becomes of everything that can happen while it looks."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import numpy as np

from .._feedback import Feedback, NotYet, Wrong, attempted, describe


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
            return Reading("wrong", f"The code could not be examined: {describe(error)}.")

    return read
