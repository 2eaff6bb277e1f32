"""Wrong answers to the exercises of notebook 02, and what the hint must say."""

GRADIENT = """
def gradient(theta, x):
    mu1, sigma1, mu2, sigma2, pi = theta
    one, two = normal_pdf(x, mu1, sigma1), normal_pdf(x, mu2, sigma2)
    p = pi * one + (1 - pi) * two
    r, q = {r}, {q}
    return {sign}np.array([
        (r * (x - mu1)).sum() / sigma1**{power},
        (r * ((x - mu1) ** 2 / sigma1**3 - 1 / sigma1)).sum(),
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
    "by_pi": "((one - two) / p).sum()",
    "end": "",
}
BELIEVE = "def believe(theta, x):\n    {}"
LSE = "def log_sum_exp(a):\n    a = np.asarray(a)\n    {}\ndef dies_at(log_p):\n    return {}"
DIES = "-745.13 / log_p"
SAFE = "m = a.max(-1)\n    return m + np.log(np.exp(a - m[..., None]).sum(-1))"


def gradient(**slip):
    """The right gradient with one slip in it."""
    return GRADIENT.format(**(GOOD | slip))


WRONG = {
    1: [
        (gradient(sign=""), "sign"),
        (gradient(power="1"), "sigma squared"),
        (gradient(by_pi="(one / p).sum()"), "1 − pi"),
        (gradient(r="one / p"), "responsibility"),
        (gradient(end=" / len(x)"), "mean over the data"),
        (gradient(end=" / np.array([1, 2 * sigma1, 1, 2 * sigma2, 1])"), "variance"),
        (gradient(end="[:4]"), "shape"),
    ],
    2: [
        (BELIEVE.format("return True"), "twins"),
        (BELIEVE.format("return False"), "true optimum"),
        (BELIEVE.format("return nll(theta, x) < 1e9 and theta[0] != theta[2]"), "given up"),
        (BELIEVE.format("return theta[0] < theta[2] and theta[1] > 0"), "swapped"),
        (
            BELIEVE.format(
                "b = max(fit(NormalMixture([.5, .5], np.quantile(x, q), [x.std() / 2] * 2), x)"
                ".log_likelihood for q in ([.2, .8], [.1, .5]))\n"
                "    with np.errstate(all='ignore'):\n        return not -nll(theta, x) < b - 0.01"
            ),
            "negative standard deviation",
        ),
        (BELIEVE.format("return 0.3"), "True or False"),
    ],
    3: [
        (LSE.format("return np.log(np.exp(a).sum(-1))", DIES), "all exponentials are 0"),
        (LSE.format("return a.max() + np.log(np.exp(a - a.max()).sum())", DIES), "last axis only"),
        (LSE.format("return np.log(np.exp(a - a.max()).sum(0)) + a.max()", DIES), "first axis"),
        (LSE.format("return a.max(-1)", DIES), "largest term alone"),
        (LSE.format(SAFE.replace("m + ", ""), DIES), "add it again"),
        (LSE.format(SAFE, "745.13 / log_p"), "sign"),
        (LSE.format(SAFE, "308 / -log_p"), "natural log"),
        (LSE.format(SAFE, "10**6"), "5e-324"),
    ],
}  # fmt: skip
