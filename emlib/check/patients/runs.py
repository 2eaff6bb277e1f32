"""Faults in the loop: what it changes, and when it stops."""

import numpy as np

from ...datasets import two_bumps
from .admission import FAITHFUL, OVERLAP, draws, outcome, patient
from .programs import Gaussian, Normal


@patient(13, "d overwritten by d, h = np.histogram(…)")
class OverwrittenName(Gaussian):
    def run(self, x, theta=None, tol=1e-10):
        d = x.shape[1]
        d, h = np.histogram(x[:, 0])
        if d == 1:
            x = x[:, None]
        return super().run(x, theta, tol)

    @staticmethod
    def symptom(p):
        """What a run ends with."""
        return outcome(lambda: p.run(p.x))


@patient(26, "until convergence means 25 iterations", draws(OVERLAP, 1000))
class TwentyFive(Normal):
    def run(self, x, theta=None, tol=1e-10):
        theta = self.begin(x) if theta is None else theta
        for _ in range(25):
            theta = self.m_step(x, self.e_step(x, *theta))
        return theta, [self.log_likelihood(x, *theta)]

    @staticmethod
    def symptom(p, repeats=30):
        """The share of random starts from which it ends over 1 nat short."""
        ends = np.array([p.run(p.x, start)[1][-1] for start in random_starts(p.x, repeats)])
        return np.mean(ends < ends.max() - 1)


@patient(28, "convergence tested on Q at the old theta", two_bumps())
class WatchesQ(Normal):
    def q(self, x, pi, mu, sigma):
        joint = pi * self.pdf(x, mu, sigma)
        return (self.e_step(x, pi, mu, sigma) * np.log(joint)).sum()

    def run(self, x, theta=None, tol=1e-10):
        theta, trace = self.begin(x) if theta is None else theta, []
        while len(trace) < 2 or trace[-1] - trace[-2] > tol:
            trace.append(self.q(x, *theta))
            theta = self.m_step(x, self.e_step(x, *theta))
        return theta, trace

    @staticmethod
    def symptom(p, repeats=30):
        """The shares of random starts in which what is watched falls, and that end 1 nat short."""
        fell, short = 0, 0
        for start in random_starts(p.x, repeats):
            theta, trace = p.run(p.x, start)
            best = Normal.run(Normal(), p.x, start)[1][-1]
            fell += trace[-1] < trace[-2] - 1e-6
            short += p.log_likelihood(p.x, *theta) < best - 1
        return fell / repeats, short / repeats


@patient(32, "absolute tolerance .01", FAITHFUL[:, 1])
class LooseTolerance(Normal):
    def run(self, x, theta=None, tol=0.01):
        return super().run(x, theta, tol)

    @staticmethod
    def symptom(p):
        """Iterations, and the log-likelihood at the end."""
        trace = p.run(p.x)[1]
        return len(trace) - 1, trace[-1]


def random_starts(x, n):
    """Yield n starts with two of the observations as means."""
    rng = np.random.default_rng(0)
    for _ in range(n):
        yield np.array([0.5, 0.5]), rng.choice(x, 2, replace=False), np.full(2, x.std())
