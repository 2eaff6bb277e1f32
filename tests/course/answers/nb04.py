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


WRONG = {
    1: [
        (iterate(joint="np.exp(-0.5 * ((x[:, None] - mu) / sigma) ** 2) / sigma"), "weights"),
        (
            iterate(joint="pi * np.exp(-0.5 * ((x[:, None] - mu) / sigma**2) ** 2) / sigma**2"),
            "square sigma twice",
        ),
        (iterate(answer=GOOD["answer"].replace("np.sqrt", "")), "square root"),
        (iterate(answer=GOOD["answer"].replace("- new", "- mu")), "new ones"),
        (iterate(mean="(r * x[:, None]).sum(axis=0) / len(x)"), "N_k, not by N"),
        (iterate(total="joint.sum(axis=0)"), "column sums"),
        (iterate(answer="n / len(x), new"), "3 values"),
        (iterate(answer="x.sort()"), "return"),
        ("def iterate(x, pi, mu, sigma):\n    x -= 1\n    return pi, mu, sigma", "changes"),
        ("def iterate(x, pi, mu, sigma):\n    return 1 / 0", "ZeroDivisionError"),
        ("iterate = 3", "function itself"),
        (
            "def iterate(x, pi, mu, sigma):\n    return [.5, .5], [1.238, 2.762], [.6394, .6394]",
            "column sums",
        ),
    ],
    2: [
        ("def break_symmetry(x):\n    return [.3, .7], [x.mean()] * 2, [x.std()] * 2", "weights"),
        ("def break_symmetry(x):\n    return [.5, .5], [x.min(), x.max()], [1, 1]", "equal"),
        (
            "def break_symmetry(x):\n"
            "    return [.5, .5], [x.mean()] * 2, [x.std(), x.std() * (1 + 1e-15)]",
            "differ more",
        ),
        ("def break_symmetry(x):\n    return [.5, .6], [0, 0], [1, 2]", "sum to 1"),
        ("def break_symmetry(x):\n    return [.5, .5], [0, 0]", "3 values"),
    ],
    3: [
        (
            "def variance(x, r):\n    m = (r * x).sum() / r.sum()\n"
            "    return (r * x * x).sum() / r.sum() - m * m",
            "before you square",
        ),
        ("def variance(x, r):\n    return x.var()", "ignore the weights"),
        (
            "def variance(x, r):\n    m = (r * x).sum() / r.sum()\n"
            "    return ((r * (x - m) ** 2).sum() / r.sum()) ** 0.5",
            "standard deviation",
        ),
        ("def variance(x, r):\n    return r * (x - x.mean()) ** 2", "a single number"),
        ("def variance(x, r):\n    return float('nan')", "NaN"),
    ],
}
