"""The instrument that asks whether a run was over."""

from .._feedback import Wrong
from .dialects import others, refusal
from .exact import log_likelihood, summit
from .examined import answer_of
from .kinds import nudged
from .reading import Reading, instrument


@instrument
def stopping(answer, x) -> Reading:
    """Require an answer to be at the top of its hill.

    answer is a model, theta, or a function of x that gives one. Exact EM goes on from there, and
    once more after a nudge of the means by 3 % of the data's spread. If that gains more than
    0.001 nats, the code stopped too early.
    """
    code = answer_of(answer, x)
    m_step = code.exact_m_step(code.theta)
    here = log_likelihood(x, code.theta)
    gain = summit(x, code.theta, m_step) - here
    if gain > 1e-3:
        for dialect, read in others(code.theta).items():
            top = read(*code.theta)
            if summit(x, top, m_step) - log_likelihood(x, top) <= 1e-3:
                raise refusal(dialect, code.theta, "by where this is the top of a hill")
        raise Wrong(f"Stopped too early: more steps gain {gain:.4f} nats.")
    gain = summit(x, nudged(code.theta, x), m_step) - here
    if gain > 1e-3:
        raise Wrong(f"Balanced on a saddle: after a nudge, more steps gain {gain:.4f} nats.")
    return f"At the top of its hill, at {here:.4f} nats."
