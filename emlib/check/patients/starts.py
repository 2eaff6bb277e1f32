"""Faults in where a run starts."""

import numpy as np

from .admission import FAITHFUL, STANDARD, patient
from .programs import Gaussian, Normal


@patient(1, "identical start")
class Twins(Normal):
    def start(self, x):
        return np.array([0.5, 0.5]), np.full(2, x.mean()), np.full(2, x.std())

    @staticmethod
    def symptom(p):
        """The means at the end."""
        return p.run(p.x)[0][1]


@patient(15, "starts drawn without a look at the data", FAITHFUL[:, 1])
class BlindStart(Normal):
    def start(self, x):
        return np.array([0.5, 0.5]), np.array([-1.0, 1.0]), np.array([1.0, 1.0])

    @staticmethod
    def symptom(p, repeats=200):
        """The share of random data sets on which the first E-step has 0/0 or a dead component."""
        rng, failed = np.random.default_rng(0), 0
        for _ in range(repeats):
            x = rng.normal(rng.normal(0, 20, 2)[rng.integers(2, size=200)], 2)
            n = p.e_step(x, *p.start(x)).sum(axis=0)
            failed += not n.min() > 1e-8
        return failed / repeats


@patient(23, "diag(std) where variances belong")
class StdForVariance(Gaussian):
    def start(self, x):
        pi, mu, _ = super().start(x)
        sigma = np.diag(x.std(axis=0))
        return pi, mu, np.array([sigma, sigma])

    @staticmethod
    def symptom(p):
        """The log-likelihood of the start in hours, against the same in minutes."""
        hours = p.log_likelihood(p.x / 60, *p.start(p.x / 60))
        return hours - p.x.size * np.log(60) - p.log_likelihood(p.x, *p.start(p.x))


@patient(24, "np.mean(X) without axis= in the start", STANDARD)
class MeanOfEverything(Gaussian):
    def start(self, x):
        pi, _, sigma = super().start(x)
        away = x.std(axis=0)
        return pi, np.array([np.mean(x) - away, np.mean(x) + away]), sigma

    @staticmethod
    def symptom(p):
        """The share of responsibilities that are 0/0 at data + [0, 100]."""
        x = p.x + [0, 100]
        return np.isnan(p.e_step(x, *p.start(x))).mean()


@patient(29, "starting rows that do not sum to one")
class UnequalRows(Normal):
    def start(self, x):
        return np.random.default_rng(6).random((len(x), 2))

    @staticmethod
    def symptom(p):
        """The smallest and the largest sum of a row."""
        start = p.start(p.x)
        total = (start if isinstance(start, np.ndarray) else p.e_step(p.x, *start)).sum(axis=1)
        return total.min(), total.max()
