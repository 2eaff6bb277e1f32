"""Checks for the exercises of notebook 05, coin tosses, Jensen and why EM works."""

import numpy as np
from scipy.special import comb, rel_entr, xlogy

from . import textbook
from ._feedback import Wrong, array, by_hand, call, compare, exercise, number, parts, require, slips

WEIGHTS_MISSING = "The weights are missing: p(x, z = k) = π_k θ_kʰ (1 − θ_k)ᵗ."


@exercise(
    "Both parts are right at 1000 random (q, θ), and they add up to the log-likelihood. The "
    "identity needs nothing of q: no posterior, and not even positive shares."
)
def decomposition(rng, function):
    """Check a function (x, q, pi, theta) → ELBO, KL, for any K, with zeros in q at the end."""
    for i in range(1000):
        x, pi, theta = _some_coins(rng, 2 + i % 2)
        q = _some_shares(rng, len(x), len(pi), zeros=i >= 500)
        with_zeros = " q holds zeros here, and 0 log 0 counts as 0." if i >= 500 else ""
        answer = parts(call(function, x, q, pi, theta), 2)
        got = [_sum(a, n, with_zeros) for a, n in zip(answer, ("ELBO", "KL"), strict=True)]
        _compare_parts(*got, _Parts(x, q, pi, theta), with_zeros)


def _sum(value, name: str, with_zeros: str) -> float:
    try:
        return number(value, name)
    except Wrong as error:
        advice = " Sum over the sets, too." if "shape" in str(error) else with_zeros
        raise Wrong(f"{error}{advice}") from None


def _compare_parts(elbo, kl, c, with_zeros):
    require(not (c.near(elbo, c.kl) and c.near(kl, c.elbo)), "Return ELBO first, and then KL.")
    if not c.near(elbo, c.elbo):
        hint = f"The ELBO is Σ q (log p(x, z) − log q).{with_zeros}"
        compare(elbo, c.elbo, slips(ELBO_SLIPS, c), hint=hint, rtol=1e-9)
    if not c.near(kl, c.kl):
        hint = f"KL is Σ q log(q / p), where p is the posterior p(z | x, θ).{with_zeros}"
        compare(kl, c.kl, slips(KL_SLIPS, c), hint=hint, rtol=1e-9)


class _Parts:
    """ELBO and KL of one (x, q, pi, theta), and what they are made of."""

    def __init__(self, x, q, pi, theta):
        self.x, self.q, self.pi, self.log_p = x, q, pi, textbook.log_coins(x, theta)
        self.joint = np.log(pi) + self.log_p
        self.posterior, self.log_likelihood = textbook.e_step(self.joint)
        self.energy, self.entropy = (q * self.joint).sum(), -xlogy(q, q).sum()
        self.elbo, self.kl = self.energy + self.entropy, rel_entr(q, self.posterior).sum()

    def near(self, got, want) -> bool:
        return abs(got - want) <= 1e-7 * len(self.x)  # log(q + 1e-8) will do, log(q + 1e-6) not

    def blur(self, e):
        """Return what Σ q log q gains with e added to q inside the log."""
        return xlogy(self.q, self.q + e).sum() + self.entropy

    def to(self, p):
        return rel_entr(self.q, p).sum()  # KL(q ‖ p)


NO_COEFFICIENT = "The order of the tosses is on record: no binomial coefficient."
NOT_EQUAL = "The weights are those of the problem, π_k, and not all equal."
TOO_LARGE = "The number that you add to q before the log is too large. Leave out the zeros instead."
ADDED = 10.0 ** np.arange(-6, -1)

ELBO_SLIPS = [
    ("This is Q. The entropy −Σ q log q is missing.", lambda c: c.energy),
    ("The entropy has the wrong sign: −Σ q log q.", lambda c: c.energy - c.entropy),
    ("This is the log-likelihood itself. Use the q given.", lambda c: c.log_likelihood),
    ("This is −ELBO. Look at the sign.", lambda c: -c.elbo),
    ("Sum over the sets; do not average.", lambda c: c.elbo / len(c.x)),
    (WEIGHTS_MISSING, lambda c: c.elbo - (c.q * np.log(c.pi)).sum()),
    (NOT_EQUAL, lambda c: c.elbo - (c.q * np.log(c.pi * len(c.pi))).sum()),
    (NO_COEFFICIENT, lambda c: c.elbo + np.log(comb(c.x.sum(axis=1), c.x[:, 0])).sum()),
    ("Logarithms to the base e, please.", lambda c: c.elbo / np.log(2)),
    *((TOO_LARGE, lambda c, e=e: c.elbo - c.blur(e)) for e in ADDED),
]
KL_SLIPS = [
    (
        "This is KL(p ‖ q). In KL(q ‖ p) the average is taken with q.",
        lambda c: rel_entr(c.posterior, c.q).sum(),
    ),
    ("This is −KL. It is q / p inside the log.", lambda c: -c.kl),
    ("Sum over the sets; do not average.", lambda c: c.kl / len(c.x)),
    ("This is the KL to the weights π. It is measured to the posterior.", lambda c: c.to(c.pi)),
    ("The posterior needs the weights π.", lambda c: c.to(textbook.posterior(c.log_p))),
    ("Logarithms to the base e, please.", lambda c: c.kl / np.log(2)),
    ("This is only Σ q log q: divide by the posterior inside the log.", lambda c: -c.entropy),
    *((TOO_LARGE, lambda c, e=e: c.kl + c.blur(e)) for e in ADDED),
]


@exercise(
    "π counts sets and θ counts tosses, each with responsibilities; and in logarithms no set is "
    "too long."
)
def coin_step(rng, function):
    """Check a function (x, pi, theta) → pi, theta: one EM step with free weights."""
    by_hand(function, "CoinMixture")
    # With an odd number of sets no rounding makes the weights equal, as a guess may be.
    for k in (2, 3, 2):
        x, pi, theta = _some_coins(rng, k, sets=2 * rng.integers(4, 6) + 1)
        new = parts(call(function, x, pi, theta), 2)
        got = [array(a, (k,), f"The new {n}") for a, n in zip(new, ("pi", "theta"), strict=True)]
        _compare_step(*got, _Step(x, pi, theta))
    _survives_long_sets(function, rng)


class _Step:
    """One EM step from pi and theta, and what it is made of."""

    def __init__(self, x, pi, theta):
        self.x, self.pi, self.theta = x, pi, theta
        self.heads, self.n = x[:, 0], x.sum(axis=1)
        log_p = textbook.log_coins(x, theta)
        self.r, self.unweighted = textbook.posterior(np.log(pi) + log_p), textbook.posterior(log_p)
        self.new_pi, self.new_theta = textbook.coin_m_step(x, self.r)


def _compare_step(pi, theta, c):
    hint = "The new weights are π_k = N_k / N: the mean responsibility of coin k over the sets."
    compare(pi, c.new_pi, slips(PI_SLIPS, c), hint=hint)
    hint = "The new biases are H_k / (H_k + T_k), with H_k = Σ r h and T_k = Σ r t."
    compare(theta, c.new_theta, slips(BIAS_SLIPS, c), hint=hint)


PI_SLIPS = [
    ("The weights have not moved.", lambda c: c.pi),
    (
        "These are the counts N_k. Divide by the number of sets: π sums to 1.",
        lambda c: c.r.sum(axis=0),
    ),
    (
        "π_k counts sets, not tosses: log π_k stands in Q once a set.",
        lambda c: c.n @ c.r / c.n.sum(),
    ),
    (
        "The E-step needs the weights: multiply each coin by π_k.",
        lambda c: c.unweighted.mean(axis=0),
    ),
    (
        "You round the responsibilities. Keep the doubt.",
        lambda c: np.eye(len(c.pi))[c.r.argmax(axis=1)].mean(axis=0),
    ),
    ("You return theta first. The order is pi, theta.", lambda c: c.new_theta),
]
BIAS_SLIPS = [
    ("The biases have not moved.", lambda c: c.theta),
    ("These are the expected heads. Divide by the expected tosses H + T.", lambda c: c.heads @ c.r),
    (
        "Divide by the expected tosses H + T, not by N_k, which counts sets.",
        lambda c: textbook.average(c.heads, c.r),
    ),
    ("Divide by H + T: this is the odds H / T.", lambda c: c.new_theta / (1 - c.new_theta)),
    ("These are the tails' probabilities.", lambda c: 1 - c.new_theta),
    (
        "Long sets count more: add heads and tosses first, and divide afterwards.",
        lambda c: textbook.average(c.heads / c.n, c.r),
    ),
    (
        "Divide by the expected tosses of each coin, not by all tosses.",
        lambda c: c.heads @ c.r / c.n.sum(),
    ),
]


def _survives_long_sets(function, rng):
    """Try long sets, and short ones among them, of coins almost alike and of coins far apart."""
    out_of_range = (
        "Right for short sets, wrong with sets of 3000 tosses among them: their p(x, z) is below "
        "10⁻⁶⁰⁰, which no double can hold. Work with logs, and subtract from each row its largest "
        "(log-sum-exp) before you exponentiate."
    )
    n = np.tile([3000, 3000, 12], 4)
    for theta in np.array([[0.49, 0.51], [0.2, 0.7]]):
        heads = rng.binomial(n, np.repeat(theta, 6))
        x, pi = np.column_stack([heads, n - heads]), np.array([0.4, 0.6])
        try:
            new = parts(call(function, x, pi, theta), 2)
            got = np.array([array(a, (2,)) for a in new])
        except Wrong:
            raise Wrong(out_of_range) from None
        want = textbook.coin_m_step(x, _Step(x, pi, theta).r)
        compare(got, np.array(want), hint=out_of_range, rtol=1e-7)


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
        outside = f"A bias is a probability, from 0 to 1, but yours are {got.round(3)}."
        require((abs(got - 0.5) <= 0.5 + 1e-9).all(), outside)  # 1e-9 is for rounding
        _require_other(got, theta, pi)
        _compare_one_toss(got, pi, theta)


def _require_other(got, theta, pi):
    require(np.abs(got - theta).max() > 1e-7, "These are the biases you were given. Find others.")
    if np.abs(got - theta[::-1]).max() < 1e-7:
        exchange = "This exchanges the names of the coins: the same two numbers again."
        unequal = " With unequal weights it also changes the likelihood."
        raise Wrong(exchange + (unequal if abs(pi[0] - 0.5) > 1e-9 else ""))


def _compare_one_toss(got, pi, theta):
    mean, mine = pi @ theta, pi @ got
    if abs(mine - mean) < 1e-9:
        return
    if abs((got - theta).sum()) < 1e-9:
        raise Wrong(
            f"You keep the plain sum of the biases. But the coins have weights {pi.round(2)}: how "
            "often does a single toss show heads?"
        )
    digits = 4 if abs(mine - mean) > 1e-3 else 10
    raise Wrong(
        f"With your biases a single toss shows heads with probability {mine:.{digits}f}, before it "
        f"was {mean:.{digits}f}. What must stay the same?"
    )


def _some_coins(rng, k, sets=None):
    """Return sets of different lengths (N, 2), weights (K,) and biases (K,)."""
    n = rng.integers(3, 25, size=sets or rng.integers(2, 12))
    theta = rng.uniform(0.1, 0.9, k)
    heads = rng.binomial(n, theta[rng.integers(k, size=len(n))])
    return np.column_stack([heads, n - heads]), rng.dirichlet([4.0] * k), theta


def _some_shares(rng, n, k, *, zeros):
    q = rng.dirichlet(np.ones(k), size=n)
    if zeros:
        q[:: rng.integers(1, 3)] = np.eye(k)[rng.integers(k)]
    return q


def _two_apart(rng):
    low, high = rng.uniform(0.15, 0.45), rng.uniform(0.55, 0.85)
    return rng.permutation([low, high])
