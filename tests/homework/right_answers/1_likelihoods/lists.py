"""Comprehensions, and lists and tuples instead of arrays wherever something is returned."""

from math import exp, fsum, inf, isnan, log, log1p, pi

from scipy.optimize import minimize

from emlib.check import homework

# %% sample


def sample(n, weights, means, stds, rng):
    z = [int(k) for k in rng.choice(len(weights), n, p=list(weights))]
    return tuple(float(rng.normal(means[k], stds[k])) for k in z), tuple(z)


# %% log_likelihood


def log_normal(x, mean, std):
    return -(((x - mean) / std) ** 2) / 2 - log(std) - log(2 * pi) / 2


def log_add(logs):
    return max(logs) + log(fsum(exp(a - max(logs)) for a in logs))


def log_likelihood(x, weights, means, stds):
    parts = [(log(max(w, 1e-300)), m, s) for w, m, s in zip(weights, means, stds, strict=True)]
    return fsum(log_add([w + log_normal(v, m, s) for w, m, s in parts]) for v in x)


# %% transform


def pack(weights, means, stds):
    first, second = weights
    return (means[0], log(stds[0]), means[1], log(stds[1]), log(first) - log(second))


def unpack(theta):
    def log_share(a):
        return -log1p(exp(-a)) if a > 0 else a - log1p(exp(a))

    mean1, log_std1, mean2, log_std2, a = theta
    return (exp(log_share(a)), exp(log_share(-a))), (mean1, mean2), (exp(log_std1), exp(log_std2))


# %% scoreboard


def scoreboard(objective, start, methods):
    results = [minimize(objective, start, method=m) for m in methods]
    heights = [inf if isnan(r.fun) else r.fun for r in results]
    return [
        (m, bool(r.success), h - min(heights))
        for m, r, h in zip(methods, results, heights, strict=True)
    ]


# %% my_bakery


def my_bakery():
    x = [float(v) for v in homework.bakery(2718)]
    low, high = sorted(x)[60], sorted(x)[-60]

    def objective(theta):
        return -log_likelihood(x, *unpack(theta))

    start = list(pack((0.5, 0.5), (low, high), (2, 2)))
    rows = scoreboard(objective, start, ["BFGS", "L-BFGS-B", "SLSQP", "CG"])
    return 2718, rows, unpack(list(minimize(objective, start, method="BFGS").x))


# %% beat


def beat(x, weights, means, stds):
    centre = fsum(x) / len(x)
    width = max(x) - min(x)
    return [0.002, 0.998], [float(x[1]), centre], [1e-200, width / 4]
