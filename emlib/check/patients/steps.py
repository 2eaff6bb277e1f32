"""Faults in an E-step or an M-step."""

import numpy as np

from .admission import FAR, TEN, UNEQUAL, clouds, draws, patient
from .programs import Coins, Gaussian, Normal, Shared


@patient(2, "variance as E[x²] − μ²")
class DifferenceOfSquares(Normal):
    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        variance = (r * x[:, None] ** 2).sum(axis=0) / n - mu**2
        return n / len(x), mu, np.sqrt(np.abs(variance))

    @staticmethod
    def symptom(p):
        """The variance of the first five at offsets 10⁸ and 10⁹."""
        r = np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=0)
        return [p.m_step(TEN + offset, r)[2][0] ** 2 for offset in (1e8, 1e9)]


@patient(12, "a sum without axis= in the M-step", clouds())
class NoAxis(Gaussian):
    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = np.array([[np.sum(r[:, [k]] * x) / n[k]] * 2 for k in (0, 1)])
        d = x - mu[:, None]
        return n / len(x), mu, np.einsum("nk,kni,knj->kij", r, d, d) / n[:, None, None]

    @staticmethod
    def symptom(p):
        """Falls of the log-likelihood in 100 steps; coordinates of the first mean."""
        theta, trace = p.begin(p.x), []
        for _ in range(101):
            trace.append(p.log_likelihood(p.x, *theta))
            theta = p.m_step(p.x, p.e_step(p.x, *theta))
        return np.sum(np.diff(trace) < -1e-6), theta[1][0]


@patient(16, "weights frozen, and swapped", draws(FAR, 10_000))
class FrozenWeights(Normal):
    def m_step(self, x, r):
        return np.array([0.3, 0.7]), *super().m_step(x, r)[1:]

    @staticmethod
    def symptom(p):
        """Means, stds and log-likelihood at the end, from a wide start."""
        pi, mu, sigma = p.start(p.x)
        (_, mu, sigma), trace = p.run(p.x, (pi, mu, 2 * sigma))
        return *mu, *sigma, trace[-1]


@patient(21, "shared sigma updated from one component", draws(UNEQUAL, 6000))
class SharedByOne(Shared):
    def m_step(self, x, r):
        n = r.sum(axis=0)
        mu = (r * x[:, None]).sum(axis=0) / n
        for k in (0, 1):
            variance = (r[:, k] * (x - mu[k]) ** 2).sum() / n[k]
        return n / len(x), mu, np.sqrt([variance, variance])

    @staticmethod
    def symptom(p):
        """The first step that falls, and the log-likelihood after 100."""
        theta, trace = p.begin(p.x), []
        for _ in range(101):
            trace.append(p.log_likelihood(p.x, *theta))
            theta = p.m_step(p.x, p.e_step(p.x, *theta))
        falls = np.flatnonzero(np.diff(trace) < -1e-6) + 1
        return falls[0] if len(falls) else None, trace[-1]


@patient(25, "covariance about the old means")
class OldMeans(Normal):
    def m_step(self, x, r, pi, mu, sigma):
        n = r.sum(axis=0)
        variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n
        return n / len(x), (r * x[:, None]).sum(axis=0) / n, np.sqrt(variance)

    def run(self, x, theta=None, tol=1e-10):
        theta, trace = self.start(x) if theta is None else theta, []
        while len(trace) < 2 or trace[-1] - trace[-2] > tol:
            trace.append(self.log_likelihood(x, *theta))
            theta = self.m_step(x, self.e_step(x, *theta), *theta)
        return theta, trace

    @staticmethod
    def symptom(p):
        """The smallest gain of a step, and the log-likelihood at the end."""
        trace = p.run(p.x)[1]
        return min(np.diff(trace)), trace[-1]


@patient(30, "exp(log-likelihood) of long sequences")
class Underflow(Coins):
    def e_step(self, x, pi, theta):
        joint = np.exp(self.log_joint(x, pi, theta))
        return joint / joint.sum(axis=1, keepdims=True)

    @staticmethod
    def symptom(p):
        """The first row of responsibilities at 1100 tosses."""
        with np.errstate(invalid="ignore"):
            return p.e_step(110 * p.x, *p.start(p.x))[0]
