"""A start on the log-likelihood surface (notebook 03), and where EM and L-BFGS-B end."""

import math

import numpy as np
from matplotlib.patheffects import withStroke
from scipy.optimize import minimize

from .. import plots
from .._checks import as_floats
from ..em import fit
from ..normal import NormalMixture
from ..surface import log_likelihood_surface
from ._explorer import LEAST, Answer, Explorer, blank, downwards, headline, number, slider

CLIMBS = {  # label, colour, line, marker and size of the last star of each way up
    "em": ("EM", plots.COLOURS[1], "-", "o", 620),
    "lbfgsb": ("L-BFGS-B", plots.INK, "--", "s", 220),
}


def choose_a_start(x, weights, stds, start=None) -> Explorer:
    """Choose a start on the log-likelihood surface and see where EM and L-BFGS-B end.

    x (N,); weights (2,) and stds (2,) are known, so only (μ₁, μ₂) moves; start (2,) is the first
    choice. numbers: em and lbfgsb, each a path (T, 3) of μ₁, μ₂ and log-likelihood in nats; top,
    the highest log-likelihood there is.
    """
    return ChooseAStart(as_floats("x", x, 1, "(N,)"), weights, stds, start)


class ChooseAStart(Explorer):
    """What :func:`choose_a_start` returns."""

    name = "choose_a_start"
    alt = "The log-likelihood over both means as contours, with two paths from the start."
    handles = (("mu1", "mu2"),)
    legends = ("upper left",)

    def __init__(self, x: np.ndarray, weights, stds, start):
        self.x, self.weights, self.stds = x, weights, stds
        low, high, step = _nice_range(x)
        mu = np.linspace(low, high, 61)
        surface = log_likelihood_surface(x, mu, mu, weights=weights, stds=stds)
        self.bounds, self.top = (low, high), _summit(x, mu, surface, weights, stds)
        figure, (self.ax, self.trace) = blank(ncols=2)
        _prepare_surface(self.ax, mu, surface)
        _prepare_climb(self.trace)
        first = (0.75 * low + 0.25 * high, (low + high) / 2) if start is None else start
        sliders = {
            "mu1": slider("start μ₁", first[0], low, high, step),
            "mu2": slider("start μ₂", first[1], low, high, step),
        }
        super().__init__(figure, sliders)

    def answer(self, mu1, mu2) -> Answer:
        """Climb in both ways from this start, and draw the paths."""
        at = MeansOnly(self.weights, [mu1, mu2], self.stds)
        paths = {
            "em": climb_by_em(at, self.x),
            "lbfgsb": climb_by_gradient(at, self.x, self.bounds),
        }
        artists = _draw_climbs(self.ax, self.trace, paths, self.top)
        return Answer(artists, _say_climbs(paths, self.top), paths | {"top": self.top})


class MeansOnly(NormalMixture):
    """A NormalMixture whose M-step moves the means alone: weights and stds are known."""

    def m_step(self, expected):
        """Return the model with μ_k = Σₙ rₙₖ xₙ / N_k, and all else as it was."""
        return self.with_parameters(self.weights, expected.statistics.means, self.stds)


def climb_by_em(start: MeansOnly, x) -> np.ndarray:
    """Return EM's path from a start: (T, 3), μ₁, μ₂ and the log-likelihood in nats."""
    history = fit(start, x, tol=1e-6, max_iter=500).history
    return np.array([[*step.model.means, step.log_likelihood] for step in history])


def climb_by_gradient(start: MeansOnly, x, bounds) -> np.ndarray:
    """Return the path of L-BFGS-B, as climb_by_em does: (T, 3)."""
    visited = [start.means]
    options = {"method": "L-BFGS-B", "jac": True, "bounds": [bounds] * 2, "args": (start, x)}
    minimize(downhill, start.means, callback=lambda mu: visited.append(mu.copy()), **options)
    return np.array([[*mu, -downhill(mu, start, x)[0]] for mu in visited])


def downhill(mu, start: MeansOnly, x) -> tuple[float, np.ndarray]:
    """Return −log p(x | μ) in nats and its slope (2,), −Σₙ rₙₖ (xₙ − μ_k) / σ_k²."""
    model = MeansOnly(start.weights, mu, start.stds)
    expected = model.e_step(x)
    seen = expected.statistics
    return -expected.log_likelihood, -seen.n * (seen.means - mu) / start.stds**2


def _summit(x, mu, surface, weights, stds) -> float:
    """Return the highest log-likelihood: EM's, from the highest point of the grid."""
    j, i = np.unravel_index(surface.argmax(), surface.shape)
    return float(climb_by_em(MeansOnly(weights, mu[[i, j]], stds), x)[-1, 2])


def _nice_range(x: np.ndarray) -> tuple[float, float, float]:
    """Return low, high and step: a range around the data in about a hundred round steps."""
    power = 10 ** math.floor(math.log10(np.ptp(x) / 100))
    step = min((power, 2 * power, 5 * power, 10 * power), key=lambda s: abs(s - np.ptp(x) / 100))
    return step * math.floor(x.min() / step), step * math.ceil(x.max() / step), step


def _prepare_surface(ax, mu: np.ndarray, surface: np.ndarray) -> None:
    plots.contours(ax, mu, mu, surface)
    ax.plot(mu, mu, color=plots.INK, lw=2, ls=":", path_effects=plots.HALO)  # on yellow and blue
    ax.set(xlim=mu[[0, -1]], ylim=mu[[0, -1]], xlabel="μ₁", ylabel="μ₂")


def _prepare_climb(ax) -> None:
    ax.set(xlim=(-0.5, 25), xlabel="iteration")
    downwards(ax, "nats below the top")


def _draw_climbs(ax, trace, paths: dict, top: float) -> list:
    """Draw each path on the surface, and beside it how far below the top it still is."""
    artists = headline(ax, _ends(paths, top))
    for way, (label, colour, line, marker, size) in CLIMBS.items():
        style = {"color": colour, "ls": line, "marker": marker, "ms": 5, "label": label}
        halo = [withStroke(linewidth=5, foreground="white")]
        drawn = plots.path(ax, paths[way][:, :2], path_effects=halo, **style)
        drawn[-1].set_sizes([size])
        artists += drawn + trace.plot(np.maximum(top - paths[way][:, 2], LEAST), **style)
    return artists


def _ends(paths: dict, top: float) -> str:
    """Say in a few words whether both climbs end at one height, and whether it is the top."""
    em, lbfgsb = (top - path[-1, 2] for path in paths.values())
    if abs(em - lbfgsb) > 0.1:
        return "Two different ends"
    return "Both reach the top" if em < 0.1 else f"Both end {em:.0f} nats below the top"


def _say_climbs(paths: dict, top: float) -> str:
    return " ".join(f"{CLIMBS[way][0]} {_say_end(path, top)}" for way, path in paths.items())


def _say_end(path: np.ndarray, top: float) -> str:
    mu1, mu2, log_likelihood = path[-1]
    return (
        f"ends at μ₁ = {number(mu1)}, μ₂ = {number(mu2)} after {len(path) - 1} iterations, "
        f"{max(top - log_likelihood, 0):.2f} nats below the top."
    )
