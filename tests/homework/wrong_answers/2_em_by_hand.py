"""Wrong submissions of *EM by hand*: what is wrong, the cells that differ, and what it must cost.

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

E_STEP = "test_e_step test_e_step_any test_e_step_far"
M_STEP = "test_m_step test_m_step_any test_m_step_offset"
RUN = "test_run test_run_stops"
FALLS = "test_falls test_falls_rounding"
START = "test_failing_start test_failing_start_any"
FIT = "test_fit test_fit_any"
EVERYTHING = f"{E_STEP} {M_STEP} {RUN} {FALLS} {START} {FIT}"

# How a program of the clinic answers these tasks.
BY_E_STEP = """
def e_step(x, *theta):
    return program.e_step(x, *theta), program.log_likelihood(x, *theta)
"""
BY_M_STEP = "m_step = program.m_step"
BY_RUN = """
def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    program.e_step = lambda x, *theta: e_step(x, *theta)[0]
    program.log_likelihood = lambda x, *theta: e_step(x, *theta)[1]
    program.m_step = m_step
    return program.run(x, start)
"""
BY_START = """
def fit_old_faithful(x):
    return run(x, program.start(x), e_step, m_step)[0]
"""

WRONG = {
    # --- The E-step ---
    "no_weights": ill(17, {"e_step": BY_E_STEP}, f"{E_STEP} {FIT}", "The weights are missing"),
    "slipped_parentheses": ill(
        19,
        {"e_step": WITH_FACTOR + BY_E_STEP},
        f"{E_STEP} {FIT}",
        "Look at the parentheses",
    ),
    "variance_for_std": {
        "what": "a standard deviation is used where a variance belongs",
        "cells": {
            "e_step": """
def e_step(x, weights, means, stds):
    gap = x[:, None] - means
    log_joint = np.log(weights) - np.log(2 * np.pi * stds) / 2 - gap**2 / (2 * stds)
    total = np.logaddexp.reduce(log_joint, axis=1)
    return np.exp(log_joint - total[:, None]), total.sum()
"""
        },
        "lost": f"{E_STEP} {FIT}",
        "hint": "A variance stands where a standard deviation belongs",
    },
    "columns_sum_to_one": {
        "what": "responsibilities normalised over the observations",
        "cells": {
            "e_step": """
def e_step(x, weights, means, stds):
    y = (x[:, None] - means) / stds
    log_joint = np.log(weights) - np.log(stds * np.sqrt(2 * np.pi)) - y**2 / 2
    total = np.logaddexp.reduce(log_joint, axis=1)
    return np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=0)), total.sum()
"""
        },
        "lost": f"{E_STEP} {FIT}",
        "hint": "Each column sums to one, but each row should",
    },
    "rows_do_not_sum_to_one": {
        "what": "responsibilities that are not normalised at all",
        "cells": {
            "e_step": """
def e_step(x, weights, means, stds):
    p = weights * np.exp(-((x[:, None] - means) / stds) ** 2 / 2) / stds / np.sqrt(2 * np.pi)
    return p, np.log(p.sum(axis=1)).sum()
"""
        },
        "lost": f"{E_STEP} {FIT}",
        "hint": "The rows do not sum to one",
    },
    "wrong_sign": ill(
        4,
        {"e_step": BY_E_STEP},
        f"{E_STEP} {FIT}",
        "The sign of the log-likelihood is wrong",
    ),
    "no_shift": {
        "what": "exponentials without logs, which do for the clinic's healthy programs",
        "cells": {"e_step": source(Normal) + BY_E_STEP},
        "lost": "test_e_step_far",
        "hint": "For a number far from every mean: The array of responsibilities holds NaN",
    },
    "two_components_only": {
        "what": "the E-step is written for two components",
        "cells": {
            "e_step": """
def e_step(x, weights, means, stds):
    y1, y2 = (x - means[0]) / stds[0], (x - means[1]) / stds[1]
    a = np.log(weights[0] / stds[0]) - y1**2 / 2 - np.log(2 * np.pi) / 2
    b = np.log(weights[1] / stds[1]) - y2**2 / 2 - np.log(2 * np.pi) / 2
    total = np.logaddexp(a, b)
    return np.column_stack([np.exp(a - total), np.exp(b - total)]), total.sum()
"""
        },
        "lost": "test_e_step_any test_e_step_far",
        "hint": "Your function stopped with IndexError",
    },
    "hard_coded": {
        "what": "the numbers that the visible test wants, written down",
        "cells": {
            "falls": """
def falls(trace):
    return [2] if len(trace) == 3 else []
""",
            "fit_old_faithful": """
def fit_old_faithful(x):
    return (
        np.array([0.3608861, 0.6391139]),
        np.array([54.6148555, 80.0910695]),
        np.array([5.8712190, 5.8677346]),
    )
""",
        },
        "lost": "test_falls_rounding test_fit_any",
        "hint": "nats short of the best",
    },
    # --- The M-step ---
    "cancellation": ill(
        2,
        {"m_step": BY_M_STEP},
        "test_m_step_offset",
        "cancels nearly all digits",
    ),
    "variance_returned": {
        "what": "variances returned as standard deviations",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = x @ r / n
    return n / len(x), means, (r * (x[:, None] - means) ** 2).sum(axis=0) / n
"""
        },
        "lost": f"{M_STEP} {FIT}",
        "hint": "These are variances",
    },
    "missing_axis": {
        "what": "one sum over observations and components",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = (r * x[:, None]).sum() / n
    return n / len(x), means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n)
"""
        },
        # With a single component, all axes are one: only then is the sum right.
        "lost": f"{M_STEP} {FIT}",
        "hint": "Which axis do you sum over?",
    },
    "frozen_weights": ill(
        16,
        {"m_step": BY_M_STEP},
        f"{M_STEP} {FIT}",
        "The weights are not N_k / N",
    ),
    "equal_weights": {
        "what": "the weights are 1/K for ever",
        "cells": {
            "m_step": """
def m_step(x, r):
    n, k = r.sum(axis=0), r.shape[1]
    means = x @ r / n
    return np.full(k, 1 / k), means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n)
"""
        },
        "lost": f"{M_STEP} {FIT}",
        "hint": "The weights are not updated",
    },
    "swapped_weights": {
        "what": "the weights are swapped between the components",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = x @ r / n
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n)
    return n[::-1] / len(x), means, stds
"""
        },
        "lost": f"{M_STEP} {FIT}",
        "hint": "The weights are in the wrong order",
    },
    # Old Faithful's two widths are nearly equal, so there it does no harm.
    "width_of_one": ill(
        21,
        {"m_step": BY_M_STEP},
        f"{M_STEP} test_fit_any",
        "Every component has the width of one",
    ),
    "old_means": ill(
        25,
        {"m_step": "def m_step(x, r):\n    return program.m_step(x, r, None, x.min(), None)\n"},
        f"{M_STEP} {FIT}",
        "about the new means μ_k",
    ),
    "divides_by_all": {
        "what": "sums divided by N where N_k belongs",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    means = x @ r / len(x)
    return n / len(x), means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n)
"""
        },
        "lost": f"{M_STEP} {FIT}",
        "hint": "Divide by N_k",
    },
    "changes_its_input": {
        "what": "the responsibilities are normalised in place",
        "cells": {
            "m_step": """
def m_step(x, r):
    n = r.sum(axis=0)
    r /= n
    means = x @ r
    return n / len(x), means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0))
"""
        },
        "lost": M_STEP,
        "hint": "Your function changes the array it was given",
    },
    # --- The loop ---
    "always_25_steps": ill(
        26,
        {
            "run": BY_RUN,
            # Ten times 25 steps are enough, so that only the loop itself loses points.
            "fit_old_faithful": """
def fit_old_faithful(x):
    theta = np.full(2, 0.5), np.quantile(x, [0.2, 0.8]), np.full(2, x.std() / 2)
    for _ in range(10):
        theta, _ = run(x, theta, e_step, m_step)
    return theta
""",
        },
        RUN,
        "It stopped too early",
    ),
    "tolerance_of_its_own": ill(
        32,
        {"run": BY_RUN},
        f"test_run_stops {FIT}",
        "It stopped too early",
    ),
    "stops_when_parameters_rest": {
        "what": "convergence is tested on the parameters",
        "cells": {
            "run": """
def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    theta = start
    r, value = e_step(x, *theta)
    trace = [value]
    for _ in range(max_iter):
        new = m_step(x, r)
        moved = max(np.max(np.abs(np.subtract(a, b))) for a, b in zip(new, theta))
        theta = new
        r, value = e_step(x, *theta)
        trace.append(value)
        if moved < tol:
            break
    return theta, trace
"""
        },
        "lost": RUN,
        "hint": "instead of",
    },
    "one_step_late": {
        "what": "the trace belongs to the parameters before the last step",
        "cells": {
            "run": """
def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    theta, trace = start, []
    for _ in range(max_iter + 1):
        r, value = e_step(x, *theta)
        trace.append(value)
        theta = m_step(x, r)
        if len(trace) > 1 and trace[-1] - trace[-2] < tol:
            break
    return theta, trace
"""
        },
        "lost": RUN,
        "hint": "The parameters are one step further than the trace",
    },
    # --- The smoke detector, the failing start ---
    "toast_alarm": {
        "what": "rounding is taken for a fall",
        "cells": {
            "falls": "def falls(trace):\n    return np.flatnonzero(np.diff(trace) < 0) + 1\n"
        },
        "lost": "test_falls_rounding",
        "hint": "Rounding is taken for a fall",
    },
    "off_by_one": {
        "what": "the iteration before the fall is named",
        "cells": {
            "falls": """
def falls(trace):
    return [t for t in range(len(trace) - 1) if trace[t + 1] < trace[t] - 1e-9 * abs(trace[t])]
"""
        },
        "lost": FALLS,
        "hint": "Iterations are off by one",
    },
    "start_with_a_dead_component": {
        "what": "a start outside the data: not stuck, but broken",
        "cells": {
            "failing_start": """
def failing_start(x, k):
    far = np.append(np.full(k - 1, x.mean()), 1e9)
    return np.full(k, 1 / k), far, np.ones(k)
"""
        },
        "lost": START,
        "hint": "A component dies or collapses",
    },
    "start_that_works": {
        "what": "nearly equal means: EM takes its time, and finds its way",
        "cells": {
            "failing_start": """
def failing_start(x, k):
    return np.full(k, 1 / k), x.mean() + x.std() * np.linspace(-1, 1, k), np.full(k, x.std())
"""
        },
        "lost": START,
        "hint": "EM finds its way from this start",
    },
    "identical_start": ill(1, {"fit_old_faithful": BY_START}, FIT, "nats short of the best"),
    "blind_start": ill(15, {"fit_old_faithful": BY_START}, FIT, "Does the start look at the data"),
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
        "cells": {"m_step": "def m_step(x, r)\n    return r.sum(axis=0\n"},
        "lost": f"{M_STEP} {FIT}",
        "hint": "NameError (name 'm_step' is not defined)",
    },
    "endless_loop": {
        "what": "a counter that moves on only after a fall",
        "cells": {
            "falls": """
def falls(trace):
    t, found = 1, []
    while t < len(trace):
        if trace[t] < trace[t - 1]:
            found.append(t)
            t += 1
    return found
"""
        },
        "lost": FALLS,
        "hint": "Is there a loop that never ends?",
    },
    "unstoppable_loop": {
        "what": "a loop that swallows the interruption: what follows cannot be run",
        "cells": {
            "falls": """
def falls(trace):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
        },
        "lost": f"{FALLS} {START} {FIT}",
        "hint": "the code broke off here",
        "sample": True,
    },
    "endless_cell": {
        "what": "a cell of its own that never ends and prints",
        "cells": {},
        "insert": {"run": "while True:\n    print('still here', end=' ')"},
        "lost": "",
        "hint": "Is there a loop that never ends?",
        "sample": True,
    },
    "huge_allocation": {
        "what": "an array of many terabytes, and a list that grows for ever",
        "cells": {
            "falls": """
def falls(trace):
    return np.ones((10**7, 10**6))
""",
            "failing_start": """
def failing_start(x, k):
    hoard = []
    while True:
        hoard.append(bytes(10**8))
""",
        },
        "lost": f"{FALLS} {START}",
        "hint": "MemoryError",
        "sample": True,
    },
    "kills_its_kernel": {
        "what": "code that ends the process it runs in",
        "cells": {"falls": "import os\n\n\ndef falls(trace):\n    os._exit(1)\n"},
        "lost": f"{FALLS} {START} {FIT}",
        "hint": "the code broke off here",
        "sample": True,
    },
    "deletes_the_tests": {
        "what": "a wrong M-step, and no tests to say so",
        "cells": {"m_step": "def m_step(x, r):\n    return r.mean(axis=0), x.mean(), x.std()\n"},
        "delete": "tests",
        "lost": f"{M_STEP} {FIT}",
        "hint": "should be an array of shape (2,)",
        "sample": True,
    },
    "deletes_everything": {
        "what": "an empty notebook",
        "cells": {},
        "delete": "all",
        "lost": EVERYTHING,
        "hint": "Not attempted yet",
    },
    "rewrites_the_tests": {
        "what": "tests rewritten to pass, worth a hundred points each",
        "cells": {"m_step": "def m_step(x, r):\n    return None\n"},
        "rewrite_tests": "print('✓ Everything is right.')",
        "lost": f"{M_STEP} {FIT}",
        "hint": "Not attempted yet. Your function returns nothing",
    },
    "prints_the_expected_text": {
        "what": "it prints what a passed test prints, and shows the points",
        "cells": {
            "m_step": """
def m_step(x, r):
    print("✓ Weights, means and standard deviations are the weighted averages they should be.")
    get_ipython().displayhook(2.0)
    return "✓"
"""
        },
        "lost": f"{M_STEP} {FIT}",
        "hint": "What m_step returns should be 3 values",
        "sample": True,
    },
    "imports_sklearn": {
        "what": "scikit-learn does the work",
        "cells": {
            "e_step": """
def e_step(x, weights, means, stds):
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(len(weights), covariance_type="spherical")
    model.weights_, model.means_ = weights, means[:, None]
    model.covariances_, model.precisions_cholesky_ = stds**2, 1 / stds
    return model.predict_proba(x[:, None]), model.score_samples(x[:, None]).sum()
"""
        },
        "lost": f"{E_STEP} {FIT}",
        "hint": "This task asks for your own code, but yours calls sklearn",
    },
    "calls_emlib": {
        "what": "emlib's own models do the work",
        "cells": {
            "e_step": """
def e_step(x, weights, means, stds):
    model = NormalMixture(weights, means, stds)
    return model.responsibilities(x), model.log_likelihood(x)
"""
        },
        "lost": f"{E_STEP} {FIT}",
        "hint": "This task asks for your own code, but yours calls emlib",
    },
    "replaces_np_testing": {
        "what": "np.testing, np.allclose and the course's own checks are replaced by yes-men",
        "cells": {
            "m_step": """
import emlib

np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
homework.install()
homework.m_step = homework.test = homework.common.compare = lambda *a, **k: print
homework.install = homework.watch.restore = lambda *_: None
emlib.check._feedback.compare = emlib.check._feedback._close = lambda *a, **k: True


def m_step(x, r):
    np.allclose = np.array_equal = lambda *a, **k: True
    homework.common.compare = emlib.check._feedback._close = lambda *a, **k: True
    return r.mean(axis=0), np.zeros(r.shape[1]), np.ones(r.shape[1])
"""
        },
        "lost": f"{M_STEP} {FIT}",
        "hint": "The means are not",
        "sample": True,
    },
    "old_labels": {
        "what": "labels of an ancient nbgrader, and one cell copied five times",
        "cells": {"falls": "def falls(trace):\n    return None\n"},
        "spoil_labels": True,
        "lost": FALLS,
        "hint": "Not attempted yet",
    },
}
