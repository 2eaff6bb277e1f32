"""The driver: `em_steps`, `fit` and `best_of`, with emlib's models and with a reader's own."""

import dataclasses
import gc
import math
import subprocess
import sys
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import reduce
from itertools import islice, permutations
from multiprocessing import get_context
from operator import add

import numpy as np
import pytest
from helpers import CLASSES, assert_close, permuted, random_problem
from scipy import stats

import emlib
from emlib import (
    CoinMixture,
    CollapsedComponent,
    Expected,
    Fit,
    GaussianMixture,
    NormalMixture,
    Step,
    best_of,
    em_steps,
    fit,
    starts,
)

pytestmark = pytest.mark.filterwarnings("error")


class Linkage:
    """Dempster, Laird & Rubin (1977), section 1: 197 animals in four genetic classes."""

    def __init__(self, theta):
        self.theta = theta

    def e_step(self, counts):
        a, b, c, d = counts
        t = self.theta
        p = 0.5 + t / 4, (1 - t) / 4, (1 - t) / 4, t / 4
        log_likelihood = sum(n * math.log(q) for n, q in zip(counts, p, strict=True))
        return Expected(np.array([a * t / (2 + t) + d, b + c]), log_likelihood)

    def m_step(self, expected):
        linked, crossed = expected.statistics
        return Linkage(linked / (linked + crossed))


class PoissonMixture:
    """A student's mixture of two Poissons, with tuples of arrays as statistics."""

    def __init__(self, weights, rates):
        self.weights, self.rates = np.asarray(weights), np.asarray(rates)

    def e_step(self, x):
        joint = self.weights * stats.poisson.pmf(np.asarray(x)[:, None], self.rates)
        total = joint.sum(axis=1, keepdims=True)
        r = joint / total
        return Expected((r.sum(axis=0), r.T @ x), float(np.log(total).sum()))

    def m_step(self, expected):
        n, events = expected.statistics
        return PoissonMixture(n / n.sum(), events / n)


COUNTS = np.array([125, 18, 20, 34])
TEN = np.array([2.3, 3.2, 3.1, 1.6, 1.9, 11.5, 10.2, 12.3, 8.6, 10.9])
START = NormalMixture([0.5, 0.5], [4, 6], [1, math.sqrt(2)])


@pytest.fixture(params=CLASSES, ids=lambda cls: cls.__name__)
def problem(request):
    return random_problem(request.param, np.random.default_rng(8), k=3, n=60)


# --- a reader's own model ----------------------------------------------------------------------


def test_linkage_walks_the_path_of_the_paper():
    best = fit(Linkage(0.5), COUNTS, tol=0, max_iter=20)
    path = [step.model.theta for step in best.history]
    assert np.round(path[:4], 6).tolist() == [0.5, 0.608247, 0.624321, 0.626489]
    assert best.model.theta == pytest.approx(0.626821498, abs=5e-10)
    assert isinstance(best.model, Linkage)


def test_linkage_converges_by_itself():
    best = fit(Linkage(0.5), COUNTS)
    # Near the top a step of 1e-8 in θ gains 1e-14 nats: no test of the gain can see more digits.
    assert best.converged and best.n_iter < 12
    assert best.model.theta == pytest.approx(0.626821498, abs=5e-8)


def test_linkage_stops_where_the_likelihood_is_flat():
    theta = fit(Linkage(0.5), COUNTS, tol=0, max_iter=20).model.theta
    # The score 125/(2 + t) − 38/(1 − t) + 34/t is zero where 197 t² − 15 t − 68 = 0.
    assert 197 * theta**2 - 15 * theta - 68 == pytest.approx(0, abs=1e-10)


def test_own_model_in_em_steps_best_of_and_blocks():
    thetas = [step.model.theta for step in islice(em_steps(Linkage(0.5), COUNTS), 3)]
    assert np.round(thetas, 6).tolist() == [0.5, 0.608247, 0.624321]
    best = best_of([Linkage(0.1), Linkage(0.9)], COUNTS, tol=1e-12)
    assert best.model.theta == pytest.approx(0.626821498, abs=5e-8)
    halves = [np.array([100, 10, 10, 20]), np.array([25, 8, 10, 14])]
    assert fit(Linkage(0.5), halves).model.theta == pytest.approx(0.626821498, abs=5e-8)


def test_own_model_takes_progress_and_callback(capsys):
    seen = []
    fit(Linkage(0.5), COUNTS, progress=True, callback=seen.append)
    assert seen[0].model.theta == 0.5
    assert capsys.readouterr().err


def test_own_model_with_tuples_of_statistics():
    rng = np.random.default_rng(0)
    x = rng.poisson(np.where(rng.random(400) < 0.3, 2.0, 9.0))
    best = fit(PoissonMixture([0.5, 0.5], [1.0, 5.0]), x)
    assert best.converged
    np.testing.assert_allclose(best.model.rates, [2, 9], atol=0.6)
    blocks = fit(PoissonMixture([0.5, 0.5], [1.0, 5.0]), np.array_split(x, 7))
    np.testing.assert_allclose(blocks.model.rates, best.model.rates, rtol=1e-9)


def test_data_reaches_an_own_model_whole_and_untouched():
    seen = []

    class Spy(Linkage):
        def e_step(self, counts):
            seen.append(counts)
            return super().e_step(counts)

        def m_step(self, expected):
            return Spy(super().m_step(expected).theta)

    fit(Spy(0.5), COUNTS, max_iter=2)
    assert all(np.array_equal(counts, COUNTS) for counts in seen)


def test_an_own_model_that_cannot_do_em_says_so():
    class Falling(Linkage):
        def m_step(self, expected):
            return Falling(self.theta / 3)

    with pytest.raises(ValueError, match="(?i)log-likelihood.*f[ae]ll"):
        fit(Falling(0.5), COUNTS)


class Descent:
    """A model whose log-likelihood goes down by a share of itself in each step."""

    def __init__(self, share, log_likelihood=-1000.0):
        self.share, self.log_likelihood = share, log_likelihood

    def e_step(self, x):
        return Expected(0.0, self.log_likelihood)

    def m_step(self, expected):
        return Descent(self.share, self.log_likelihood * (1 + self.share))


@pytest.mark.parametrize("share", [1e-2, 1e-5, 1e-6])
def test_a_fall_of_a_hundredth_nat_in_a_thousand_is_a_fall(share):
    with pytest.raises(ValueError, match=rf"fell by {1000 * share:g} nats at iteration 1"):
        fit(Descent(share), TEN)


@pytest.mark.parametrize("share", [1e-8, 1e-12])
def test_a_fall_within_rounding_is_the_end_of_the_climb(share):
    best = fit(Descent(share), TEN)
    assert best.converged and best.n_iter == 1


@pytest.mark.parametrize("bad", [math.nan, -math.inf, math.inf])
def test_a_log_likelihood_that_is_no_number_is_an_error(bad):
    class Broken(Linkage):
        def e_step(self, counts):
            return Expected(super().e_step(counts).statistics, bad)

    with pytest.raises(ValueError, match="log-likelihood"):
        fit(Broken(0.5), COUNTS)


WRONG_STEPS = {
    "no return": ("e_step", lambda self, x: None, "e_step of Wrong.*None"),
    "a pair": ("e_step", lambda self, x: (np.ones(2), -1.0), "e_step of Wrong.*array"),
    "an array": (
        "e_step",
        lambda self, x: Expected(np.ones(2), np.array([-1.0])),
        r"log_likelihood.*\(1,\)",
    ),
    "no model": ("m_step", lambda self, expected: None, "m_step of Wrong.*None"),
    "a number": ("m_step", lambda self, expected: 0.6, r"m_step of Wrong.*0\.6"),
}


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize(("step", "body", "words"), WRONG_STEPS.values(), ids=WRONG_STEPS)
def test_an_own_model_that_returns_something_else_gets_a_sentence(step, body, words, blocks):
    wrong = type("Wrong", (Linkage,), {step: body})
    with pytest.raises(ValueError, match=f"(?s){words}"):
        fit(wrong(0.5), [COUNTS] * blocks)


# --- Expected ----------------------------------------------------------------------------------


def test_expected_adds_statistics_and_log_likelihoods():
    total = Expected(np.array([1.0, 2.0]), -3.0) + Expected(np.array([10.0, 20.0]), -4.0)
    np.testing.assert_array_equal(total.statistics, [11, 22])
    assert total.log_likelihood == -7
    assert (Expected(2.0, -1.0) + Expected(3.0, -1.0)).statistics == 5


def test_adding_leaves_the_parts_alone():
    a, b = Expected(np.array([1.0]), -3.0), Expected(np.array([10.0]), -4.0)
    a + b
    assert a.statistics[0] == 1 and b.statistics[0] == 10 and a.log_likelihood == -3


def test_expected_step_and_fit_are_records():
    assert [f.name for f in dataclasses.fields(Expected)] == ["statistics", "log_likelihood"]
    assert [f.name for f in dataclasses.fields(Step)] == ["iteration", "model", "log_likelihood"]
    assert [f.name for f in dataclasses.fields(Fit)][:5] == [
        "model",
        "log_likelihood",
        "converged",
        "n_iter",
        "history",
    ]
    step = next(em_steps(START, TEN))
    with pytest.raises(dataclasses.FrozenInstanceError):
        step.iteration = 3


# --- em_steps ----------------------------------------------------------------------------------


def test_step_zero_is_the_start_itself(problem):
    start, x = problem
    step = next(em_steps(start, x))
    assert step.iteration == 0 and step.model is start
    assert step.log_likelihood == pytest.approx(start.log_likelihood(x), rel=1e-12)


def test_each_log_likelihood_belongs_to_its_own_model(problem):
    start, x = problem
    for i, step in enumerate(islice(em_steps(start, x), 6)):
        assert isinstance(step, Step) and step.iteration == i
        assert step.log_likelihood == pytest.approx(step.model.log_likelihood(x), rel=1e-12)


def test_each_model_is_one_step_from_the_last(problem):
    start, x = problem
    taken = list(islice(em_steps(start, x), 4))
    for a, b in zip(taken, taken[1:], strict=False):
        assert_close(b.model, a.model.m_step(a.model.e_step(x)))


def test_steps_never_end():
    (last,) = islice(em_steps(START, TEN), 500, 501)
    assert last.iteration == 500


# --- fit ---------------------------------------------------------------------------------------


def test_fit_keeps_its_records_straight(problem):
    start, x = problem
    best = fit(start, x, max_iter=25)
    assert isinstance(best, Fit) and isinstance(best.history, tuple)
    assert best.history[0].model is start
    assert [s.iteration for s in best.history] == list(range(best.n_iter + 1))
    assert best.history[-1].model is best.model
    assert best.history[-1].log_likelihood == best.log_likelihood
    assert best.log_likelihood == pytest.approx(best.model.log_likelihood(x), rel=1e-12)


def test_fit_takes_the_steps_of_em_steps(problem):
    start, x = problem
    best = fit(start, x, max_iter=8)
    for a, b in zip(best.history, em_steps(start, x), strict=False):
        assert a.log_likelihood == b.log_likelihood
        assert_close(a.model, b.model, rtol=0)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_max_iter_counts_m_steps(n):
    best = fit(NormalMixture([0.5, 0.5], [6.56, 6.57], [4.0, 4.0]), TEN, tol=0, max_iter=n)
    assert best.n_iter == n and len(best.history) == n + 1 and best.converged is False


def test_converged_means_that_the_last_step_gained_less_than_tol(problem):
    start, x = problem
    for tol in (1e-1, 1e-3, 1e-8):
        best = fit(start, x, tol=tol)
        gains = np.diff([s.log_likelihood for s in best.history])
        assert best.converged is True
        assert gains[-1] < tol and np.all(gains[:-1] >= tol)


def test_a_stricter_tol_takes_longer_and_climbs_higher(problem):
    start, x = problem
    loose, strict = fit(start, x, tol=0.5), fit(start, x, tol=1e-9)
    assert loose.n_iter < strict.n_iter
    assert loose.log_likelihood < strict.log_likelihood


def test_converging_on_the_last_allowed_step_counts():
    n = fit(START, TEN).n_iter
    assert fit(START, TEN, max_iter=n).converged
    assert not fit(START, TEN, max_iter=n - 1).converged


def test_a_start_at_the_optimum_stays():
    best = fit(START, TEN, tol=1e-12).model
    again = fit(best, TEN)
    assert again.converged and again.n_iter == 1
    assert_close(again.model, best, rtol=1e-8)


def test_options_are_keywords_only():
    with pytest.raises(TypeError):
        fit(START, TEN, 1e-3)
    with pytest.raises(TypeError):
        em_steps(START, TEN, map)


def test_a_callback_sees_every_step_once_and_in_order(problem):
    start, x = problem
    seen = []
    best = fit(start, x, callback=seen.append)
    assert len(seen) == len(best.history)
    assert all(a is b for a, b in zip(seen, best.history, strict=True))


def test_what_a_callback_returns_changes_nothing_and_what_it_raises_comes_through():
    assert fit(START, TEN, callback=lambda step: True).n_iter == fit(START, TEN).n_iter

    def stop(step):
        if step.iteration == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(START, TEN, callback=stop)


def test_progress_shows_a_bar_with_the_log_likelihood(capsys):
    best = fit(START, TEN, progress=True)
    shown = capsys.readouterr()
    assert "it/s" in shown.err or "%|" in shown.err, "a tqdm bar"
    number = f"{best.log_likelihood:.2f}"[:5]
    assert number in shown.err and shown.out == ""


def test_progress_is_silent_unless_asked_for(capsys):
    fit(START, TEN)
    shown = capsys.readouterr()
    assert shown.err == shown.out == ""


def test_progress_changes_no_number(capsys):
    a, b = fit(START, TEN, progress=True), fit(START, TEN)
    assert a.log_likelihood == b.log_likelihood and a.n_iter == b.n_iter
    assert a.converged == b.converged


def test_a_bar_is_closed_when_a_component_collapses(capsys):
    with pytest.raises(CollapsedComponent):
        fit(NormalMixture([0.5, 0.5], [12.3, 5], [0.01, 3]), TEN, progress=True)


# --- blocks and map ----------------------------------------------------------------------------


class Blocks:
    """A re-iterable that counts how often it is read, like a file."""

    def __init__(self, blocks):
        self.blocks, self.reads = blocks, 0

    def __iter__(self):
        self.reads += 1
        return iter(self.blocks)


def test_blocks_give_the_same_fit(problem):
    start, x = problem
    whole = fit(start, x, max_iter=10, tol=0)
    cut = [x[:1], x[1:13], x[13:59], x[59:]]
    for blocks in (cut, tuple(cut), Blocks(cut)):
        pieces = fit(start, blocks, max_iter=10, tol=0)
        assert pieces.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-11)
        assert_close(pieces.model, whole.model, rtol=1e-8)


def test_blocks_are_streamed_one_at_a_time():
    x = np.random.default_rng(0).normal(size=(20, 500))
    alive = []

    class Stream:
        def __iter__(self):
            for row in x:
                alive.append("out")
                yield row.copy()

    start = NormalMixture([0.5, 0.5], [-1, 1], [1, 1])
    streamed = fit(start, Stream(), max_iter=3, tol=0)
    assert_close(streamed.model, fit(start, x.ravel(), max_iter=3, tol=0).model, rtol=1e-9)
    assert len(alive) >= 4 * 20, "read again in every iteration, never kept"


def test_map_is_called_with_the_e_step_of_the_present_model():
    calls = []

    def spy(function, blocks):
        blocks = list(blocks)
        calls.append((function, len(blocks)))
        return map(function, blocks)

    best = fit(START, [TEN[:4], TEN[4:]], map=spy, max_iter=3, tol=0)
    assert [n for _, n in calls[-4:]] == [2, 2, 2, 2]
    assert best.log_likelihood == pytest.approx(fit(START, TEN, max_iter=3, tol=0).log_likelihood)


@pytest.mark.parametrize("shuffled", [False, True])
def test_threads_may_do_the_e_steps(problem, shuffled):
    start, x = problem
    blocks = np.array_split(x, 5)
    whole = fit(start, x, max_iter=5, tol=0)
    with ThreadPoolExecutor(3) as pool:
        pooled = fit(start, blocks[::-1] if shuffled else blocks, map=pool.map, max_iter=5, tol=0)
    assert_close(pooled.model, whole.model, rtol=1e-9)


def test_a_process_pool_may_do_the_e_steps():
    # spawn, because forking a process that has threads is deprecated and warns
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for cls in CLASSES:
            start, x = random_problem(cls, np.random.default_rng(8), k=2, n=60)
            pooled = fit(start, np.array_split(x, 3), map=pool.map, max_iter=3, tol=0)
            assert_close(pooled.model, fit(start, x, max_iter=3, tol=0).model, rtol=1e-9)


def test_a_list_of_numbers_is_one_array_not_blocks():
    assert fit(START, TEN.tolist()).log_likelihood == fit(START, TEN).log_likelihood
    assert fit(START, list(TEN)).log_likelihood == fit(START, TEN).log_likelihood
    coins = CoinMixture([0.5, 0.5], [0.6, 0.5])
    tosses = [[5, 5], [9, 1], [8, 2], [4, 6], [7, 3]]
    assert fit(coins, tosses).log_likelihood == fit(coins, np.array(tosses)).log_likelihood


class Table:
    """What a pandas DataFrame is to numpy: an array, but iterated over it yields column names."""

    def __init__(self, rows):
        self.rows = rows
        self.shape, self.ndim, self.size = rows.shape, rows.ndim, rows.size

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype=dtype)

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(["duration", "waiting"])

    def __getitem__(self, key):
        raise KeyError(key)


class Tensor(Table):
    """What a torch tensor is: iterated over it yields tensors, and ``size`` is a method."""

    def __init__(self, rows):
        self.rows, self.shape, self.ndim = rows, rows.shape, rows.ndim

    def size(self):
        return self.shape

    def __iter__(self):
        return map(Tensor, self.rows)

    def __getitem__(self, key):
        return Tensor(self.rows[key])


@pytest.mark.parametrize("kind", [Table, Tensor])
@pytest.mark.parametrize("cuts", [[20], [30], [1, 13]], ids=["uneven", "equal", "three"])
def test_tables_and_tensors_are_data_whole_and_in_blocks(problem, kind, cuts):
    start, x = problem
    wanted = fit(start, x, max_iter=10, tol=0)
    blocks = [kind(block) for block in np.split(x, cuts)]
    for data in (kind(x), blocks, tuple(blocks), Blocks(blocks)):
        given = fit(start, data, max_iter=10, tol=0)
        assert given.log_likelihood == pytest.approx(wanted.log_likelihood, rel=1e-11)
    if not isinstance(start, CoinMixture):
        assert starts.quantiles(kind(x), 3) == starts.quantiles(x, 3)


# --- incremental EM: Neal & Hinton (1998), section 3 ---------------------------------------------


def test_incremental_em_is_five_lines_and_arrives_where_fit_does(problem):
    start, x = problem
    model, blocks = start, np.array_split(x, 4)
    seen = [model.e_step(block) for block in blocks]
    for i in [0, 1, 2, 3] * 400:
        seen[i] = model.e_step(blocks[i])
        model = model.m_step(reduce(add, seen))
    assert model.log_likelihood(x) == pytest.approx(fit(start, x).log_likelihood, rel=1e-4)


# --- a component that collapses ----------------------------------------------------------------


def test_a_collapse_names_component_iteration_and_cure():
    with pytest.raises(CollapsedComponent) as caught:
        fit(NormalMixture([0.5, 0.5], [5, 12.3], [3, 0.01]), TEN)
    message = str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert "component 1" in message.lower() and "iteration 1" in message.lower()
    assert any(word in message.lower() for word in ("try", "start", "fewer"))


def test_a_collapse_names_the_iteration_in_which_it_happens():
    x = np.array([0.0, 9.0, 9.5, 10.0, 10.5, 11.0, 11.5])
    start = NormalMixture([0.5, 0.5], [1, 10], [1.5, 1])
    taken = []
    with pytest.raises(CollapsedComponent) as caught:
        fit(start, x, callback=taken.append)
    assert len(taken) >= 2, "it walked a while"
    assert f"iteration {len(taken)}" in str(caught.value)
    assert "component 0" in str(caught.value).lower()
    assert taken[-1].log_likelihood > taken[0].log_likelihood


@pytest.mark.parametrize("k", [0, 1])
def test_a_gaussian_collapses_on_a_point_or_a_line(k):
    cloud = np.random.default_rng(0).normal(0, 1, (20, 2))
    means = [[20, 20], [0, 0]][:: 1 - 2 * k]
    covariances = [np.eye(2)] * 2
    for lonely in ([[20, 20]], [[20, 20], [21, 22]], [[20, 20], [21, 21], [22, 22]]):
        x = np.concatenate([cloud, lonely])
        with pytest.raises(CollapsedComponent, match=f"(?i)component {k}"):
            fit(GaussianMixture([0.5, 0.5], means, covariances), x)


@pytest.mark.parametrize(
    ("start", "x"),
    [
        (NormalMixture([0.5, 0.5], [5, 1e6], [3, 1]), TEN),
        (
            GaussianMixture([0.5, 0.5], [[0, 0], [1e6, 0]], [np.eye(2)] * 2),
            np.random.default_rng(0).normal(size=(20, 2)),
        ),
        (CoinMixture([0.5, 0.5], [0.5, 0.0]), [[5, 5], [9, 1]]),
        (CoinMixture([0.5, 0.5], [0.5, 0.0], fixed_weights=True), [[5, 5], [9, 1]]),
    ],
    ids=["normal", "gaussian", "coins", "fixed coins"],
)
def test_a_component_without_data_is_a_collapse_too(start, x):
    with pytest.raises(CollapsedComponent) as caught:
        fit(start, x)
    message = str(caught.value).lower()
    assert "component 1" in message and "iteration 1" in message


def test_equal_values_are_no_collapse_as_long_as_they_have_company():
    x = np.array([1.0, 1.0, 1.0, 2.0, 5.0, 5.0, 6.0, 6.0])
    best = fit(NormalMixture([0.5, 0.5], [1, 6], [1, 1]), x)
    assert best.converged and np.all(best.model.stds > 0.1)


# --- best_of -----------------------------------------------------------------------------------


STUCK = NormalMixture([0.5, 0.5], [6.56, 6.56], [4, 4])
DOOMED = NormalMixture([0.5, 0.5], [5, 12.3], [3, 0.01])


def test_the_highest_log_likelihood_wins():
    best = best_of([STUCK, START, STUCK], TEN)
    assert best.history[0].model is START
    assert best.log_likelihood == pytest.approx(-20.008450, abs=1e-6)
    assert best_of([STUCK], TEN).log_likelihood == pytest.approx(-28.677887, abs=1e-6)


def test_starts_may_come_from_a_generator():
    best = best_of((s for s in (START, STUCK)), TEN)
    assert best.history[0].model is START


def test_options_go_to_fit():
    seen = []
    best = best_of([START, STUCK], TEN, max_iter=1, tol=0, callback=seen.append)
    assert best.n_iter == 1 and len(seen) == 4
    blocks = best_of([START], [TEN[:3], TEN[3:]], map=map)
    assert blocks.log_likelihood == pytest.approx(-20.008450, abs=1e-6)


def test_failed_starts_are_reported_and_the_others_go_on():
    best = best_of([DOOMED, START, DOOMED], TEN)
    assert best.log_likelihood == pytest.approx(-20.008450, abs=1e-6)
    assert [number for number, _ in best.failures] == [0, 2]
    assert all(isinstance(error, CollapsedComponent) for _, error in best.failures)
    assert not best_of([START], TEN).failures and not fit(START, TEN).failures


@pytest.mark.parametrize("seed", range(40))
def test_of_equal_fits_the_first_wins(seed):
    rng = np.random.default_rng(seed)
    truth = GaussianMixture([0.3, 0.3, 0.4], rng.normal(0, 3, (3, 2)), [np.eye(2)] * 3)
    x, _ = truth.sample(300, rng)
    start = starts.kmeans_plus_plus(x, 3, rng)
    copies = [permuted(start, [*order]) for order in permutations(range(3))]
    for models in (copies, copies[::-1]):
        assert best_of(models, x, tol=1e-3).history[0].model is models[0]


class Claims:
    """A model that has converged at once, with the log-likelihood that it claims."""

    def __init__(self, log_likelihood):
        self.log_likelihood = log_likelihood

    def e_step(self, x):
        return Expected(0.0, self.log_likelihood)

    def m_step(self, expected):
        return self


@pytest.mark.parametrize(
    ("claims", "winner"),
    [
        ([-1000, -1000 + 1e-12], 0),
        ([-1000, -1000 - 1e-12], 0),
        ([-1000, -1000 + 9e-7, -1000 + 9e-7], 0),
        ([-1000, -1000 + 1.1e-6], 1),
        ([-1000, -1000 + 1.1e-6, -1000 + 1.2e-6], 1),
        ([-1e-15, 0, 1e-15], 0),
        ([0, 2e-9], 1),
        ([5000, 5000 + 4e-6], 0),
        ([5000, 5000 + 6e-6], 1),
        ([-20, -10, -10 + 1e-12, -15], 1),
    ],
)
def test_rounding_decides_nothing(claims, winner):
    models = [Claims(c) for c in claims]
    best = best_of(models, TEN)
    assert best.model is models[winner]
    rounding = 1e-9 * (1 + abs(best.log_likelihood))
    assert best.log_likelihood + rounding >= max(claims)  # and it gives nothing else away


class Tracked(Claims):
    """Counts how many models are alive; one that is lost leaves a large error behind."""

    alive = weakref.WeakSet()

    def __init__(self, log_likelihood, steps=3):
        super().__init__(log_likelihood)
        self.steps = steps
        self.alive.add(self)

    def m_step(self, expected):
        if self.steps == 0:
            return Tracked(self.log_likelihood, 0)
        return Tracked(self.log_likelihood + 1, self.steps - 1)


class Failing(Tracked):
    """Fails in its last M-step, with an error that was raised while another one was handled."""

    def m_step(self, expected):
        if self.steps == 0:
            try:
                return [self][1]
            except IndexError as error:
                raise CollapsedComponent(0, "it has no luck") from error
        return Failing(self.log_likelihood + 1, self.steps - 1)


def alive_at_most(models):
    """Return the best of the models, and how many were alive when each fit began, at most."""
    counts = []

    def given():
        for cls, claim in models:
            gc.collect()
            counts.append(len(Tracked.alive))
            yield cls(claim)

    return best_of(given(), TEN), max(counts)


@pytest.mark.parametrize("kind", ["rising", "equal", "falling", "failing"])
def test_only_the_best_history_is_kept(kind):
    claims = {"rising": range(6), "equal": [0] * 6, "falling": range(6, 0, -1)}
    others = [(Tracked, c) for c in claims.get(kind, [])] or [(Failing, 0)] * 6
    best, most = alive_at_most([(Tracked, 0), *others])
    assert most <= len(best.history) + 2  # the best fit, and the last start that was given
    assert len(best.failures) == (6 if kind == "failing" else 0)


def test_if_all_starts_fail_the_reason_is_told():
    with pytest.raises(ValueError, match="(?i)collapse|component"):
        best_of([DOOMED, DOOMED], TEN)


def test_no_starts_at_all_is_an_error():
    with pytest.raises(ValueError, match="starts"):
        best_of([], TEN)


# --- the package -------------------------------------------------------------------------------


def test_importing_emlib_is_light():
    heavy = (
        *("matplotlib", "ipywidgets", "anywidget", "IPython", "tqdm"),
        *("scipy.stats", "sklearn", "pandas"),
    )
    code = (
        "import sys, emlib; emlib.datasets.coin_tosses(); "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert run.stdout.strip() == "[]", run.stderr


def test_public_names():
    expected = (
        "fit em_steps best_of Step Fit Expected Mixture NormalMixture GaussianMixture CoinMixture "
        "CollapsedComponent log_likelihood_surface starts datasets"
    )
    assert all(hasattr(emlib, name) for name in expected.split())
    assert set(expected.split()) <= set(emlib.__all__)


def test_everything_public_has_a_docstring():
    for name in emlib.__all__:
        assert (getattr(emlib, name).__doc__ or "").strip(), name
    for cls in CLASSES:
        for name in dir(cls):
            if not name.startswith("_"):
                member = getattr(cls, name)
                if callable(member) or isinstance(member, property):
                    assert (member.__doc__ or "").strip(), f"{cls.__name__}.{name}"
