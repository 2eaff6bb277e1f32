"""Drawing primitives: each takes an Axes, draws one thing and returns its artists.

Component k has a colour, a line style and a marker, so that meaning never rests on colour alone;
from the seventh on, all three come again. Figures are shown with :func:`show`, which asks for
alternative text.
"""

from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse
from matplotlib.patheffects import Normal, Stroke

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B07D00", "#5E3C99"]
LINES = ["--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (8, 3)), (0, (1, 1))]
MARKERS = ["o", "^", "s", "D", "v", "P"]
INK = "#111111"
GREY = "#767676"  # the lightest grey that text may have on white: 4.5 : 1
PALE = "#dedede"  # inside an outline only
HALO = [Stroke(linewidth=6, foreground="white", alpha=0.85), Normal()]  # lifts a line off points


def use_course_style() -> None:
    """Switch matplotlib to the course's style: large type, colour-blind safe."""
    plt.style.use(str(files("emlib") / "course.mplstyle"))


def show(figure, alt: str) -> None:
    """Display a figure in the notebook with alternative text, and close it.

    alt is a sentence that says what there is to see; it is stored in the notebook and reaches
    readers who cannot see the picture. Raises ValueError if it is missing.
    """
    from IPython.display import display

    if not (isinstance(alt, str) and alt.strip()):
        raise ValueError("alt must be a sentence that says what the figure shows, but is empty")
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)


def detached(**options):
    """Return a new figure that pyplot has let go of: only :func:`show` shows it.

    pyplot makes it first, because that is when a notebook learns to display figures.
    """
    figure = plt.figure(layout="constrained", **options)
    plt.close(figure)
    return figure


def colour(k: int) -> str:
    """Return the colour of component k."""
    return COLOURS[k % len(COLOURS)]


def mix(responsibilities) -> np.ndarray:
    """Return a colour a row, mixed by responsibility: (N, K) → (N, 3)."""
    r = np.asarray(responsibilities)
    return np.clip(r @ np.array([to_rgb(colour(k)) for k in range(r.shape[1])]), 0, 1)


def histogram(ax, x, bins=30, **style):
    """Draw a density histogram of x (N,) in grey: its area is one, like a density's.

    Pale bars let a curve stand out in front of them, and a dark outline lets them stand out.
    """
    style = {"color": PALE, "edgecolor": GREY, "linewidth": 0.8, "label": "data"} | style
    return ax.hist(x, bins=bins, density=True, **style)[2]


def grid_for(ax, n: int = 400) -> np.ndarray:
    """Return n points across the visible width of the axes: (n,)."""
    return np.linspace(*ax.get_xlim(), n)


def density(ax, model, x=None, *, parts: bool = True, **style):
    """Draw the density of a 1-D model, and its weighted components below it if parts."""
    x = grid_for(ax) if x is None else x
    artists = ax.plot(x, model.pdf(x), **{"color": INK, "label": "mixture"} | style)
    return artists + (components(ax, model, x) if parts else [])


def components(ax, model, x=None):
    """Draw π_k p_k(x) for each component of a 1-D model, in its colour and line style."""
    x = grid_for(ax) if x is None else x
    shares = (model.responsibilities(x) * model.pdf(x)[:, None]).T
    return [
        ax.plot(x, y, color=colour(k), ls=LINES[k % 6], label=f"component {k + 1}")[0]
        for k, y in enumerate(shares)
    ]


def strip(ax, x, responsibilities):
    """Draw each x (N,) as a tick, split by responsibility (N, K): a stacked bar of colours."""
    r = np.asarray(responsibilities)
    edges = np.hstack([np.zeros((len(r), 1)), np.cumsum(r, axis=1)])
    for k in range(r.shape[1]):
        ax.vlines(x, edges[:, k], edges[:, k + 1], color=colour(k), lw=2.5)
    ax.set(ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="share")
    ax.grid(False)
    return ax.collections


def scatter(ax, x, responsibilities=None, *, size: float = 28):
    """Draw points x (N, 2); responsibilities (N, K) mix their colours and choose their marker."""
    if responsibilities is None:
        return [ax.scatter(*x.T, s=size, color=GREY, edgecolor="white", linewidth=0.4)]
    r = np.asarray(responsibilities)
    ties = r >= r.max(axis=1, keepdims=True) - 1e-9  # of equals the first, whatever the last bit
    colours, largest = mix(r), ties.argmax(axis=1)
    return [
        ax.scatter(*x[z].T, s=size, c=colours[z], marker=MARKERS[k % 6], edgecolor="white", lw=0.4)
        for k in range(r.shape[1])
        if (z := largest == k).any()
    ]


def ellipses(ax, model, n_stds=(1, 2), **style):
    """Draw the ellipses (x − μ)ᵀ Σ⁻¹ (x − μ) = s² of a 2-D model, for each s in n_stds.

    The axes of an ellipse are the eigenvectors of Σ; its half-lengths are s times the square
    roots of the eigenvalues. In two dimensions the 1σ ellipse holds 39 % and not 68 %.
    """
    return [
        ax.add_patch(
            _ellipse(mean, covariance, s, **{"ls": LINES[k % 6], "color": colour(k)} | style)
        )
        for k, (mean, covariance) in enumerate(zip(model.means, model.covariances, strict=True))
        for s in n_stds
    ]


def _ellipse(mean, covariance, s, **style) -> Ellipse:
    values, vectors = np.linalg.eigh(covariance)
    width, height = 2 * s * np.sqrt(values)
    angle = np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))
    return Ellipse(
        mean, width, height, angle=angle, fill=False, lw=2.6, zorder=4, path_effects=HALO, **style
    )


def means(ax, model, **style):
    """Mark the means of a 2-D model, each with its component's marker."""
    style = {"s": 190, "edgecolor": INK, "linewidth": 2, "zorder": 5} | style
    return [
        ax.scatter(*mean, color=colour(k), marker=MARKERS[k % 6], **style)
        for k, mean in enumerate(model.means)
    ]


def trace(ax, history, **style):
    """Draw the log-likelihood (nats) against the iteration, for a history of Steps."""
    style = {"color": INK, "marker": "o", "markersize": 4} | style
    ax.set(xlabel="iteration", ylabel="log-likelihood (nats)")
    return ax.plot([s.iteration for s in history], [s.log_likelihood for s in history], **style)


def contours(ax, mu1, mu2, surface, levels: int = 18, cmap="cividis"):
    """Draw a log-likelihood surface as filled contours, spaced to show the top in detail.

    Levels are squares below the maximum: near the top a few nats matter, far below none does.
    """
    top = surface.max()
    levels = top - (top - surface.min()) * np.linspace(1, 0, levels) ** 2
    ax.set(xlabel="mean of component 1, μ₁", ylabel="mean of component 2, μ₂")
    ax.grid(False)
    filled = ax.contourf(mu1, mu2, surface, levels=levels, cmap=cmap)
    ax.contour(mu1, mu2, surface, levels=levels, colors="white", linewidths=0.4)
    return filled


def path(ax, points, **style):
    """Draw a path (T, 2) with a ring at its start and a star at its end."""
    points = np.asarray(points)
    style = {"color": COLOURS[1], "lw": 2} | style
    shared = {"color": style["color"], "edgecolor": "white", "zorder": 6}
    line = ax.plot(*points.T, **style)
    start = ax.scatter(*points[0], marker="o", s=70, **shared)
    return [*line, start, ax.scatter(*points[-1], marker="*", s=260, **shared)]
