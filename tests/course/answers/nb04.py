"""Wrong answers to the exercises of notebook 04, and what the hint must say."""

ITERATE = """
import numpy as np
def iterate(x, pi, mu, sigma):
    joint = {joint}
    r = joint / {total}
    n = r.sum(axis=0)
    new = {mean}
    return {answer}
"""
GOOD = {
    "joint": "pi * np.exp(-0.5 * ((x[:, None] - mu) / sigma) ** 2) / sigma",
    "total": "joint.sum(axis=1, keepdims=True)",
    "mean": "(r * x[:, None]).sum(axis=0) / n",
    "answer": "n / len(x), new, np.sqrt((r * (x[:, None] - new) ** 2).sum(axis=0) / n)",
}


def iterate(**slip):
    """The right function with one slip in it."""
    return ITERATE.format(**(GOOD | slip))


ROUNDED = "np.round(joint / joint.sum(axis=1, keepdims=True))"
WHOLE = "np.eye(len(pi))[joint.argmax(axis=1)]"


def start(weights=".5, .5", means="x.mean(), x.mean()", stds="x.std() / 2, 2 * x.std()"):
    """A start with equal means, in other shapes and with other widths."""
    return f"def break_symmetry(x):\n    return [{weights}], [{means}], [{stds}]"


def spread(result, mean="(r * x).sum() / r.sum()"):
    """A variance about some mean."""
    return f"def variance(x, r):\n    m = {mean}\n    return {result}"


LOOPS = """
import math
def iterate(x, pi, mu, sigma):
    K = range(len(pi))
    rows = []
    for v in x:
        row = [p * math.exp(-((v - m) / s) ** 2 / 2) / s for p, m, s in zip(pi, mu, sigma)]
        rows.append([a / sum(row) for a in row])
    for k in K:
        n = math.fsum(row[k] for row in rows)
        m = math.fsum(row[k] * v for row, v in zip(rows, x)) / n
        s = math.sqrt(math.fsum(row[k] * (v - m) ** 2 for row, v in zip(rows, x)) / n)
        yield n / len(x), m, s
"""

RIGHT = {
    1: [
        iterate(answer=GOOD["answer"].replace("- new", "- new[None, :]")),
        iterate(
            answer="[(n / len(x)).tolist(), tuple(new), np.sqrt((r * x[:, None] ** 2)"
            ".sum(axis=0) / n - new**2)]"
        ),  # fmt: skip
        LOOPS.replace("def iterate", "def triples")
        + "def iterate(*a):\n    return zip(*triples(*a))",
        "def iterate(x, *theta):\n    m = NormalMixture(*theta)\n    m = m.m_step(m.e_step(x))\n"
        "    return m.weights, m.means, m.stds",
        iterate(
            joint="np.exp(np.log(pi) - np.log(sigma) - 0.5 * ((x[:, None] - mu) / sigma) ** 2)"
        ),
    ],
    2: [
        start(stds="x.std(), 1.5 * x.std()"),
        start(stds="3 * x.std(), x.std() / 3", means="np.median(x), np.median(x)"),
        start(weights=".3, .7", stds="x.std() / 4, x.std()"),
        start(means="min(x), min(x)", stds="np.ptp(x) / 9, np.ptp(x)"),
        start(means="*2 * [x.mean()]", stds="x.std(), 1.01 * x.std()"),
        "def break_symmetry(x):\n    m = np.array(x.mean())\n"
        "    return (w for w in ((1, 0.0), (m, m), (x.std(), 9 * x.std())))".replace(
            "(1, 0.0)", "(0.9, 0.1)"
        ),
    ],
    3: [
        spread("np.average((x - m) ** 2, weights=r)", "np.average(x, weights=r)"),
        spread("np.cov(x, aweights=r, ddof=0)"),
        spread("[sum(a * (b - m) ** 2 for a, b in zip(r, x)) / sum(r)]"),
        spread("(r * (x - x[0]) ** 2).sum() / r.sum() - (m - x[0]) ** 2"),
        spread("np.array(r @ (x - m) ** 2 / np.sum(r))", "r @ x / r.sum()"),
    ],
}
WRONG = {
    1: [
        (iterate(joint="np.exp(-0.5 * ((x[:, None] - mu) / sigma) ** 2) / sigma"), "weights"),
        (
            iterate(joint="pi * np.exp(-0.5 * ((x[:, None] - mu) / sigma**2) ** 2) / sigma**2"),
            "square sigma twice",
        ),
        (
            iterate(joint="pi * np.exp(-0.5 * (x[:, None] - mu) ** 2 / sigma) / sigma**0.5"),
            "as if it were a variance",
        ),
        (iterate(joint="pi * np.exp(-0.5 * ((x[:, None] - mu) / sigma) ** 2)"), "look at r first"),
        (iterate(answer=GOOD["answer"].replace("np.sqrt", "")), "square root"),
        (iterate(answer=GOOD["answer"].replace("- new", "- mu")), "new ones"),
        (iterate(answer=GOOD["answer"].replace(") / n)", ") / (n - 1))")), "N_k − 1"),
        (iterate(answer=GOOD["answer"].replace(") / n)", ") / len(x))")), "spread differs"),
        (iterate(answer="new, n / len(x), n"), "pi first"),
        (iterate(mean="(r * x[:, None]).sum(axis=0) / len(x)"), "N_k, not by N"),
        (iterate(total="joint.sum(axis=0)"), "axis=1"),
        (iterate(total="1").replace("r = joint / 1", "r = " + ROUNDED), "You round"),
        (iterate(total="1").replace("r = joint / 1", "r = " + WHOLE), "You round"),
        (iterate(answer="[a + 1e-4 for a in (n / len(x), new, new)]"), "look at r first"),
        (iterate(answer="n / len(x), new"), "3 values"),
        (iterate(answer="x.sort()"), "return"),
        ("def iterate(x, pi, mu, sigma):\n    x -= 1\n    return pi, mu, sigma", "changes"),
        ("def iterate(x, pi, mu, sigma):\n    return 1 / 0", "ZeroDivisionError"),
        ("iterate = 3", "function itself"),
        (
            "def iterate(x, pi, mu, sigma):\n    return [.5, .5], [1.492, 2.508], [.6394, .6394]",
            "shape",
        ),
        ("def iterate(x, pi, mu, sigma):\n    return pi, mu, sigma", "look at r first"),
    ],
    2: [
        (start(weights=".3, .7", stds="x.std(), x.std()"), "weights"),
        (start(means="x.min(), x.max()"), "equal"),
        (start(means="x.mean(), x.mean() + 1e-6 * x.std()"), "equal"),
        (start(stds="x.std(), x.std() * (1 + 1e-15)"), "differ too little"),
        (start(stds="x.std() / 1000, x.std()"), "tiny"),
        (start(stds="x.std() / 10, x.std()"), "tiny"),
        (start(stds="10, 100"), "by the data's own"),
        (start(stds="1, 10"), "widths"),
        (start(stds="x.std(), x.var()"), "tiny"),
        (start(weights=".5, .6"), "sum to 1"),
        (start(weights=".2, .3, .5", means="*[x.mean()] * 3", stds="1, 2, 3"), "two components"),
        ("def break_symmetry(x):\n    return [.5, .5], [0, 0]", "3 values"),
    ],
    3: [
        (spread("(r * x * x).sum() / r.sum() - m * m"), "before you square"),
        (
            spread("np.float32((r * (np.float32(x) - np.float32(m)) ** 2).sum() / r.sum())"),
            "digits",
        ),
        ("def variance(x, r):\n    return x.var()", "ignore the weights"),
        (spread("((r * (x - m) ** 2).sum() / r.sum()) ** 0.5"), "leave out the root"),
        (spread("(r * (x - m) ** 2).sum()"), "do not sum to one"),
        (spread("(r * (x - m) ** 2).mean()"), "number of points"),
        (spread("(r * (x - m) ** 2).sum() / (r.sum() - 1)"), "The variance is"),
        (spread("(r * (x - m) ** 2).sum() / r.sum()", "x.mean()"), "must be weighted"),
        (spread("1.02 * (r * (x - m) ** 2).sum() / r.sum()"), "The variance is"),
        (spread("9.0"), "The variance is"),
        ("def variance(x, r):\n    return r * (x - x.mean()) ** 2", "a single number"),
        ("def variance(x, r):\n    return float('nan')", "NaN"),
    ],
}
