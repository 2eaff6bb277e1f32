"""Plain Python: loops and the math module, one number at a time."""

import math

from scipy.optimize import minimize

from emlib.check import homework

# %% sample


def sample(n, weights, means, stds, rng):
    x, z = [], []
    for _ in range(n):
        u = rng.random()
        k = 0
        while k < len(weights) - 1 and u >= weights[k]:
            u -= weights[k]
            k += 1
        z.append(k)
        x.append(rng.normal(means[k], stds[k]))
    return x, z


# %% log_likelihood


def log_likelihood(x, weights, means, stds):
    total = 0.0
    for value in x:
        logs = []
        for weight, mean, std in zip(weights, means, stds, strict=True):
            if weight > 0:
                log_density = -((value - mean) ** 2) / (2 * std**2)
                log_density -= math.log(std) + math.log(2 * math.pi) / 2
                logs.append(math.log(weight) + log_density)
        largest = max(logs)
        total += largest + math.log(sum(math.exp(log - largest) for log in logs))
    return total


# %% transform


def pack(weights, means, stds):
    logit = math.log(weights[0] / weights[1])
    return [means[0], math.log(stds[0]), means[1], math.log(stds[1]), logit]


def unpack(theta):
    if theta[4] >= 0:
        small = math.exp(-theta[4])
        weights = [1 / (1 + small), small / (1 + small)]
    else:
        small = math.exp(theta[4])
        weights = [small / (1 + small), 1 / (1 + small)]
    return weights, [theta[0], theta[2]], [math.exp(theta[1]), math.exp(theta[3])]


# %% scoreboard


def scoreboard(objective, start, methods):
    values, claims = [], []
    for method in methods:
        result = minimize(objective, start, method=method)
        values.append(result.fun)
        claims.append(result.success)
    lowest = math.inf
    for value in values:
        if value < lowest:
            lowest = value
    rows = []
    for i in range(len(methods)):
        gap = math.inf if math.isnan(values[i]) else values[i] - lowest
        rows.append([methods[i], claims[i], gap])
    return rows


# %% my_bakery


def my_bakery():
    seed = 12345
    x = sorted(homework.bakery(seed))

    def objective(theta):
        try:
            return -log_likelihood(x, *unpack(theta))
        except (OverflowError, ValueError, ZeroDivisionError):
            return 1e6  # a step into nowhere

    start = [x[30], 0.5, x[-30], 0.5, 0.1]
    methods = ["L-BFGS-B", "Nelder-Mead", "SLSQP", "TNC"]
    rows = scoreboard(objective, start, methods)
    for method, _, gap in rows:
        if gap == 0:
            estimate = unpack(minimize(objective, start, method=method).x)
    return seed, rows, estimate


# %% beat


def beat(x, weights, means, stds):
    k = len(weights)
    mean = sum(x) / len(x)
    spread = math.sqrt(sum((value - mean) ** 2 for value in x) / len(x))
    return (
        [1 / k] * k,
        [x[-1]] + [mean] * (k - 1),
        [1e-250] + [spread] * (k - 1),
    )
