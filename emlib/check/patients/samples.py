"""Faults in sampling."""

import numpy as np

from .admission import FAR, NEAR, draws, patient
from .programs import Normal


@patient(6, "component sizes fixed as int(n * pi)", draws(NEAR, 500))
class FixedSizes(Normal):
    def sample(self, n, rng, pi, mu, sigma):
        sizes = (n * pi).astype(int)
        sizes[-1] = n - sizes[:-1].sum()
        z = rng.permutation(np.repeat(np.arange(len(pi)), sizes))
        return rng.normal(mu[z], sigma[z]), z

    @staticmethod
    def symptom(p, repeats=200):
        """The standard deviation of the estimated weight over samples of 200."""
        rng, theta = np.random.default_rng(1), (NEAR.weights, NEAR.means, NEAR.stds)
        samples = [p.sample(200, rng, *theta)[0] for _ in range(repeats)]
        return np.std([p.run(x, theta, tol=1e-4)[0][0][0] for x in samples])


@patient(18, "densities taken for a sample", draws(FAR, 1000))
class DensitiesAsSample(Normal):
    def sample(self, n, rng, pi, mu, sigma):
        z = rng.choice(len(pi), size=n, p=pi)
        places = rng.uniform(mu[0] - 3 * sigma[0], mu[1] + 3 * sigma[1], n)
        return self.density(places, pi, mu, sigma), z

    @staticmethod
    def symptom(p):
        """The mean of samples of two models, with means 0, 4 and 150, 250."""
        rng, pi, sigma = np.random.default_rng(0), np.array([0.5, 0.5]), np.array([2.0, 2.0])
        pairs = np.array([0.0, 4.0]), np.array([150.0, 160.0])
        return [p.sample(5000, rng, pi, mu, sigma)[0].mean() for mu in pairs]


@patient(20, "randn() < pi for random() < pi", draws(NEAR, 500))
class WrongDice(Normal):
    def sample(self, n, rng, pi, mu, sigma):
        z = np.where(rng.normal(size=n) < pi[0], 0, 1)
        return rng.normal(mu[z], sigma[z]), z

    @staticmethod
    def symptom(p):
        """The share of the component whose weight is 0.3."""
        z = p.sample(100_000, np.random.default_rng(0), NEAR.weights, NEAR.means, NEAR.stds)[1]
        return np.mean(z == 0)
