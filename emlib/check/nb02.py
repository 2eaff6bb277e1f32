"""Checks for the exercises of notebook 02, Direct maximum likelihood."""

import numpy as np

from ..em import fit
from ..normal import NormalMixture
from . import textbook
from ._feedback import Wrong, array, call, compare, exercise, number, require


@exercise("It agrees with finite differences at every place that was tried.")
def gradient(rng, function):
    """Check a function (theta, x) → gradient (5,) of the negative log-likelihood."""
    for n in (30, 200):
        theta, x = _some_theta(rng), rng.normal(0.5, 2, n)
        got = array(call(function, theta, x), (5,), "The gradient")
        right = _finite_differences(theta, x)
        _compare_gradient(got, right, theta, n)


def _compare_gradient(got, right, theta, n):
    mu1, sigma1, mu2, sigma2, pi = theta
    no_square = right * [sigma1, 1, sigma2, 1, 1]
    as_variance = right / [1, 2 * sigma1, 1, 2 * sigma2, 1]
    mistakes = [
        ("The sign: this is the gradient of the log-likelihood, and nll has a minus.", -right),
        ("This is the mean over the data. nll is a sum.", right / n),
        ("By the mean you divide by sigma. It is sigma squared.", no_square),
        ("This is the derivative by the variance. The parameter is sigma.", as_variance),
        ("By pi: the second component has weight 1 − pi, which also depends on pi.",
         np.append(right[:4], np.nan)),
    ]  # fmt: skip
    names = ["mu1", "sigma1", "mu2", "sigma2", "pi"]
    close = np.isclose(got, right, rtol=1e-5, atol=1e-5 * np.abs(right).max())
    off = [name for name, ok in zip(names, close, strict=True) if not ok]
    where = "It disagrees with finite differences in: " + ", ".join(off) + "."
    extra = {"pi": f" {mistakes[-1][0]}"}.get(off[0] if len(off) == 1 else "", "")
    general = f"{where}{extra} Write the responsibility r first; each term is r times a derivative."
    compare(got, right, mistakes[:-1], hint=general, rtol=1e-5)


def _finite_differences(theta, x):
    steps = 1e-6 * np.eye(5)
    return np.array([(_nll(theta + h, x) - _nll(theta - h, x)) / 2e-6 for h in steps])


def _nll(theta, x):
    mu1, sigma1, mu2, sigma2, pi = theta
    log_p = textbook.log_normal(x, np.array([mu1, mu2]), np.array([sigma1, sigma2]))
    return -textbook.log_likelihood(np.log([pi, 1 - pi]) + log_p)


def _some_theta(rng):
    return np.array([*_pair(rng), *_pair(rng), rng.uniform(0.2, 0.8)])


def _pair(rng):
    return rng.normal(0, 2), rng.uniform(0.6, 2)


@exercise("You looked for a better fit, and found none, or one: that is the only test there is.")
def believe(rng, function):
    """Check a function (theta, x) → bool on true optima and on four kinds of false ones."""
    truth = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])
    centre, unit = rng.normal(0, 20), rng.uniform(0.1, 30)
    x = centre + unit * truth.sample(600, rng)[0]
    best = fit(NormalMixture([0.3, 0.7], centre + unit * truth.means, unit * truth.stds), x).model
    theta = _as_theta(best)
    for answer, expected, hint in _cases(theta, x):
        got = call(function, np.array(answer), x)
        if not isinstance(got, bool | np.bool_):
            raise Wrong(f"Return True or False, not {type(got).__name__}.")
        require(bool(got) == expected, hint)


def _as_theta(m):
    return [m.means[0], m.stds[0], m.means[1], m.stds[1], m.weights[0]]


def _cases(theta, x):
    """Yield parameters, whether they are the optimum, and the hint for a wrong verdict."""
    mu1, sigma1, mu2, sigma2, pi = theta
    m, s = x.mean(), x.std()
    yield theta, True, "You rejected the true optimum. Compare within 0.01 nats, and do not ask "\
        "for more than a numerical optimiser can give."  # fmt: skip
    swapped = [mu2, sigma2, mu1, sigma1, 1 - pi]
    yield swapped, True, "You rejected the optimum with its labels swapped: it is just as good."
    yield [m, s, m, s, 0.5], False, "You believed twins: one Gaussian counted twice. The gradient "\
        "is zero there, and yet it is not a maximum."  # fmt: skip
    yield [m, s, mu1, s / 9, 1 - 1e-9], False, "You believed a fit in which one component has "\
        "given up. Look for a better one from another start."  # fmt: skip
    yield [mu1, sigma1, mu2, sigma2, min(pi + 0.1, 0.9)], False, "You believed parameters that "\
        "are close to the optimum, but several nats short of it."  # fmt: skip
    yield [mu1, -sigma1, mu2, sigma2, pi], False, "You believed a negative standard deviation."


@exercise("The largest term is taken out first: nothing overflows, and the sum is never zero.")
def log_sum_exp(rng, function, dies_at):
    """Check log_sum_exp(a) on extreme values, and dies_at(log_p) against the doubles' range."""
    for shape in ((4,), (7, 3)):
        for offset in (0, -2000, 2000):
            what = f"numbers near {offset}" if offset else "ordinary numbers"
            _compare_log_sum_exp(function, rng.normal(0, 3, shape) + offset, what)
    for log_p in rng.uniform(-3, -0.2, 3):
        _compare_dies_at(number(call(dies_at, float(log_p)), "dies_at"), log_p)


def _compare_log_sum_exp(function, a, what):
    got = call(function, a)
    whole = np.asarray(got, dtype=float)
    if a.ndim > 1 and whole.shape == ():
        raise Wrong("You sum over everything. Sum over the last axis only: axis=-1.")
    if a.ndim > 1 and whole.shape == (a.shape[1],):
        raise Wrong("You sum over the first axis. Sum over the last: axis=-1.")
    if whole.shape == a.shape[:-1]:
        require(not np.isneginf(whole).any(), f"For {what} all exponentials are 0, and the log of "
                "0 is −inf. Take the largest term out first.")  # fmt: skip
        require(not np.isposinf(whole).any(), f"For {what} exp overflows. Take the largest out.")
    got = array(got, a.shape[:-1], "log_sum_exp(a)")
    top = a.max(axis=-1)
    right = top + np.log(np.exp(a - top[..., None]).sum(axis=-1))
    mistakes = [
        ("You take the largest term out and forget to add it again.", right - top),
        ("This is the largest term alone. The others count too.", top),
        ("This is the sum. Take its logarithm.", np.exp(right)),
    ]
    compare(got, right, mistakes, hint=f"Wrong for {what}. log Σ exp(a) = m + log Σ exp(a − m).")


def _compare_dies_at(got, log_p):
    right = -745.13 / log_p
    require(got > 0, "N is a positive number of observations. Mind the sign of log_p.")
    require(abs(got / right - 308 / -log_p / right) > 0.01, "10⁻³⁰⁸ is the smallest *normal* "
            "double, and it is a power of ten: the natural log of it is −708.")  # fmt: skip
    require(abs(got - right) < 0.01 * right, f"With log p = {log_p:.2f} the product dies at about "
            f"{right:.0f}. The smallest double is about 5e-324: what is its log?")  # fmt: skip
