"""EM in motion: as a filmstrip for print, and as a file for slides.

Every picture shows one state of EM, a :class:`~emlib.em.Step`: its density over the histogram and
the share that each component takes of each observation (one dimension), or the observations in
the colours of these shares with the ellipses of 1σ and 2σ (two dimensions).
"""

from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from matplotlib.figure import Figure
from matplotlib.markers import CARETDOWN

from . import plots
from ._checks import as_floats
from .em import Fit, Step

FIXED = {"figure.constrained_layout.use": False}  # or savefig turns it on again by itself
NO_FFMPEG = (
    "an .mp4 is written by ffmpeg, which was not found. Install it with your system's package "
    "manager, or run: pip install imageio-ffmpeg. A .gif needs nothing more: try {gif!r}"
)


def filmstrip(fit: Fit, x, iterations, *, labels=None) -> Figure:
    """Draw snapshots of EM side by side on shared axes, and its climb below them.

    fit: of a NormalMixture or of a GaussianMixture in two dimensions. x: its data, (N,) or (N, 2).
    iterations: which states to show, from 0, the start, to fit.n_iter. labels: the name of the
    axis, or of both. Show it with :func:`emlib.plots.show`. Raises ValueError.
    """
    x, steps = _checked(fit, x), _chosen(fit, iterations)
    rows, columns = _layout(len(steps))
    figure = plots.detached(figsize=(12, 3.2 * rows + 2.2))
    above, below = figure.subfigures(2, 1, height_ratios=[3.2 * rows, 2.2])
    panels = _panels(above, fit, x, labels, rows, columns)
    for axes, step in zip(panels, steps, strict=False):
        _draw(axes, step, x)
        axes[0].set_title(_title(step, "\n"), size=13)
    _tidy(panels, len(steps))
    _mark(_climb(below, fit), steps)
    return figure


def _tidy(panels: list, used: int) -> None:
    """Leave labels at the outer edges alone, and hide panels that are not used."""
    for number, axes in enumerate(panels):
        for ax in axes:
            ax.label_outer()
            ax.set_visible(number < used)


def animate(fit: Fit, x, iterations=None, *, labels=None, fps: int = 8) -> FuncAnimation:
    """Return the animation of a fit, with its log-likelihood beside it: a frame an iteration.

    iterations: which to show; by default all, or about a hundred of them if there are more.
    fps: frames a second. The last frame stays for two seconds. Other parameters: see filmstrip.
    """
    x, steps = (
        _checked(fit, x),
        _chosen(fit, default_iterations(fit) if iterations is None else iterations),
    )
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=[1.25, 1])
    (axes,) = _panels(left, fit, x, labels)
    climb = _climb(right, fit)
    moving = []

    def frame(step: Step) -> list:
        while moving:
            moving.pop().remove()
        axes[0].set_title(_title(step))
        moving.extend(_draw(axes, step, x) + _mark(climb, [step]))
        return moving

    frame(steps[0])
    _settle(figure)
    options = {"init_func": lambda: [], "interval": 1000 / fps, "repeat": False}
    return FuncAnimation(figure, frame, steps + [steps[-1]] * (2 * fps), **options)


def _settle(figure: Figure) -> None:
    """Lay the figure out once, and set its ticks plainly: frames take a third of the time."""
    for ax in figure.axes:
        ax.ticklabel_format(useMathText=False)
    figure.draw_without_rendering()
    with mpl.rc_context(FIXED):
        figure.set_layout_engine(None)


def save(fit: Fit, x, path, iterations=None, *, labels=None, fps: int = 8) -> Path:
    """Write the animation of a fit to a .gif or an .mp4 and return its path.

    A .gif always works. An .mp4 needs ffmpeg: the system's, or the one in the package
    imageio-ffmpeg; RuntimeError says so where there is none. ValueError for any other ending.
    Parameters: see animate.
    """
    path = Path(path)
    with _writer(path, fps) as writer, mpl.rc_context(FIXED):
        animate(fit, x, iterations, labels=labels, fps=fps).save(path, writer=writer, dpi=80)
    return path


@contextmanager
def _writer(path: Path, fps: int):
    """Give the writer for this ending."""
    if path.suffix.lower() not in (".gif", ".mp4"):
        raise ValueError(
            f"path must end in .gif or .mp4, but is {str(path)!r}; .gif works everywhere"
        )
    if path.suffix.lower() == ".gif":
        yield PillowWriter(fps)
        return
    with mpl.rc_context({"animation.ffmpeg_path": find_ffmpeg(path)}):
        yield FFMpegWriter(fps, bitrate=1800)


def find_ffmpeg(path: Path) -> str:
    """Return the path of an ffmpeg: the one matplotlib is set to, else that of imageio-ffmpeg."""
    if FFMpegWriter.isAvailable():
        return mpl.rcParams["animation.ffmpeg_path"]
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        raise RuntimeError(NO_FFMPEG.format(gif=str(path.with_suffix(".gif")))) from None


def _checked(fit: Fit, x) -> np.ndarray:
    """Return the data as floats, after checking that they and the fit can be drawn."""
    means = getattr(fit.model, "means", np.empty((0, 0, 0)))
    if means.ndim > 2 or means.shape[1:] not in ((), (2,)):
        raise ValueError(
            "fit must be of a NormalMixture, or of a GaussianMixture in two dimensions, but is of "
            f"{fit.model!r}; project the data to two dimensions and fit them"
        )
    return as_floats("x", x, means.ndim, "(N,)" if means.ndim == 1 else "(N, 2)")


def _chosen(fit: Fit, iterations) -> list[Step]:
    """Return the states with these numbers, or say which there are."""
    wrong = [i for i in iterations if not 0 <= i <= fit.n_iter]
    if wrong or not len(iterations):
        raise ValueError(
            f"iterations must be a list of numbers from 0 to {fit.n_iter}, where the fit ended, "
            f"but is {list(iterations)}"
        )
    return [fit.history[i] for i in iterations]


def default_iterations(fit: Fit, about: int = 100) -> list[int]:
    """Return all iterations, or evenly spaced ones with the first and the last."""
    return sorted({*range(0, fit.n_iter, 1 + fit.n_iter // about), fit.n_iter})


def _title(step: Step, between: str = ": ") -> str:
    value = f"{step.log_likelihood:.2f}".replace("-", "−")
    return f"Iteration {step.iteration}{between}{value} nats"


def _layout(n: int) -> tuple[int, int]:
    """Return rows and columns for n panels, at most four in a row."""
    columns = n if n <= 4 else 3 if n in (5, 6, 9) else 4
    return -(-n // columns), columns


def _panels(figure, fit: Fit, x: np.ndarray, labels, rows: int = 1, columns: int = 1) -> list:
    """Return axes that are ready for any state, on shared scales: one or two a panel.

    One axes a panel for data in two dimensions; density and strip of shares below it for one.
    """
    heights, prepare = ([4, 1], _prepare_1d) if x.ndim == 1 else ([1], _prepare_2d)
    parts = len(heights)
    options = {"sharex": True, "sharey": "row", "height_ratios": heights * rows, "squeeze": False}
    grid = figure.subplots(parts * rows, columns, **options)
    tops = range(0, parts * rows, parts)
    panels = [grid[top : top + parts, column] for top in tops for column in range(columns)]
    for axes in panels:
        prepare(axes, fit, x)
    _name_outer(grid[-1], grid[::parts, 0], labels or (["x"] if x.ndim == 1 else ["x₁", "x₂"]))
    return panels


def _prepare_1d(axes, fit: Fit, x: np.ndarray) -> None:
    bars = plots.histogram(axes[0], x)
    low, high = x.min(), x.max()
    margin = 0.08 * (high - low)
    tallest = max(bar.get_height() for bar in bars)
    axes[0].set(xlim=(low - margin, high + margin), ylim=(0, 1.25 * tallest), yticks=[])


def _prepare_2d(axes, fit: Fit, x: np.ndarray) -> None:
    """Make room for the data and for the start's means."""
    points = np.vstack([x, fit.history[0].model.means])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * (high - low)
    limits = np.transpose([low - margin, high + margin])
    axes[0].set(xlim=limits[0], ylim=limits[1])


def _name_outer(bottom, left, labels) -> None:
    """Label the bottom row and the left column alone."""
    labels = (labels, "density") if isinstance(labels, str) else (*labels, "density")
    for ax in bottom:
        ax.set_xlabel(labels[0])
    for ax in left:
        ax.set_ylabel(labels[1])


def _draw(axes, step: Step, x: np.ndarray) -> list:
    """Draw one state and return its artists."""
    ax, model = axes[0], step.model
    r = model.responsibilities(x)
    if x.ndim == 1:
        return plots.density(ax, model) + list(plots.strip(axes[1], x, r))
    return plots.scatter(ax, x, r) + plots.ellipses(ax, model) + plots.means(ax, model)


def _climb(figure, fit: Fit):
    """Draw the log-likelihood of the whole fit and return its axes."""
    ax = figure.subplots()
    plots.trace(ax, fit.history, markersize=3)
    climb = np.array([step.log_likelihood for step in fit.history])
    low, high = climb[1:2].min(initial=climb[-1]), climb[-1]
    room = 0.12 * (high - low) or 1
    ax.set(ylim=(low - room, high + room), ylabel="log-likelihood\n(nats)")
    return ax


def _mark(ax, steps: list[Step]) -> list:
    """Mark steps on the climb: with rings, and at the edge with ▼ those that lie below it."""
    low, style = ax.get_ylim()[0], {"color": plots.COLOURS[1], "ls": "none"}
    below = [step.iteration for step in steps if step.log_likelihood < low]
    rings = [(s.iteration, s.log_likelihood) for s in steps if s.log_likelihood >= low]
    marks = ax.plot(*np.reshape(rings, (-1, 2)).T, "o", ms=12, mfc="none", mew=2.5, **style)
    if below:
        ax.set_xlabel("iteration (▼: below this axis)")
        marks += ax.plot(below, [low] * len(below), marker=CARETDOWN, ms=16, clip_on=False, **style)
    return marks
