"""Other names, tables with components first, and a Poisson model that leans on emlib's Mixture."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from scipy.special import gammaln, rel_entr, xlogy

from emlib import Mixture, best_of

# %% coin_e_step


def coin_e_step(slips, pi, theta):
    heads, tails = slips.T
    table = np.outer(np.log(theta), heads) + np.outer(np.log1p(-theta), tails)
    table += np.log(pi)[:, None]
    table -= table.max(axis=0)
    table = np.exp(table)
    return (table / table.sum(axis=0)).T


# %% elbo


def elbo(slips, q, pi, theta):
    heads, tails = slips.T
    table = np.outer(np.log(theta), heads) + np.outer(np.log1p(-theta), tails)
    table = (table + np.log(pi)[:, None]).T
    ceiling = np.logaddexp.reduce(table, axis=1)
    return ceiling.sum() - rel_entr(q, np.exp(table - ceiling[:, None])).sum()


# %% coin_m_step


def coin_m_step(slips, q):
    heads, tails = slips.T @ q
    mass = np.ones(len(q)) @ q
    return mass / mass.sum(), heads / (heads + tails)


# %% m_step


def m_step(data, gamma):
    pi, mu, sigma = [], [], []
    for g in gamma.T:
        root = np.sqrt(g / g.sum())[:, None]
        centre = (root**2 * data).sum(axis=0)
        whitened = root * (data - centre)
        pi.append(g.mean())
        mu.append(centre)
        sigma.append(whitened.T @ whitened)
    return np.array(pi), np.array(mu), np.array(sigma)


# %% diary


class Diary:
    def __init__(self, data):
        self.data, self.trace, self.figures = data, [], []

    def __call__(self, now):
        page = Figure()
        ax = page.subplots()
        ax.scatter(*self.data.T)
        low, high = self.data.min(axis=0), self.data.max(axis=0)
        room = 3 * np.sqrt(now.model.covariances.diagonal(axis1=1, axis2=2).max(axis=0))
        east, north = (
            np.linspace(a - r, b + r, 800) for a, b, r in zip(low, high, room, strict=True)
        )
        grid = np.stack(np.meshgrid(east, north), axis=-1)
        for mu, sigma in zip(now.model.means, now.model.covariances, strict=True):
            gap = grid - mu
            distance = np.sqrt(np.einsum("abi,ij,abj->ab", gap, np.linalg.inv(sigma), gap))
            ax.contour(east, north, distance, levels=[1, 2])
        self.trace.append(now.log_likelihood)
        self.figures.append(page)


# %% best_fit


def best_fit(data, starts):
    return best_of(starts, data)


# %% poisson


@dataclass(frozen=True, eq=False, repr=False)
class PoissonMixture(Mixture):
    rates: np.ndarray

    def check_data(self, blocks):
        pass

    def _rows(self, x):
        return np.asarray(x, dtype=float)

    def _residuals(self, x):
        return x

    def _log_components(self, x):
        rates = self.rates[:, None]
        return xlogy(x, rates) - rates - gammaln(x + 1)

    def _statistics(self, r, x):
        return np.array([r.sum(axis=1), r @ x])

    def m_step(self, expected):
        n, cups = expected.statistics
        return PoissonMixture(n / n.sum(), cups / n)
