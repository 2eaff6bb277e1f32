"""Comprehensions, and lists instead of arrays wherever something is returned."""

from math import exp, fsum, lgamma, log

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Ellipse

from emlib import Expected, best_of

# %% coin_e_step


def log_joint(slip, weights, biases):
    heads, tails = slip
    pairs = zip(weights, biases, strict=True)
    return [log(w) + heads * log(b) + tails * log(1 - b) for w, b in pairs]


def shares(logs):
    parts = [exp(a - max(logs)) for a in logs]
    return [part / fsum(parts) for part in parts]


def coin_e_step(tosses, weights, biases):
    return [shares(log_joint(slip, weights, biases)) for slip in tosses]


# %% elbo


def elbo(tosses, r, weights, biases):
    rows = zip(r, (log_joint(slip, weights, biases) for slip in tosses), strict=True)
    return fsum(s * (a - log(s)) for row in rows for s, a in zip(*row, strict=True) if s > 0)


# %% coin_m_step


def coin_m_step(tosses, r):
    columns = list(zip(*r, strict=True))

    def expected(column, side):
        return fsum(s * slip[side] for s, slip in zip(column, tosses, strict=True))

    weights = [fsum(column) / len(column) for column in columns]
    biases = [expected(c, 0) / (expected(c, 0) + expected(c, 1)) for c in columns]
    return [weights, biases]


# %% m_step


def m_step(x, r):
    columns = list(zip(*r, strict=True))
    dimensions = range(len(x[0]))

    def average(values, column):
        return fsum(s * v for s, v in zip(column, values, strict=True)) / fsum(column)

    means = [[average([row[i] for row in x], c) for i in dimensions] for c in columns]
    covariances = [
        [
            [average([(row[i] - m[i]) * (row[j] - m[j]) for row in x], c) for j in dimensions]
            for i in dimensions
        ]
        for c, m in zip(columns, means, strict=True)
    ]
    return [fsum(c) / len(c) for c in columns], means, covariances


# %% diary


class Diary:
    def __init__(self, x):
        self.x = [tuple(row) for row in x]
        self.trace, self.figures = [], []

    def __call__(self, step):
        figure, ax = plt.subplots()
        ax.scatter(*zip(*self.x, strict=True))
        for patch in self.patches(step.model):
            ax.add_patch(patch)
        self.trace.append(float(step.log_likelihood))
        self.figures.append(figure)
        plt.close("all")

    def patches(self, model):
        for mean, covariance in zip(model.means, model.covariances, strict=True):
            vectors, values, _ = np.linalg.svd(covariance)
            tilt = np.degrees(np.arctan2(*vectors[::-1, 0]))
            for s in (1, 2):
                yield Ellipse(mean, *(2 * s * np.sqrt(values)), angle=tilt, alpha=0.2)


# %% best_fit


def best_fit(x, starts):
    return best_of([*starts], x, max_iter=5000).model


# %% poisson


class PoissonMixture:
    def __init__(self, weights, rates):
        self.weights, self.rates = list(weights), list(rates)

    def log_joint(self, value):
        pairs = zip(self.weights, self.rates, strict=True)
        return [log(w) + value * log(rate) - rate - lgamma(value + 1) for w, rate in pairs]

    def e_step(self, x):
        table = [self.log_joint(float(value)) for value in x]
        rows = [shares(logs) for logs in table]
        columns = list(zip(*rows, strict=True))
        cups = [fsum(s * v for s, v in zip(column, x, strict=True)) for column in columns]
        heights = [max(logs) + log(fsum(exp(a - max(logs)) for a in logs)) for logs in table]
        return Expected(np.array([[fsum(c) for c in columns], cups]), fsum(heights))

    def m_step(self, expected):
        n, cups = expected.statistics.tolist()
        weights = [count / fsum(n) for count in n]
        return PoissonMixture(weights, [c / count for c, count in zip(cups, n, strict=True)])
