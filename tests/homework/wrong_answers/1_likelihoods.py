"""Wrong submissions of *Likelihoods*: what is wrong, the cells that differ, and what it must cost.

what       the fault; with a number in brackets it is a patient's of the clinic, whose own code is
           handed in (emlib.check.patients; ill() is in tests/homework/clinic.py)
cells      the code of these cells; all others hold the model solution
lost       the tests that must fail, and no others
hint       what the feedback must say
sample     whether it goes through nbgrader in every test run, and not only in `make homework-check`
Submissions that do more than answer a task wrongly also say how: see tests/homework/submissions.py.
"""

from clinic import WITH_FACTOR, ill, source

from emlib.check.patients import Normal

SAMPLE = "test_sample test_sample_any test_sample_chance"
HEIGHT = "test_log_likelihood test_log_likelihood_any test_log_likelihood_far"
MAP = "test_transform test_transform_any"
BOARD = "test_scoreboard test_scoreboard_any test_scoreboard_nan"
BAKERY = "test_my_bakery"
BEAT = "test_beat test_beat_any"
EVERYTHING = f"{SAMPLE} {HEIGHT} {MAP} {BOARD} {BAKERY} {BEAT}"

# How a program of the clinic answers these tasks.
BY_SAMPLE = """
def sample(n, weights, means, stds, rng):
    return program.sample(n, rng, weights, means, stds)
"""
BY_HEIGHT = "log_likelihood = program.log_likelihood"

WRONG = {
    # --- Sampling ---
    "densities_as_sample": ill(
        18,
        {"sample": BY_SAMPLE},
        "test_sample test_sample_any",
        "These are densities",
    ),
    "normal_for_uniform": ill(
        20,
        {"sample": BY_SAMPLE},
        "test_sample test_sample_any",
        "a normal one gives Φ(π)",
    ),
    "fixed_sizes": ill(
        6,
        {"sample": BY_SAMPLE},
        "test_sample_chance",
        "Every basket has the same number of each kind",
    ),
    "sizes_nearly_fixed": {
        "what": "the number of each kind is fixed, and chance has three rolls to move",
        "cells": {
            "sample": """
def sample(n, weights, means, stds, rng):
    z = np.searchsorted(np.cumsum(weights), (np.arange(n) + 0.5) / n)
    z = rng.permutation(z)
    z[:3] = rng.choice(len(weights), size=3, p=weights)
    return rng.normal(means[z], stds[z]), z
"""
        },
        "lost": "test_sample_chance",
        "hint": "Every basket has the same number of each kind",
    },
    "sorted_by_oven": {
        "what": "the draws come sorted by component",
        "cells": {
            "sample": """
def sample(n, weights, means, stds, rng):
    z = np.repeat(np.arange(len(weights)), rng.multinomial(n, weights))
    return rng.normal(means[z], stds[z]), z
"""
        },
        "lost": "test_sample_chance",
        "hint": "The draws come sorted by component",
    },
    "sum_of_variables": {
        "what": "a mixture is taken for a sum of random variables",
        "cells": {
            "sample": """
def sample(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return (weights * rng.normal(means, stds, (n, len(means)))).sum(axis=1), z
"""
        },
        "lost": "test_sample test_sample_any",
        "hint": "x and z do not belong together",
    },
    "variance_into_the_sampler": {
        "what": "rng.normal is given the variance",
        "cells": {
            "sample": """
def sample(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z] ** 2), z
"""
        },
        "lost": "test_sample test_sample_any",
        "hint": "no square, no root",
    },
    "seed_of_its_own": {
        "what": "chance comes from a generator with a fixed seed",
        "cells": {
            "sample": """
def sample(n, weights, means, stds, rng):
    rng = np.random.default_rng(0)
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z]), z
"""
        },
        "lost": "test_sample_chance",
        "hint": "Every basket is the same",
    },
    # --- The log-likelihood ---
    "no_weights": ill(
        17,
        {"log_likelihood": BY_HEIGHT},
        f"{HEIGHT} {BAKERY}",
        "The weights are missing",
    ),
    "slipped_parentheses": ill(
        19,
        {"log_likelihood": WITH_FACTOR + BY_HEIGHT},
        f"{HEIGHT} {BAKERY}",
        "Look at the parentheses",
    ),
    "wrong_sign": ill(
        4,
        {"log_likelihood": BY_HEIGHT},
        f"{HEIGHT} {BAKERY}",
        "The sign of the log-likelihood is wrong",
    ),
    "array_of_the_wrong_shape": ill(
        14,
        {"log_likelihood": "program.pdf = Normal().pdf\n" + BY_HEIGHT},
        f"{HEIGHT} {BAKERY}",
        "Your function stopped with IndexError",
    ),
    "underflow": {
        "what": "exponentials without logs, which do for the clinic's healthy programs",
        "cells": {"log_likelihood": source(Normal) + BY_HEIGHT},
        "lost": "test_log_likelihood_far",
        "hint": "For a roll of a kilogram: The log-likelihood holds infinity",
    },
    "patched_underflow": {
        "what": "the log of zero is avoided by adding a small number",
        "cells": {
            "log_likelihood": """
def log_likelihood(x, weights, means, stds):
    p = np.exp(-((x[:, None] - means) ** 2) / (2 * stds**2)) / (stds * np.sqrt(2 * np.pi))
    return np.log(p @ weights + 1e-300).sum()
"""
        },
        "lost": "test_log_likelihood_far",
        "hint": "Stay in logs",
    },
    "mean_for_sum": {
        "what": "the mean log-density is returned",
        "cells": {
            "log_likelihood": """
def log_likelihood(x, weights, means, stds):
    log_p = -((x[:, None] - means) ** 2) / (2 * stds**2) - np.log(stds * np.sqrt(2 * np.pi))
    return np.logaddexp.reduce(np.log(weights) + log_p, axis=1).mean()
"""
        },
        "lost": HEIGHT,
        "hint": "This is the mean of log p(x)",
    },
    "one_axis_short": {
        "what": "a sum over everything at once",
        "cells": {
            "log_likelihood": """
def log_likelihood(x, weights, means, stds):
    log_p = -((x[:, None] - means) ** 2) / (2 * stds**2) - np.log(stds * np.sqrt(2 * np.pi))
    return (np.log(weights) + log_p).sum()
"""
        },
        "lost": f"{HEIGHT} {BAKERY}",
        "hint": "Sum over components first",
    },
    # --- The map ---
    "log_of_variance": {
        "what": "the log of the variance, there and back",
        "cells": {
            "transform": """
def pack(weights, means, stds):
    logit = np.log(weights[0] / weights[1])
    return np.array([means[0], 2 * np.log(stds[0]), means[1], 2 * np.log(stds[1]), logit])


def unpack(theta):
    share = 1 / (1 + np.exp(-theta[4]))
    return np.array([share, 1 - share]), theta[[0, 2]], np.exp(theta[[1, 3]] / 2)
"""
        },
        "lost": MAP,
        "hint": "Take the log of the stds, not of the variances",
    },
    "overflow_far_out": {
        "what": "a logistic function that is NaN for a large logit",
        "cells": {
            "transform": """
def pack(weights, means, stds):
    logit = np.log(weights[0] / weights[1])
    return np.array([means[0], np.log(stds[0]), means[1], np.log(stds[1]), logit])


def unpack(theta):
    odds = np.exp(theta[4])
    return np.array([odds, 1]) / (1 + odds), theta[[0, 2]], np.exp(theta[[1, 3]])
"""
        },
        "lost": "test_transform_any",
        "hint": "A far-out weight holds NaN",
    },
    "no_way_back": {
        "what": "unpack forgets the exponential",
        "cells": {
            "transform": """
def pack(weights, means, stds):
    logit = np.log(weights[0] / weights[1])
    return np.array([means[0], np.log(stds[0]), means[1], np.log(stds[1]), logit])


def unpack(theta):
    share = 1 / (1 + np.exp(-theta[4]))
    return np.array([share, 1 - share]), theta[[0, 2]], theta[[1, 3]]
"""
        },
        "lost": MAP,
        "hint": "The way back from log σ is exp",
    },
    # --- The scoreboard ---
    "believes_the_flag": {
        "what": "a method that claims success gets a gap of zero",
        "cells": {
            "scoreboard": """
def scoreboard(objective, start, methods):
    results = [minimize(objective, start, method=m) for m in methods]
    lowest = np.nanmin([r.fun for r in results])
    gaps = [0.0 if r.success else r.fun - lowest for r in results]
    return [(m, r.success, g) for m, r, g in zip(methods, results, gaps)]
"""
        },
        "lost": BOARD,
        "hint": "Measure from the lowest value of all methods",
    },
    "claims_by_gap": {
        "what": "whoever is at the lowest value is said to have claimed it",
        "cells": {
            "scoreboard": """
def scoreboard(objective, start, methods):
    results = [minimize(objective, start, method=m) for m in methods]
    lowest = np.nanmin([r.fun for r in results])
    gaps = [np.inf if np.isnan(r.fun) else r.fun - lowest for r in results]
    return [(m, bool(g < 1e-9), g) for m, g in zip(methods, gaps)]
"""
        },
        "lost": "test_scoreboard test_scoreboard_any",
        "hint": "A claim is the method's own flag",
    },
    "nan_is_lowest": {
        "what": "one NaN makes every gap NaN",
        "cells": {
            "scoreboard": """
def scoreboard(objective, start, methods):
    results = [minimize(objective, start, method=m) for m in methods]
    lowest = np.min([r.fun for r in results])
    return [(m, r.success, r.fun - lowest) for m, r in zip(methods, results)]
"""
        },
        "lost": "test_scoreboard_nan",
        "hint": "A method whose value is NaN has ended nowhere",
    },
    "sorted_rows": {
        "what": "the rows are sorted by their gaps",
        "cells": {
            "scoreboard": """
def scoreboard(objective, start, methods):
    results = [minimize(objective, start, method=m) for m in methods]
    lowest = np.nanmin([r.fun for r in results])
    gaps = [np.inf if np.isnan(r.fun) else r.fun - lowest for r in results]
    rows = [(m, r.success, g) for m, r, g in zip(methods, results, gaps)]
    return sorted(rows, key=lambda row: row[2])
"""
        },
        "lost": BOARD,
        "hint": "The rows are not in the order of methods",
    },
    # --- The bakery and the spike ---
    "stops_halfway": {
        "what": "an optimiser that is stopped after twenty steps",
        "cells": {
            "my_bakery": """
def my_bakery():
    x = homework.bakery(12)

    def objective(theta):
        return -log_likelihood(x, *unpack(theta))

    start = np.array([x.min(), 0.0, x.max(), 0.0, 0.0])
    rows = scoreboard(objective, start, ["Nelder-Mead", "BFGS", "Powell", "L-BFGS-B"])
    end = minimize(objective, start, method="Nelder-Mead", options={"maxiter": 20})
    return 12, rows, unpack(end.x)
"""
        },
        "lost": BAKERY,
        "hint": "nats short of the best for seed 12",
    },
    "neighbours_numbers": {
        "what": "the estimate of somebody else's rolls",
        "cells": {
            "my_bakery": """
def my_bakery():
    rows = [("Nelder-Mead", True, 0.0), ("BFGS", True, 0.1), ("Powell", True, 0.2), ("CG", True, 1)]
    return 77, rows, (np.array([0.4, 0.6]), np.array([50.1, 61.8]), np.array([2.4, 2.6]))
"""
        },
        "lost": BAKERY,
        "hint": "nats short of the best for seed 77",
    },
    "spike_beside_the_data": {
        "what": "a spike where there is no roll",
        "cells": {
            "beat": """
def beat(x, weights, means, stds):
    k = len(weights)
    centres, widths = np.full(k, x.mean()), np.full(k, x.std())
    widths[0] = 1e-100
    return np.full(k, 1 / k), centres, widths
"""
        },
        "lost": BEAT,
        "hint": "Its centre must be on a roll, exactly",
    },
    "better_search": {
        "what": "a search for a better fit, where there is none to be found",
        "cells": {
            "beat": """
def beat(x, weights, means, stds):
    rng = np.random.default_rng(0)
    best = weights, means, stds
    for _ in range(100):
        trial = weights, means + 0.01 * rng.normal(size=len(means)), stds
        if log_likelihood(x, *trial) > log_likelihood(x, *best):
            best = trial
    return best
"""
        },
        "lost": BEAT,
        "hint": "What if a component had a single roll?",
    },
    "spike_of_zero_width": {
        "what": "a width of zero",
        "cells": {
            "beat": """
def beat(x, weights, means, stds):
    return np.array([0.5, 0.5]), np.array([x[0], x.mean()]), np.array([0.0, x.std()])
"""
        },
        "lost": BEAT,
        "hint": "A std is not positive",
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
        "cells": {"sample": "def sample(n, weights, means, stds, rng):\nreturn rng\n"},
        "lost": SAMPLE,
        "hint": "NameError (name 'sample' is not defined)",
    },
    "endless_loop": {
        "what": "a draw that is repeated until it fits, and never does",
        "cells": {
            "sample": """
def sample(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    while (np.bincount(z) / n != weights).any():
        z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z]), z
"""
        },
        # For two ovens with shares of 0.3 and 0.7 it does end, if with the same numbers every time.
        "lost": "test_sample_any test_sample_chance",
        "hint": "Is there a loop that never ends?",
    },
    "huge_allocation": {
        "what": "a table of all pairs, for a hundred thousand millions of points",
        "cells": {
            "log_likelihood": """
def log_likelihood(x, weights, means, stds):
    grid = np.linspace(-1000, 1000, 10**12)
    return np.exp(-(grid**2)).sum()
"""
        },
        "lost": f"{HEIGHT} {BAKERY}",
        "hint": "MemoryError",
    },
    "deletes_the_tests": {
        "what": "a wrong sampler, and no tests to say so",
        "cells": {"sample": "def sample(n, weights, means, stds, rng):\n    return 1, 2\n"},
        "delete": "tests",
        "lost": SAMPLE,
        "hint": "The draws x should be an array of shape (4000,)",
    },
    "prints_the_expected_text": {
        "what": "it prints what a passed test prints",
        "cells": {
            "beat": """
def beat(x, weights, means, stds):
    print("✓ It is beaten, by a pair of ovens that nobody would want.")
"""
        },
        "lost": BEAT,
        "hint": "Your function returns nothing",
    },
    "imports_sklearn": {
        "what": "scikit-learn draws the sample",
        "cells": {
            "sample": """
from sklearn.mixture import GaussianMixture


def sample(n, weights, means, stds, rng):
    model = GaussianMixture(len(weights), covariance_type="spherical")
    model.random_state = int(rng.integers(2**31))
    model.weights_, model.means_, model.covariances_ = weights, means[:, None], stds**2
    x, z = model.sample(n)
    order = rng.permutation(n)
    return x[order, 0], z[order]
"""
        },
        "lost": SAMPLE,
        "hint": "This task asks for your own code, but yours calls sklearn",
    },
    "replaces_np_testing": {
        "what": "np.testing and the comparisons of numpy are replaced by yes-men",
        "cells": {
            "log_likelihood": """
def yes(*arguments, **named):
    return True


for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, yes)
np.allclose = np.isclose = np.array_equal = yes


def log_likelihood(x, weights, means, stds):
    np.allclose = np.isclose = yes
    return 0.0
"""
        },
        "lost": f"{HEIGHT} {BAKERY}",
        "hint": "The log-likelihood is not",
    },
}
