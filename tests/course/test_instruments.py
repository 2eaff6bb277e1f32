"""The instruments: they pass healthy code of any kind, see what is ill, and never raise.

That each sees the faults it should, and no others, is in test_clinic_table.py.
"""

import inspect
import re

import numpy as np
import pytest
from helpers import CLASSES, names, random_problem

from emlib import (
    CoinMixture,
    Expected,
    GaussianMixture,
    NormalMixture,
    check,
    datasets,
    fit,
    starts,
)
from emlib.check.instruments.exact import shared_std_m_step
from emlib.check.patients import Coins, Gaussian, Normal, Shared
from emlib.check.textbook import normal_m_step

WAITING = datasets.old_faithful()[:, 1]
START = np.array([0.5, 0.5]), np.array([50.0, 80.0]), np.array([5.0, 5.0])
STEPS = [
    check.monotone,
    check.responsibilities,
    check.one_step,
    check.equivariance,
    check.permutation,
    check.large_offset,
]
OTHERS = [check.integrates_to_one, check.sampling, check.stopping]
ALL = STEPS + OTHERS
n = Normal()


class Poisson:
    """A reader's own model of a kind that the instruments do not know."""

    def __init__(self, weights, rates):
        self.weights, self.rates = np.asarray(weights), np.asarray(rates)

    def e_step(self, x):
        joint = self.weights * np.exp(-self.rates) * self.rates ** x[:, None]
        total = joint.sum(axis=1, keepdims=True)
        r = joint / total
        return Expected((r.sum(axis=0), r.T @ x), float(np.log(total).sum()))

    def m_step(self, expected):
        counts, events = expected.statistics
        return type(self)(counts / counts.sum(), events / counts)


class OwnNormal:
    """A reader's own class with the usual names, but no dataclass and no relation of emlib's."""

    def __init__(self, weights, means, stds):
        self.weights, self.means, self.stds = map(np.asarray, (weights, means, stds))

    def e_step(self, x):
        r = n.e_step(x, self.weights, self.means, self.stds)
        return Expected((x, r), n.log_likelihood(x, self.weights, self.means, self.stds))

    def m_step(self, expected):
        return type(self)(*n.m_step(*expected.statistics))


# Healthy code passes


@pytest.mark.parametrize("instrument", ALL, ids=lambda i: i.__name__)
@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_emlib_passes(cls, instrument):
    k = 2 if cls is CoinMixture else 3  # three coins are a flat hill: thousands of steps
    start, x = random_problem(cls, np.random.default_rng(3), k=k, n=60)
    if instrument is check.stopping:
        start = fit(start, x).model
    reading = instrument(start, x)
    coins_have_no_unit = cls is CoinMixture and instrument is check.equivariance
    assert reading.symbol == ("–" if coins_have_no_unit else "✓"), reading
    assert bool(reading) is not coins_have_no_unit


@pytest.mark.parametrize("instrument", STEPS, ids=lambda i: i.__name__)
@pytest.mark.parametrize("program", [Normal(), Shared(), Gaussian(), Coins()])
def test_pairs_of_functions_pass(program, instrument):
    theta = program.start(program.x)
    for start in (theta, program.start, program.e_step(program.x, *theta)):
        reading = instrument(start, program.x, program.e_step, program.m_step)
        assert reading.symbol in ("✓", "–"), reading


@pytest.mark.parametrize("kept", [True, False])
def test_fixed_weights_are_no_fault(kept):
    coins = CoinMixture([0.2, 0.8], [0.6, 0.5], kept)
    assert all(instrument(coins, datasets.coin_tosses()) for instrument in (STEPS[:3] + STEPS[4:]))


def test_weights_that_are_said_to_be_fixed_must_not_move():
    class Loose(CoinMixture):
        def m_step(self, expected):
            new = CoinMixture(self.weights, self.biases).m_step(expected)
            return Loose(new.weights, new.biases, fixed_weights=True)

    reading = check.one_step(Loose([0.2, 0.8], [0.6, 0.5], True), datasets.coin_tosses())
    assert "the weight of component 0" in reading.text


def test_many_components_and_dimensions():
    start, x = random_problem(GaussianMixture, np.random.default_rng(0), k=5, n=400, d=4)
    assert all(instrument(start, x) for instrument in STEPS)
    assert check.integrates_to_one(start, x).symbol == "–"


def test_one_component():
    one = NormalMixture([1], [70], [10])
    assert check.permutation(one, WAITING).symbol == "–"
    assert all(i(one, WAITING) for i in STEPS if i is not check.permutation)


def test_an_unknown_model_is_examined_as_far_as_it_goes():
    x = np.random.default_rng(0).poisson([3.0, 9.0], (100, 2)).ravel()
    own = Poisson([0.5, 0.5], [2.0, 6.0])
    assert check.monotone(own, x)
    rest = [instrument(own, x) for instrument in ALL if instrument is not check.monotone]
    assert {r.symbol for r in rest} == {"–"}
    assert all("Poisson has no" in r.text for r in rest)


def test_own_class_with_the_usual_names_is_examined_in_full():
    own = OwnNormal(*START)
    for instrument in STEPS:
        reading = instrument(own, WAITING)
        assert reading.symbol == ("–" if instrument is check.responsibilities else "✓"), reading


def test_lists_will_do():
    theta = [[0.5, 0.5], [50, 80], [5, 5]]
    assert check.monotone(theta, list(WAITING), n.e_step, n.m_step)


def test_m_step_may_ask_for_the_old_parameters():
    def m_step(x, r, pi, mu, sigma):
        assert len(pi) == len(mu) == len(sigma) == 2
        return n.m_step(x, r)

    assert check.one_step(START, WAITING, n.e_step, m_step)
    assert check.one_step(START, WAITING, n.e_step, lambda x, r, *old: m_step(x, r, *old))


def test_e_step_may_give_the_log_likelihood_too():
    def both(x, *theta):
        return n.e_step(x, *theta), n.log_likelihood(x, *theta)

    assert all(instrument(START, WAITING, both, n.m_step) for instrument in STEPS)
    wrong = check.monotone(START, WAITING, lambda *g: (both(*g)[0], -both(*g)[1]), n.m_step)
    assert "first in step 1" in wrong.text


# What is seen is said, in numbers


def test_readings_quote_numbers():
    assert "-1034.0017" in repr(check.monotone(START, WAITING, n.e_step, n.m_step))
    assert "1.0000" in repr(check.integrates_to_one(START, WAITING, n.density))
    assert repr(check.stopping(START, WAITING)).startswith("✗ Stopped too early: more steps gain 5")
    twins = [0.5, 0.5], [WAITING.mean()] * 2, [WAITING.std()] * 2
    assert "saddle" in repr(check.stopping(twins, WAITING))


def test_twins_are_freed_whole():
    """Their widths are equal by accident, so a nudge must free them too: −28.678 to −20.008."""
    ten = Normal.x
    twins = [0.5, 0.5], [ten.mean()] * 2, [ten.std()] * 2
    assert "8.6694 nats" in repr(check.stopping(twins, ten))


def test_monotone_watches_the_log_likelihood_it_is_given():
    seen = []

    def own(x, *theta):
        seen.append(theta)
        return -float(len(seen))

    reading = check.monotone(START, WAITING, n.e_step, n.m_step, log_likelihood=own, steps=5)
    assert "falls in 5 of 5 steps, first in step 1: -1.0000 to -2.0000" in reading.text
    assert len(seen) == 6


def test_a_small_fall_is_seen():
    """Stds that come out one per cent too wide cost a hundred-thousandth of the log-likelihood."""
    top = fit(NormalMixture(*START), WAITING).model

    def m_step(x, r):
        weights, means, stds = n.m_step(x, r)
        return weights, means, 1.01 * stds

    theta = top.weights, top.means, top.stds
    wide = top.weights, top.means, 1.01 * top.stds
    fall = 1 - n.log_likelihood(WAITING, *theta) / n.log_likelihood(WAITING, *wide)
    assert 1e-5 < fall < 1e-4
    assert "first in step 1" in check.monotone(theta, WAITING, n.e_step, m_step).text
    assert check.monotone(theta, WAITING, n.e_step, n.m_step)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: r * 0.9, "sum to 0.9"),
        (lambda r: 2 * r - 0.5, "negative"),
        (lambda r: r.T, "transposed"),
        (lambda r: r[:, :1], "shape"),
        (lambda r: r * np.nan, "NaN"),
        (lambda r: None, "returns nothing"),
    ],
)
def test_responsibilities_says_what_is_wrong(spoil, words):
    reading = check.responsibilities(START, WAITING, lambda *g: spoil(n.e_step(*g)), n.m_step)
    assert not reading and words in reading.text


def test_integrates_to_one_refuses_negative_densities():
    reading = check.integrates_to_one(START, WAITING, lambda x, *t: 2 * n.density(x, *t) - 1e-6)
    assert "negative" in reading.text


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda x, z: (x, 1 - z), "mean"),
        (lambda x, z: (x, z * 0), "shares"),
        (lambda x, z: (x, z + 1), "shares"),
        (lambda x, z: (80 + 2 * (x - 80), z), "std"),
        (lambda x, z: x, "2 values"),
        (lambda x, z: (np.sort(x)[::-1], z), "mean"),
        (lambda x, z: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_sampling_says_what_is_wrong(spoil, words):
    reading = check.sampling(START, WAITING, lambda *g: spoil(*n.sample(*g)))
    assert not reading and words in reading.text


def test_large_offset_is_measured_in_the_data_s_own_spread():
    tiny = WAITING * 1e-9
    theta = START[0], START[1] * 1e-9, START[2] * 1e-9
    assert check.large_offset(theta, tiny, n.e_step, n.m_step)


def test_a_changed_argument_is_seen():
    def m_step(x, r):
        r /= r.sum(axis=0)
        return START

    assert "changes the array" in check.one_step(START, WAITING, n.e_step, m_step).text


# Healthy code in another dialect is told so, and never accused


def wrapped(e_step, m_step, there, back):
    """The same code for parameters of another form: there(theta), and back."""
    return lambda x, *t: e_step(x, *back(*t)), lambda x, r: there(*m_step(x, r))


DIALECTS = {
    "variances": (lambda w, m, s: (w, m, s**2), lambda w, m, v: (w, m, np.sqrt(v))),
    "precisions": (lambda w, m, s: (w, m, s**-2.0), lambda w, m, t: (w, m, t**-0.5)),
    "holds means": (lambda w, m, s: (w, s, m), lambda w, s, m: (w, m, s)),
    "part 3 to 1": (lambda w, m, s: (m, s, w), lambda m, s, w: (w, m, s)),
    "part 2 to 1": (lambda w, m, s: (m, w, s), lambda m, w, s: (w, m, s)),
    "dict with w, mu": (lambda w, m, s: {"w": w, "mu": m, "s": s}, lambda *names: None),
    "4 parts": (lambda w, m, s: (w[0], *m, s[0]), lambda p, m, n, s: ([p, 1 - p], [m, n], [s, s])),
    "single precision": (lambda *t: tuple(map(np.float32, t)), lambda *t: t),
    "data of shape": (lambda w, m, s: (w, m[:, None], s[:, None]), lambda *t: map(np.ravel, t)),
}


@pytest.mark.parametrize("instrument", STEPS, ids=lambda i: i.__name__)
@pytest.mark.parametrize("words", DIALECTS)
def test_parameters_of_another_form_are_no_fault(instrument, words):
    there, back = DIALECTS[words]
    reading = instrument(there(*START), WAITING, *wrapped(n.e_step, n.m_step, there, back))
    assert reading.symbol == "–" and words in reading.text


@pytest.mark.parametrize("m_step", [normal_m_step, shared_std_m_step])
def test_variances_are_heard_in_any_data(m_step):
    """Few or many, close or far apart, in any unit: no healthy program is accused."""
    there, back = DIALECTS["variances"]
    for seed in range(25):
        rng = np.random.default_rng(seed)
        k, unit = int(rng.integers(1, 5)), 10.0 ** rng.uniform(-3, 3)
        centres = rng.choice([1, 3, 8, 30, 100]) * np.cumsum(rng.uniform(0.5, 1.5, k))
        x = rng.normal(rng.choice(centres, rng.integers(20, 200)), 1) * unit
        means = np.quantile(x, (np.arange(k) + 0.5) / k)
        theta = np.full(k, 1 / k), means, np.full(k, x.std() / (k + 0.5))
        code = wrapped(n.e_step, m_step, there, back)
        for instrument in (check.monotone, check.one_step, check.equivariance):
            assert instrument(there(*theta), x, *code).symbol == "–"
            assert instrument(theta, x, n.e_step, m_step).symbol == "✓"


def test_a_variance_handed_over_by_mistake_is_still_a_fault():
    """One half means variances, the other standard deviations: that is patient Y, and its twin."""
    there, back = DIALECTS["variances"]
    e_step, m_step = wrapped(n.e_step, n.m_step, there, back)
    assert check.one_step(START, WAITING, n.e_step, m_step).symbol == "✗"
    assert check.monotone(START, WAITING, n.e_step, m_step).symbol == "✗"
    assert "variances" in check.one_step(START, WAITING, e_step, n.m_step).text


@pytest.mark.parametrize("instrument", STEPS, ids=lambda i: i.__name__)
def test_a_forgotten_square_is_still_a_fault(instrument):
    """At equal widths it cannot be told from a variance; as soon as they differ, it can."""
    e_step, m_step = check.ward["Z"]
    theta = [0.5, 0.5], [2.3, 10.7], [2.0, 2.0]
    ill = instrument in (check.one_step, check.equivariance)
    assert instrument(theta, n.x, e_step, m_step).symbol == ("✗" if ill else "✓")
    large = [0.5, 0.5], [230.0, 1070.0], [200.0, 200.0]  # here its answers are zeros and ones only
    assert check.one_step(large, 100 * n.x, e_step, m_step).symbol == "✗"


def test_an_own_log_likelihood_may_have_its_own_parameters():
    there, back = DIALECTS["variances"]
    code = wrapped(n.e_step, n.m_step, there, back)
    own = {"log_likelihood": lambda x, *t: n.log_likelihood(x, *back(*t))}
    assert check.monotone(there(*START), WAITING, *code, **own)


def test_an_answer_or_a_sample_in_variances():
    best = fit(NormalMixture(*START), WAITING).model
    for there, _ in list(DIALECTS.values())[:3]:
        reading = check.stopping(there(best.weights, best.means, best.stds), WAITING)
        assert reading.symbol == "–" and "top of a hill" in reading.text
    variances = START[0], START[1], START[2] ** 2
    reading = check.sampling(variances, WAITING, lambda m, rng, *t: n.sample(m, rng, *START))
    assert reading.symbol == "–" and "variances" in reading.text


def test_covariances_may_not_be_inverted():
    g = Gaussian()
    there, back = [lambda w, m, c: (w, m, np.linalg.inv(c))] * 2
    reading = check.one_step(there(*g.start(g.x)), g.x, *wrapped(g.e_step, g.m_step, there, back))
    assert reading.symbol == "–" and "precisions, and covariances are wanted" in reading.text


@pytest.mark.parametrize("turned", [np.transpose, lambda r: list(r.T), lambda r: tuple(r.T)])
def test_a_row_a_component(turned):
    def m_step(x, r):
        return n.m_step(x, np.array(r).T)

    code = (lambda *g: turned(n.e_step(*g))), m_step
    for instrument in STEPS:
        reading = instrument(START, WAITING, *code)
        assert reading.symbol == ("–" if instrument is check.responsibilities else "✓"), reading
    assert "looks transposed" in check.responsibilities(START, WAITING, *code).text


@pytest.mark.parametrize("instrument", STEPS, ids=lambda i: i.__name__)
def test_responsibilities_of_single_precision(instrument):
    def e_step(x, *theta):
        return n.e_step(x, *theta).astype(np.float32)

    reading = instrument(START, WAITING, e_step, n.m_step)
    assert reading.symbol == "–" and "single precision" in reading.text


def test_options_of_the_m_step_are_left_alone():
    def m_step(x, r, floor=0.0, verbose=False, labels=None):
        assert floor == 0 and labels is None
        return n.m_step(x, r)

    assert check.one_step(START, WAITING, n.e_step, m_step)


def test_other_families_and_other_objects():
    class Class:
        weights, means, stds = START

        def e_step(self, x):
            return n.e_step(x, *START)

        def m_step(self, x, r):
            return n.m_step(x, r)

    assert "e_step of Normal takes more than x" in check.monotone(n, WAITING).text
    assert "returns no log_likelihood" in check.monotone(Class(), WAITING).text
    x = np.random.default_rng(0).poisson([3.0, 9.0], (100, 2)).ravel()
    for instrument in STEPS:
        assert instrument(Class(), WAITING).symbol == "–"
        reading = instrument(([0.5, 0.5], [2.0, 6.0]), x, n.e_step, n.m_step)
        assert reading.symbol == "–" and "Another family" in reading.text


def test_broken_code_is_told_where_it_broke():
    def m_step(x, r):
        return START[0], START[1] * np.nan, START[2]

    reading = check.monotone(START, WAITING, n.e_step, m_step)
    assert reading.symbol == "✗" and "Step 1: The array of means holds NaN" in reading.text
    counts = check.monotone(START, WAITING, n.e_step, lambda x, r: (r.sum(axis=0), *START[1:]))
    assert counts.symbol == "✗" and "Their order is weights, means, stds" in counts.text


# Nothing raises


NONSENSE = [None, ..., 3, "abc", np.nan, [], {}, (1, 2, 3), object(), np.zeros((3, 2)), np.sin]


@pytest.mark.parametrize("instrument", ALL, ids=lambda i: i.__name__)
def test_nonsense_is_answered(instrument):
    assert instrument().symbol == "○"
    for a in NONSENSE:
        for given in ((a, WAITING), (START, a), (START, WAITING, a, a), (a, a, a, a)):
            reading = instrument(*given)
            assert isinstance(reading, check.Reading) and reading.text


@pytest.mark.parametrize("instrument", STEPS, ids=lambda i: i.__name__)
@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), AssertionError(), KeyError(1)])
def test_errors_of_the_code_are_answered(instrument, error):
    def broken(*given):
        raise error

    reading = instrument(START, WAITING, broken, n.m_step)
    assert reading.symbol == "✗" and type(error).__name__ in reading.text
    assert instrument(broken, WAITING, n.e_step, n.m_step).symbol == "✗"
    assert instrument(START, WAITING, n.e_step, broken).symbol == "✗"


@pytest.mark.parametrize("instrument", STEPS[:-1], ids=lambda i: i.__name__)
def test_without_functions_there_is_nothing_to_examine(instrument):
    assert instrument(START, WAITING).symbol == "○"
    assert instrument(START, WAITING, n.e_step).symbol == "○"


def test_the_exact_step_is_the_one_in_plain_loops():
    """The oracle of the instruments against the oracle of the tests."""
    from helpers import one_step, parameters

    from emlib.check.instruments.exact import exact_step
    from emlib.check.instruments.kinds import kind_of

    for cls in CLASSES:
        start, x = random_problem(cls, np.random.default_rng(5), k=3, n=40)
        theta = tuple(getattr(start, name) for name in names(start))
        wanted = parameters(one_step(start, x))
        step = exact_step(np.asarray(x, float), theta, kind_of(theta).m_step)
        for got, want in zip(step, wanted, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-10)


def test_leaping_ends_where_small_steps_end():
    """The summit of `stopping`, on hills that plain EM climbs in at most a few thousand steps."""
    from emlib.check.instruments.exact import summit

    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = rng.normal(rng.choice([0.0, 2.5], size=150), 1)
        end = fit(NormalMixture([0.5, 0.5], [0, 2.5], [1, 1]), x, tol=1e-12)
        with np.errstate(all="ignore"):
            top = summit(x, (np.full(2, 0.5), np.array([0, 2.5]), np.ones(2)), normal_m_step)
        assert abs(top - end.log_likelihood) < 1e-6


def test_a_leap_onto_a_spike_is_not_believed():
    """Three components on 200 points of the plane: long leaps here end on single points."""
    for seed in 5, 7, 9:
        rng = np.random.default_rng(seed)
        k, d = int(rng.integers(2, 4)), int(rng.integers(1, 3))
        x = rng.normal(rng.normal(0, 2, (k, d))[rng.integers(k, size=200)], 1)
        start = starts.kmeans_plus_plus(x, k, rng)
        end = fit(start, x)
        got = float(re.search(r"gain ([\d.]+)", repr(check.stopping(start, x)))[1])
        assert got == pytest.approx(end.log_likelihood - start.log_likelihood(x), abs=1e-3)


@pytest.mark.parametrize("instrument", ALL, ids=lambda i: i.__name__)
def test_every_instrument_is_documented_and_public(instrument):
    assert inspect.getdoc(instrument)
    assert instrument.__name__ in check.__all__
