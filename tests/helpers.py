"""Oracles written with plain loops, straight from the formulas, and random problems to try them on.

Nothing here calls emlib to compute anything: models are only read for their parameters.
"""

import math
from itertools import islice

import numpy as np
from hypothesis import strategies as st

from emlib import CoinMixture, CollapsedComponent, GaussianMixture, NormalMixture, em_steps

CLASSES = (NormalMixture, GaussianMixture, CoinMixture)


def names(model):
    """The names of a model's array parameters, weights first."""
    second = {NormalMixture: ("means", "stds"), GaussianMixture: ("means", "covariances")}
    return ("weights", *second.get(type(model), ("biases",)))


def parameters(model):
    """The array parameters themselves, weights first."""
    return [getattr(model, name) for name in names(model)]


def rebuild(model, *arrays):
    """A model of the same class with other parameters."""
    extra = {"fixed_weights": model.fixed_weights} if isinstance(model, CoinMixture) else {}
    return type(model)(*arrays, **extra)


def permuted(model, order):
    """The same model with its components in another order."""
    return rebuild(model, *(p[order] for p in parameters(model)))


def assert_close(a, b, rtol=1e-10, atol=0.0):
    """Two models of one class have the same parameters."""
    assert type(a) is type(b)
    for name, p, q in zip(names(a), parameters(a), parameters(b), strict=True):
        scale = np.max(np.abs(q))
        np.testing.assert_allclose(p, q, rtol=rtol, atol=atol + rtol * scale, err_msg=name)


# --- oracles -----------------------------------------------------------------------------------


def log_component(model, k, row):
    """log p(row | z = k), from the textbook formula."""
    if isinstance(model, NormalMixture):
        y = (row - model.means[k]) / model.stds[k]
        return -0.5 * math.log(2 * math.pi) - math.log(model.stds[k]) - 0.5 * y * y
    if isinstance(model, GaussianMixture):
        gap, cov = row - model.means[k], model.covariances[k]
        quadratic = gap @ np.linalg.solve(cov, gap)
        return -0.5 * (len(gap) * math.log(2 * math.pi) + np.linalg.slogdet(cov)[1] + quadratic)
    heads, tails, bias = row[0], row[1], model.biases[k]
    return log_power(bias, heads) + log_power(1 - bias, tails)


def log_power(p, n):
    """n log p, with 0 log 0 = 0."""
    if n == 0:
        return 0.0
    return n * math.log(p) if p > 0 else -math.inf


def log_sum_exp(values):
    """log Σ exp(v), shifted by the largest."""
    top = max(values)
    if top == -math.inf:
        return top
    return top + math.log(math.fsum(math.exp(v - top) for v in values))


def log_joint(model, row):
    """The list of log π_k + log p(row | k)."""
    return [math.log(w) + log_component(model, k, row) for k, w in enumerate(model.weights)]


def log_densities(model, x):
    """log p(x_n), one by one."""
    return np.array([log_sum_exp(log_joint(model, row)) for row in np.asarray(x)])


def posterior(model, x):
    """p(z = k | x_n), (N, K), one by one."""
    joints = [log_joint(model, row) for row in np.asarray(x)]
    return np.array([[math.exp(a - log_sum_exp(joint)) for a in joint] for joint in joints])


def best_given(model, x, r):
    """The exact M-step for responsibilities r (N, K), as sums in plain loops."""
    x, n, k = np.asarray(x), len(x), len(model.weights)
    n_k = [math.fsum(r[i, j] for i in range(n)) for j in range(k)]
    weights = np.array(n_k) / n
    if isinstance(model, CoinMixture):
        heads = [sum(r[i, j] * x[i, 0] for i in range(n)) for j in range(k)]
        tosses = [sum(r[i, j] * (x[i, 0] + x[i, 1]) for i in range(n)) for j in range(k)]
        kept = model.weights if model.fixed_weights else weights
        return rebuild(model, kept, np.array(heads) / np.array(tosses))
    means = np.array([sum(r[i, j] * x[i] for i in range(n)) / n_k[j] for j in range(k)])
    spreads = [
        sum(r[i, j] * np.multiply.outer(x[i] - means[j], x[i] - means[j]) for i in range(n))
        for j in range(k)
    ]
    spreads = np.array([s / m for s, m in zip(spreads, n_k, strict=True)])
    if isinstance(model, NormalMixture):
        return rebuild(model, weights, means, np.sqrt(spreads))
    return rebuild(model, weights, means, (spreads + spreads.swapaxes(1, 2)) / 2)


def one_step(model, x):
    """One whole EM iteration in plain loops."""
    return best_given(model, x, posterior(model, x))


def kl(q, p):
    """Σ_n KL(q_n ‖ p_n) in nats."""
    pairs = zip(np.ravel(q), np.ravel(p), strict=True)
    return math.fsum(a * math.log(a / b) for a, b in pairs if a > 0)


# --- unconstrained coordinates, for gradients --------------------------------------------------


def pack(model):
    """One vector: logits of the weights, then means and log widths, or logits of the biases."""
    logits = np.log(model.weights)
    if isinstance(model, NormalMixture):
        return np.concatenate([logits, model.means, np.log(model.stds)])
    if isinstance(model, GaussianMixture):
        cholesky = np.linalg.cholesky(model.covariances)
        d = cholesky.shape[1]
        cholesky[:, range(d), range(d)] = np.log(cholesky[:, range(d), range(d)])
        rows, columns = np.tril_indices(d)
        return np.concatenate([logits, model.means.ravel(), cholesky[:, rows, columns].ravel()])
    return np.concatenate([logits, np.log(model.biases) - np.log1p(-model.biases)])


def unpack(model, theta):
    """The inverse of `pack`; `model` gives class and shapes."""
    k = len(model.weights)
    weights, rest = np.exp(theta[:k] - log_sum_exp(theta[:k])), theta[k:]
    if isinstance(model, NormalMixture):
        return rebuild(model, weights, rest[:k], np.exp(rest[k:]))
    if isinstance(model, GaussianMixture):
        d = model.means.shape[1]
        cholesky = np.zeros((k, d, d))
        cholesky[:, *np.tril_indices(d)] = rest[k * d :].reshape(k, -1)
        cholesky[:, range(d), range(d)] = np.exp(cholesky[:, range(d), range(d)])
        covariances = cholesky @ cholesky.swapaxes(1, 2)
        return rebuild(model, weights, rest[: k * d].reshape(k, d), covariances)
    kept = model.weights if model.fixed_weights else weights
    return rebuild(model, kept, 1 / (1 + np.exp(-rest)))


def gradient(model, x, h=1e-5):
    """Central differences of the log-likelihood in the coordinates of `pack`."""
    theta = pack(model)
    return np.array(
        [
            unpack(model, theta + e).log_likelihood(x) - unpack(model, theta - e).log_likelihood(x)
            for e in h * np.eye(len(theta))
        ]
    ) / (2 * h)


# --- random problems ---------------------------------------------------------------------------


def random_problem(cls, rng, k, n, d=2, fixed_weights=False):
    """A start of class `cls` with k components, and n observations that it does not quite fit."""
    weights, z = rng.dirichlet(np.full(k, 3.0)), rng.integers(k, size=n)
    if cls is CoinMixture:
        tosses = rng.integers(1, 12, size=n)
        heads = rng.binomial(tosses, rng.uniform(0.1, 0.9, k)[z])
        start = CoinMixture(weights, rng.uniform(0.1, 0.9, k), fixed_weights)
        return start, np.column_stack([heads, tosses - heads])
    centres = rng.normal(0, 2, (k, d))
    x = centres[z] + rng.normal(size=(n, d)) @ rng.uniform(-1, 1, (d, d)) + rng.normal(size=(n, d))
    means = centres + rng.normal(0, 0.7, (k, d))
    if cls is NormalMixture:
        return NormalMixture(weights, means[:, 0], rng.uniform(0.7, 2, k)), x[:, 0]
    factors = rng.uniform(-1, 1, (k, d, d))
    return GaussianMixture(weights, means, factors @ factors.swapaxes(1, 2) + np.eye(d)), x


@st.composite
def problems(draw, classes=CLASSES, max_k=4, max_n=60, rows_each=4):
    """(start, data): any class, K up to max_k, D up to 3, some rows per component and dimension.

    With few rows a component may collapse, which EM may do.
    """
    cls = draw(st.sampled_from(classes))
    k, d = draw(st.integers(1, max_k)), draw(st.integers(1, 3))
    fewest = 4 + rows_each * k * d
    n = draw(st.integers(fewest, max(max_n, fewest)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_problem(cls, rng, k, n, d, draw(st.booleans()))


def steps(start, x, n):
    """Up to n + 1 steps of EM; fewer if a component collapses on the way."""
    taken = []
    try:
        taken.extend(islice(em_steps(start, x), n + 1))
    except CollapsedComponent:
        pass
    return taken
