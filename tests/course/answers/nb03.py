"""Right and wrong answers to the exercises of notebook 03, and what the hint must say."""

POINTS = """
def stationary_points(x, weights, stds):
    low = lambda m: -NormalMixture(weights, m, stds).log_likelihood(x)
    found = [minimize(low, s).x for s in {starts}]
    return np.array(found){end}
"""
SUMMITS = "([0, .6], [.6, .05])"
SADDLE = """
from scipy.optimize import root
def slope(m, x, weights, stds):
    r = NormalMixture(weights, m, stds).responsibilities(x)
    return (r * (x[:, None] - m)).sum(axis=0) / np.square(stds)
def stationary_points(x, weights, stds):
    ends = [root(slope, s, (x, weights, stds)).x for s in ([0, .6], [.6, .05], [.36, .44])]
    {answer}
"""
SPIKE = "def spike(x, target):\n    return NormalMixture({})"
NARROWER = """
def spike(x, target):
    for power in range(300):
        stds = [{wide}, 10.0**-power]
        model = NormalMixture({weights}, [x.mean(), {at}], stds)
        if model.log_likelihood(x) > target:
            return model
"""
LABELS = "from itertools import permutations\ndef relabellings(weights, means, stds):\n    {}"

RIGHT = {
    1: [
        SADDLE.format(answer="return ends"),
        SADDLE.format(answer="return tuple(tuple(end) for end in ends[::-1])"),
        SADDLE.format(answer="yield from ends"),
        POINTS.format(
            starts=SUMMITS,
            end=".tolist() + [list(root(lambda m: approx_fprime(m, low), [.36, .44]).x)]",
        ).replace("\ndef", "\nfrom scipy.optimize import approx_fprime, root\ndef", 1),
    ],
    2: [
        NARROWER.format(weights="[.5, .5]", at="x[3]", wide="x.std()"),
        NARROWER.format(weights="[.9, .1]", at="x.max()", wide="np.ptp(x)"),
        SPIKE.format("[.5, .5], (x[-1], np.median(x)), [np.exp(-600), x.std()]"),
        "def spike(x, target):\n    w = np.exp(-target - 1000 if target < -300 else -690)\n"
        "    return NormalMixture([1 / 60, 59 / 60], [x[7], x.mean()], [max(w, 1e-300), x.std()])",
    ],
    3: [
        LABELS.format(
            "for o in permutations(range(len(means))):\n"
            "        o = list(o)\n        yield weights[o], means[o], stds[o]"
        ),
        LABELS.format("return list(zip(*[permutations(a) for a in (weights, means, stds)]))"),
        LABELS.format("return [zip(*o) for o in permutations(zip(weights, means, stds))]"),
        LABELS.format(
            "return np.array([np.transpose(o) for o in permutations(zip(weights, means, stds))])"
        ),
        LABELS.format("return {tuple(zip(*o)) for o in permutations(zip(weights, means, stds))}"),
    ],
}
WRONG = {
    1: [
        (POINTS.format(starts=SUMMITS, end=""), "saddle"),
        (POINTS.format(starts="([0, .6],)", end=""), "swapped"),
        (POINTS.format(starts="([.6, .05],)", end=""), "global"),
        (POINTS.format(starts="([0, .6], [.6, .05], [.02, .58])", end=""), "twice"),
        (POINTS.format(starts=SUMMITS, end=".tolist() + [found[0] + [7e-4, 0]]"), "twice"),
        (POINTS.format(starts=SUMMITS, end=".tolist() + [[.4, .4]]"), "not zero"),
        (POINTS.format(starts=SUMMITS, end=".tolist() + [np.mean(found, axis=0)]"), "not zero"),
        (POINTS.format(starts=SUMMITS, end=".tolist() + [[x.mean()] * 2]"), "not zero"),
        (POINTS.format(starts=SUMMITS, end=".tolist() + [[-5, x.mean()]]"), "far from"),
        (POINTS.format(starts=SUMMITS, end=".tolist() + [[5, 5]]"), "not zero"),
        (POINTS.format(starts=SUMMITS, end="[0]"), "shape"),
        (POINTS.format(starts=SUMMITS, end=".T"), "not zero"),
        ("def stationary_points(*a):\n    return [[0, .6], [.61, .05], [.36, .44]]", "not zero"),
        ("def stationary_points(*a):\n    return []", "shape"),
    ],
    2: [
        (SPIKE.format("[.5, .5], [x[0], x.mean()], [1e-9, x.std()]"), "narrower"),
        (SPIKE.format("[.5, .5], [x.mean(), x.mean()], [1e-300, x.std()]"), "exactly on"),
        (SPIKE.format("[.5, .5], [x[0] + 1e-6, x.mean()], [1e-300, x.std()]"), "exactly on"),
        (SPIKE.format("[.5, .5], [np.round(x[0], 3), x.mean()], [1e-300, x.std()]"), "exactly on"),
        (SPIKE.format("[1, 0], [x[0], x.mean()], [1e-300, x.std()]"), "density zero"),
        (SPIKE.format("[.5, .5], [x[0], x[1]], [1e-300, 1e-300]"), "density zero"),
        (SPIKE.format("[1], [x[0]], [1e-300]"), "two components"),
        (SPIKE.format("[.3, .3, .4], [x[0], x[1], x.mean()], [1e-300, 1, x.std()]"), "two comp"),
        (SPIKE.format("[.5, .5], [x[0], x.mean()], [0, x.std()]"), "positive"),
        (NARROWER.format(weights="[.5, .5]", at="x.mean()", wide="x.std()"), "returns nothing"),
        (
            SPIKE.format("[.5, .5], [x.mean() - 1, x.mean() + 1], [x.std(), 2 * x.std()]"),
            "exactly on",
        ),
        ("def spike(x, target):\n    return target + 1", "NormalMixture"),
    ],
    3: [
        (
            LABELS.format("return [(weights, list(m), stds) for m in permutations(means)]"),
            "together",
        ),
        (
            LABELS.format(
                "return [(w, m, stds) for w, m in zip(permutations(weights), permutations(means))]"
            ),
            "together",
        ),
        (LABELS.format("return [(weights, means, stds)] * 2"), "same"),
        (
            LABELS.format(
                "return [tuple(np.roll(a, s) for a in (weights, means, stds))"
                " for s in range(len(means))]"
            ),
            "rotations",
        ),
        (
            LABELS.format(
                "return [(weights, means, stds), (weights[::-1], means[::-1], stds[::-1])]"
            ),
            "6 relabellings",
        ),
        (LABELS.format("return [(weights, means, stds)]"), "2 relabellings"),
        (
            LABELS.format(
                "return [(m, w, s) for w, m, s in zip(*map(permutations, (weights, means, stds)))]"
            ),
            "together",
        ),
        (
            LABELS.format(
                "return [(w, m, np.square(s)) for w, m, s in zip(*map(permutations, "
                "(weights, means, stds)))]"
            ),
            "together",
        ),
        (
            LABELS.format(
                "return [(np.round(w, 2), m, s) for w, m, s in zip(*map(permutations, "
                "(weights, means, stds)))]"
            ),
            "together",
        ),
        (
            LABELS.format(
                "return [w + m + s for w, m, s in zip(*map(permutations, (weights, means, stds)))]"
            ),
            "3 values",
        ),
        (LABELS.format("return [1, 2]"), "3 values"),
    ],
}
