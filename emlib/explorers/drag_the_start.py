"""The two means that EM starts from (notebook 06), and where and when it ends."""

import numpy as np

from .. import plots, starts
from .._checks import as_floats
from ..em import Fit, fit
from ..gaussian import GaussianMixture
from ._explorer import Answer, Explorer, blank, headline, number, slider

LAST = 60  # the iteration at the right edge of the trace
NAMES = {"x1": "mean 1, x", "y1": "mean 1, y", "x2": "mean 2, x", "y2": "mean 2, y"}


def drag_the_start(x, start=((-1.5, 1.5), (1.5, -1.5)), *, labels=("x₁", "x₂")) -> Explorer:
    """Drag the two means that EM starts from, and see where it ends and how long that takes.

    x (N, 2), standardised. start: the means (2, 2) to begin with; weights are ½ and covariances I.
    numbers: log_likelihood at the end; best, of a good start; n_iter; near, the first iteration
    within 1 nat of the end; stop, where a tolerance of 10⁻³ nats per observation would stop;
    short, how many nats below the end that is; and fit, the Fit itself.
    """
    return DragTheStart(as_floats("x", x, 2, "(N, 2)"), start, labels)


class DragTheStart(Explorer):
    """What :func:`drag_the_start` returns."""

    name = "drag_the_start"
    alt = "The data coloured by the final fit, the paths of the means, and the climb beside it."
    handles = (("x1", "y1"), ("x2", "y2"))
    legends = (None, "lower right")

    def __init__(self, x: np.ndarray, start, labels):
        self.x, self.best = x, fit(starts.quantiles(x, 2), x).log_likelihood
        figure, (self.ax, self.trace) = blank(ncols=2)
        self.ax.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), xlabel=labels[0], ylabel=labels[1])
        _prepare_trace(self.trace, x, self.best)
        sliders = {
            name: slider(label, value, -2.5, 2.5, 0.1)
            for (name, label), value in zip(NAMES.items(), np.ravel(start), strict=True)
        }
        super().__init__(figure, sliders)

    def answer(self, **values) -> Answer:
        """Run EM from these means, and draw its way."""
        means = np.reshape([*values.values()], (2, 2))
        result = fit(GaussianMixture([0.5, 0.5], means, [np.eye(2)] * 2), self.x, tol=1e-6)
        numbers = _milestones(result, len(self.x)) | {"best": self.best}
        artists = _draw_journey(self.ax, result, self.x) + _draw_trace(self.trace, result, numbers)
        artists += headline(self.ax, f"Ends at {number(result.log_likelihood, 1)} nats")
        return Answer(artists, _say_journey(numbers), numbers)


def _prepare_trace(ax, x: np.ndarray, best: float) -> None:
    """Fix the axes: from below one Gaussian's log-likelihood, where plateaus lie, to the best."""
    one = GaussianMixture([1.0], [x.mean(axis=0)], [np.cov(x.T, bias=True)]).log_likelihood(x)
    ax.set(xlim=(-1.5, LAST), ylim=(one - 0.4 * (best - one), best + 0.1 * (best - one)))
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
    beyond = ", beyond the right edge" if near > LAST else ""
    return (
        f"EM ends at {number(end)} nats, {basin}; within 1 nat of that at iteration {near}"
        f"{beyond}. "
        f"A tolerance of 10⁻³ per observation would stop at iteration {numbers['stop']}, "
        f"{numbers['short']:.1f} nats short."
    )
