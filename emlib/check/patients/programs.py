"""Healthy programs: EM as plain functions of the data and of theta, a class a kind of mixture."""

import numpy as np
from scipy.special import logsumexp

from ...datasets import coin_tosses
from ...surface import log_likelihood_surface
from .admission import FAITHFUL, TEN


class Normal:
    """Two bells in one dimension, as in notebook 04."""

    x = TEN

    def start(self, x):
        left, right = np.quantile(x, [0.25, 0.75])
        return np.array([0.5, 0.5]), np.array([left, right]), np.full(2, x.std() / 2)

    def pdf(self, x, mu, sigma):
        return np.exp(-(((x[:, None] - mu) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))

    def density(self, x, pi, mu, sigma):
        return (pi * self.pdf(x, mu, sigma)).sum(axis=1)

    def log_likelihood(self, x, *theta):
        return np.log(self.density(x, *theta)).sum()

    def e_step(self, x, pi, mu, sigma):
        joint = pi * self.pdf(x, mu, sigma)
        return joint / joint.sum(axis=1, keepdims=True)

    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n
        return n / n.sum(), mu, np.sqrt(variance)

    def run(self, x, theta=None, tol=1e-10):
        theta, trace = self.begin(x) if theta is None else theta, []
        while len(trace) < 5000:
            trace.append(self.log_likelihood(x, *theta))
            if len(trace) > 1 and trace[-1] - trace[-2] < tol:
                break
            theta = self.m_step(x, self.e_step(x, *theta))
        return theta, trace

    def begin(self, x):
        start = self.start(x)
        return self.m_step(x, start) if isinstance(start, np.ndarray) else start

    def sample(self, n, rng, pi, mu, sigma):
        z = rng.choice(len(pi), size=n, p=pi)
        return rng.normal(mu[z], sigma[z]), z

    def surface(self, x, mu1, mu2, pi, sigma):
        return log_likelihood_surface(x, mu1, mu2, weights=pi, stds=sigma)

    def limits(self, x):
        return x.min() - x.std(), x.max() + x.std()


class Shared(Normal):
    """Two bells that share one standard deviation."""

    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        variance = (r * (x[:, None] - mu) ** 2).sum() / len(x)
        return n / len(x), mu, np.sqrt([variance, variance])


class Gaussian(Normal):
    """Two ellipses, as in notebook 06."""

    x = FAITHFUL

    def start(self, x):
        low, high = np.quantile(x, [0.25, 0.75], axis=0)
        sigma = np.diag(x.std(axis=0) ** 2)
        return np.array([0.5, 0.5]), np.array([low, high]), np.array([sigma, sigma])

    def pdf(self, x, mu, sigma):
        d = x - mu[:, None]
        squared = np.einsum("kni,kij,knj->nk", d, np.linalg.inv(sigma), d, optimize=True)
        return np.exp(-squared / 2) / np.sqrt(np.linalg.det(2 * np.pi * sigma))

    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = r.T @ x / n[:, None]
        d = x - mu[:, None]
        sigma = np.einsum("nk,kni,knj->kij", r, d, d) / n[:, None, None]
        return n / len(x), mu, sigma

    def sample(self, n, rng, pi, mu, sigma):
        z = rng.choice(len(pi), size=n, p=pi)
        factors = np.linalg.cholesky(sigma)[z]
        return mu[z] + np.einsum("nij,nj->ni", factors, rng.normal(size=(n, 2))), z


class Coins(Normal):
    """Two coins, as in notebook 05; heads and tails of each set, all in logarithms."""

    x = coin_tosses().astype(float)

    def start(self, x):
        return np.array([0.5, 0.5]), np.array([0.6, 0.5])

    def log_joint(self, x, pi, theta):
        heads, tails = x.T[:, :, None]
        return np.log(pi) + heads * np.log(theta) + tails * np.log(1 - theta)

    def density(self, x, pi, theta):
        return np.exp(logsumexp(self.log_joint(x, pi, theta), axis=1))

    def log_likelihood(self, x, pi, theta):
        return logsumexp(self.log_joint(x, pi, theta), axis=1).sum()

    def e_step(self, x, pi, theta):
        log_joint = self.log_joint(x, pi, theta)
        return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))

    def m_step(self, x, r):
        heads, tails = (r.T @ x).T
        return r.sum(axis=0) / len(x), heads / (heads + tails)

    def sample(self, n, rng, pi, theta):
        z = rng.choice(len(pi), size=n, p=pi)
        heads = rng.binomial(10, theta[z])
        return np.column_stack([heads, 10 - heads]), z
