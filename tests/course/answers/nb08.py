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


def half(**slip):
    """The right function with one slip in it."""
    return HALF.format(**(GOOD_HALF | slip))


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
        (half(look="monotone"), "floor under sigma"),
        (half(first='"m_step"', second='"e_step"'), "wrong half"),
        (half(sound_m="m", sound_e="e"), "wrong half"),
        (half(first="'E'"), 'Return "e_step"'),
        ("def ill_half(theta, x, e, m):\n    return 'none'", "floor"),
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
        (unit("bool((pi_1 == pi_2).all() and (a * mu_1 == mu_2).all())"), "np.allclose"),
        (unit("np.allclose(pi_1, pi_2) and np.allclose(a * mu_1, mu_2)"), "patient X pass"),
        (unit("mu_2 / mu_1"), "True or False"),
    ],
}
