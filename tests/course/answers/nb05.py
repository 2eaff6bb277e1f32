"""Wrong answers to the exercises of notebook 05, and what the hint must say."""

DECOMPOSE = """
def decompose(x, q, pi, theta):
    joint = {joint}
    p = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    safe = np.where(q > 0, q, 1)
    entropy = -(q * np.log(safe)).sum()
    return {elbo}, {kl}
"""
PARTS = {
    "joint": "np.log(pi) + x @ np.log([theta, 1 - theta])",
    "elbo": "(q * joint).sum() + entropy",
    "kl": "(q * np.log(safe / p)).sum()",
}
STEP = """
def coin_em_step(x, pi, theta):
    h, t = x.T
    joint = {joint}
    r = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    H, T = x.T @ r
    return {pi}, {theta}
"""
STEPS = {
    "joint": "np.log(pi) + x @ np.log([theta, 1 - theta])",
    "pi": "r.mean(axis=0)",
    "theta": "H / (H + T)",
}


def decompose(**slip):
    """The right function with one slip in it."""
    return DECOMPOSE.format(**(PARTS | slip))


def step(**slip):
    """The right step with one slip in it."""
    return STEP.format(**(STEPS | slip))


NAIVE = """
def coin_em_step(x, pi, theta):
    joint = pi * theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
    r = joint / joint.sum(axis=1, keepdims=True)
    H, T = x.T @ r
    return r.mean(axis=0), H / (H + T)
"""
GLOBAL = """
def coin_em_step(x, pi, theta):
    joint = np.log(pi) + x @ np.log([theta, 1 - theta])
    joint = np.exp(joint - {shift})
    r = joint / joint.sum(axis=1, keepdims=True)
    H, T = x.T @ r
    return r.mean(axis=0), H / (H + T)
"""
LIBRARY = """
def coin_em_step(x, pi, theta):
    start = CoinMixture(pi, theta)
    new = start.m_step(start.e_step(x))
    return new.weights, new.biases
"""
TO_THE_EDGE = """
def impostor(pi, theta):
    t = min((1 - theta[0]) * pi[0], theta[1] * pi[1])
    return [theta[0] + t / pi[0], theta[1] - t / pi[1]]
"""
ANYWHERE = """
rng = np.random.default_rng(7)
def impostor(pi, theta):
    m = pi @ theta
    low, high = max(0, (m - pi[1]) / pi[0]), min(1, m / pi[0])
    a = rng.uniform(low, high)
    return [a, (m - pi[0] * a) / pi[1]]
"""
A_STEP = "def impostor(pi, theta):\n    return theta + 1e-4 * np.array([1 / pi[0], -1 / pi[1]])"


def plus(e):
    """Both parts with e added to q inside the logs."""
    return decompose(
        elbo=f"(q * (joint - np.log(q + {e}))).sum()", kl=f"(q * np.log((q + {e}) / p)).sum()"
    )


NO_WEIGHTS = "x @ np.log([theta, 1 - theta])"

WRONG = {
    1: [
        (decompose(elbo="(q * joint).sum()"), "entropy"),
        (decompose(elbo="(q * joint).sum() - entropy"), "sign"),
        (decompose(elbo="logsumexp(joint, axis=1).sum()"), "log-likelihood itself"),
        (decompose(joint=NO_WEIGHTS), "weights"),
        (decompose(joint=NO_WEIGHTS + " - np.log(len(pi))"), "not all equal"),
        (decompose(kl="-(q * np.log(safe / p)).sum()"), "−KL"),
        (decompose(kl="(p * np.log(p / np.maximum(q, 1e-300))).sum()"), "KL(p ‖ q)"),
        (decompose(kl="(q * np.log(safe / pi)).sum()"), "posterior"),
        (decompose(elbo=PARTS["kl"], kl=PARTS["elbo"]), "first"),
        (decompose(elbo="(q * (joint - np.log(q))).sum()"), "0 log 0"),
        (plus("1e-3"), "too large"),
        (plus("1e-6"), "too large"),
        (decompose(elbo="(q * joint).sum(axis=1)"), "sum over the sets"),
        (decompose(elbo="-33.545774", kl="0.451911"), "log p(x, z)"),
        ("def decompose(x, q, pi, theta):\n    return 1.0", "2 values"),
        ("def decompose(x, q, pi, theta):\n    q += 1e-12\n    return 1, 2", "changes"),
        ("def decompose(x, q, pi, theta):\n    print(3)", "return"),
    ],
    2: [
        (step(pi="pi"), "have not moved"),
        (step(pi="r.sum(axis=0)"), "number of sets"),
        (step(pi="(H + T) / x.sum()"), "counts sets, not tosses"),
        (step(joint=NO_WEIGHTS), "E-step needs the weights"),
        (step(theta="H / r.sum(axis=0)"), "N_k"),
        (step(theta="H / T"), "odds"),
        (step(theta="T / (H + T)"), "tails"),
        (step(theta="(r * (h / (h + t))[:, None]).mean(axis=0) / r.mean(axis=0)"), "Long sets"),
        (step(theta="H / x.sum()"), "not by all tosses"),
        (step(pi="H / (H + T)", theta="r.mean(axis=0)"), "order"),
        (step(pi="r"), "shape"),
        (NAIVE, "log-sum-exp"),
        (NAIVE.replace("theta ** x", "theta ** x.astype(float)"), "log-sum-exp"),
        (GLOBAL.format(shift="joint.max()"), "from each row"),
        (GLOBAL.format(shift="joint.mean(axis=1, keepdims=True)"), "its largest"),
        (LIBRARY, "You call CoinMixture"),
        ("def coin_em_step(x, pi, theta):\n    return [0.5, 0.5], [0.713, 0.581]", "mean resp"),
    ],
    3: [
        ("def impostor(pi, theta):\n    return theta", "were given"),
        ("def impostor(pi, theta):\n    return theta[::-1]", "exchanges the names"),
        ("def impostor(pi, theta):\n    return [theta.mean()] * 2", "plain sum"),
        ("def impostor(pi, theta):\n    return theta + np.array([0.05, -0.05])", "plain sum"),
        ("def impostor(pi, theta):\n    return [0.6, 0.6]", "must stay the same"),
        ("def impostor(pi, theta):\n    return theta + np.array([1, -pi[0] / pi[1]])", "0 to 1"),
        ("def impostor(pi, theta):\n    return pi @ theta", "shape"),
        ("def impostor(pi, theta):\n    return theta + 1e-9", "were given"),
        ("def impostor(pi, theta):\n    return [pi @ theta, None]", "holds None"),
        ("def impostor(pi, theta):\n    return [round(pi @ theta, 6)] * 2", "must stay the same"),
    ],
}
RIGHT = {
    1: [plus("1e-8")],
    2: [GLOBAL.format(shift="joint.max(axis=1, keepdims=True)")],
    3: [TO_THE_EDGE, ANYWHERE, A_STEP],
}
