"""Wrong submissions of *Bounds and ellipses*: what is wrong, the cells that differ, what it costs.

what       the fault; with a number in brackets it is a patient's of the clinic, whose own code is
           handed in (emlib.check.patients; ill() is in tests/homework/clinic.py)
cells      the code of these cells; all others hold the model solution
lost       the tests that must fail, and no others
hint       what the feedback must say
sample     whether it goes through nbgrader in every test run, and not only in `make homework-check`
Submissions that do more than answer a task wrongly also say how: see tests/homework/submissions.py.
"""

from clinic import ill

from emlib.check.patients import Coins, Gaussian

COINS = "test_coin_e_step test_coin_e_step_long"
ELBO = "test_elbo test_elbo_any"
BETTER = "test_coin_m_step test_coin_m_step_any"
M_STEP = "test_m_step test_m_step_any test_m_step_offset"
DIARY = "test_diary test_diary_any"
BEST = "test_best_fit test_best_fit_any"
POISSON = "test_poisson test_poisson_any test_poisson_blocks"
EVERYTHING = f"{COINS} {ELBO} {BETTER} {M_STEP} {DIARY} {BEST} {POISSON}"

# How a program of the clinic answers these tasks.
BY_Q = """
program.pdf = lambda tosses, biases, _: np.exp(tosses @ np.log([biases, 1 - biases]))


def elbo(tosses, r, weights, biases):
    program.e_step = lambda *_: r
    return program.q(tosses, weights, biases, None)
"""
# A fault of one dimension in any other: covariances are made of variances.
BY_VARIANCES = """
def m_step(x, r):
    def variance(x):
        return program.m_step(x, r)[2] ** 2

    covariances = [[variance(a + b) - variance(a - b) for a in x.T] for b in x.T]
    return *Gaussian().m_step(x, r)[:2], np.moveaxis(covariances, 2, 0) / 4
"""
BY_RUNS = """
def best_fit(x, starts):
    starts = [(start.weights, start.means, start.covariances) for start in starts]
    ends = [program.run(x, start) for start in starts]
    theta, trace = max(ends, key=lambda end: end[1][-1])
    return GaussianMixture(*theta)
"""
BY_START = """
def best_fit(x, starts):
    return fit(GaussianMixture(*program.start(x)), x).model
"""

# A Poisson model, for faults in one of its two methods.
POISSON_HEAD = """
@dataclass(frozen=True)
class PoissonMixture:
    weights: np.ndarray
    rates: np.ndarray
"""
POISSON_E = """
    def e_step(self, x):
        log_p = xlogy(x[:, None], self.rates) - self.rates - gammaln(x + 1)[:, None]
        log_joint = np.log(self.weights) + log_p
        total = np.logaddexp.reduce(log_joint, axis=1)
        r = np.exp(log_joint - total[:, None])
        return Expected(np.array([r.sum(axis=0), x @ r]), float(total.sum()))
"""
POISSON_M = """
    def m_step(self, expected):
        n, cups = expected.statistics
        return PoissonMixture(n / n.sum(), cups / n)
"""


def diary(ellipse):
    """A diary whose ellipses are drawn by this line, for mean, values, vectors and s."""
    return f"""
class Diary:
    def __init__(self, x):
        self.x, self.trace, self.figures = x, [], []

    def __call__(self, step):
        figure, ax = plt.subplots()
        ax.scatter(*self.x.T)
        for mean, covariance in zip(step.model.means, step.model.covariances):
            values, vectors = np.linalg.eigh(covariance)
            angle = np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))
            for s in (1, 2):
                ax.add_patch({ellipse})
        self.trace.append(step.log_likelihood)
        self.figures.append(figure)
        plt.close(figure)
"""


BY_LIMITS = f"""
{diary("Ellipse(mean, *(2 * s * np.sqrt(values)), angle=angle, fill=False)")}
draw = Diary.__call__

def within_limits(self, step):
    draw(self, step)
    self.figures[-1].axes[0].set_xlim(*program.limits(self.x[:, 0]))

Diary.__call__ = within_limits
"""

WRONG = {
    # --- Coins ---
    "exponentials_of_long_slips": ill(
        30,
        {"coin_e_step": "coin_e_step = program.e_step"},
        "test_coin_e_step_long",
        "The array of responsibilities holds NaN",
        body=Coins,
    ),
    "rows_do_not_sum_to_one": {
        "what": "responsibilities that are not normalised",
        "cells": {
            "coin_e_step": """
def coin_e_step(tosses, weights, biases):
    return weights * biases ** tosses[:, :1] * (1 - biases) ** tosses[:, 1:]
"""
        },
        "lost": COINS,
        "hint": "The rows do not sum to one",
    },
    "no_weights": {
        "what": "the coins are taken to be equally common",
        "cells": {
            "coin_e_step": """
def coin_e_step(tosses, weights, biases):
    log_p = tosses @ np.log([biases, 1 - biases])
    return np.exp(log_p - np.logaddexp.reduce(log_p, axis=1, keepdims=True))
"""
        },
        "lost": COINS,
        "hint": "The weights are missing",
    },
    "heads_only": {
        "what": "the tails of a slip are forgotten",
        "cells": {
            "coin_e_step": """
def coin_e_step(tosses, weights, biases):
    log_p = np.log(weights) + tosses[:, :1] * np.log(biases)
    return np.exp(log_p - np.logaddexp.reduce(log_p, axis=1, keepdims=True))
"""
        },
        "lost": COINS,
        "hint": "The tails are missing",
    },
    "log_of_zero_share": {
        "what": "0 log 0 is NaN",
        "cells": {
            "elbo": """
def elbo(tosses, r, weights, biases):
    log_joint = np.log(weights) + tosses @ np.log([biases, 1 - biases])
    return (r * (log_joint - np.log(r))).sum()
"""
        },
        "lost": "test_elbo_any",
        "hint": "r log r tends to 0",
    },
    "wrong_sign_of_entropy": {
        "what": "the sign of the entropy",
        "cells": {
            "elbo": """
def elbo(tosses, r, weights, biases):
    log_joint = np.log(weights) + tosses @ np.log([biases, 1 - biases])
    return (r * log_joint + xlogy(r, r)).sum()
"""
        },
        "lost": ELBO,
        "hint": "The sign of −r log r is wrong",
    },
    "q_for_bound": ill(28, {"elbo": BY_Q}, ELBO, "This is Q, not the bound"),
    "likelihood_for_bound": {
        "what": "the log-likelihood is returned, whatever r is",
        "cells": {
            "elbo": """
def elbo(tosses, r, weights, biases):
    log_joint = np.log(weights) + tosses @ np.log([biases, 1 - biases])
    return np.logaddexp.reduce(log_joint, axis=1).sum()
"""
        },
        "lost": ELBO,
        "hint": "The bound depends on r",
    },
    "binomial_coefficient": {
        "what": "a binomial coefficient is added to each slip",
        "cells": {
            "elbo": """
from scipy.stats import binom


def elbo(tosses, r, weights, biases):
    log_p = binom.logpmf(tosses[:, :1], tosses.sum(axis=1, keepdims=True), biases)
    return (r * (np.log(weights) + log_p) - xlogy(r, r)).sum()
"""
        },
        "lost": ELBO,
        "hint": "No binomial coefficient",
    },
    "average_of_fractions": {
        "what": "each slip's fraction of heads is averaged, however long the slip is",
        "cells": {
            "coin_m_step": """
def coin_m_step(tosses, r):
    fractions = tosses[:, 0] / tosses.sum(axis=1)
    return r.mean(axis=0), fractions @ r / r.sum(axis=0)
"""
        },
        "lost": "test_coin_m_step_any",
        "hint": "Weigh by tosses",
    },
    "frozen_weights": ill(
        16,
        {"coin_m_step": "coin_m_step = program.m_step"},
        BETTER,
        "The weights are not N_k / N",
        body=Coins,
    ),
    "winner_takes_all": {
        "what": "each slip is given wholly to its likelier coin",
        "cells": {
            "coin_m_step": """
def coin_m_step(tosses, r):
    hard = np.eye(r.shape[1])[r.argmax(axis=1)] + 1e-12
    heads, tails = hard.T @ tosses[:, 0], hard.T @ tosses[:, 1]
    return hard.mean(axis=0), heads / (heads + tails)
"""
        },
        "lost": BETTER,
        "hint": "The weights are not N_k / N",
    },
    # --- Clouds ---
    "missing_axis": ill(
        12, {"m_step": "m_step = program.m_step"}, M_STEP, "Both coordinates of a mean are equal"
    ),
    "std_on_the_diagonal": {
        "what": "standard deviations on the diagonal, where variances belong",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    gaps = x[:, None] - means
    variances = np.einsum("nk,nki->ki", r, gaps**2) / n[:, None]
    return n / len(x), means, np.array([np.diag(np.sqrt(v)) for v in variances])
"""
        },
        "lost": M_STEP,
        "hint": "Standard deviations stand where variances belong",
    },
    "no_covariance": {
        "what": "only the diagonal of the covariances",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    gaps = x[:, None] - means
    variances = np.einsum("nk,nki->ki", r, gaps**2) / n[:, None]
    return n / len(x), means, np.array([np.diag(v) for v in variances])
"""
        },
        "lost": M_STEP,
        "hint": "the parts off the diagonal are missing",
    },
    "old_means": ill(
        25,
        {"m_step": BY_VARIANCES.replace("(x, r)[2]", "(x, r, None, x.mean(), None)[2]")},
        M_STEP,
        "about its own new mean",
        body=Gaussian,
    ),
    "corrected": {
        "what": "divided by N_k − 1",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    gaps = x[:, None] - means
    return n / len(x), means, np.einsum("nk,nki,nkj->kij", r, gaps, gaps) / (n - 1)[:, None, None]
"""
        },
        "lost": M_STEP,
        "hint": "Divide by N_k itself, not by N_k − 1",
    },
    "one_width_for_all": {
        "what": "all components share one covariance",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    gaps = x[:, None] - means
    shared = np.einsum("nk,nki,nkj->ij", r, gaps, gaps) / len(x)
    return n / len(x), means, np.array([shared] * len(n))
"""
        },
        "lost": M_STEP,
        "hint": "Every component has one and the same covariance",
    },
    "cancellation": ill(
        2,
        {"m_step": BY_VARIANCES},
        "test_m_step_offset",
        "cancels nearly all digits",
        body=Gaussian,
    ),
    # --- The diary, the plateau ---
    "eigenvalues_for_lengths": {
        "what": "half-lengths are eigenvalues, not their roots",
        "cells": {"diary": diary("Ellipse(mean, *(2 * s * values), angle=angle, fill=False)")},
        "lost": DIARY,
        "hint": "They are the roots of the eigenvalues",
    },
    "half_the_ellipse": {
        "what": "half-lengths are given where whole lengths are wanted",
        "cells": {"diary": diary("Ellipse(mean, *(s * np.sqrt(values)), angle=angle, fill=False)")},
        "lost": DIARY,
        "hint": "An Ellipse wants whole lengths",
        "sample": True,
    },
    "halfway_round": {
        "what": "the angle of the curve runs from 0 to π, and not to 2π",
        "cells": {
            "diary": "from matplotlib.patches import Arc\n"
            + diary("Arc(mean, *(2 * s * np.sqrt(values)), angle=angle, theta2=180)")
        },
        "lost": DIARY,
        "hint": "yours does not go all the way round",
    },
    "angle_in_radians": {
        "what": "the angle is left in radians",
        "cells": {
            "diary": diary(
                "Ellipse(mean, *(2 * s * np.sqrt(values)), angle=np.radians(angle), fill=False)"
            )
        },
        "lost": DIARY,
        "hint": "There is no ellipse at 1σ about a mean",
    },
    "copied_limits": ill(7, {"diary": BY_LIMITS}, DIARY, "Some points lie outside the axes"),
    "same_figure": {
        "what": "one figure, painted over again and again",
        "cells": {
            "diary": """
class Diary:
    def __init__(self, x):
        self.x, self.trace, self.figures = x, [], []
        self.figure, self.ax = plt.subplots()

    def __call__(self, step):
        self.ax.clear()
        self.ax.scatter(*self.x.T)
        self.trace.append(step.log_likelihood)
        self.figures.append(self.figure)
"""
        },
        "lost": DIARY,
        "hint": "It is one and the same figure every time",
    },
    "dimension_overwritten": ill(13, {"best_fit": BY_RUNS}, BEST, "The truth value of an array"),
    "array_of_the_wrong_shape": ill(
        14,
        {"best_fit": BY_RUNS},
        BEST,
        "Your function stopped with IndexError",
    ),
    "loose_tolerance": {
        "what": "a tolerance of a thousandth of a nat an observation",
        "cells": {
            "best_fit": """
def best_fit(x, starts):
    return best_of(starts, x, tol=1e-3 * len(x)).model
"""
        },
        "lost": BEST,
        "hint": "Is that a plateau",
    },
    "twenty_five_iterations": ill(
        26,
        {"best_fit": BY_RUNS},
        BEST,
        "Is that a plateau",
        body=Gaussian,
    ),
    "mean_of_everything": ill(24, {"best_fit": BY_START}, BEST, "Is that a plateau"),
    "first_start_only": {
        "what": "only the first start is tried",
        "cells": {"best_fit": "def best_fit(x, starts):\n    return fit(starts[0], x).model\n"},
        "lost": "test_best_fit_any",
        "hint": "nats below the best",
    },
    "dies_with_one_start": {
        "what": "one start that collapses ends everything",
        "cells": {
            "best_fit": """
def best_fit(x, starts):
    fits = [fit(start, x) for start in starts]
    return max(fits, key=lambda end: end.log_likelihood).model
"""
        },
        "lost": "test_best_fit_any",
        "hint": "Your function stopped with CollapsedComponent",
    },
    # --- Cocoa ---
    "no_factorial": {
        "what": "log x! is left out",
        "cells": {
            "poisson": POISSON_HEAD
            + POISSON_E.replace(" - gammaln(x + 1)[:, None]", "")
            + POISSON_M
        },
        "lost": "test_poisson test_poisson_any",
        "hint": "The factorial is missing",
    },
    "factorial_overflows": {
        "what": "x! itself, which no computer can hold",
        "cells": {
            "poisson": """
from math import exp, factorial


@dataclass(frozen=True)
class PoissonMixture:
    weights: np.ndarray
    rates: np.ndarray

    def e_step(self, x):
        def p(value, rate):
            return exp(-rate) * rate ** float(value) / float(factorial(int(value)))

        joint = self.weights * np.array([[p(v, rate) for rate in self.rates] for v in x])
        r = joint / joint.sum(axis=1, keepdims=True)
        return Expected(np.array([r.sum(axis=0), x @ r]), np.log(joint.sum(axis=1)).sum())
"""
            + POISSON_M
        },
        "lost": "test_poisson_any",
        "hint": "OverflowError",
    },
    "averages_for_sums": {
        "what": "averages are handed on, which do not add up",
        "cells": {
            "poisson": POISSON_HEAD
            + POISSON_E.replace("[r.sum(axis=0), x @ r]", "[r.mean(axis=0), x @ r / r.sum(axis=0)]")
            + """
    def m_step(self, expected):
        n, rates = expected.statistics
        return PoissonMixture(n, rates)
"""
        },
        "lost": "test_poisson_blocks",
        "hint": "the statistics must be sums over the data",
    },
    "changes_itself": {
        "what": "m_step changes the model instead of making a new one",
        "cells": {
            "poisson": POISSON_HEAD.replace("(frozen=True)", "")
            + POISSON_E
            + """
    def m_step(self, expected):
        n, cups = expected.statistics
        self.weights, self.rates = n / n.sum(), cups / n
        return self
"""
        },
        "lost": "test_poisson test_poisson_any",
        "hint": "m_step changes the model it belongs to",
    },
    "rate_over_everything": {
        "what": "the cups of a component divided by all waits",
        "cells": {
            "poisson": POISSON_HEAD
            + POISSON_E
            + """
    def m_step(self, expected):
        n, cups = expected.statistics
        return PoissonMixture(n / n.sum(), cups / n.sum())
"""
        },
        "lost": POISSON,
        "hint": "the rates are not Σₙ rₙₖ xₙ / N_k",
    },
    # --- Everything else that students hand in ---
    "untouched": {
        "what": "the release, handed in as it is",
        "base": "release",
        "cells": {},
        "lost": EVERYTHING,
        "hint": "Not attempted yet",
    },
    "syntax_error": {
        "what": "code that is not Python",
        "cells": {"poisson": "class PoissonMixture\n    pass\n"},
        "lost": POISSON,
        "hint": "NameError (name 'PoissonMixture' is not defined)",
    },
    "endless_loop": {
        "what": "EM until the log-likelihood stops changing, which rounding never lets it do",
        "cells": {
            "best_fit": """
def best_fit(x, starts):
    while True:
        ends = [step for start in starts for step in zip(range(3), em_steps(start, x))]
"""
        },
        "lost": "test_best_fit test_best_fit_any",
        "hint": "Is there a loop that never ends?",
    },
    "huge_allocation": {
        "what": "an array of N × N × N × D numbers",
        "cells": {
            "m_step": """
def m_step(x, r):
    table = np.ones((len(x) * 100, len(x) * 100, len(x), x.shape[1]))
    return table, table, table
"""
        },
        "lost": M_STEP,
        "hint": "MemoryError",
    },
    "deletes_the_tests": {
        "what": "a wrong bound, and no tests to say so",
        "cells": {"elbo": "def elbo(tosses, r, weights, biases):\n    return 0.0\n"},
        "delete": "tests",
        "lost": ELBO,
        "hint": "The bound is not",
    },
    "prints_the_expected_text": {
        "what": "it prints what a passed test prints",
        "cells": {
            "elbo": """
def elbo(tosses, r, weights, biases):
    print("✓ The floor is where it should be, and touches the log-likelihood at the posterior.")
    return float("nan")
"""
        },
        "lost": ELBO,
        "hint": "The bound holds NaN",
    },
    "imports_sklearn": {
        "what": "scikit-learn does the work",
        "cells": {
            "m_step": """
def m_step(x, r):
    from sklearn.mixture._gaussian_mixture import _estimate_gaussian_parameters

    n, means, covariances = _estimate_gaussian_parameters(x, r, 0.0, "full")
    return n / len(x), means, covariances
"""
        },
        "lost": M_STEP,
        "hint": "This task asks for your own code, but yours calls sklearn",
    },
    "calls_emlib": {
        "what": "emlib's own model does the work",
        "cells": {
            "coin_e_step": """
def coin_e_step(tosses, weights, biases):
    from emlib import CoinMixture

    return CoinMixture(weights, biases).responsibilities(tosses)
"""
        },
        "lost": COINS,
        "hint": "This task asks for your own code, but yours calls emlib",
    },
    "replaces_np_testing": {
        "what": "comparisons of numpy and methods of emlib are replaced",
        "cells": {
            "best_fit": """
import emlib

np.testing.assert_allclose = np.allclose = lambda *a, **k: True
GaussianMixture.log_likelihood = lambda self, x: 0.0
emlib.best_of = lambda *a, **k: fit(a[0][0], a[1], max_iter=0)


def best_fit(x, starts):
    GaussianMixture.log_likelihood = lambda self, x: 0.0
    return starts[0]
"""
        },
        "lost": BEST,
        "hint": "nats below the best",
    },
}
