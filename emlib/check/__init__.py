"""Instant feedback: one check an exercise, and instruments for EM code of any origin.

The exercises' checks live in one module a notebook. Each takes the answer and returns
:class:`Feedback`, shown as ✓ with the reason, ✗ with a hint, or ○ not attempted yet.
"""

from ._feedback import Feedback

__all__ = ["Feedback"]
