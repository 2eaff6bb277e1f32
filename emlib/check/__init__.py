"""Instant feedback: one check an exercise, and instruments for EM code of any origin.

The exercises' checks live in one module a notebook. Each takes the answer and returns
:class:`Feedback`, shown as ✓ with the reason, ✗ with a hint, or ○ not attempted yet.
"""

from ._feedback import Feedback
from .nb04 import break_symmetry, iterate, variance
from .nb06 import classify, good_start, loosest_tolerance

__all__ = [
    "Feedback",
    "break_symmetry",
    "classify",
    "good_start",
    "loosest_tolerance",
    "iterate",
    "variance",
]
