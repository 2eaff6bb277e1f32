"""Every sum an einsum."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import entr, gammaln, logsumexp, softmax, xlogy

from emlib import Expected, best_of

# %% coin_e_step


def coin_e_step(tosses, weights, biases):
    logs = np.log(np.stack([biases, 1 - biases]))
    return softmax(np.einsum("nf,fk->nk", tosses, logs) + np.log(weights), axis=1)


# %% elbo


def elbo(tosses, r, weights, biases):
    logs = np.log(np.stack([biases, 1 - biases]))
    energy = np.einsum("nk,nf,fk->", r, tosses, logs) + np.einsum("nk,k->", r, np.log(weights))
    return energy + np.einsum("nk->", entr(r))


# %% coin_m_step


def coin_m_step(tosses, r):
    counts = np.einsum("nk,nf->fk", r, tosses)
    return np.einsum("nk->k", r) / len(r), counts[0] / np.einsum("fk->k", counts)


# %% m_step


def m_step(x, r):
    n = np.einsum("nk->k", r)
    means = np.einsum("nk,nd,k->kd", r, x, 1 / n)
    gaps = x[:, None, :] - means
    return n / len(x), means, np.einsum("nk,nki,nkj,k->kij", r, gaps, gaps, 1 / n, optimize=True)


# %% diary


class Diary:
    def __init__(self, x):
        self.x, self.trace, self.figures = x, [], []
        angle = np.linspace(0, 2 * np.pi, 200)
        self.circle = np.array([np.cos(angle), np.sin(angle)])

    def __call__(self, step):
        figure, ax = plt.subplots()
        ax.scatter(self.x[:, 0], self.x[:, 1])
        roots = np.linalg.cholesky(step.model.covariances)
        rings = np.einsum("s,kij,jt->skit", [1.0, 2.0], roots, self.circle)
        for ring in (rings + step.model.means[:, :, None]).reshape(-1, 2, 200):
            ax.plot(*ring, color="black")
        self.trace.append(step.log_likelihood)
        self.figures.append(figure)


# %% best_fit


def best_fit(x, starts):
    return best_of(starts, x).model.sorted()


# %% poisson


@dataclass(frozen=True, eq=False)
class PoissonMixture:
    weights: np.ndarray
    rates: np.ndarray

    def e_step(self, x):
        powers = np.stack([np.ones(len(x)), x])
        log_joint = xlogy(x[:, None], self.rates) - gammaln(x + 1)[:, None]
        log_joint += np.log(self.weights) - self.rates
        r = softmax(log_joint, axis=1)
        return Expected(np.einsum("sn,nk->sk", powers, r), logsumexp(log_joint, axis=1).sum())

    def m_step(self, expected):
        n, cups = expected.statistics
        return type(self)(n / np.einsum("k->", n), np.einsum("k,k->k", cups, 1 / n))
