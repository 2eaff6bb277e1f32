"""Comprehensions, and lists instead of arrays wherever something is returned."""

from itertools import pairwise
from math import exp, fsum, log, pi, sqrt

# %% e_step


def e_step(x, weights, means, stds):
    def log_joint(value):
        parts = zip(weights, means, stds, strict=True)
        return [log(w) - log(s) - log(2 * pi) / 2 - ((value - m) / s) ** 2 / 2 for w, m, s in parts]

    def log_sum(logs):
        return max(logs) + log(fsum(exp(a - max(logs)) for a in logs))

    table = [log_joint(value) for value in x]
    sums = [log_sum(row) for row in table]
    rows = [[exp(a - total) for a in row] for row, total in zip(table, sums, strict=True)]
    return [rows, fsum(sums)]


# %% m_step


def m_step(x, r):
    columns = list(zip(*r, strict=True))
    counts = [fsum(column) for column in columns]
    means = [
        fsum(a * v for a, v in zip(column, x, strict=True)) / n
        for column, n in zip(columns, counts, strict=True)
    ]
    stds = [
        sqrt(fsum(a * (v - m) ** 2 for a, v in zip(column, x, strict=True)) / n)
        for column, n, m in zip(columns, counts, means, strict=True)
    ]
    return [n / len(x) for n in counts], means, stds


# %% run


def run(x, start, e_step, m_step, tol=1e-9, max_iter=1000):
    theta, trace = list(start), []
    r, value = e_step(x, *theta)
    trace.append(value)
    for _ in range(max_iter):
        theta = list(m_step(x, r))
        r, value = e_step(x, *theta)
        trace.append(value)
        if trace[-1] - trace[-2] < tol:
            break
    return [theta, trace]


# %% falls


def falls(trace):
    return [t for t, (a, b) in enumerate(pairwise(trace), 1) if a - b > 1e-9 * abs(a)]


# %% failing_start


def failing_start(x, k):
    values = list(map(float, x))
    mean = fsum(values) / len(values)
    return [[1 / k] * k, [mean] * k, [max(values) - min(values)] * k]


# %% fit_old_faithful


def fit_old_faithful(x):
    values = sorted(x)
    quarter = len(values) // 4
    spread = (values[-1] - values[0]) / 5
    start = [0.5, 0.5], [values[quarter], values[-quarter]], [spread, spread]
    (weights, means, stds), _ = run(values, start, e_step, m_step, 1e-7, 300)
    return weights, means, stds
