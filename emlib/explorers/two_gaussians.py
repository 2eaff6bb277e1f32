"""Two Gaussians, slid apart (notebook 01): when there are two bumps, and what one costs."""

import math

import ipywidgets as widgets
import numpy as np
from scipy.optimize import brentq

from .. import plots
from ..normal import NormalMixture
from ._explorer import Answer, Explorer, blank, headline, slider


def two_gaussians(distance: float = 1.0, weight: float = 0.5, *, tell: bool = False) -> Explorer:
    """Slide two Gaussians apart and see where the second bump appears.

    distance |μ₁ − μ₂| in units of their common σ, 0 to 6; weight π₁, 0.05 to 0.95. How many bumps
    there are it says only if asked: by tell, or by the box under the sliders (``explorer.tell``).
    numbers: bumps; threshold, the distance beyond which there are two; cost, what one Gaussian of
    the same mean and variance loses, in nats per observation.
    """
    return TwoGaussians(distance, weight, tell)


class TwoGaussians(Explorer):
    """What :func:`two_gaussians` returns."""

    name = "two_gaussians"
    alt = "Density of a mixture of two Gaussians, its two parts, and the best single Gaussian."
    legends = ("upper right",)

    def __init__(self, distance: float, weight: float, tell: bool):
        figure, (self.ax,) = blank()
        self.ax.set(xlim=(-6.5, 6.5), ylim=(0, 0.46), xlabel="x, in units of σ", ylabel="density")
        sliders = {
            "distance": slider("distance, in σ", distance, 0, 6, 0.1),
            "weight": slider("weight π₁", weight, 0.05, 0.95, 0.05),
        }
        self.tell = widgets.Checkbox(description="Show the answer", value=tell, indent=False)
        super().__init__(figure, sliders, self.tell)
        self.tell.observe(lambda _: self._update(), "value")

    def answer(self, distance, weight) -> Answer:
        """Draw the mixture; count its bumps, and mark them, if the reader asks."""
        model = NormalMixture([weight, 1 - weight], [-distance / 2, distance / 2], [1, 1])
        numbers = _two_bumps(model, weight)
        artists, words = _draw(self.ax, model), _say_heights(model)
        title = f"{distance:.1f} σ apart"
        if self.tell.value:
            count = "two bumps" if numbers["bumps"] == 2 else "one bump"
            artists += _mark_bumps(self.ax, model)
            title, words = f"{title}: {count}", f"{_say_bumps(count, numbers)} {words}"
        words = (
            f"{words} The best single Gaussian loses {numbers['cost']:.3f} nats per observation."
        )
        return Answer(artists + headline(self.ax, title), words, numbers)


def _two_bumps(model: NormalMixture, weight: float) -> dict:
    return {
        "bumps": len(_peaks(model)),
        "threshold": bimodal_beyond(weight),
        "cost": _cost(model, _single(model)),
    }


def _say_bumps(count: str, numbers: dict) -> str:
    beyond = f"{numbers['threshold']:.2f} σ apart"
    return f"{count.capitalize()}: the second appears when the means are more than {beyond}."


def _say_heights(model: NormalMixture) -> str:
    """Say what an eye sees of the curve: its height at the means, and half way between them."""
    first, second = model.means
    left, middle, right = model.pdf(np.array([first, (first + second) / 2, second]))
    return (
        f"Density {left:.3f} at the first mean, {middle:.3f} half way, {right:.3f} at the second."
    )


def _draw(ax, model: NormalMixture) -> list:
    """Draw a mixture, its parts, and the best single Gaussian."""
    x = plots.grid_for(ax, 600)
    style = {"color": plots.GREY, "label": "one Gaussian", "lw": 5, "alpha": 0.6, "zorder": 1.5}
    return plots.density(ax, model, x) + ax.plot(x, _single(model).pdf(x), **style)


def _mark_bumps(ax, model: NormalMixture) -> list:
    peaks = _peaks(model)
    return ax.plot(peaks, model.pdf(peaks) + 0.015, "v", color=plots.INK, ms=9)


def _peaks(model: NormalMixture) -> np.ndarray:
    """Return where the density has its local maxima, to 0.005: (1,) or (2,)."""
    x = np.linspace(-6.5, 6.5, 2601)
    rising = np.diff(model.pdf(x)) > 0
    return x[1:-1][rising[:-1] & ~rising[1:]]


def _single(model: NormalMixture) -> NormalMixture:
    """Return the Gaussian with the mixture's mean and variance: the best one, given much data."""
    mean = model.weights @ model.means
    variance = model.weights @ (model.stds**2 + (model.means - mean) ** 2)
    return NormalMixture([1.0], [mean], [np.sqrt(variance)])


def _cost(p, q) -> float:
    """Return KL(p ‖ q) in nats, by the trapezium rule."""
    x = np.linspace(-12, 12, 2401)
    return float(np.trapezoid(p.pdf(x) * (p.log_density(x) - q.log_density(x)), x))


def bimodal_beyond(weight: float) -> float:
    """Return the distance, in σ, beyond which π N(0, σ²) + (1 − π) N(d, σ²) has two modes.

    2 for equal weights, more for others: with h = d / 2σ, two modes need h > 1 and
    |log(1 − π) − log π| < 2 log(h − √(h² − 1)) + 2h √(h² − 1). Source: de Helguero (1904).
    """
    odds = abs(math.log(1 - weight) - math.log(weight))

    def excess(h):
        root = math.sqrt(h * h - 1)
        return 2 * math.log(h - root) + 2 * h * root - odds

    return 2 * brentq(excess, 1, 10) if excess(1) < 0 else 2.0
