"""Plain Python: loops and the math module, one number at a time."""

import math

import matplotlib.pyplot as plt
import numpy as np

from emlib import CollapsedComponent, Expected, fit

# %% coin_e_step


def coin_e_step(tosses, weights, biases):
    rows = []
    for heads, tails in tosses:
        logs = []
        for weight, bias in zip(weights, biases, strict=True):
            logs.append(math.log(weight) + heads * math.log(bias) + tails * math.log(1 - bias))
        largest = max(logs)
        shares = [math.exp(log - largest) for log in logs]
        rows.append([share / sum(shares) for share in shares])
    return np.array(rows)


# %% elbo


def elbo(tosses, r, weights, biases):
    bound = 0.0
    for n, (heads, tails) in enumerate(tosses):
        for k in range(len(weights)):
            if r[n][k] > 0:
                log_joint = math.log(weights[k])
                log_joint += heads * math.log(biases[k]) + tails * math.log(1 - biases[k])
                bound += r[n][k] * (log_joint - math.log(r[n][k]))
    return bound


# %% coin_m_step


def coin_m_step(tosses, r):
    weights, biases = [], []
    for k in range(len(r[0])):
        share, heads, tails = 0.0, 0.0, 0.0
        for n in range(len(tosses)):
            share += r[n][k]
            heads += r[n][k] * tosses[n][0]
            tails += r[n][k] * tosses[n][1]
        weights.append(share / len(tosses))
        biases.append(heads / (heads + tails))
    return weights, biases


# %% m_step


def m_step(x, r):
    rows, d = x.shape
    weights, means, covariances = [], [], []
    for k in range(r.shape[1]):
        n_k = sum(r[n, k] for n in range(rows))
        mean = [sum(r[n, k] * x[n, i] for n in range(rows)) / n_k for i in range(d)]
        covariance = np.zeros((d, d))
        for n in range(rows):
            for i in range(d):
                for j in range(d):
                    covariance[i, j] += r[n, k] * (x[n, i] - mean[i]) * (x[n, j] - mean[j])
        weights.append(n_k / rows)
        means.append(mean)
        covariances.append(covariance / n_k)
    return weights, means, covariances


# %% diary


class Diary:
    def __init__(self, x):
        self.x = x
        self.trace = []
        self.figures = []

    def __call__(self, step):
        figure, ax = plt.subplots()
        for a, b in self.x:
            ax.plot(a, b, ".", color="grey")
        for k in range(len(step.model.weights)):
            self.draw(ax, step.model.means[k], step.model.covariances[k], 1)
            self.draw(ax, step.model.means[k], step.model.covariances[k], 2)
        self.trace.append(step.log_likelihood)
        self.figures.append(figure)
        plt.close(figure)

    def draw(self, ax, mean, covariance, s):
        (a, b), (_, c) = covariance
        middle, radius = (a + c) / 2, math.sqrt((a - c) ** 2 / 4 + b**2)
        turn = math.atan2(2 * b, a - c) / 2
        xs, ys = [], []
        for t in np.linspace(0, 2 * math.pi, 100):
            u = s * math.sqrt(middle + radius) * math.cos(t)
            v = s * math.sqrt(middle - radius) * math.sin(t)
            xs.append(mean[0] + u * math.cos(turn) - v * math.sin(turn))
            ys.append(mean[1] + u * math.sin(turn) + v * math.cos(turn))
        ax.plot(xs, ys)


# %% best_fit


def best_fit(x, starts):
    best = None
    for start in starts:
        try:
            end = fit(start, x)
        except CollapsedComponent:
            continue
        if best is None or end.log_likelihood > best.log_likelihood:
            best = end
    return best.model


# %% poisson


class PoissonMixture:
    def __init__(self, weights, rates):
        self.weights = weights
        self.rates = rates

    def e_step(self, x):
        counts = np.zeros(len(self.weights))
        totals = np.zeros(len(self.weights))
        log_likelihood = 0.0
        for value in x:
            logs = []
            for weight, rate in zip(self.weights, self.rates, strict=True):
                log_p = value * math.log(rate) - rate - math.lgamma(value + 1)
                logs.append(math.log(weight) + log_p)
            largest = max(logs)
            shares = [math.exp(log - largest) for log in logs]
            log_likelihood += largest + math.log(sum(shares))
            for k in range(len(shares)):
                counts[k] += shares[k] / sum(shares)
                totals[k] += shares[k] / sum(shares) * value
        return Expected((counts, totals), log_likelihood)

    def m_step(self, expected):
        counts, totals = expected.statistics
        return PoissonMixture(counts / sum(counts), totals / counts)
