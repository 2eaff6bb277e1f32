"""Right answers with bad manners: printing, warnings, figures left open, progress bars."""

import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import gammaln
from tqdm.auto import tqdm

from emlib import Expected, GaussianMixture, fit

# %% coin_e_step

SEEN = []


def coin_e_step(tosses, weights, biases):
    SEEN.append(tosses)
    print("slips:", len(tosses), file=sys.stderr)
    with_underflow = biases ** (1000 * tosses[:, :1])
    with_underflow / with_underflow  # noqa: B018  (0/0, and nobody looks)
    logs = np.log(weights) + tosses[:, :1] * np.log(biases) + tosses[:, 1:] * np.log(1 - biases)
    return np.exp(logs - np.max(logs, 1)[:, None]) / np.sum(
        np.exp(logs - np.max(logs, 1)[:, None]), 1, keepdims=True
    )


# %% elbo


def elbo(tosses, r, weights, biases):
    warnings.warn("the floor is coming up", stacklevel=1)
    logs = np.log(weights) + tosses[:, :1] * np.log(biases) + tosses[:, 1:] * np.log(1 - biases)
    pieces = r * (logs - np.log(r))  # −inf · 0 where r is 0
    return np.nansum(pieces)


# %% coin_m_step


def coin_m_step(tosses, r):
    totals = tosses.T.dot(r)
    print(totals)
    return tuple(np.mean(r, axis=0)), tuple(totals[0] / np.sum(totals, axis=0))


# %% m_step


def m_step(x, r):
    k = r.shape[1]
    n = np.sum(r, axis=0)
    means = np.zeros((k, x.shape[1]))
    covariances = np.zeros((k, x.shape[1], x.shape[1]))
    for j in tqdm(range(k)):
        means[j] = np.sum(r[:, [j]] * x, axis=0) / n[j]
        covariances[j] = (r[:, j] * (x - means[j]).T) @ (x - means[j]) / n[j]
    print(covariances)
    return n / len(x), means, covariances


# %% diary


class Diary:
    def __init__(self, x):
        print("Dear diary,")
        self.x, self.trace, self.figures, self.models = x, [], [], []

    def __call__(self, step):
        print(step)
        figure, (left, right) = plt.subplots(1, 2)
        left.scatter(*self.x.T)
        for mean, covariance in zip(step.model.means, step.model.covariances, strict=True):
            values, vectors = np.linalg.eig(covariance)
            t = np.linspace(0, 7, 300)
            for s in (1, 2):
                ring = vectors @ np.diag(np.sqrt(values)) @ [np.cos(t), np.sin(t)]
                left.plot(*(mean[:, None] + s * ring), "-")
            left.text(*mean, "here")
        self.models.append(step.model)
        self.trace.append(step.log_likelihood)
        right.plot(self.trace)
        self.figures.append(figure)
        plt.show()
        return "done"


# %% best_fit


def best_fit(x, starts):
    ends = []
    for start in starts:
        try:
            ends.append(fit(start, x, progress=True))
        except Exception as error:
            print("this start failed:", error)
    ends.sort(key=lambda end: end.log_likelihood)
    model = ends[-1].model
    return GaussianMixture(model.weights, model.means, model.covariances)


# %% poisson


class PoissonMixture:
    steps = 0

    def __init__(self, weights, rates):
        self.weights, self.rates = np.array(weights), np.array(rates)

    def e_step(self, x):
        PoissonMixture.steps += 1
        print("step", PoissonMixture.steps, file=sys.stderr)
        log_p = np.log(self.rates) * x[:, None] - self.rates - gammaln(x[:, None] + 1)
        log_joint = np.log(self.weights) + log_p
        total = np.log(np.exp(log_joint - log_joint.max(1, keepdims=True)).sum(1))
        total += log_joint.max(1)
        r = np.exp(log_joint.T - total)
        return Expected((r.sum(1), r @ x), total.sum())

    def m_step(self, expected):
        print("m-step")
        n, cups = expected.statistics
        return self.__class__(n / sum(n), cups / n)
