"""Answers to the exercises of notebook 06: wrong ones with a part of the hint, and right ones."""

CLASSIFY = "def classify(model, m, s, new):\n    {}\n    return {}"
SCALED = "r = model.responsibilities([(new - m) / s])[0]"
START = "def good_start(x):\n    {}\n    return [.5, .5], {}, {}"
GAINS = "def loosest_tolerance(trace):\n    gains = np.diff(trace)\n    return {}"

RIGHT = {
    1: [
        "def good_start(x):\n    return starts.kmeans_plus_plus(x, 2, np.random.default_rng())",
        "def good_start(x):\n"
        "    start = starts.kmeans_plus_plus(x, 2, 0)\n"
        "    return start.weights, start.means, start.covariances",
        "def good_start(x):\n    return starts.quantiles(x, 2)",
        START.format(
            "values, vectors = np.linalg.eigh(np.cov(x.T))\n"
            "    d = np.sqrt(values[1]) * vectors[:, 1]",
            "[list(x.mean(axis=0) - d), tuple(x.mean(axis=0) + d)]",
            "(np.cov(x.T), np.cov(x.T))",
        ),
    ],
    2: [
        "def loosest_tolerance(trace):\n"
        "    steps = zip(list(trace), list(trace)[1:])\n"
        "    return min(new - old for old, new in steps if new < trace[-1] - 1)",
        "def loosest_tolerance(trace):\n"
        "    near = np.argmax(trace >= trace[-1] - 1)\n"
        "    return np.array([np.diff(trace[:near]).min()])",
    ],
    3: [
        "def classify(model, m, s, new):\n"
        "    covariances = model.covariances * np.outer(s, s)\n"
        "    minutes = GaussianMixture(model.weights, model.means * s + m, covariances)\n"
        "    r = list(minutes.responsibilities([new])[0])\n"
        "    return [r.index(max(r)), min(r)]",
        CLASSIFY.format(SCALED, "np.array([r[1] > r[0], r.min()])"),
    ],
}
WRONG = {
    1: [
        (START.format("", "[[0, -1], [0, 1]]", "[np.eye(2)] * 2"), "outside the data"),
        (START.format("", "[[-1, -1], [1, 1]]", "[0.1 * np.eye(2)] * 2"), "outside the data"),
        (START.format("", "np.random.normal(size=(2, 2))", "[np.eye(2)] * 2"), "outside the data"),
        (
            START.format(
                "m, s = x.mean(axis=0), x.std(axis=0)", "[m - s, m + s]", "[np.cov(x.T)] * 2"
            ),
            "nats short",
        ),
        (
            START.format(
                "m = x.mean(axis=0)", "[m, m + 1e-3 * x.std(axis=0)]", "[np.cov(x.T)] * 2"
            ),
            "near-twins",
        ),
        (
            START.format(
                "values, vectors = np.linalg.eigh(np.cov(x.T))\n"
                "    d = np.sqrt(values[0]) * vectors[:, 0]",
                "[x.mean(axis=0) - d, x.mean(axis=0) + d]",
                "[np.cov(x.T)] * 2",
            ),
            "across the line",
        ),
        (
            START.format(
                "side = x[:, 0] > np.median(x[:, 0])",
                "[x[~side].mean(axis=0), x[side].mean(axis=0)]",
                "[np.cov(x.T)] * 2",
            ),
            "nats short",
        ),
        ("def good_start(x):\n    return [.5, .5], [[1, 1], [-1, -1]]", "3 values"),
        (START.format("", "[[1, 1], [-1, -1]]", "[np.zeros((2, 2))] * 2"), "positive definite"),
        ("def good_start(x):\n    return [1], [[0, 0]], [np.eye(2)]", "two components"),
    ],
    2: [
        (GAINS.format("gains.min()"), "whole run"),
        (GAINS.format("gains.max()"), "largest"),
        (GAINS.format("gains"), "single number"),
        (GAINS.format("0.272"), "nats short"),
        (GAINS.format("0.01"), "larger one"),
        (GAINS.format("gains[(trace < trace[-1] - 1)[:-1]].min()"), "arrives within one nat"),
        (GAINS.format("gains[:-1][(trace < trace[-1] - 1)[2:]].min()"), "far state is left out"),
        (GAINS.format("gains[(trace < trace[-1] - 2)[1:]].min()"), "left out"),
        (GAINS.format("-gains[(trace < trace[-1] - 1)[1:]].min()"), "sign"),
        (GAINS.format("gains[(trace < trace[-1] - 1)[1:]].mean()"), "average"),
        ("def loosest_tolerance(trace):\n    trace -= trace[0]\n    return 1", "changes the array"),
    ],
    3: [
        (CLASSIFY.format(SCALED, "r.argmax(), r.max()"), "probability of being right"),
        (
            CLASSIFY.format("r = model.responsibilities([new])[0]", "r.argmax(), 1 - r.max()"),
            "standardised",
        ),
        (
            CLASSIFY.format("r = model.responsibilities([new - m])[0]", "r.argmax(), 1 - r.max()"),
            "standardise",
        ),
        (
            CLASSIFY.format(
                SCALED.replace("model.", "model.__class__([.5, .5], *model.parameters()[1:])."),
                "r.argmax(), 1 - r.max()",
            ),
            "weights count",
        ),
        (
            CLASSIFY.format(
                "d = (new - m) / s - model.means\n"
                "    r = np.exp([-u @ np.linalg.inv(S) @ u / 2\n"
                "                for u, S in zip(d, model.covariances)])",
                "r.argmax(), r.min() / r.sum()",
            ),
            "Distances alone",
        ),
        (
            CLASSIFY.format(
                "d = (new - m) / s - model.means\n"
                "    r = model.weights * np.exp([-u @ np.linalg.inv(S) @ u / 2\n"
                "                                for u, S in zip(d, model.covariances)])",
                "r.argmax(), r.min() / r.sum()",
            ),
            "determinant",
        ),
        (
            CLASSIFY.format(
                "w, mu, S = model.parameters()\n"
                "    model = GaussianMixture(w, mu, S * np.eye(2))\n    " + SCALED,
                "r.argmax(), 1 - r.max()",
            ),
            "diagonals",
        ),
        (CLASSIFY.format(SCALED, "r.argmax() + 1, 1 - r.max()"), "0 or 1"),
        (CLASSIFY.format(SCALED, "0, 1 - r.max()"), "0 or 1"),
        (CLASSIFY.format(SCALED, "1 - r.max(), r.argmax()"), "comes first"),
        (CLASSIFY.format(SCALED, "r.argmax()"), "2 values"),
    ],
}
