"""Plain Python: loops and the math module, one number at a time."""

import math

import numpy as np

# %% e_step


def e_step(x, weights, means, stds):
    rows, log_likelihood = [], 0.0
    for value in x:
        logs = []
        for k in range(len(weights)):
            y = (value - means[k]) / stds[k]
            density = -0.5 * y * y - math.log(stds[k] * math.sqrt(2 * math.pi))
            logs.append(math.log(weights[k]) + density)
        largest = max(logs)
        total = 0.0
        for log in logs:
            total += math.exp(log - largest)
        rows.append([math.exp(log - largest) / total for log in logs])
        log_likelihood += largest + math.log(total)
    return np.array(rows), log_likelihood


# %% m_step


def m_step(x, r):
    weights, means, stds = [], [], []
    for k in range(r.shape[1]):
        count = sum(r[i, k] for i in range(len(x)))
        mean = sum(r[i, k] * x[i] for i in range(len(x))) / count
        variance = sum(r[i, k] * (x[i] - mean) ** 2 for i in range(len(x))) / count
        weights.append(count / len(x))
        means.append(mean)
        stds.append(math.sqrt(variance))
    return np.array(weights), np.array(means), np.array(stds)


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    parameters = start
    responsibilities, current = e_step(x, *parameters)
    trace = [current]
    iteration = 0
    while True:
        if iteration == max_iter:
            break
        parameters = m_step(x, responsibilities)
        responsibilities, following = e_step(x, *parameters)
        trace.append(following)
        iteration += 1
        gain = following - current
        current = following
        if gain < tol:
            break
    return parameters, trace


# %% falls


def falls(trace):
    found = []
    for t in range(1, len(trace)):
        noise = 1e-9 * abs(trace[t - 1])
        if trace[t - 1] - trace[t] > noise:
            found.append(t)
    return found


# %% failing_start


def failing_start(x, k):
    mean = sum(x) / len(x)
    spread = math.sqrt(sum((v - mean) ** 2 for v in x) / len(x))
    weights, means, stds = [], [], []
    for _ in range(k):
        weights.append(1 / k)
        means.append(mean)
        stds.append(spread)
    return weights, means, stds


# %% fit_old_faithful


def fit_old_faithful(x):
    ordered = sorted(x)
    half = len(ordered) // 2
    low, high = ordered[:half], ordered[half:]
    start_means = np.array([sum(low) / len(low), sum(high) / len(high)])
    start = np.array([0.5, 0.5]), start_means, np.array([np.std(low), np.std(high)])
    theta, trace = run(x, start, e_step, m_step, 1e-7, 500)
    if theta[1][0] > theta[1][1]:
        theta = tuple(part[::-1] for part in theta)
    return theta
