"""Faults in what is drawn: no instrument finds these."""

import numpy as np

from ...surface import log_likelihood_surface
from .admission import ASYMMETRIC, draws, patient
from .programs import Normal


@patient(3, "surface drawn for other parameters", draws(ASYMMETRIC, 1000))
class AnotherSurface(Normal):
    def surface(self, x, mu1, mu2, pi, sigma):
        return log_likelihood_surface(x, mu1, mu2, weights=[0.5, 0.5], stds=[0.1, 0.1])

    @staticmethod
    def symptom(p):
        """How much the surface changes when its axes are exchanged."""
        grid = np.linspace(-0.3, 0.9, 25)
        surface = p.surface(p.x, grid, grid, ASYMMETRIC.weights, ASYMMETRIC.stds)
        return np.abs(surface - surface.T).max()


@patient(7, "axis limits copied from another plot")
class CopiedLimits(Normal):
    def limits(self, x):
        return -0.3, 0.9

    @staticmethod
    def symptom(p):
        """How many of the ten observations can be seen."""
        low, high = p.limits(p.x)
        return np.sum((low < p.x) & (p.x < high))
