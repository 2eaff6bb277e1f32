"""Checks for the exercises of notebook 08, the debugging clinic, and its three closed boxes."""

from collections.abc import Callable

import numpy as np

from ._feedback import Wrong, attempted, call, exercise, require

# --- Halves of EM, sound and faulty. No peeking before exercise 1! -----------------------------


def _joint(x, pi, mu, sigma, width=np.square):
    return pi * np.exp(-((x[:, None] - mu) ** 2) / (2 * width(sigma))) / sigma


def _e_step(x, pi, mu, sigma):
    joint = _joint(x, pi, mu, sigma)
    return joint / joint.sum(axis=1, keepdims=True)


def _e_no_square(x, pi, mu, sigma):
    joint = _joint(x, pi, mu, sigma, width=np.asarray)
    return joint / joint.sum(axis=1, keepdims=True)


def _e_no_weights(x, pi, mu, sigma):
    return _e_step(x, np.ones(len(pi)), mu, sigma)


def _e_wrong_axis(x, pi, mu, sigma):
    joint = _joint(x, pi, mu, sigma)
    return joint / joint.sum(axis=0)


def _e_unsure(x, pi, mu, sigma):
    joint = _joint(x, pi, mu, sigma) ** 0.9
    return joint / joint.sum(axis=1, keepdims=True)


def _sums(x, r):
    n = r.sum(axis=0)
    mu = r.T @ x / n
    return n / n.sum(), mu, (r * (x[:, None] - mu) ** 2).sum(axis=0) / n


def _m_step(x, r):
    pi, mu, variance = _sums(x, r)
    return pi, mu, np.sqrt(variance)


def _m_shared(x, r):
    """Sound as well: one standard deviation for all."""
    pi, mu, variance = _sums(x, r)
    return pi, mu, np.full(len(mu), np.sqrt(pi @ variance))


def _m_known(x, r):
    """Sound too: weights that are known to be equal."""
    _, mu, variance = _sums(x, r)
    return np.full(len(mu), 1 / len(mu)), mu, np.sqrt(variance)


def _m_floor(x, r):
    pi, mu, variance = _sums(x, r)
    return pi, mu, np.maximum(np.sqrt(variance), 1)


def _m_ridge(x, r):
    pi, mu, variance = _sums(x, r)
    return pi, mu, np.sqrt(variance + 0.001)


def _m_variance(x, r):
    return _sums(x, r)


def _m_pulled(x, r):
    pi, mu, sigma = _m_step(x, r)
    return pi, mu * (1 - 1 / r.sum(axis=0)), sigma


def _m_smoothed(x, r):
    pi, mu, sigma = _m_step(x, r)
    return (pi * len(x) + 1) / (len(x) + len(pi)), mu, sigma


def _m_unbiased(x, r):
    pi, mu, variance = _sums(x, r)
    n = r.sum(axis=0)
    return pi, mu, np.sqrt(variance * n / (n - 1))


def _m_penalised(x, r):
    pi, mu, sigma = _m_step(x, r)
    return pi, mu - 0.1 * np.sign(mu), sigma


ward = {
    "X": (_e_step, _m_floor),
    "Y": (_e_step, _m_variance),
    "Z": (_e_no_square, _m_step),
}
DISEASES = {"X": 5, "Y": 4, "Z": 2}


# --- Exercise 1 --------------------------------------------------------------------------------


@exercise(
    "X never lets sigma fall below 1, Y hands a variance over, Z forgot a square. All three carry "
    "a unit where none belongs."
)
def diagnosis(rng, answer):
    """Check a dict {"X": number, "Y": number, "Z": number} of diseases in the list."""
    require(isinstance(answer, dict) and set(answer) == set(DISEASES), "Give a dict of X, Y and Z.")
    for name in DISEASES:
        attempted(answer[name])
    for name, disease in DISEASES.items():
        got = answer[name]
        require(got in range(1, 8), f"{name}: give one of the numbers 1 to 7.")
        require(got == disease, f"{name} has another disease. {_EVIDENCE[name]}")


_EVIDENCE = {
    "X": "Give its m_step responsibilities of zeros and ones, and data in smaller and smaller "
    "units. What happens to the standard deviations?",
    "Y": "Give its m_step responsibilities of zeros and ones. Compare the third number with "
    "x[group].std().",
    "Z": "Its m_step is sound. Compare its e_step with yours, once with sigma = 1, once with "
    "sigma = 3.",
}


# --- Exercise 2 --------------------------------------------------------------------------------


@exercise(
    "Exchange one half for a sound one. If the trouble stays, it is in the other half. No need to "
    "read a line of the patient's code."
)
def ill_half(rng, function):
    """Check a function (theta, x, e, m) → "e_step", "m_step" or "none"."""
    for i in (0, *rng.permutation(len(_HALVES))):
        (e, m, want), (x, theta) = _HALVES[i], _problem(rng, even=False)
        got = call(function, theta, x, e, m)
        require(got in ("e_step", "m_step", "none"), 'Return "e_step", "m_step" or "none".')
        if got != want:
            raise Wrong(_half_hint(e, m, got, want))


_HALVES = [
    (_e_step, _m_step, "none"),
    (_e_step, _m_floor, "m_step"),
    (_e_step, _m_variance, "m_step"),
    (_e_no_square, _m_step, "e_step"),
    (_e_no_weights, _m_step, "e_step"),
    (_e_wrong_axis, _m_step, "e_step"),
    (_e_unsure, _m_step, "e_step"),
    (_e_step, _m_pulled, "m_step"),
    (_e_step, _m_smoothed, "m_step"),
    (_e_step, _m_unbiased, "m_step"),
    (_e_unsure, _m_step, "e_step"),  # again: a step of these two often climbs higher than a sound
    (_e_step, _m_unbiased, "m_step"),  # one, and heights must not do in place of numbers
]


def _half_hint(e: Callable, m: Callable, got: str, want: str) -> str:
    if want == "none":
        return "You find something in a healthy pair. Last digits may differ: use np.allclose."
    if got == "none":
        missed = "a floor under sigma" if m is _m_floor else "an ill half"
        return (
            f"You miss {missed}. Which instrument looks at a single step, and lets nothing pass? "
            "Not every fault makes the log-likelihood fall."
        )
    return (
        "You blame the wrong half. An ill e_step gives an ill step with a sound m_step too: keep "
        "the half that you examine, and exchange the other one."
    )


# --- Exercise 3 --------------------------------------------------------------------------------


@exercise(
    "Change the unit, take a step, change back. No formula, no truth, one line of property, and it "
    "finds diseases that nobody thought of."
)
def property_test(rng, function):
    """Check a function (theta, x, e, m) → bool: True for sound code, False for X, Y and Z."""
    for m in _SOUND:
        for k in (2, 3):
            x, theta = _problem(rng, k)
            require(_verdict(function, theta, x, _e_step, m), _SOUND_HINTS[m])
    for name, e, m, why in _ILL:
        x, theta = _problem(rng)
        require(not _verdict(function, theta, x, e, m), f"It lets {name} pass. {why}")


_SOUND = [_m_step, _m_shared, _m_known]
_LOOK = "Does it look at the means and at the standard deviations, with np.allclose?"
_FLOOR = (
    "Its floor shows in the standard deviations alone: the log-likelihood does not fall, and the "
    "rows still sum to one."
)
_ILL = [
    ("patient X", *ward["X"], _FLOOR),
    ("patient Y", *ward["Y"], _LOOK),
    ("patient Z", *ward["Z"], "Its m_step is sound: does the test call e as well? " + _LOOK),
    ("a patient that you have not seen (it adds 0.001 to each variance)", _e_step, _m_ridge, _LOOK),
    ("one that you have not seen (it pulls each mean by 0.1)", _e_step, _m_penalised, _LOOK),
]


def _verdict(function, theta, x, e, m) -> bool:
    verdict = np.asarray(call(function, theta, x, e, m))
    require(verdict.shape == () and verdict.dtype == bool, "Return True or False.")
    return bool(verdict)


_FORMULAS = (
    "It refuses healthy code {}. Do not compare with formulas. State a property: what must happen "
    "to the answer if the unit changes?"
)
_SOUND_HINTS = {
    _m_step: "It refuses healthy code. Means and standard deviations are in the unit of x, weights "
    "are not; and compare with np.allclose, since rounding differs.",
    _m_shared: _FORMULAS.format("that shares one sigma on purpose"),
    _m_known: _FORMULAS.format("whose weights are known, and fixed on purpose"),
}


def _problem(rng, k: int = 3, even: bool = True) -> tuple:
    """Return fresh data, a narrow group far from wide ones that overlap, and a start.

    The narrow group gets below X's floor in one step; the overlap shows what an ill E-step does.
    Equal weights and widths suit code that keeps them equal on purpose, and hide some slips.
    """
    centres = rng.uniform(-20, 20) + np.cumsum([0, *rng.uniform([20, 4], [21, 5])])[:k]
    widths = np.concatenate([[0.3], rng.uniform(1.5, 1.9, k - 1)])
    z = np.repeat(np.arange(k), 40 + 30 * rng.permutation(k))
    x = rng.normal(centres[z], widths[z])
    means = centres + rng.normal(0, 0.1, k)
    if even:
        return x, (np.full(k, 1 / k), means, np.full(k, 1.1))
    stds = np.array([1.1, *rng.permutation([1.3, 1.6])])
    return x, (rng.permutation([0.2, 0.3, 0.5]), means, stds)
