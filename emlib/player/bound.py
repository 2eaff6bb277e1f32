"""The bound player: two coins, one bias, and the bound. What the browser draws is in bound.js."""

from pathlib import Path

import anywidget
import numpy as np
import traitlets

from .._checks import as_floats
from ..coins import CoinMixture
from .script import one_module

HERE = Path(__file__).parent


class BoundPlayer(anywidget.AnyWidget):
    """Shows why EM climbs: the log-likelihood of two coins over one bias θ, and the bound below it.

    tosses (M, 2): heads and tails of each set. biases_start: the two coins; the one numbered
    ``free`` moves, and the other stays fixed. Both coins are equally likely. For any q, the bound
    ELBO(q, θ) lies KL(q ‖ p(z|x, θ)) below the log-likelihood. E sets q to the posterior, so that
    they touch; M moves θ to the top of the bound; the handle pulls q away and opens the gap.

    ``theta`` and ``responsibilities`` (M,), of the free coin, say what is shown, and may be set.
    They start at the free coin's bias and at ½. Raises ValueError.
    """

    _esm = one_module(HERE / "bound.js")
    _css = HERE / "player.css"
    record = traitlets.Dict().tag(sync=True)
    theta = traitlets.Float(0.5).tag(sync=True)
    responsibilities = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, tosses, biases_start=(0.3, 0.519583120), free=0, *, title=None):
        biases = _two_coins(biases_start, free)
        tosses = _tosses(tosses)
        record = {
            "title": title or "",
            "heads": tosses[:, 0].tolist(),
            "tails": tosses[:, 1].tolist(),
            "fixed": float(biases[1 - free]),
            "coin": "AB"[free],
        }
        half = [0.5] * len(tosses)
        super().__init__(record=record, theta=float(biases[free]), responsibilities=half)

    def __repr__(self):
        record = self.record
        coin, other = record["coin"], "AB".replace(record["coin"], "")
        sets, fixed = len(record["heads"]), record["fixed"]
        return f"BoundPlayer({sets} sets of tosses, coin {coin} free, coin {other} {fixed:.4g})"

    @property
    def model(self) -> CoinMixture:
        """The mixture of two coins that is shown, the free one first."""
        return CoinMixture([0.5, 0.5], [self.theta, self.record["fixed"]], fixed_weights=True)

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood in nats at ``theta``."""
        return self.model.log_likelihood(self._counts())

    @property
    def lower_bound(self) -> float:
        """The bound ELBO(q, θ) in nats, at ``responsibilities`` and ``theta``."""
        q = np.array(self.responsibilities)
        return self.model.lower_bound(self._counts(), np.column_stack([q, 1 - q]))

    def _counts(self) -> np.ndarray:
        return np.column_stack([self.record["heads"], self.record["tails"]])


def _two_coins(biases, free) -> np.ndarray:
    biases = as_floats("biases_start", biases, 1, "(2,)")
    if len(biases) != 2 or not ((0 < biases) & (biases < 1)).all():
        raise ValueError(
            f"biases_start must be two probabilities strictly between 0 and 1, but is {biases}"
        )
    if free not in (0, 1):
        raise ValueError(f"free must be 0 or 1, the number of the coin that moves, but is {free!r}")
    return biases


def _tosses(tosses) -> np.ndarray:
    tosses = as_floats("tosses", tosses, 2, "(M, 2)")
    if tosses.shape[1] != 2 or (tosses < 0).any() or not tosses.sum(axis=1).all():
        raise ValueError(
            "tosses must hold heads and tails of each set, counts of at least one toss, "
            f"but is {tosses.tolist()}"
        )
    if not tosses.sum(axis=0).all():
        raise ValueError(
            "tosses must hold both heads and tails, but all fell on one side: its bias is 0 or 1"
        )
    return tosses
