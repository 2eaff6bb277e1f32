"""Explorers: move a slider, and a picture and a line of numbers answer at once.

Each function returns an :class:`Explorer` to end a notebook cell with. Its ``figure`` is the same
picture as a static figure, to stand beside it where no kernel runs.
"""

import math

import ipywidgets as widgets
import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import NullLocator
from scipy.optimize import brentq, minimize

from . import plots, starts
from ._checks import as_floats
from ._explorer import Answer, Explorer, blank, headline, number, slider
from .em import CollapsedComponent, Fit, fit
from .gaussian import GaussianMixture
from .normal import NormalMixture
from .surface import log_likelihood_surface

LEAST = 0.005  # nats: the smallest gap that a picture tells from none


def two_gaussians(distance: float = 1.0, weight: float = 0.5) -> Explorer:
    """Slide two Gaussians apart and see where the second bump appears.

    distance |μ₁ − μ₂| in units of their common σ, 0 to 6; weight π₁, 0.05 to 0.95.
    numbers: bumps; threshold, the distance beyond which there are two; cost, what one Gaussian of
    the same mean and variance loses, in nats per observation.
    """
    figure, (ax,) = blank()
    ax.set(xlim=(-6.5, 6.5), ylim=(0, 0.46), xlabel="x, in units of σ", ylabel="density")

    def answer(distance, weight) -> Answer:
        model = NormalMixture([weight, 1 - weight], [-distance / 2, distance / 2], [1, 1])
        numbers = _two_bumps(model, distance, weight)
        count = "two bumps" if numbers["bumps"] == 2 else "one bump"
        artists = _draw_bumps(ax, model) + headline(ax, f"{distance:.1f} σ apart: {count}")
        return Answer(artists, _say_bumps(count, numbers), numbers)

    sliders = {
        "distance": slider("distance, in σ", distance, 0, 6, 0.1),
        "weight": slider("weight π₁", weight, 0.05, 0.95, 0.05),
    }
    alt = "Density of a mixture of two Gaussians, its two parts, and the best single Gaussian."
    return Explorer("two_gaussians", figure, sliders, answer, alt=alt, legends=["upper right"])


def _two_bumps(model: NormalMixture, distance: float, weight: float) -> dict:
    return {
        "bumps": len(_peaks(model)),
        "threshold": bimodal_beyond(weight),
        "cost": _cost(model, _single(model)),
    }


def _say_bumps(count: str, numbers: dict) -> str:
    return (
        f"{count.capitalize()}: the second appears when the means are more than "
        f"{numbers['threshold']:.2f} σ apart. The best single Gaussian loses "
        f"{numbers['cost']:.3f} nats per observation."
    )


def _draw_bumps(ax, model: NormalMixture) -> list:
    """Draw a mixture, its parts, the best single Gaussian, and a mark above each bump."""
    x, peaks = plots.grid_for(ax, 600), _peaks(model)
    mixture = plots.density(ax, model, x)
    style = {"color": plots.GREY, "label": "one Gaussian", "lw": 5, "alpha": 0.6, "zorder": 1.5}
    single = ax.plot(x, _single(model).pdf(x), **style)
    marks = ax.plot(peaks, model.pdf(peaks) + 0.015, "v", color=plots.INK, ms=9, label="bump")
    return mixture + single + marks


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


def be_the_optimiser(waiting, start: NormalMixture | None = None) -> Explorer:
    """Fit two Gaussians to the waiting times by hand, and see how far from EM you are.

    waiting (N,) in minutes. start: where the sliders stand first, a NormalMixture of two.
    numbers: log_likelihood, em, and gap = em − log_likelihood, all in nats. The button
    (``explorer.button``) moves the sliders by one EM step.
    """
    x = as_floats("waiting", waiting, 1, "(N,)")
    best = fit(starts.quantiles(x, 2), x).log_likelihood
    figure, (ax, trace) = blank(ncols=2, width_ratios=[2.2, 1])
    _prepare_data(ax, x)
    _prepare_gap(trace)
    gaps: list[float] = []

    def answer(**values) -> Answer:
        model = _mixture(values)
        numbers = _gap(model.log_likelihood(x), best)
        gaps.append(numbers["gap"])
        artists = plots.density(ax, model) + _draw_gaps(trace, gaps[-30:])
        artists += headline(ax, f"{numbers['gap']:.1f} nats short of EM")
        return Answer(artists, _say_gap(numbers), numbers)

    button = widgets.Button(description="Run one EM step from here", layout={"width": "auto"})
    explorer = Explorer(
        "be_the_optimiser",
        figure,
        _five_sliders(x, start),
        answer,
        alt="Histogram of the data with your mixture and its two parts; beside it, the gap to EM.",
        legends=["upper left"],
        buttons=[widgets.HBox([button])],
    )
    explorer.button = button
    button.on_click(lambda _: _one_step(explorer, x))
    return explorer


def _prepare_data(ax, x: np.ndarray) -> None:
    heights = np.histogram(x, bins=30, density=True)[0]
    plots.histogram(ax, x)
    margin = np.ptp(x) * 0.08
    ax.set(xlim=(x.min() - margin, x.max() + margin), ylim=(0, 1.45 * heights.max()))
    ax.set(xlabel="waiting time (min)", ylabel="density")


def _prepare_gap(ax) -> None:
    ax.set(xlim=(-31, 1.5), xticks=[], xlabel="your last 30 moves")
    _downwards(ax, "nats short of EM")


def _downwards(ax, label: str) -> None:
    """Let the axis run down from 0.01 to 1000 nats on a log scale: higher is better."""
    ax.set(yscale="log", ylim=(2000, LEAST), ylabel=label)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())


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


def _one_step(explorer: Explorer, x: np.ndarray) -> None:
    """Move the sliders to where one EM step leads from where they stand."""
    model = _mixture(explorer.values)
    try:
        model = model.m_step(model.e_step(x))
    except CollapsedComponent as error:
        explorer.picture.words = f"No step from here: {error}."
        return
    after = [*model.means, *model.stds, model.weights[0]]
    explorer.set(**dict(zip(explorer.sliders, after, strict=True)))


class MeansOnly(NormalMixture):
    """A NormalMixture whose M-step moves the means alone: weights and stds are known."""

    def m_step(self, expected):
        """Return the model with μ_k = Σₙ rₙₖ xₙ / N_k, and all else as it was."""
        return self.with_parameters(self.weights, expected.statistics.means, self.stds)


def choose_a_start(x, weights, stds, start=None) -> Explorer:
    """Choose a start on the log-likelihood surface and see where EM and L-BFGS-B end.

    x (N,); weights (2,) and stds (2,) are known, so only (μ₁, μ₂) moves; start (2,) is the first
    choice. numbers: em and lbfgsb, each a path (T, 3) of μ₁, μ₂ and log-likelihood in nats; top,
    the highest log-likelihood there is.
    """
    x = as_floats("x", x, 1, "(N,)")
    low, high, step = _nice_range(x)
    mu = np.linspace(low, high, 61)
    surface = log_likelihood_surface(x, mu, mu, weights=weights, stds=stds)
    top = _summit(x, mu, surface, weights, stds)
    figure, (ax, trace) = blank(ncols=2)
    _prepare_surface(ax, mu, surface)
    _prepare_climb(trace)

    def answer(mu1, mu2) -> Answer:
        at = MeansOnly(weights, [mu1, mu2], stds)
        paths = {"em": climb_by_em(at, x), "lbfgsb": climb_by_gradient(at, x, (low, high))}
        artists = _draw_climbs(ax, trace, paths, top)
        return Answer(artists, _say_climbs(paths, top), paths | {"top": top})

    first = (0.75 * low + 0.25 * high, (low + high) / 2) if start is None else start
    sliders = {
        "mu1": slider("start μ₁", first[0], low, high, step),
        "mu2": slider("start μ₂", first[1], low, high, step),
    }
    return Explorer(
        "choose_a_start",
        figure,
        sliders,
        answer,
        alt="The log-likelihood over both means as contours, with two paths from the start.",
        handles=[("mu1", "mu2")],
        legends=["upper left"],
    )


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


CLIMBS = {  # label, colour, line, marker and size of the last star of each way up
    "em": ("EM", plots.COLOURS[1], "-", "o", 620),
    "lbfgsb": ("L-BFGS-B", plots.INK, "--", "s", 220),
}


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
    ax.plot(mu, mu, color="white", lw=1, ls=":")
    ax.set(xlim=mu[[0, -1]], ylim=mu[[0, -1]], xlabel="μ₁", ylabel="μ₂")


def _prepare_climb(ax) -> None:
    ax.set(xlim=(-0.5, 25), xlabel="iteration")
    _downwards(ax, "nats below the top")


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


def drag_the_start(x, start=((-1.5, 1.5), (1.5, -1.5)), *, labels=("x₁", "x₂")) -> Explorer:
    """Drag the two means that EM starts from, and see where it ends and how long that takes.

    x (N, 2), standardised. start: the means (2, 2) to begin with; weights are ½ and covariances I.
    numbers: log_likelihood at the end; best, of a good start; n_iter; near, the first iteration
    within 1 nat of the end; stop, where a tolerance of 10⁻³ nats per observation would stop;
    short, how many nats below the end that is; and fit, the Fit itself.
    """
    x = as_floats("x", x, 2, "(N, 2)")
    best = fit(starts.quantiles(x, 2), x).log_likelihood
    figure, (ax, trace) = blank(ncols=2)
    ax.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), xlabel=labels[0], ylabel=labels[1])
    _prepare_trace(trace, x, best)

    def answer(**values) -> Answer:
        means = np.reshape([*values.values()], (2, 2))
        result = fit(GaussianMixture([0.5, 0.5], means, [np.eye(2)] * 2), x, tol=1e-6)
        numbers = _milestones(result, len(x)) | {"best": best}
        artists = _draw_journey(ax, result, x) + _draw_trace(trace, result, numbers)
        artists += headline(ax, f"Ends at {number(result.log_likelihood, 1)} nats")
        return Answer(artists, _say_journey(numbers), numbers)

    names = {"x1": "mean 1, x", "y1": "mean 1, y", "x2": "mean 2, x", "y2": "mean 2, y"}
    return Explorer(
        "drag_the_start",
        figure,
        {
            name: slider(label, value, -2.5, 2.5, 0.1)
            for (name, label), value in zip(names.items(), np.ravel(start), strict=True)
        },
        answer,
        alt="The data coloured by the final fit, the paths of the means, and the climb beside it.",
        handles=[("x1", "y1"), ("x2", "y2")],
        legends=[None, "lower right"],
    )


def _prepare_trace(ax, x: np.ndarray, best: float) -> None:
    """Fix the axes: from below one Gaussian's log-likelihood, where plateaus lie, to the best."""
    one = GaussianMixture([1.0], [x.mean(axis=0)], [np.cov(x.T, bias=True)]).log_likelihood(x)
    ax.set(xlim=(-1.5, 60), ylim=(one - 0.4 * (best - one), best + 0.1 * (best - one)))
    ax.set(xlabel="iteration", ylabel="log-likelihood (nats)")


def _milestones(result: Fit, n: int, tol: float = 1e-3) -> dict:
    """Return when EM comes within 1 nat of its end, and where a tolerance per observation stops."""
    climb = np.array([step.log_likelihood for step in result.history])
    stop = int(np.argmax(np.append(np.diff(climb) / n, 0) < tol)) + 1
    stop = min(stop, result.n_iter)
    return {
        "log_likelihood": result.log_likelihood,
        "n_iter": result.n_iter,
        "near": int(np.argmax(climb > climb[-1] - 1)),
        "stop": stop,
        "short": float(climb[-1] - climb[stop]),
        "fit": result,
    }


def _draw_journey(ax, result: Fit, x: np.ndarray) -> list:
    """Draw where EM ended, and the path of each mean from its start."""
    model = result.model
    artists = plots.scatter(ax, x, model.responsibilities(x)) + plots.ellipses(ax, model)
    for k in range(2):
        path = [step.model.means[k] for step in result.history]
        artists += plots.path(ax, path, color=plots.colour(k), ls=plots.LINES[k])
    return artists


def _draw_trace(ax, result: Fit, numbers: dict) -> list:
    climb = [step.log_likelihood for step in result.history]
    near, stop = numbers["near"], numbers["stop"]
    mark = {"ls": "", "ms": 13, "mfc": "none", "mew": 2.5}
    return [
        *plots.trace(ax, result.history),
        *ax.plot(stop, climb[stop], "s", color=plots.COLOURS[1], label="10⁻³ stops here", **mark),
        *ax.plot(near, climb[near], "D", color=plots.COLOURS[2], label="within 1 nat", **mark),
    ]


def _say_journey(numbers: dict) -> str:
    end, best, near = (numbers[name] for name in ("log_likelihood", "best", "near"))
    basin = "the best known" if best - end < 0.5 else f"{best - end:.1f} below the best known"
    return (
        f"EM ends at {number(end)} nats, {basin}; within 1 nat of that at iteration {near}. "
        f"A tolerance of 10⁻³ per observation would stop at iteration {numbers['stop']}, "
        f"{numbers['short']:.1f} nats short."
    )
