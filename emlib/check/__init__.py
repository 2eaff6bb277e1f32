"""Instant feedback: one check an exercise, and instruments for EM code of any origin.

The exercises' checks live in one module a notebook. Each takes the answer and returns
:class:`Feedback`, shown as ✓ with the reason, ✗ with a hint, or ○ not attempted yet.
"""

from ._feedback import Feedback
from .instruments import (
    Reading,
    equivariance,
    integrates_to_one,
    large_offset,
    monotone,
    one_step,
    permutation,
    responsibilities,
    sampling,
    stopping,
)
from .nb01 import is_bimodal, moments, sample
from .nb04 import break_symmetry, iterate, variance
from .nb06 import classify, good_start, loosest_tolerance

__all__ = [
    "Feedback",
    "Reading",
    "break_symmetry",
    "classify",
    "equivariance",
    "good_start",
    "integrates_to_one",
    "is_bimodal",
    "iterate",
    "large_offset",
    "loosest_tolerance",
    "moments",
    "monotone",
    "one_step",
    "permutation",
    "responsibilities",
    "sample",
    "sampling",
    "stopping",
    "variance",
]
