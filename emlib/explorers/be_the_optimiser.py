"""Five sliders against EM (notebook 04): fit two Gaussians by hand."""

import math

import ipywidgets as widgets
import numpy as np

from .. import plots, starts
from .._checks import as_floats
from ..em import CollapsedComponent, fit
from ..normal import NormalMixture
from ._explorer import LEAST, Answer, Explorer, blank, downwards, headline, number, slider


def be_the_optimiser(waiting, start: NormalMixture | None = None) -> Explorer:
    """Fit two Gaussians to the waiting times by hand, and see how far from EM you are.

    waiting (N,) in minutes. start: where the sliders stand first, a NormalMixture of two.
    numbers: log_likelihood, em, and gap = em − log_likelihood, all in nats. The button
    (``explorer.button``) moves the sliders by one EM step.
    """
    return BeTheOptimiser(as_floats("waiting", waiting, 1, "(N,)"), start)


class BeTheOptimiser(Explorer):
    """What :func:`be_the_optimiser` returns."""

    name = "be_the_optimiser"
    alt = "Histogram of the data with your mixture and its two parts; beside it, the gap to EM."
    legends = ("upper left",)

    def __init__(self, x: np.ndarray, start: NormalMixture | None):
        self.x, self.gaps = x, []
        self.best = fit(starts.quantiles(x, 2), x).log_likelihood
        figure, (self.ax, self.trace) = blank(ncols=2, width_ratios=[2.2, 1])
        _prepare_data(self.ax, x)
        _prepare_gap(self.trace)
        self.button = widgets.Button(
            description="Run one EM step from here", layout={"width": "auto"}
        )
        self.button.on_click(lambda _: self.step())
        super().__init__(figure, _five_sliders(x, start), widgets.HBox([self.button]))

    def answer(self, **values) -> Answer:
        """Draw the mixture, and the gap of this move and of those before."""
        model = _mixture(values)
        numbers = _gap(model.log_likelihood(self.x), self.best)
        self.gaps.append(numbers["gap"])
        artists = plots.density(self.ax, model) + _draw_gaps(self.trace, self.gaps[-30:])
        artists += headline(self.ax, f"{numbers['gap']:.1f} nats short of EM")
        return Answer(artists, _say_gap(numbers), numbers)

    def step(self) -> None:
        """Move the sliders to where one EM step leads from where they stand."""
        model = _mixture(self.values)
        try:
            model = model.m_step(model.e_step(self.x))
        except CollapsedComponent as error:
            self.picture.words = f"No step from here: {error}."
            return
        after = [*model.means, *model.stds, model.weights[0]]
        self.set(**dict(zip(self.sliders, after, strict=True)))


def _prepare_data(ax, x: np.ndarray) -> None:
    heights = np.histogram(x, bins=30, density=True)[0]
    plots.histogram(ax, x)
    margin = np.ptp(x) * 0.08
    ax.set(xlim=(x.min() - margin, x.max() + margin), ylim=(0, 1.45 * heights.max()))
    ax.set(xlabel="waiting time (min)", ylabel="density")


def _prepare_gap(ax) -> None:
    ax.set(xlim=(-31, 1.5), xticks=[], xlabel="your last 30 moves")
    downwards(ax, "nats short of EM")


def _draw_gaps(ax, gaps: list[float]) -> list:
    moves, gaps = range(1 - len(gaps), 1), np.clip(gaps, LEAST, 1900)
    style = {"color": plots.INK, "lw": 1.5}
    return ax.plot(moves, gaps, "o-", ms=4, **style) + ax.plot(0, gaps[-1], "D", ms=11, **style)


def _gap(log_likelihood: float, em: float) -> dict:
    return {"log_likelihood": log_likelihood, "em": em, "gap": em - log_likelihood}


def _say_gap(numbers: dict) -> str:
    return (
        f"Your log-likelihood is {number(numbers['log_likelihood'])} nats and EM's is "
        f"{number(numbers['em'])}: you are {numbers['gap']:.2f} nats short."
    )


def _five_sliders(x: np.ndarray, start: NormalMixture | None) -> dict:
    """Return sliders for two Gaussians, wide enough for every EM step on data x."""
    low, high, width = math.floor(x.min()), math.ceil(x.max()), math.ceil(np.ptp(x) / 2)
    middle, std = round((low + high) / 2), round(x.std())
    start = start or NormalMixture([0.5, 0.5], [middle - 5, middle + 5], [std, std])
    (weight, _), means, stds = start.weights, start.means, start.stds
    return {
        "mean1": slider("mean μ₁", means[0], low, high, 0.5),
        "mean2": slider("mean μ₂", means[1], low, high, 0.5),
        "std1": slider("std σ₁", stds[0], 0.5, width, 0.25),
        "std2": slider("std σ₂", stds[1], 0.5, width, 0.25),
        "weight": slider("weight π₁", weight, 0.01, 0.99, 0.01),
    }


def _mixture(values: dict) -> NormalMixture:
    mean1, mean2, std1, std2, weight = values.values()
    return NormalMixture([weight, 1 - weight], [mean1, mean2], [std1, std2])
