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
from .nb02 import believe, gradient, log_sum_exp
from .nb03 import relabellings, spike, stationary_points
from .nb04 import break_symmetry, iterate, variance
from .nb05 import coin_step, decomposition, impostor
from .nb06 import classify, good_start, loosest_tolerance
from .nb07 import covariances, cured_m_step, recovered
from .nb08 import diagnosis, ill_half, property_test, ward

__all__ = [
    "Feedback",
    "Reading",
    "believe",
    "break_symmetry",
    "classify",
    "coin_step",
    "covariances",
    "cured_m_step",
    "decomposition",
    "diagnosis",
    "equivariance",
    "good_start",
    "gradient",
    "ill_half",
    "impostor",
    "integrates_to_one",
    "is_bimodal",
    "iterate",
    "large_offset",
    "log_sum_exp",
    "loosest_tolerance",
    "moments",
    "monotone",
    "one_step",
    "permutation",
    "property_test",
    "relabellings",
    "recovered",
    "responsibilities",
    "sample",
    "sampling",
    "spike",
    "stationary_points",
    "stopping",
    "variance",
    "ward",
]
