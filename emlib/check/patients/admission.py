"""The data that programs are shown on, and how a faulty program becomes a patient."""

import numpy as np

from ...datasets import old_faithful
from ...normal import NormalMixture

TEN = np.array([2.3, 3.2, 3.1, 1.6, 1.9, 11.5, 10.2, 12.3, 8.6, 10.9])
FAITHFUL = old_faithful()
STANDARD = (FAITHFUL - FAITHFUL.mean(axis=0)) / FAITHFUL.std(axis=0)

FAR = NormalMixture([0.7, 0.3], [150, 250], [20, 20])
UNEQUAL = NormalMixture([0.7, 0.3], [150, 250], [20, 40])
NEAR = NormalMixture([0.3, 0.7], [0, 5.4], [1, 1])
OVERLAP = NormalMixture([0.3, 0.7], [0, 3], [1, 1])
ASYMMETRIC = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])

ADMITTED = {}


def draws(model, n, seed=0):
    """Return a sample of a model, without its labels."""
    return model.sample(n, np.random.default_rng(seed))[0]


def clouds():
    """Return two round clouds in two dimensions: (250, 2)."""
    rng = np.random.default_rng(10)
    means, covariance = rng.normal(0, 3, (2, 2)), [[1, 0.3], [0.3, 1]]
    sizes = zip(means, (150, 100), strict=True)
    return np.concatenate([rng.multivariate_normal(mu, covariance, n) for mu, n in sizes])


def patient(number, fault, x=None):
    """Admit a class as patient ``number``. The program that it inherits from is its cure."""

    def admit(cls):
        sick, cured = cls(), cls.__base__()
        sick.number, sick.fault, sick.cured = number, fault, cured
        sick.x = cured.x = cls.x if x is None else x
        sick.theta = cured.theta = cured.begin(cured.x)
        ADMITTED[number] = sick
        return cls

    return admit


def outcome(run):
    """Return what a call ends with: "fine", or its error."""
    try:
        run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "fine"
