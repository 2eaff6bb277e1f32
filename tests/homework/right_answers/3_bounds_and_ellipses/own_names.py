"""Other names, tables with components first, and a Poisson model with a base class."""

import numpy as np
from matplotlib.figure import Figure
from scipy.special import gammaln, rel_entr, xlogy

from emlib import Expected, best_of

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


class Waits:
    """What several models of counts could share."""

    def e_step(self, cups):
        table = np.log(self.weights)[:, None] + self.log_p(np.asarray(cups, dtype=float))
        ceiling = np.logaddexp.reduce(table, axis=0)
        shares = np.exp(table - ceiling)
        return Expected(np.stack([shares.sum(axis=1), shares @ cups]), ceiling.sum())

    def m_step(self, learned):
        mass, cups = learned.statistics
        return type(self)(mass / mass.sum(), cups / mass)


class PoissonMixture(Waits):
    def __init__(self, pi, lam):
        self.weights, self.rates = np.array(pi), np.array(lam)

    def log_p(self, cups):
        return xlogy(cups, self.rates[:, None]) - self.rates[:, None] - gammaln(cups + 1)
