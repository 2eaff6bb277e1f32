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
        (decompose(elbo="(q * (joint - np.log(q + 1e-3))).sum()"), "too large"),
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
    ],
}
