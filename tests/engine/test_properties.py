"""What must hold for every model and all data: each test is a theorem, tried on random problems."""

import math
from itertools import islice

import numpy as np
import pytest
from helpers import (
    CLASSES,
    assert_close,
    best_given,
    gradient,
    kl,
    log_densities,
    one_step,
    pack,
    parameters,
    permuted,
    posterior,
    problems,
    random_problem,
    rebuild,
    steps,
    unpack,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from emlib import CoinMixture, GaussianMixture, NormalMixture, em_steps, fit
from emlib.lens import Moments

pytestmark = pytest.mark.filterwarnings("error")

GAUSSIANS = (NormalMixture, GaussianMixture)
seeds = st.integers(0, 2**32 - 1)
quick = settings(deadline=None, max_examples=60, derandomize=True, database=None)
thorough = settings(
    quick,
    max_examples=25,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def random_responsibilities(rng, n, k):
    """Rows that sum to one, some of them hard, so that zeros occur."""
    q = rng.dirichlet(np.full(k, 0.5), size=n)
    hard = rng.random(n) < 0.2
    q[hard] = np.eye(k)[rng.integers(k, size=hard.sum())]
    return q


# --- E-step ------------------------------------------------------------------------------------


@quick
@given(problems())
def test_density_and_posterior_are_those_of_the_textbook(problem):
    model, x = problem
    np.testing.assert_allclose(model.log_density(x), log_densities(model, x), rtol=1e-10)
    np.testing.assert_allclose(model.responsibilities(x), posterior(model, x), atol=1e-10)


@quick
@given(problems(), st.sampled_from([1e-6, 1.0, 1e3]), st.sampled_from([0.0, 1.0, 1e6]))
def test_responsibilities_sum_to_one(problem, stretch, offset):
    model, x = problem
    if not isinstance(model, CoinMixture):
        x = x * stretch + offset
    r = model.responsibilities(x)
    assert r.shape == (len(x), len(model.weights))
    assert np.all(r >= 0) and np.all(r <= 1 + 1e-12)
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=0, atol=1e-12)


# --- one step, and many ------------------------------------------------------------------------


@quick
@given(problems())
def test_one_step_is_the_one_in_plain_loops(problem):
    model, x = problem
    assert_close(model.m_step(model.e_step(x)), one_step(model, x), rtol=1e-10)


@quick
@given(problems(max_n=80, rows_each=1))
def test_the_log_likelihood_never_falls(problem):
    model, x = problem
    climb = np.array([step.log_likelihood for step in steps(model, x, 40)])
    assert np.all(np.diff(climb) >= -1e-9 * (1 + np.abs(climb[:-1])))


@quick
@given(problems(GAUSSIANS), st.sampled_from([1e-8, 1.0, 1e8]), st.sampled_from([1e3, 1e7]))
def test_the_log_likelihood_never_falls_far_from_zero(problem, scale, offset):
    model, x = problem
    model, x = affine(model, offset * scale, scale), x * scale + offset * scale
    climb = np.array([step.log_likelihood for step in steps(model, x, 40)])
    rounding = 1e-15 * offset * len(x) * 10
    assert np.all(np.diff(climb) >= -rounding - 1e-9 * (1 + np.abs(climb[:-1])))


@quick
@given(problems())
def test_a_step_that_moves_climbs(problem):
    model, x = problem
    taken = steps(model, x, 1)
    assume(len(taken) == 2)
    first, second = taken
    moved = np.max(np.abs(pack(second.model) - pack(first.model)))
    assert second.log_likelihood > first.log_likelihood or moved < 1e-6


@quick
@given(problems(), seeds)
def test_the_m_step_maximises_the_bound(problem, seed):
    model, x = problem
    rng = np.random.default_rng(seed)
    q, best = model.responsibilities(x), model.m_step(model.e_step(x))
    top = best.lower_bound(x, q)
    assert top >= model.lower_bound(x, q) - 1e-9
    theta = pack(best)
    for size in (1e-3, 1e-2, 1e-1):
        other = unpack(best, theta + size * rng.normal(size=len(theta)))
        assert other.lower_bound(x, q) <= top + 1e-9


@thorough
@given(problems(max_k=3, max_n=60))
def test_the_gradient_vanishes_where_fit_says_it_converged(problem):
    model, x = problem
    try:
        best = fit(model, x, max_iter=3000)
    except ValueError:
        assume(False)
    assume(best.converged)
    end, start = best.model, model
    if isinstance(end, CoinMixture):
        assume(np.all((end.biases > 1e-3) & (end.biases < 1 - 1e-3)))
    assume(end.weights.min() > 1e-3)
    before, after = np.linalg.norm(gradient(start, x)), np.linalg.norm(gradient(end, x))
    assert after < 1e-3 * max(1.0, before)


# --- ELBO --------------------------------------------------------------------------------------


@quick
@given(problems(), seeds)
def test_the_bound_lies_below_by_the_kl_divergence(problem, seed):
    model, x = problem
    q = random_responsibilities(np.random.default_rng(seed), len(x), len(model.weights))
    bound, log_likelihood = model.lower_bound(x, q), model.log_likelihood(x)
    assert bound <= log_likelihood + 1e-9
    assert log_likelihood - bound == pytest.approx(kl(q, posterior(model, x)), rel=1e-8, abs=1e-8)


@quick
@given(problems())
def test_the_bound_touches_at_the_posterior(problem):
    model, x = problem
    bound = model.lower_bound(x, model.responsibilities(x))
    assert bound == pytest.approx(model.log_likelihood(x), rel=1e-11, abs=1e-9)


@quick
@given(problems(), seeds)
def test_the_best_model_for_any_responsibilities_has_the_highest_bound(problem, seed):
    model, x = problem
    q = np.random.default_rng(seed).dirichlet(np.full(len(model.weights), 2.0), size=len(x))
    best = best_given(model, x, q)
    assert best.lower_bound(x, q) >= model.lower_bound(x, q) - 1e-9


# --- symmetries --------------------------------------------------------------------------------


@quick
@given(problems(), seeds)
def test_permuting_the_labels_permutes_the_answer(problem, seed):
    model, x = problem
    order = np.random.default_rng(seed).permutation(len(model.weights))
    other = permuted(model, order)
    np.testing.assert_allclose(other.log_density(x), model.log_density(x), rtol=1e-10)
    np.testing.assert_allclose(
        other.responsibilities(x), model.responsibilities(x)[:, order], atol=1e-12
    )
    for a, b in zip(steps(model, x, 3), steps(other, x, 3), strict=True):
        assert_close(b.model, permuted(a.model, order), rtol=1e-7)


@quick
@given(problems(), seeds)
def test_the_order_of_the_rows_means_nothing(problem, seed):
    model, x = problem
    order = np.random.default_rng(seed).permutation(len(x))
    np.testing.assert_allclose(model.log_density(x[order]), model.log_density(x)[order], rtol=1e-12)
    assert_close(model.m_step(model.e_step(x[order])), model.m_step(model.e_step(x)))


@quick
@given(
    problems(GAUSSIANS),
    st.floats(-1e3, 1e3),
    st.sampled_from([1e-6, 0.01, 1.0, -1.0, 60.0, 1e6]),
)
def test_shifting_and_scaling_the_data_shifts_and_scales_the_answer(problem, shift, scale):
    model, x = problem
    other = affine(model, shift * abs(scale), scale)
    y = x * scale + shift * abs(scale)
    jacobian = x.size * math.log(abs(scale))
    for a, b in zip(steps(model, x, 3), steps(other, y, 3), strict=True):
        assert b.log_likelihood == pytest.approx(a.log_likelihood - jacobian, rel=1e-7, abs=1e-6)
        assert_close(b.model, affine(a.model, shift * abs(scale), scale), rtol=1e-6)


def affine(model, shift, scale):
    weights, means, spread = parameters(model)
    power = 1 if isinstance(model, NormalMixture) else 2
    return rebuild(model, weights, means * scale + shift, spread * abs(scale) ** power)


@quick
@given(problems((GaussianMixture,)), seeds)
def test_turning_and_stretching_the_axes_turns_and_stretches_the_answer(problem, seed):
    model, x = problem
    d = x.shape[1]
    a = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0] * 10.0 ** np.arange(d)

    def turned(m):
        covariances = a.T @ m.covariances @ a
        return rebuild(m, m.weights, m.means @ a, (covariances + covariances.swapaxes(1, 2)) / 2)

    for p, q in zip(steps(model, x, 3), steps(turned(model), x @ a, 3), strict=True):
        assert_close(q.model, turned(p.model), rtol=1e-6)


@quick
@given(problems((CoinMixture,)))
def test_swapping_heads_and_tails_swaps_the_biases(problem):
    model, x = problem
    other = rebuild(model, model.weights, 1 - model.biases)
    for a, b in zip(steps(model, x, 5), steps(other, x[:, ::-1], 5), strict=True):
        assert_close(b.model, rebuild(a.model, a.model.weights, 1 - a.model.biases), rtol=1e-8)


# --- additive statistics -----------------------------------------------------------------------


def leaves(statistics):
    """All numbers of a nest of tuples, arrays and moments, in order."""
    if isinstance(statistics, Moments):
        statistics = tuple(vars(statistics).values())
    if isinstance(statistics, (tuple, list)):
        return np.concatenate([leaves(s) for s in statistics])
    return np.ravel(np.asarray(statistics, float))


@quick
@given(problems(), st.data())
def test_any_partition_into_blocks_gives_the_same_statistics(problem, data):
    model, x = problem
    cuts = data.draw(st.lists(st.integers(1, len(x) - 1), unique=True, max_size=8).map(sorted))
    blocks = np.split(x, cuts)
    total = model.e_step(blocks[0])
    for block in blocks[1:]:
        total = total + model.e_step(block)
    whole = model.e_step(x)
    a, b = leaves(total.statistics), leaves(whole.statistics)
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.max(np.abs(b)))
    assert total.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-11)
    assert_close(model.m_step(total), model.m_step(whole), rtol=1e-9)
    _, stepped = islice(em_steps(model, blocks), 2)
    assert_close(stepped.model, model.m_step(whole), rtol=1e-9)


@quick
@given(problems(), st.integers(2, 4))
def test_data_seen_twice_counts_twice_and_says_the_same(problem, times):
    model, x = problem
    many = model.e_step(np.concatenate([x] * times))
    once = model.e_step(x)
    assert many.log_likelihood == pytest.approx(times * once.log_likelihood, rel=1e-11)
    assert_close(model.m_step(many), model.m_step(once), rtol=1e-9)


@quick
@given(st.sampled_from(CLASSES), seeds, st.integers(1, 5), st.integers(1, 50))
def test_samples_of_any_model_are_possible_under_it(cls, seed, k, n):
    rng = np.random.default_rng(seed)
    model, _ = random_problem(cls, rng, k, 5)
    x, z = model.sample(n, rng)
    assert len(x) == len(z) == n and z.min() >= 0 and z.max() < k
    assert np.all(np.isfinite(model.log_density(x)))


# --- moments -----------------------------------------------------------------------------------


@quick
@given(
    problems(GAUSSIANS, max_k=3),
    seeds,
    st.sampled_from([1e-6, 1.0, 1e6]),
    st.sampled_from([0.0, 1.0, 1e4]),
    st.sampled_from([1.0, 1e-3]),
)
def test_statistics_of_different_models_and_blocks_add_up(problem, seed, scale, offset, width):
    model, x = problem
    rng, k = np.random.default_rng(seed), model.k
    model, x = affine(model, offset * scale, scale), x * scale + offset * scale
    blocks = np.array_split(x, 3)
    models = [affine(model, shift, 1.0) for shift in scale * rng.normal(0, 3, 3)]
    models[1] = rebuild(models[1], *parameters(models[1])[:2], width * parameters(models[1])[2])
    total = sum(
        (m.e_step(b) for m, b in zip(models[1:], blocks[1:], strict=True)),
        models[0].e_step(blocks[0]),
    )
    r = np.concatenate([m.responsibilities(b) for m, b in zip(models, blocks, strict=True)])
    assume(np.all(r.sum(axis=0) > 1e-3))
    wanted = best_given(model, x - offset * scale, r) if k else None
    seen = total.statistics
    np.testing.assert_allclose(seen.n / len(x), wanted.weights, rtol=1e-9)
    np.testing.assert_allclose(
        seen.means - offset * scale, wanted.means, rtol=1e-8, atol=1e-8 * scale
    )
    spread = parameters(wanted)[2] ** (2 if isinstance(model, NormalMixture) else 1)
    n = seen.n.reshape(-1, *[1] * (spread.ndim - 1))
    np.testing.assert_allclose(seen.scatters / n, spread, rtol=1e-6, atol=1e-7 * scale**2)


@pytest.mark.parametrize("cls", GAUSSIANS)
def test_a_model_may_use_what_another_has_seen(cls):
    model, x = random_problem(cls, np.random.default_rng(0), 3, 60)
    other = affine(model, 50.0, 3.0)
    assert_close(other.m_step(model.e_step(x)), model.m_step(model.e_step(x)), rtol=0)


@pytest.mark.parametrize("d", [1, 2])
def test_a_block_in_which_a_component_has_no_data_adds_nothing_to_it(d):
    near, far = np.random.default_rng(0).normal(size=(2, 40, d)) + [[[0.0]], [[1e6]]]
    start = GaussianMixture([0.5, 0.5], [[0.0] * d, [1e6] * d], [np.eye(d)] * 2)
    if d == 1:
        start = NormalMixture([0.5, 0.5], [0, 1e6], [1, 1])
        near, far = near[:, 0], far[:, 0]
    seen = (start.e_step(near) + start.e_step(far)).statistics
    np.testing.assert_array_equal(seen.n, [40, 40])
    np.testing.assert_allclose(seen.means, [near.mean(axis=0), far.mean(axis=0)], rtol=1e-14)
    spread = [np.cov(part.T, bias=True) for part in (near, far)]
    np.testing.assert_allclose(seen.scatters / 40, spread, rtol=1e-9)
    nobody = (start.e_step(near) + start.e_step(near)).statistics
    assert nobody.n[1] == 0 and np.all(np.isfinite(nobody.means))
    np.testing.assert_array_equal(nobody.scatters[1], np.zeros([d, d] if d > 1 else []))
