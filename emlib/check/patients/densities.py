"""Faults in densities and in the log-likelihood."""

import numpy as np

from .admission import outcome, patient
from .programs import Gaussian, Normal


@patient(4, "log_likelihood returns its negative")
class WrongSign(Normal):
    def log_likelihood(self, x, *theta):
        return -np.log(self.density(x, *theta)).sum()

    @staticmethod
    def symptom(p):
        """The first mean, between 0 and 8, that it likes best."""
        grid, pi, sigma = np.linspace(0, 8, 401), np.array([0.5, 0.5]), np.array([0.6, 1.3])
        values = [p.log_likelihood(p.x, pi, np.array([m, 10.7]), sigma) for m in grid]
        return grid[np.argmax(values)]


@patient(14, "log-likelihood array shaped like the data")
class WrongShape(Gaussian):
    def log_likelihood(self, x, pi, mu, sigma):
        joint = np.zeros(x.shape)
        for k in range(len(pi)):
            for n in range(len(x)):
                joint[k, n] = pi[k] * self.pdf(x[[n]], mu, sigma)[0, k]
        return np.log(joint.sum(axis=0)).sum()

    @staticmethod
    def symptom(p):
        """What a log-likelihood ends with."""
        return outcome(lambda: p.log_likelihood(p.x, *p.start(p.x)))


@patient(17, "densities summed without weights")
class NoWeights(Normal):
    def density(self, x, pi, mu, sigma):
        return self.pdf(x, mu, sigma).sum(axis=1)

    @staticmethod
    def symptom(p):
        """The integral of the density."""
        line = np.linspace(-50, 60, 5001)
        return np.trapezoid(p.density(line, *p.start(p.x)), line)


@patient(19, "/ 2*sigma**2 without parentheses")
class NoParentheses(Normal):
    def pdf(self, x, mu, sigma):
        return np.exp(-((x[:, None] - mu) ** 2) / 2 * sigma**2)

    @staticmethod
    def symptom(p):
        """The integral of a bell with standard deviation 2."""
        line = np.linspace(-60, 60, 5001)
        return np.trapezoid(p.pdf(line, np.array([0.0]), np.array([2.0]))[:, 0], line)
