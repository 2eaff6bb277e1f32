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
apply. To healthy code whose theta has another form, or holds variances, it says – and what to hand
over (notebook 08, "Your own code", has an adapter). None ever raises. What is right comes from the
textbook's plain formulas, which share no code with emlib's own EM, so that emlib can be examined
too.
"""

from .densities import integrates_to_one, sampling
from .reading import Reading
from .steps import equivariance, large_offset, monotone, one_step, permutation, responsibilities
from .stopping import stopping

__all__ = [
    "Reading",
    "equivariance",
    "integrates_to_one",
    "large_offset",
    "monotone",
    "one_step",
    "permutation",
    "responsibilities",
    "sampling",
    "stopping",
]
