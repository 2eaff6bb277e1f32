"""Wrong answers to the exercises of notebook 06, and what the hint must say."""

CLASSIFY = "def classify(model, m, s, new):\n    {}\n    return {}"
SCALED = "r = model.responsibilities([(new - m) / s])[0]"

WRONG = {
    1: [
        (
            "def good_start(x):\n    return [.5, .5], [[0, 0], [1e-7, 0]], [np.eye(2)] * 2",
            "plateau",
        ),
        (
            "def good_start(x):\n"
            "    d = np.linalg.eigh(np.cov(x.T))[1][:, 0]\n"
            "    return [.5, .5], np.array([d, -d]), [np.cov(x.T)] * 2",
            "along the direction",
        ),
        ("def good_start(x):\n    return [.5, .5], [[1, 1], [-1, -1]]", "3 values"),
        (
            "def good_start(x):\n    return [.5, .5], [[1, 1], [-1, -1]], [np.zeros((2, 2))] * 2",
            "positive definite",
        ),
        (
            "def good_start(x):\n    return [1], [[0, 0]], [np.eye(2)]",
            "two components",
        ),
    ],
    2: [
        ("def loosest_tolerance(trace):\n    return np.diff(trace).min()", "whole run"),
        ("def loosest_tolerance(trace):\n    return np.diff(trace).max()", "largest"),
        ("def loosest_tolerance(trace):\n    return np.diff(trace)", "single number"),
        ("def loosest_tolerance(trace):\n    return 0.272", "more than a nat below"),
        (
            "def loosest_tolerance(trace):\n"
            "    return (trace[:-1] - trace[1:])[trace[:-1] < trace[-1] - 1].max()",
            "sign",
        ),
        (
            "def loosest_tolerance(trace):\n    trace -= trace[0]\n    return 1",
            "changes the array",
        ),
    ],
    3: [
        (CLASSIFY.format(SCALED, "r.argmax(), r.max()"), "probability of being right"),
        (
            CLASSIFY.format("r = model.responsibilities([new])[0]", "r.argmax(), 1 - r.max()"),
            "standardise",
        ),
        (
            CLASSIFY.format(
                SCALED.replace("model.", "model.__class__([.5, .5], *model.parameters()[1:])."),
                "r.argmax(), 1 - r.max()",
            ),
            "weights count",
        ),
        (CLASSIFY.format(SCALED, "r.argmax() + 1, 1 - r.max()"), "0 or 1"),
        (CLASSIFY.format(SCALED, "r.argmax()"), "2 values"),
    ],
}  # fmt: skip
