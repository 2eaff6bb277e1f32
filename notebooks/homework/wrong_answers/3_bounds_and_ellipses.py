"""Wrong submissions of *Bounds and ellipses*: what is wrong, the cells that differ, what it costs.

what       the fault; a number in brackets is its number in the clinic
cells      the code of these cells; all others hold the model solution
lost       the tests that must fail, and no others
hint       what the feedback must say
sample     whether it goes through nbgrader in every test run, and not only in `make homework-check`
Submissions that do more than answer a task wrongly also say how: see tests/homework/submissions.py.
"""

COINS = "test_coin_e_step test_coin_e_step_long"
ELBO = "test_elbo test_elbo_any"
BETTER = "test_coin_m_step test_coin_m_step_any"
M_STEP = "test_m_step test_m_step_any test_m_step_offset"
DIARY = "test_diary test_diary_any"
BEST = "test_best_fit test_best_fit_any"
POISSON = "test_poisson test_poisson_any test_poisson_blocks"
EVERYTHING = f"{COINS} {ELBO} {BETTER} {M_STEP} {DIARY} {BEST} {POISSON}"

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


WRONG = {
    # --- Coins ---
    "exponentials_of_long_slips": {
        "what": "[30] powers of probabilities: 0/0 for long slips",
        "cells": {
            "coin_e_step": """
def coin_e_step(tosses, weights, biases):
    p = weights * biases ** tosses[:, :1] * (1 - biases) ** tosses[:, 1:]
    return p / p.sum(axis=1, keepdims=True)
"""
        },
        "lost": "test_coin_e_step_long",
        "hint": "The array of responsibilities holds NaN",
    },
    "rows_do_not_sum_to_one": {
        "what": "[29] responsibilities that are not normalised",
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
        "what": "[17] the coins are taken to be equally common",
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
        "what": "[4] the sign of the entropy",
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
    "q_for_bound": {
        "what": "[28] Q is taken for the bound",
        "cells": {
            "elbo": """
def elbo(tosses, r, weights, biases):
    return (r * (np.log(weights) + tosses @ np.log([biases, 1 - biases]))).sum()
"""
        },
        "lost": ELBO,
        "hint": "This is Q, not the bound",
    },
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
    "frozen_and_swapped": {
        "what": "[16] the weights are frozen, and the biases swapped",
        "cells": {
            "coin_m_step": """
def coin_m_step(tosses, r):
    heads, tails = r.T @ tosses[:, 0], r.T @ tosses[:, 1]
    return np.full(r.shape[1], 1 / r.shape[1]), (heads / (heads + tails))[::-1]
"""
        },
        "lost": BETTER,
        "hint": "The weights are not updated",
    },
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
    "missing_axis": {
        "what": "[12] the sum over observations also runs over coordinates",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = np.array([np.full(x.shape[1], (r[:, [k]] * x).sum()) / n[k] for k in range(len(n))])
    gaps = x[:, None] - means
    return n / len(x), means, np.einsum("nk,nki,nkj->kij", r, gaps, gaps) / n[:, None, None]
"""
        },
        "lost": M_STEP,
        "hint": "Both coordinates of a mean are equal",
    },
    "std_on_the_diagonal": {
        "what": "[23] standard deviations on the diagonal, where variances belong",
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
    "old_means": {
        "what": "[25] covariances about a mean that is not the new one",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    gaps = x - x.mean(axis=0)
    return n / len(x), means, np.einsum("nk,ni,nj->kij", r, gaps, gaps) / n[:, None, None]
"""
        },
        "lost": "test_m_step test_m_step_any test_m_step_offset",
        "hint": "about its own new mean",
    },
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
        "what": "[21] all components share one covariance",
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
    "cancellation": {
        "what": "[2] the covariance as E[xxᵀ] − μμᵀ",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = r.T @ x / n[:, None]
    second = np.einsum("nk,ni,nj->kij", r, x, x) / n[:, None, None]
    return n / len(x), means, second - means[:, :, None] * means[:, None, :]
"""
        },
        "lost": "test_m_step_offset",
        "hint": "cancels nearly all digits",
    },
    "dimension_overwritten": {
        "what": "[13] d the dimension is overwritten by another d",
        "cells": {
            "m_step": """
def m_step(x, r):
    d = x.shape[1]
    d, h = np.histogram(x)
    n = r.sum(axis=0)
    means = np.zeros((len(n), d))
    return n / len(x), means, means
"""
        },
        "lost": M_STEP,
        "hint": "Your function stopped with TypeError",
    },
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
    "loose_tolerance": {
        "what": "[32] a tolerance of a thousandth of a nat an observation",
        "cells": {
            "best_fit": """
def best_fit(x, starts):
    return best_of(starts, x, tol=1e-3 * len(x)).model
"""
        },
        "lost": BEST,
        "hint": "Is that a plateau",
    },
    "twenty_five_iterations": {
        "what": "[26] until convergence means 25 iterations",
        "cells": {
            "best_fit": """
def best_fit(x, starts):
    return best_of(starts, x, max_iter=25, tol=0).model
"""
        },
        "lost": BEST,
        "hint": "Is that a plateau",
    },
    "first_start_only": {
        "what": "only the first start is tried",
        "cells": {"best_fit": "def best_fit(x, starts):\n    return fit(starts[0], x).model\n"},
        "lost": "test_best_fit_any",
        "hint": "nats below the best",
    },
    "dies_with_one_start": {
        "what": "[15] one start that collapses ends everything",
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
        "sample": True,
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
        "sample": True,
    },
}
