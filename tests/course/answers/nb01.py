"""Answers to the exercises of notebook 01: wrong ones, each with a part of its hint, and right."""

SAMPLE = "def sample(n, pi, mu, sigma, rng):\n    z = {z}\n    x = {x}\n    return x, z"
OWN = "own = np.random.default_rng(7)\n"
SUM = "rng.normal(mu[0], sigma[0], n) + rng.normal(mu[1], sigma[1], n)"
FIXED = "np.repeat(np.arange(len(pi)), np.diff(np.rint(n * np.r_[0, np.cumsum(pi)]).astype(int)))"
GUESSED = """
def sample(n, pi, mu, sigma, rng):
    z = rng.choice(len(pi), size=n, p=pi)
    x = rng.normal(mu[z], sigma[z])
    return x, abs(x[:, None] - mu).argmin(axis=1)
"""
LIBRARY = """
def sample(n, pi, mu, sigma, rng):
    return NormalMixture(pi, mu, sigma).sample(n, rng)
"""
OWN_SEED = SAMPLE.replace("    z =", "    rng = np.random.default_rng(0)\n    z =")
LOOPS = """
def sample(n, pi, mu, sigma, rng):
    x, z = [], []
    edges = np.cumsum(pi)
    for _ in range(n):
        k = min(int(np.searchsorted(edges, rng.random())), len(pi) - 1)
        x.append(mu[k] + sigma[k] * rng.standard_normal())
        z.append(k)
    return [x, z]
"""
SHUFFLED = """
def sample(n, pi, mu, sigma, rng):
    z = rng.permutation(np.repeat(np.arange(len(pi)), rng.multinomial(n, pi)))
    return rng.standard_normal(n) * sigma[z] + mu[z], z.astype(float)
"""

MOMENTS = "def moments(pi, mu, sigma):\n    m = pi @ mu\n    return {}"
DRAWN = """
def moments(pi, mu, sigma):
    z = np.random.default_rng(0).choice(len(pi), size=10**6, p=pi)
    x = np.random.default_rng(1).normal(mu[z], sigma[z])
    return x.mean(), x.var()
"""
TWO_ONLY = """
def moments(pi, mu, sigma):
    (p, q), (a, b), (s, t) = pi[:2], mu[:2], sigma[:2]
    return p * a + q * b, p * s**2 + q * t**2 + p * q * (a - b) ** 2
"""
BY_HAND = """
def moments(pi, mu, sigma):
    mean = sum(p * m for p, m in zip(pi, mu))
    square = sum(p * (s * s + m * m) for p, m, s in zip(pi, mu, sigma))
    return [np.array(mean), [square - mean**2]]
"""
BIMODAL = "def is_bimodal(a, b, s):\n    return {}"
COUNTED = """
def is_bimodal(a, b, s):
    x = np.linspace(min(a, b) - s, max(a, b) + s, 4001)
    p = normal_pdf(x, a, s) + normal_pdf(x, b, s)
    rising = np.diff(p) > 0
    return (rising[:-1] & ~rising[1:]).sum() == 2
"""
Z, X = "rng.choice(len(pi), size=n, p=pi)", "rng.normal(mu[z], sigma[z])"

WRONG = {
    1: [
        (SAMPLE.format(z="rng.choice(len(pi), size=n)", x=X), "equally often"),
        (SAMPLE.format(z=Z, x="rng.normal(mu[z], sigma[z] ** 2)"), "sigma squared"),
        (SAMPLE.format(z=Z, x="rng.normal(mu[z], sigma[z] ** .5)"), "root of sigma"),
        (SAMPLE.format(z=Z, x="rng.normal(mu[z], 1.07 * sigma[z])"), "spread"),
        (SAMPLE.format(z=Z, x="rng.normal(mu[z], sigma.mean())"), "spread"),
        (SAMPLE.format(z=FIXED, x=X), "one after the other"),
        (SAMPLE.format(z=f"rng.permutation({FIXED})", x=X), "never vary"),
        (SAMPLE.format(z=Z, x=SUM), "drawn from"),
        (GUESSED, "group 0 has share"),
        (LIBRARY, "you call normalmixture"),
        (SAMPLE.format(z="(rng.random(n) > pi[0]).astype(int)", x=X), "group 1 has share"),
        (SAMPLE.format(z="(rng.normal(size=n) > pi[0]).astype(int)", x=X), "share"),
        (SAMPLE.format(z=Z, x="mu[z] + sigma[z] * rng.uniform(-3**.5, 3**.5, n)"), "not normal"),
        (SAMPLE.format(z=f"1 + {Z}", x="rng.normal(mu[z - 1], sigma[z - 1])"), "index"),
        (OWN + SAMPLE.format(z=Z.replace("rng", "own"), x=X), "generator rng"),
        (OWN_SEED.format(z=Z, x=X), "generator rng"),
        (SAMPLE.format(z=Z, x=X).replace("x, z", "x"), "2 values"),
    ],
    2: [
        (MOMENTS.format("pi @ mu, pi @ sigma**2"), "within"),
        (MOMENTS.format("mu.mean(), pi @ sigma**2"), "weights"),
        (MOMENTS.format("m, pi @ (sigma**2 + mu**2)"), "square of the mean"),
        (MOMENTS.format("m, pi**2 @ sigma**2"), "sum of variables"),
        (MOMENTS.format("m, (pi @ (sigma**2 + (mu - m) ** 2)) ** 0.5"), "standard deviation"),
        (MOMENTS.format("m, pi @ (sigma + (mu - m) ** 2)"), "sigma²"),
        (MOMENTS.format("pi * mu, pi * sigma**2"), "single number"),
        (MOMENTS.format("m, 1.001 * (pi @ (sigma**2 + (mu - m) ** 2))"), "E[x²]"),
        (DRAWN, "Σ π_k"),
        (TWO_ONLY, "first two"),
    ],
    3: [
        (BIMODAL.format("b - a > 2 * s"), "order"),
        (BIMODAL.format("abs(a - b) > s"), "one bump"),
        (BIMODAL.format("abs(a - b) > 3 * s"), "two bumps"),
        (BIMODAL.format("abs(a - b) > 2.05 * s"), "2.01 σ there are two bumps"),
        (BIMODAL.format("abs(a - b) > 2.4 * s"), "there are two bumps"),
        (BIMODAL.format("abs(a - b) > 2 * s**2"), "in sigmas"),
        (BIMODAL.format("abs(a - b) > 2"), "in sigmas"),
        (BIMODAL.format("abs(a - b) / s"), "True or False"),
    ],
}  # fmt: skip

RIGHT = {
    1: [LOOPS, SHUFFLED],
    2: [
        BY_HAND,
        BY_HAND.replace("[np.array(mean), [square - mean**2]]", "iter((mean, square - mean**2))"),
        MOMENTS.format("m, pi @ sigma**2 + pi @ mu**2 - m**2"),
    ],
    3: [COUNTED, BIMODAL.format("np.array(abs(b - a) / s > 2)")],
}
