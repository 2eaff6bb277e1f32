"""Wrong answers to the exercises of notebook 03, and what the hint must say."""

POINTS = """
def stationary_points(x, weights, stds):
    low = lambda m: -NormalMixture(weights, m, stds).log_likelihood(x)
    found = [minimize(low, s).x for s in {starts}]
    return np.array(found){end}
"""
SPIKE = "def spike(x, target):\n    return NormalMixture({})"
LABELS = "def relabellings(weights, means, stds):\n    {}"

WRONG = {
    1: [
        (POINTS.format(starts="([0, .6], [.6, .05])", end=""), "saddle"),
        (POINTS.format(starts="([0, .6],)", end=""), "swapped"),
        (POINTS.format(starts="([.6, .05],)", end=""), "global"),
        (POINTS.format(starts="([0, .6], [.6, .05], [.02, .58])", end=""), "twice"),
        (POINTS.format(starts="([0, .6], [.6, .05])", end=".tolist() + [[.4, .4]]"), "not zero"),
        (POINTS.format(starts="([0, .6], [.6, .05])", end=".tolist() + [[-5, .432]]"), "far from"),
        (POINTS.format(starts="([0, .6], [.6, .05])", end="[0]"), "shape"),
    ],
    2: [
        (SPIKE.format("[.5, .5], [x[0], x.mean()], [1e-9, x.std()]"), "narrower"),
        (SPIKE.format("[.5, .5], [x.mean(), x.mean()], [1e-300, x.std()]"), "exactly on"),
        (SPIKE.format("[1, 0], [x[0], x.mean()], [1e-300, x.std()]"), "density zero"),
        (SPIKE.format("[1], [x[0]], [1e-300]"), "two components"),
        (SPIKE.format("[.5, .5], [x[0], x.mean()], [0, x.std()]"), "positive"),
        ("def spike(x, target):\n    return target + 1", "NormalMixture"),
    ],
    3: [
        (
            LABELS.format(
                "from itertools import permutations\n"
                "    return [(weights, list(m), stds) for m in permutations(means)]"
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
        (LABELS.format("return [(weights, means, stds)]"), "2 relabellings"),
        (LABELS.format("return [1, 2]"), "3 values"),
    ],
}
