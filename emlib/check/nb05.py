"""Checks for the exercises of notebook 05, coin tosses, Jensen and why EM works."""

import numpy as np
from scipy.special import comb, logsumexp, rel_entr, xlogy

from ._feedback import Wrong, array, call, compare, exercise, number, parts, require

WEIGHTS_MISSING = "The weights are missing: p(x, z = k) = π_k θ_kʰ (1 − θ_k)ᵗ."


@exercise(
    "ELBO and KL, each from its own definition, add up to the log-likelihood at 1000 random "
    "(q, θ). The identity needs nothing of q: no posterior, and not even positive shares."
)
def decomposition(rng, function):
    """Check a function (x, q, pi, theta) → ELBO, KL, for any K, with zeros in q at the end."""
    for i in range(1000):
        x, pi, theta = _some_coins(rng, 2 + i % 2)
        q = _some_shares(rng, len(x), len(pi), zeros=i >= 500)
        with_zeros = " q holds zeros here, and 0 log 0 counts as 0." if i >= 500 else ""
        answer = parts(call(function, x, q, pi, theta), 2)
        got = [_sum(a, n, with_zeros) for a, n in zip(answer, ("ELBO", "KL"), strict=True)]
        _compare_parts(*got, x, q, pi, theta, with_zeros)


def _sum(value, name: str, with_zeros: str) -> float:
    try:
        return number(value, name)
    except Wrong as error:
        advice = " Sum over the sets, too." if "shape" in str(error) else with_zeros
        raise Wrong(f"{error}{advice}") from None


def _compare_parts(elbo, kl, x, q, pi, theta, with_zeros):
    joint = _log_joint(x, pi, theta)
    p = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    right_elbo, right_kl = (q * joint).sum() - xlogy(q, q).sum(), rel_entr(q, p).sum()
    if np.allclose([elbo, kl], [right_elbo, right_kl], rtol=1e-6):
        return
    no_weights = joint - np.log(pi)
    require(not np.allclose([elbo, kl], [right_kl, right_elbo]), "Return ELBO first, and then KL.")
    compare(
        elbo,
        right_elbo,
        [
            ("This is Q. The entropy −Σ q log q is missing.", (q * joint).sum()),
            ("The entropy has the wrong sign: −Σ q log q.", (q * joint).sum() + xlogy(q, q).sum()),
            ("This is the log-likelihood itself. Use the q given.", logsumexp(joint, axis=1).sum()),
            ("This is −ELBO. Look at the sign.", -right_elbo),
            ("Sum over the sets; do not average.", right_elbo / len(x)),
            (WEIGHTS_MISSING, right_elbo - (q * np.log(pi)).sum()),
            (
                "The weights are those of the problem, π_k, and not all equal.",
                right_elbo - (q * np.log(pi * len(pi))).sum(),
            ),
            (
                "The order of the tosses is on record: no binomial coefficient.",
                right_elbo + np.log(comb(x.sum(axis=1), x[:, 0])).sum(),
            ),
            ("Logarithms to the base e, please.", right_elbo / np.log(2)),
            *_blurred(q, joint),
        ],
        hint=f"The ELBO is Σ q (log p(x, z) − log q).{with_zeros}",
    )
    unweighted = np.exp(no_weights - logsumexp(no_weights, axis=1, keepdims=True))
    compare(
        kl,
        right_kl,
        [
            ("This is KL(p ‖ q). In KL(q ‖ p) the average is taken with q.", rel_entr(p, q).sum()),
            ("This is −KL. It is q / p inside the log.", -right_kl),
            ("Sum over the sets; do not average.", right_kl / len(x)),
            ("This is the KL to the weights π. It is measured to the posterior.", _to(q, pi)),
            ("The posterior needs the weights π.", rel_entr(q, unweighted).sum()),
            ("Logarithms to the base e, please.", right_kl / np.log(2)),
            ("This is only Σ q log q: divide by the posterior inside the log.", xlogy(q, q).sum()),
        ],
        hint=f"KL is Σ q log(q / p), where p is the posterior p(z | x, θ).{with_zeros}",
    )


def _blurred(q, joint):
    """Return mistakes: a number is added inside the log, and it is not small enough."""
    hint = "The number that you add to q before the log is too large. Leave out the zeros instead."
    return [(hint, (q * (joint - np.log(q + e))).sum()) for e in (1e-2, 1e-3, 1e-4)]


def _to(q, pi):
    return rel_entr(q, pi).sum()


@exercise(
    "π counts sets and θ counts tosses, each with responsibilities; and in logarithms no set is "
    "too long."
)
def coin_step(rng, function):
    """Check a function (x, pi, theta) → pi, theta: one EM step with free weights."""
    # With an odd number of sets no rounding makes the weights equal, as a guess may be.
    for k in (2, 3, 2):
        x, pi, theta = _some_coins(rng, k, sets=2 * rng.integers(4, 6) + 1)
        new = parts(call(function, x, pi, theta), 2)
        names = ("The new pi", "The new theta")
        got = [array(a, (k,), name) for a, name in zip(new, names, strict=True)]
        _compare_step(*got, x, pi, theta)
    _survives_long_sets(function, rng)


def _compare_step(pi_new, theta_new, x, pi, theta):
    right_pi, right_theta = _step(x, pi, theta)
    n = x.sum(axis=1)
    r = _responsibilities(_log_joint(x, pi, theta))
    unweighted = _responsibilities(_log_joint(x, pi, theta) - np.log(pi))
    hard = np.eye(len(pi))[r.argmax(axis=1)]
    compare(
        pi_new,
        right_pi,
        [
            ("The weights have not moved.", pi),
            ("These are the counts N_k. Divide by the number of sets: π sums to 1.", r.sum(axis=0)),
            ("π_k counts sets, not tosses: log π_k stands in Q once a set.", n @ r / n.sum()),
            ("The E-step needs the weights: multiply each coin by π_k.", unweighted.mean(axis=0)),
            ("You round the responsibilities. Keep the doubt.", hard.mean(axis=0)),
            ("You return theta first. The order is pi, theta.", right_theta),
        ],
        hint="The new weights are π_k = N_k / N: the mean responsibility of coin k over the sets.",
    )
    _compare_biases(theta_new, right_theta, theta, x, r)


def _compare_biases(got, right, old, x, r):
    heads, n = x[:, 0], x.sum(axis=1)
    compare(
        got,
        right,
        [
            ("The biases have not moved.", old),
            ("These are the expected heads. Divide by the expected tosses H + T.", heads @ r),
            ("Divide by the expected tosses H + T, not by N_k, which counts sets.", _by_sets(x, r)),
            ("Divide by H + T: this is the odds H / T.", heads @ r / (x[:, 1] @ r)),
            ("These are the tails' probabilities.", 1 - right),
            (
                "Long sets count more: add heads and tosses first, and divide afterwards.",
                (heads / n) @ r / r.sum(axis=0),
            ),
            ("Divide by the expected tosses of each coin, not by all tosses.", heads @ r / n.sum()),
        ],
        hint="The new biases are H_k / (H_k + T_k), with H_k = Σ r h and T_k = Σ r t.",
    )


def _by_sets(x, r):
    return x[:, 0] @ r / r.sum(axis=0)


def _survives_long_sets(function, rng):
    """Try sets of thousands of tosses, whose probabilities are below 10⁻⁶⁰⁰."""
    underflow = (
        "Right for short sets, wrong for sets of 3000 tosses: p(x, z) falls below the smallest "
        "double and becomes 0. Subtract the largest log (log-sum-exp) before you exponentiate."
    )
    pi, theta = np.array([0.4, 0.6]), np.array([0.49, 0.51])
    x = rng.binomial(3000, np.repeat([0.495, 0.505], 6))
    x = np.column_stack([x, 3000 - x])
    try:
        new = parts(call(function, x, pi, theta), 2)
        got = np.array([array(a, (2,)) for a in new])
    except Wrong:
        raise Wrong(underflow) from None
    compare(got, np.array(_step(x, pi, theta)), hint=underflow, rtol=1e-5)


@exercise(
    "One toss a set shows only the weighted mean Σ π_k θ_k, and you kept it. A second toss in each "
    "set would expose the impostor."
)
def impostor(rng, function):
    """Check a function (pi, theta) → other biases with the same one-toss likelihood."""
    for i in range(20):
        weight = 0.5 if i % 4 == 3 else rng.choice([rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9)])
        pi, theta = np.array([weight, 1 - weight]), _two_apart(rng)
        got = array(call(function, pi, theta), (2,), "Your pair of biases")
        require(((got >= 0) & (got <= 1)).all(), _outside(got))
        _require_other(got, theta, pi)
        _compare_one_toss(got, pi, theta)


def _outside(got) -> str:
    return f"A bias is a probability, from 0 to 1, but yours are {got.round(3)}."


def _require_other(got, theta, pi):
    require(np.abs(got - theta).max() > 1e-3, "These are the biases you were given. Find others.")
    if np.abs(got - theta[::-1]).max() < 1e-3:
        exchange = "This exchanges the names of the coins: the same two numbers again."
        unequal = " With unequal weights it also changes the likelihood."
        raise Wrong(exchange + (unequal if abs(pi[0] - 0.5) > 1e-9 else ""))


def _compare_one_toss(got, pi, theta):
    mean, mine = pi @ theta, pi @ got
    d = got - theta
    if abs(mine - mean) < 1e-9:
        return
    if abs(d.sum()) < 1e-9:
        raise Wrong(
            f"You keep the plain sum of the biases. But the coins have weights {pi.round(2)}: how "
            "often does a single toss show heads?"
        )
    raise Wrong(
        f"With your biases a single toss shows heads with probability {mine:.4f}, before it was "
        f"{mean:.4f}. What must stay the same?"
    )


def _some_coins(rng, k, sets=None):
    """Return sets of different lengths (N, 2), weights (K,) and biases (K,)."""
    n = rng.integers(3, 25, size=sets or rng.integers(2, 12))
    theta = rng.uniform(0.1, 0.9, k)
    heads = rng.binomial(n, rng.choice(theta, len(n)))
    return np.column_stack([heads, n - heads]), rng.dirichlet([4.0] * k), theta


def _some_shares(rng, n, k, *, zeros):
    q = rng.dirichlet(np.ones(k), size=n)
    if zeros:
        q[:: rng.integers(1, 3)] = np.eye(k)[rng.integers(k)]
    return q


def _two_apart(rng):
    low, high = rng.uniform(0.15, 0.45), rng.uniform(0.55, 0.85)
    return rng.permutation([low, high])


def _log_joint(x, pi, theta):
    return np.log(pi) + xlogy(x[:, :1], theta) + xlogy(x[:, 1:], 1 - theta)


def _responsibilities(log_joint):
    return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))


def _step(x, pi, theta):
    """Return one EM step, in plain loops over coins."""
    r = _responsibilities(_log_joint(x, pi, theta))
    heads = [sum(r[:, k] * x[:, 0]) for k in range(len(pi))]
    tosses = [sum(r[:, k] * x.sum(axis=1)) for k in range(len(pi))]
    return r.mean(axis=0), np.divide(heads, tosses)
