"""emlib: mixture models and the EM algorithm, written to be read.

>>> from emlib import NormalMixture, fit, datasets
>>> waiting = datasets.old_faithful()[:, 1]
>>> fit(NormalMixture([0.5, 0.5], means=[50, 80], stds=[5, 5]), waiting).converged
True
"""

from . import datasets, starts
from .coins import CoinMixture
from .em import CollapsedComponent, Expected, Fit, Step, best_of, em_steps, fit
from .gaussian import GaussianMixture
from .mixture import Mixture
from .normal import NormalMixture
from .surface import log_likelihood_surface

__version__ = "0.1.0"

__all__ = [
    "CoinMixture",
    "CollapsedComponent",
    "Expected",
    "Fit",
    "GaussianMixture",
    "Mixture",
    "NormalMixture",
    "Step",
    "best_of",
    "datasets",
    "em_steps",
    "fit",
    "log_likelihood_surface",
    "starts",
]
