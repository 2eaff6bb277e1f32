"""Wrong answers to the exercises of notebook 01, and what the hint must say."""

SAMPLE = "def sample(n, pi, mu, sigma, rng):\n    z = {z}\n    x = {x}\n    return x, z"
OWN = "own = np.random.default_rng(7)\n"
SUM = "rng.normal(mu[0], sigma[0], n) + rng.normal(mu[1], sigma[1], n)"
MOMENTS = "def moments(pi, mu, sigma):\n    m = pi @ mu\n    return {}"
Z, X = "rng.choice(len(pi), size=n, p=pi)", "rng.normal(mu[z], sigma[z])"

WRONG = {
    1: [
        (SAMPLE.format(z="rng.choice(len(pi), size=n)", x=X), "equally often"),
        (SAMPLE.format(z=Z, x="rng.normal(mu[z], sigma[z] ** 2)"), "sigma squared"),
        (SAMPLE.format(z=Z, x="rng.normal(mu[z], sigma[z] ** .5)"), "root of sigma"),
        (SAMPLE.format(z="np.repeat([0, 1], [int(n * pi[0]), n - int(n * pi[0])])", x=X), "chance"),
        (
            SAMPLE.format(z="rng.permutation((np.arange(n) >= n * pi[0]).astype(int))", x=X),
            "never vary",
        ),
        (SAMPLE.format(z=Z, x=SUM), "same z"),
        (SAMPLE.format(z="(rng.normal(size=n) > pi[0]).astype(int)", x=X), "instead of"),
        (SAMPLE.format(z=Z, x="mu[z] + sigma[z] * rng.uniform(-3**.5, 3**.5, n)"), "not normal"),
        (SAMPLE.format(z=f"1 + {Z}", x="rng.normal(mu[z - 1], sigma[z - 1])"), "index"),
        (OWN + SAMPLE.format(z=Z.replace("rng", "own"), x=X), "generator rng"),
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
    ],
    3: [
        ("def is_bimodal(a, b, s):\n    return b - a > 2 * s", "order"),
        ("def is_bimodal(a, b, s):\n    return abs(a - b) > s", "one bump"),
        ("def is_bimodal(a, b, s):\n    return abs(a - b) > 3 * s", "two bumps"),
        ("def is_bimodal(a, b, s):\n    return abs(a - b) > 2", "units of sigma"),
        ("def is_bimodal(a, b, s):\n    return abs(a - b) / s", "True or False"),
    ],
}  # fmt: skip
