"""Answers to the exercises of notebook 02: wrong ones, each with a part of its hint, and right."""

GRADIENT = """
def gradient(theta, x):
    mu1, sigma1, mu2, sigma2, pi = theta
    one, two = normal_pdf(x, mu1, sigma1), normal_pdf(x, mu2, sigma2)
    p = pi * one + (1 - pi) * two
    r, q = {r}, {q}
    return {sign}np.array([
        (r * (x - mu1)).sum() / sigma1**{power},
        (r * ((x - mu1) ** 2 / sigma1**3 - {inverse})).sum(),
        (q * (x - mu2)).sum() / sigma2**{power},
        (q * ((x - mu2) ** 2 / sigma2**3 - 1 / sigma2)).sum(),
        {by_pi},
    ]){end}
"""
GOOD = {
    "r": "pi * one / p",
    "q": "(1 - pi) * two / p",
    "sign": "-",
    "power": "2",
    "inverse": "1 / sigma1",
    "by_pi": "((one - two) / p).sum()",
    "end": "",
}
DIFFERENCES = """
def gradient(theta, x):
    h = {h} * np.eye(5)
    return np.array([(nll(theta + e, x) - nll(theta - e, x)) / 2 / e.sum() for e in h])
"""
RICHARDSON = """
def gradient(theta, x):
    def slope(h):
        steps = np.diag(h * np.array([theta[1], theta[1], theta[3], theta[3], 1]))
        return np.array([(nll(theta + e, x) - nll(theta - e, x)) / 2 / e.sum() for e in steps])
    return (4 * slope(1e-3) - slope(2e-3)) / 3
"""
EXPANDED = """
def gradient(theta, x):
    mu1, sigma1, mu2, sigma2, pi = [float(t) for t in theta]
    a = np.log(pi) - np.log(sigma1) - (x - mu1) ** 2 / (2 * sigma1**2)
    b = np.log(1 - pi) - np.log(sigma2) - (x - mu2) ** 2 / (2 * sigma2**2)
    r = 1 / (1 + np.exp(b - a))
    q, n = 1 - r, len(x)
    return [
        (mu1 * r.sum() - r @ x) / sigma1**2,
        r.sum() / sigma1 - (r @ x**2 - 2 * mu1 * r @ x + mu1**2 * r.sum()) / sigma1**3,
        (mu2 * q.sum() - q @ x) / sigma2**2,
        q.sum() / sigma2 - (q @ x**2 - 2 * mu2 * q @ x + mu2**2 * q.sum()) / sigma2**3,
        (n - r.sum()) / (1 - pi) - r.sum() / pi,
    ]
"""
LOOPS = """
def gradient(theta, x):
    mu1, sigma1, mu2, sigma2, pi = theta
    g = [0.0] * 5
    for value in x:
        one, two = normal_pdf(value, mu1, sigma1), normal_pdf(value, mu2, sigma2)
        r = pi * one / (pi * one + (1 - pi) * two)
        g[0] -= r * (value - mu1) / sigma1**2
        g[1] -= r * ((value - mu1) ** 2 - sigma1**2) / sigma1**3
        g[2] -= (1 - r) * (value - mu2) / sigma2**2
        g[3] -= (1 - r) * ((value - mu2) ** 2 - sigma2**2) / sigma2**3
        g[4] -= r / pi - (1 - r) / (1 - pi)
    return tuple(g)
"""

BELIEVE = "def believe(theta, x):\n    {}"
ONE_START = """
def believe(theta, x):
    low, high = np.quantile(x, [{}, {}])
    better = fit(NormalMixture([0.5, 0.5], [low, high], [x.std() / 2] * 2), x)
    legal = min(theta[1], theta[3]) > 0 and 0 < theta[4] < 1
    return bool(legal and -nll(theta, x) > better.log_likelihood - 0.01)
"""
FLAT = """
def believe(theta, x):
    if min(theta[1], theta[3]) <= 0 or not 0 < theta[4] < 1:
        return False
    scale = np.array([theta[1], theta[1], theta[3], theta[3], 1])
    steps = np.diag(1e-5 * scale)
    slope = [(nll(theta + e, x) - nll(theta - e, x)) / 2e-5 for e in steps]
    return bool(np.abs(slope).max() < 8)
"""
LEGAL = "    if min(theta[1], theta[3]) <= 0 or not 0 < theta[4] < 1:\n        return False\n"
RANDOM = f"""
def believe(theta, x):
{LEGAL}    tries = [starts.random(x, 2, np.random.default_rng(i)) for i in range(20)]
    best = best_of(tries, x).log_likelihood
    return nll(theta, x) <= 0.01 - best
"""
NOT_ABOVE = "return not nll(theta, x) >"
PLUS_PLUS = RANDOM.replace("random(x", "kmeans_plus_plus(x")
NELDER_MEAD = f"""
def believe(theta, x):
{LEGAL}    best = np.inf
    for low, high in ((0.1, 0.5), (0.5, 0.9), (0.2, 0.8)):
        mu = np.quantile(x, [low, high])
        start = free([mu[0], x.std() / 2, mu[1], x.std() / 2, 0.5])
        for _ in range(3):
            found = minimize(lambda u: nll(constrained(u), x), start, method="Nelder-Mead",
                             options=dict(maxiter=3000, maxfev=3000, xatol=1e-6, fatol=1e-6))
            start = found.x
        best = min(best, found.fun)
    return np.bool_(nll_in_logs(theta, x) < best + 0.01)
"""

LSE = "def log_sum_exp(a):\n    a = np.asarray(a)\n    {}\ndef dies_at(log_p):\n    return {}"
DIES = "int(-745.1332191 / log_p) + 1"
SAFE = "m = a.max(-1)\n    return m + np.log(np.exp(a - m[..., None]).sum(-1))"
LOOP = """
def log_sum_exp(a):
    if np.ndim(a) > 1:
        return [log_sum_exp(row) for row in a]
    top = max(a)
    return top + np.log(sum(np.exp(value - top) for value in a))
def dies_at(log_p):
    product, n = 1.0, 0
    while product > 0:
        product *= np.exp(log_p)
        n += 1
    return n
"""
COUNT = "next(n for n in range(1, 10**4) if np.exp(log_p) ** n == 0)"


def gradient(**slip):
    """The right gradient with one slip in it."""
    return GRADIENT.format(**(GOOD | slip))


WRONG = {
    1: [
        (gradient(sign=""), "sign"),
        (gradient(power="1"), "sigma squared"),
        (gradient(by_pi="(one / p).sum()"), "both weights"),
        (gradient(inverse="0"), "by sigma1"),
        (gradient(r="one / p"), "responsibility"),
        (gradient(end=" / len(x)"), "mean over the data"),
        (gradient(end=" / np.array([1, 2 * sigma1, 1, 2 * sigma2, 1])"), "variance"),
        (gradient(end="[[0, 2, 1, 3, 4]]"), "order"),
        (gradient(end="[:4]"), "shape"),
        (gradient(end=" * 1.001"), "it differs"),
        (DIFFERENCES.format(h="1e-6"), "digits"),
        (DIFFERENCES.format(h="2e-5"), "digits"),
        (RICHARDSON, "digits"),
        (RICHARDSON.replace("1e-3", "3e-4").replace("2e-3", "6e-4"), "digits"),
    ],
    2: [
        (BELIEVE.format("return True"), "twins"),
        (BELIEVE.format("return False"), "best fit"),
        (BELIEVE.format("return nll(theta, x) < 1e9 and theta[0] != theta[2]"), "given up"),
        (BELIEVE.format("return bool(theta[1] < theta[3])"), "swapped"),
        (FLAT, "twins"),
        (FLAT.replace("< 8)", "< 8 and theta[0] != theta[2])"), "not the highest"),
        (ONE_START.format(0.1, 0.9), "not the highest"),
        (ONE_START.format(0.25, 0.75), "not the highest"),
        (PLUS_PLUS.replace("0.01 -", "1 -"), "0.04 nats"),
        (PLUS_PLUS.replace("0.01 -", "1e-6 -"), "0.003 nats"),
        (PLUS_PLUS.replace(LEGAL, "").replace("return nll(theta, x) <=", NOT_ABOVE),
         "negative standard deviation"),
        (BELIEVE.format("return 0.3"), "True or False"),
    ],
    3: [
        (LSE.format("return np.log(np.exp(a).sum(-1))", DIES), "all exponentials"),
        (LSE.format("return a.max() + np.log(np.exp(a - a.max()).sum())", DIES), "last axis only"),
        (LSE.format("return np.log(np.exp(a - a.max()).sum(0)) + a.max()", DIES), "first axis"),
        (LSE.format("m = np.max(a)\n    return m + np.log(np.exp(a - m).sum(-1))", DIES),
         "different size"),
        (LSE.format("return a.max(-1)", DIES), "largest term alone"),
        (LSE.format(SAFE.replace("m + ", ""), DIES), "add it again"),
        (LSE.format("return np.logaddexp.reduce(a, axis=-1)", DIES), "you call logaddexp"),
        ("from scipy.special import logsumexp\n"
         + LSE.format("return logsumexp(a, axis=-1)", DIES), "you call logsumexp"),
        (LSE.format(SAFE, "745.13 / log_p"), "sign"),
        (LSE.format(SAFE, "308 / -log_p"), "powers of ten"),
        (LSE.format(SAFE, "int(708.4 / -log_p) + 1"), "normal"),
        (LSE.format(SAFE, "-745.1332191 / log_p"), "round it up"),
        (LSE.format(SAFE, "int(-745.1332191 / log_p)"), "not yet 0.0"),
        (LSE.format(SAFE, "int(-745.1332191 / log_p) + 2"), "one observation earlier"),
        (LSE.format(SAFE, "int(np.ceil(np.log(5e-324) / log_p))"), "not yet 0.0"),
        (LSE.format(SAFE, "746"), "smallest double"),
    ],
}  # fmt: skip

RIGHT = {
    1: [LOOPS, EXPANDED],
    2: [PLUS_PLUS, RANDOM, NELDER_MEAD],
    3: [LOOP, LSE.format(SAFE, DIES), LSE.format(SAFE, COUNT)],
}
