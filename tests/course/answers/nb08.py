"""Wrong answers to the exercises of notebook 08, and what the hint must say."""

HALF = """
def ill_half(theta, x, e, m):
    if not check.{look}(theta, x, e, {sound_m}):
        return {first}
    if not check.{look}(theta, x, {sound_e}, m):
        return {second}
    return "none"
"""
GOOD_HALF = {
    "look": "one_step",
    "sound_m": "m_step",
    "sound_e": "e_step",
    "first": '"e_step"',
    "second": '"m_step"',
}

PROPERTY = """
import numpy as np
def property_test(theta, x, e, m):
    pi, mu, sigma = theta
    a = {a}
    pi_1, mu_1, sigma_1 = m(x, e(x, pi, mu, sigma))
    pi_2, mu_2, sigma_2 = m(a * x, e(a * x, pi, a * mu, a * sigma))
    return {verdict}
"""


COMPARE = """
import numpy as np
def ill_half(theta, x, e, m):
    r = e_step(x, *theta)
    if not ({same_r}):
        return "e_step"
    return "none" if {same_theta} else "m_step"
"""
GOOD_COMPARE = {
    "same_r": "np.allclose(e(x, *theta), r)",
    "same_theta": "all(np.allclose(p, q) for p, q in zip(m(x, r), m_step(x, r)))",
}
HIGHER = "log_likelihood(x, *{}) >= log_likelihood(x, *m_step(x, r)) - 1e-9"


def half(**slip):
    """The right function with one slip in it."""
    return HALF.format(**(GOOD_HALF | slip))


def compare(**slip):
    """The stranger's numbers beside one's own, at theta, with one slip."""
    return COMPARE.format(**(GOOD_COMPARE | slip))


def one_part(i):
    """One of the three parts of theta, compared."""
    return f"np.allclose(m(x, r)[{i}], m_step(x, r)[{i}])"


def unit(verdict, a=60.0):
    """A test that changes the unit, with a verdict of its own."""
    return PROPERTY.format(a=a, verdict=verdict)


def instead(body):
    """A test of another property."""
    return f"import numpy as np\ndef property_test(theta, x, e, m):\n    {body}"


WRONG = {
    1: [
        ('answer = {"X": 4, "Y": 4, "Z": 2}', "X has another disease"),
        ('answer = {"X": 5, "Y": 6, "Z": 2}', "x[group].std()"),
        ('answer = {"X": 5, "Y": 4, "Z": 3}', "its m_step is sound"),
        ('answer = {"X": 5, "Y": 4, "Z": 8}', "1 to 7"),
        ('answer = {"X": 5, "Y": 4}', "dict"),
        ("answer = [5, 4, 2]", "dict"),
    ],
    2: [
        (half(look="monotone"), "not every fault makes the log-likelihood fall"),
        (half(look="equivariance"), "you miss"),
        (half(first='"m_step"', second='"e_step"'), "wrong half"),
        (half(sound_m="m", sound_e="e"), "wrong half"),
        (half(first="'E'"), 'Return "e_step"'),
        (compare(same_r="(e(x, *theta).argmax(axis=1) == r.argmax(axis=1)).all()"), "you miss"),
        (compare(same_r="np.allclose(e(x, *theta).sum(axis=1), 1)"), "you miss"),
        (compare(same_r="(e(x, *theta) == r).all()"), "np.allclose"),
        *((compare(same_theta=one_part(i)), "you miss") for i in range(3)),
        (
            compare(
                same_r=HIGHER.format("m_step(x, e(x, *theta))"), same_theta=HIGHER.format("m(x, r)")
            ),
            "you miss",
        ),
        ("def ill_half(theta, x, e, m):\n    return 'none'", "you miss"),
        ("def ill_half(theta, x, e, m):\n    return 'm_step'", "healthy"),
        ("def ill_half(theta, x, e, m):\n    return e(x, theta)", "TypeError"),
    ],
    3: [
        (instead("return True"), "patient X pass"),
        (instead("return False"), "refuses healthy code"),
        (instead("return bool(check.monotone(theta, x, e, m))"), "patient X pass"),
        (instead("return bool(check.one_step(theta, x, e, m))"), "do not compare with formulas"),
        (
            instead("r = e(x, *theta)\n    return bool(np.allclose(r.sum(axis=1), 1))"),
            "rows still sum to one",
        ),
        (unit("np.allclose(mu_1, mu_2) and np.allclose(sigma_1, sigma_2)"), "in the unit of x"),
        (
            unit("all(np.allclose(p, q) for p, q in [(pi_1, pi_2), (a * sigma_1, sigma_2)])"),
            "at the means",
        ),
        (
            unit("np.allclose(a * mu_1, mu_2) and np.allclose(a * sigma_1, sigma_2, rtol=0.05)"),
            "pass",
        ),
        (unit("np.allclose(a * sigma_1, sigma_2)", a=1.0), "patient X pass"),
        (unit("bool((pi_1 == pi_2).all() and (a * mu_1 == mu_2).all())"), "np.allclose"),
        (unit("np.allclose(pi_1, pi_2) and np.allclose(a * mu_1, mu_2)"), "patient X pass"),
        (unit("mu_2 / mu_1"), "True or False"),
    ],
}

FIVE_STEPS = """
import numpy as np
def ill_half(theta, x, e, m):
    ends = []
    for one, two in ((e_step, m_step), (e, m_step), (e_step, m)):
        here = theta
        for _ in range(5):
            here = two(x, one(x, *here))
        ends.append(np.concatenate(here))
    if not np.allclose(ends[1], ends[0]):
        return "e_step"
    return "none" if np.allclose(ends[2], ends[0]) else "m_step"
"""
SAME = (
    "np.allclose(pi_1, pi_2) and np.allclose(a * mu_1, mu_2) and np.allclose(a * sigma_1, sigma_2)"
)

RIGHT = {
    1: ['import numpy as np\nanswer = {"Z": np.int64(2), "Y": 4.0, "X": np.array(5)}'],
    2: [compare(), FIVE_STEPS],
    3: [unit(SAME, a=0.5), unit(f"np.array({SAME})", a=1000.0)],
}
