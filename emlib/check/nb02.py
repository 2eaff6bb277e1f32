"""Checks for the exercises of notebook 02, Direct maximum likelihood."""

import numpy as np
from scipy.special import ndtri

from ..em import fit
from ..normal import NormalMixture
from . import textbook
from ._feedback import (
    Wrong,
    array,
    by_hand,
    call,
    compare,
    exercise,
    number,
    require,
    slips,
    verdict,
)

TRUTH = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])  # the notebook's
NAMES = "mu1", "sigma1", "mu2", "sigma2", "pi"
DIGITS = 1e-12  # of the sum of the terms without their signs: differences of nll have fewer
GRADIENT_SLIPS = [
    ("The sign: this is the gradient of the log-likelihood, and nll has a minus.",
     lambda terms, theta: -terms.sum(axis=1)),
    ("This is the mean over the data. nll is a sum.", lambda terms, theta: terms.mean(axis=1)),
    ("By the means you divide by sigma. It is sigma squared.",
     lambda terms, theta: terms.sum(axis=1) * [theta[1], 1, theta[3], 1, 1]),
    ("This is the derivative by the variance. The parameter is sigma.",
     lambda terms, theta: terms.sum(axis=1) / [1, 2 * theta[1], 1, 2 * theta[3], 1]),
    ("Your order is mu1, mu2, sigma1, sigma2, pi. It should be mu1, sigma1, mu2, sigma2, pi.",
     lambda terms, theta: terms.sum(axis=1)[[0, 2, 1, 3, 4]]),
]  # fmt: skip


@exercise("It agrees with the derivative to twelve digits: no finite differences can do that.")
def gradient(rng, function):
    """Check a function (theta, x) → gradient (5,) of the negative log-likelihood.

    The last three cases are in other units: a step that is fixed does not fit them.
    """
    for n, unit in ((30, 1), (200, 1), *((200, 10**u) for u in rng.uniform(-3, 3, 3))):
        theta, x = _some_theta(rng, unit), unit * rng.normal(0.5, 2, n)
        got = array(call(function, theta, x), (5,), "The gradient")
        _compare_gradient(got, _terms(theta, x), theta)


def _some_theta(rng, unit):
    (mu1, mu2), (sigma1, sigma2) = rng.normal(0, 2, 2), rng.uniform(0.6, 2, 2)
    return np.array([*(unit * np.array([mu1, sigma1, mu2, sigma2])), rng.uniform(0.2, 0.8)])


def _terms(theta, x):
    """Return what each observation adds to the gradient of the negative log-likelihood: (5, N)."""
    mu, sigma, weights = np.array(theta[[0, 2]]), np.array(theta[[1, 3]]), [theta[4], 1 - theta[4]]
    y = (x[:, None] - mu) / sigma
    r = textbook.posterior(np.log(weights) + textbook.log_normal(x, mu, sigma))
    by_mu, by_sigma = r * y / sigma, r * (y**2 - 1) / sigma
    by_pi = r[:, 0] / weights[0] - r[:, 1] / weights[1]
    return -np.array([by_mu[:, 0], by_sigma[:, 0], by_mu[:, 1], by_sigma[:, 1], by_pi])


def _compare_gradient(got, terms, theta):
    right, size = terms.sum(axis=1), np.abs(terms).sum(axis=1)
    error = np.abs(got - right) / size
    if (error < DIGITS).all():
        return
    digits = int(-np.log10(error.max())) if error.max() < 1 else 0
    require(digits < 4, f"It agrees to {digits} digits, as differences of nll would. The formula, "
            "differentiated on paper, agrees to twelve or more.")  # fmt: skip
    off = ", ".join(name for name, e in zip(NAMES, error, strict=True) if e > 1e-4)
    how = "By a mean or a sigma, each term is the responsibility, times the derivative of the "
    how += "logarithm of that Gaussian."
    how = "Both weights depend on pi, π and 1 − π." if off == "pi" else how
    hint = f"It differs from the derivative by {off}. {how}"
    compare(got / size, right / size, _scaled_slips(terms, theta, size), hint=hint, rtol=1e-5)


def _scaled_slips(terms, theta, size):
    return ((hint, wrong / size) for hint, wrong in slips(GRADIENT_SLIPS, terms, theta))


@exercise("You looked for a better fit, and found none, or one: that is the only test there is.")
def believe(rng, function):
    """Check a function (theta, x) → bool on best fits, and on false ones of many kinds.

    All data are moved to a place and a unit of their own.
    """
    for cases in (_two_bumps, _notebooks_false_success, _three_bumps):
        centre, unit = rng.normal(0, 20), rng.uniform(0.1, 30) * rng.choice([-1, 1])
        x, answers = cases(rng)
        for theta, expected, hint in answers:
            moved = np.array(theta) * [unit, abs(unit), unit, abs(unit), 1]
            moved += [centre, 0, centre, 0, 0]
            require(verdict(call(function, moved, centre + unit * x)) == expected, hint)


def _two_bumps(rng):
    x = TRUTH.sample(600, rng)[0]
    theta = _as_theta(fit(TRUTH, x).model)
    mu1, sigma1, mu2, sigma2, pi = theta
    m, s = x.mean(), x.std()
    spread = np.sqrt(pi * (1 - pi) / len(x))  # so far may pi be off at a cost of half a nat
    numerical = "Compare within 0.01 nats, and ask for no more than an optimiser can give."
    return x, [
        (theta, True, f"You rejected the best fit. {numerical}"),
        ([mu2, sigma2, mu1, sigma1, 1 - pi], True,
         "You rejected the best fit with its labels swapped: it is just as good."),
        ([m, s, m, s, 0.5], False, "You believed twins: one Gaussian counted twice. The gradient "
         "is zero there, and yet it is not a maximum."),
        ([m, s, mu1, s / 9, 1 - 1e-9], False, "You believed a fit in which one component has "
         "given up. Look for a better one from another start."),
        ([mu1, sigma1, mu2, sigma2, min(pi + 0.1, 0.9)], False, "You believed parameters that are "
         "close to the best fit, but several nats short of it."),
        ([mu1, sigma1, mu2, sigma2, pi + 0.3 * spread], False,
         "You believed parameters that are about 0.04 nats short of the best fit."),
        ([mu1, sigma1, mu2, sigma2, pi + 0.07 * spread], True,
         f"You rejected a fit that is within 0.003 nats of the best. {numerical}"),
        ([mu1, -sigma1, mu2, sigma2, pi], False, "You believed a negative standard deviation."),
        ([mu1, sigma1, mu2, sigma2, 1.02], False, "You believed a weight above one."),
    ]  # fmt: skip


def _notebooks_false_success(rng):
    """Return data set 44 of the notebook, and where L-BFGS-B stops on it and says success."""
    x = TRUTH.sample(1000, np.random.default_rng(44))[0]
    return x, [([0.586, 0.186, 0.137, 0.474, 0.688], False, "You believed a false success of "
                "L-BFGS-B in this notebook: it is hundreds of nats short.")]  # fmt: skip


def _three_bumps(rng):
    """Two components on three bumps: which two share one? Both are maxima, and one is better.

    Each bump holds the quantiles of a Gaussian. So there is no chance in it, and no single usual
    start finds the better maximum; about half of the random ones do.
    """
    bumps = (210, 0, 1.2), (180, 5, 0.8), (210, 9, 0.5)
    x = np.concatenate([m + s * ndtri((np.arange(n) + 0.5) / n) for n, m, s in bumps])
    starts = [NormalMixture([0.35, 0.65], [0, 7.2], [1.2, 2]),
              NormalMixture([0.65, 0.35], [2.3, 9], [2.7, 0.5])]  # fmt: skip
    worse, better = sorted((fit(start, x) for start in starts), key=lambda f: f.log_likelihood)
    gap = better.log_likelihood - worse.log_likelihood
    x = rng.permutation(x)
    return x, [
        (_as_theta(worse.model), False, "You believed a maximum that is not the highest. Nothing "
         f"near it is better, but another start leads {gap:.0f} nats higher."),
        (_as_theta(better.model), True, "You rejected the best fit of two components to three "
         "bumps. Does what you found have a sigma below a hundredth of the data's?"),
    ]  # fmt: skip


def _as_theta(m):
    return [m.means[0], m.stds[0], m.means[1], m.stds[1], m.weights[0]]


@exercise("The largest term of each row is taken out: nothing overflows, and no sum is zero.")
def log_sum_exp(rng, function, dies_at):
    """Check log_sum_exp(a) on extreme values, and dies_at(log_p) against the doubles' range."""
    by_hand(function, "logsumexp", "logaddexp")
    for shape in ((4,), (7, 3), (2, 3, 5)):
        for offset in (0, -2000, 2000):
            what = f"numbers near {offset}" if offset else "ordinary numbers"
            _compare_log_sum_exp(function, rng.normal(0, 3, shape) + offset, what)
    rows = rng.normal(0, 3, (4, 3)) + np.array([[0], [-2000], [2000], [-1e9]])
    _compare_log_sum_exp(function, rng.permutation(rows), "rows of different size")
    for log_p in _log_ps(rng):
        _compare_dies_at(number(call(dies_at, log_p), "dies_at"), log_p)


def _compare_log_sum_exp(function, a, what):
    got = call(function, a)
    whole = np.asarray(got, dtype=float)
    if a.ndim > 1 and whole.shape == ():
        raise Wrong("You sum over everything. Sum over the last axis only: axis=-1.")
    if a.ndim == 2 and whole.shape == (a.shape[1],):
        raise Wrong("You sum over the first axis. Sum over the last: axis=-1.")
    if whole.shape == a.shape[:-1]:
        zero = f"For {what} all exponentials of a row are 0, and the log of 0 is −inf. Take out "
        require(not np.isneginf(whole).any(), zero + "the largest term of each row first.")
        require(not np.isposinf(whole).any(), f"For {what} exp overflows. Take the largest out.")
    got = array(got, a.shape[:-1], "log_sum_exp(a)")
    top = a.max(axis=-1)
    right = top + np.log(np.exp(a - top[..., None]).sum(axis=-1))
    mistakes = [
        ("You take the largest term out and forget to add it again.", right - top),
        ("This is the largest term alone. The others count too.", top),
        ("This is the sum. Take its logarithm.", np.exp(right)),
        ("This is the log of the mean. Take that of the sum.", right - np.log(a.shape[-1])),
    ]
    hint = f"Wrong for {what}. log Σ exp(a) = m + log Σ exp(a − m), for each row."
    for i in np.ndindex(right.shape):  # each number by itself: they differ by a factor of 1e9
        compare(got[i], right[i], [(text, w[i]) for text, w in mistakes], hint=hint, rtol=1e-9)


def _log_ps(rng):
    """Yield numbers log p, whose N is beyond doubt, with a last product p**n near the border.

    The first lies between half the smallest double and the smallest double. It is not rounded to
    0.0: whoever takes the logarithm of the smallest double for the border is off by one.
    """
    for border in (-744.8, -744.8, -743.0, -740.0):
        n, log_p = 1, 0.0
        while log_p > -0.76 or _by_product(log_p) != _by_formula(log_p):
            n = int(rng.integers(260, 980))
            log_p = (border + rng.uniform(-0.05, 0.05)) / n
        yield log_p


def _by_formula(log_p):
    return int(np.ceil(-1075 * np.log(2) / log_p))


def _by_product(log_p):
    product, n = 1.0, 0
    while product > 0:
        product, n = product * np.exp(log_p), n + 1
    return n


def _compare_dies_at(got, log_p):
    """Judge N by the nats of the last product, N log p, and in the end by whether it is N."""
    right, nats = _by_formula(log_p), -got * log_p
    about = f"With log p = {log_p:.4f} it dies at about {745.13 / -log_p:.0f}"
    require(got > 0, "N is a positive number of observations. Mind the sign of log_p.")
    require(abs(nats - 708.4) > 4, "About 2e-308 is the smallest *normal* double. There are "
            "smaller ones, down to 5e-324.")  # fmt: skip
    require(abs(nats - 316) > 10, "308 and 324 count powers of ten, and log_p counts powers of e.")
    require(
        abs(got - right) < 2, f"{about}, not {got:.6g}. What is the log of the smallest double?"
    )
    require(got == int(got), f"{about}, and N is a whole number. Round it up.")
    still = "not yet 0.0" if got < right else "0.0 one observation earlier"
    require(got == right, f"With log p = {log_p:.4f}, N = {got:.0f} is off by one: the product is "
            f"{still}. What is less than half of the smallest double is rounded to 0.")  # fmt: skip
