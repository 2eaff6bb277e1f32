"""Assignment 3, *Bounds and ellipses*: covariances, a diary with ellipses, and the best fit."""

import numpy as np

import emlib

from .. import textbook
from .._feedback import Wrong, array, compare, parts, require
from .common import ARRAYS, BY_ALL, CORRECTED, MEANS, compare_weights, examine, spread
from .harness import ask
from .watch import given

# --- The M-step ---

CENTRES = (
    (BY_ALL, lambda x, r: r.T @ x / len(x)),
    *MEANS,
    (
        "Both coordinates of a mean are equal: a sum without axis= adds up everything.",
        lambda x, r: textbook.average(x, r).sum(axis=1, keepdims=True),
    ),
)


def _diagonal(x, r) -> np.ndarray:
    return spread(x, r) * np.eye(x.shape[1])


COVARIANCES = (
    (CORRECTED, lambda x, r: spread(x, r, by=r.sum(axis=0) - 1)),
    (BY_ALL, lambda x, r: spread(x, r, by=len(x))),
    ("Divide by N_k: this is the sum itself.", lambda x, r: spread(x, r, by=1)),
    (
        "Standard deviations stand where variances belong, on a diagonal.",
        lambda x, r: np.sqrt(_diagonal(x, r)),
    ),
    ("The coordinates vary together: the parts off the diagonal are missing.", _diagonal),
    (
        "You measure from the mean of all data. Each Σ_k is about its own new mean μ_k.",
        lambda x, r: spread(x, r, about=x.mean(axis=0)),
    ),
    (
        "The responsibilities are missing in Σ_k.",
        lambda x, r: spread(x, np.ones_like(r), about=textbook.average(x, r)),
    ),
    (
        "Every component has one and the same covariance. Each has its own Σ_k.",
        lambda x, r: spread(x, r, by=len(x)).sum(axis=0),
    ),
)


def gaussian_m_step(answer, x, r) -> None:
    """Check m_step(x, r) -> weights (K,), means (K, D), covariances (K, D, D)."""
    k, d = r.shape[1], x.shape[1]
    weights, means, covariances = parts(ask(answer, x, r), 3, "What m_step returns")
    compare_weights(weights, r)
    hint = "The means are not Σₙ rₙₖ xₙ / N_k. Which axis do you sum over?"
    examine(array(means, (k, d), ARRAYS[1]), textbook.average, CENTRES, (x, r), hint=hint)
    got = array(covariances, (k, d, d), "The array of covariances")
    hint = "The covariances are not Σₙ rₙₖ (xₙ − μ_k)(xₙ − μ_k)ᵀ / N_k."
    examine(got, spread, COVARIANCES, (x, r), hint=hint)


# --- The diary ---


def diary(answer, x, numbered_steps) -> None:
    """Check Diary(x), called once with each of some steps: [(0, Step), (1, Step), …]."""
    steps = [step for _, step in numbered_steps]
    written = _written(answer, x, steps)
    trace, figures = getattr(written, "trace", None), getattr(written, "figures", None)
    require(np.ndim(trace) == 1 and len(trace) > 0, "diary.trace is empty. Append to it each time.")
    require(len(trace) == len(steps), "diary.trace should hold one number for every step.")
    hint = "diary.trace should hold the log-likelihood of each step."
    compare(trace, [step.log_likelihood for step in steps], hint=hint, rtol=1e-9)
    many = len(figures or ()) == len(steps)
    require(many, "diary.figures should hold one figure for every step.")
    require(len(set(map(id, figures))) == len(steps), "It is one and the same figure every time.")
    for step, figure in zip(steps, figures, strict=True):
        require(getattr(figure, "axes", None), "A figure in the diary is empty.")
        _points_are_seen(figure.axes[0], x)
        _ellipses_are_drawn(_curves(figure.axes[0]), step.model)


def _written(answer, x, steps):
    """Return a student's diary after these steps."""
    made = []

    @given
    def make(x):
        made.append(answer(x))
        return True

    @given
    def write(step):
        made[0](step)
        return True

    ask(make, x)
    for step in steps:
        ask(write, step)
    return made[0]


def _points_are_seen(axes, x) -> None:
    points = [np.asarray(c.get_offsets()) for c in axes.collections if len(c.get_offsets()) > 1]
    points += [line.get_xydata() for line in axes.lines]
    points = np.concatenate([p for p in points if p.shape[1] == 2] or [np.empty((0, 2))])
    drawn = {tuple(np.round(p, 6)) for p in np.ma.getdata(points)}
    require({tuple(np.round(p, 6)) for p in x} <= drawn, "Not all points x are in every figure.")
    low, high = np.sort([axes.get_xlim(), axes.get_ylim()]).T
    inside = ((low <= x) & (x <= high)).all()
    require(inside, "Some points lie outside the axes. Let their limits follow the data.")


def _ellipses_are_drawn(curves, model) -> None:
    for mean, covariance in zip(model.means, model.covariances, strict=True):
        root = np.linalg.inv(np.linalg.cholesky(covariance))
        rounds = [(curve - mean) @ root.T for curve in curves]
        for s in (1, 2):
            if not any(_circle(y, s) for y in rounds):
                raise Wrong(_what_ellipse(rounds, curves, mean, covariance, s))


def _curves(axes) -> list[np.ndarray]:
    """Return every curve drawn on the axes, as points (M, 2) in the units of the data."""
    axes.figure.canvas.draw()
    paths = [p.get_transform().transform_path(p.get_path()) for p in axes.patches]
    paths += [axes.transData.transform_path(line.get_path()) for line in axes.lines]
    for c in axes.collections:
        if len(c.get_offsets()) <= 1:
            paths += [c.get_transform().transform_path(path) for path in c.get_paths()]
    back = axes.transData.inverted()
    polygons = [polygon for path in paths for polygon in path.to_polygons(closed_only=False)]
    return [back.transform(polygon) for polygon in polygons if len(polygon) > 12]


def _circle(y, radius: float) -> bool:
    """Return whether points y (M, 2) run all the way round a circle of that radius about 0."""
    angles = np.sort(np.arctan2(y[:, 1], y[:, 0]))
    widest = np.diff(np.append(angles, angles[0] + 2 * np.pi)).max()
    return _arc(y, radius) and bool(widest < 0.8)


def _arc(y, radius: float) -> bool:
    return bool((np.abs(np.hypot(*y.T) / radius - 1) < 0.03).all())


def _what_ellipse(rounds, curves, mean, covariance, s: int) -> str:
    which = f"There is no ellipse at {s}σ about a mean: "
    if not rounds:
        return which + "no curve is drawn at all."
    if any(_arc(y, s) for y in rounds):
        return which + "yours does not go all the way round."
    if any(_circle(y, s / 2) for y in rounds):
        return which + "yours is half as long. An Ellipse wants whole lengths, 2s√λ."
    values, vectors = np.linalg.eigh(covariance)
    reaches = [np.ptp((curve - mean) @ vectors, axis=0) / 2 for curve in curves]
    if any(np.allclose(reach, s * values, rtol=0.05) for reach in reaches):
        return which + "yours has half-lengths λ. They are the roots of the eigenvalues."
    if any(np.allclose(np.ptp(c, axis=0) / 2, s * np.sqrt(values), rtol=0.05) for c in curves):
        return which + "yours does not lean. Turn it along the eigenvectors."
    return which + "the parameters are those of step.model. Look at lengths and angle."


# --- The best of all starts ---


def best_fit(answer, x, plateau: bool) -> None:
    """Check best_fit(x, starts) -> the best model, from a plateau or from a mixed lot of starts."""
    centre, scale = x.mean(axis=0), x.std(axis=0)

    def start(corners, width=1.0):
        wide = np.diag(scale**2 * width)
        return emlib.GaussianMixture([0.5, 0.5], centre + scale * corners, [wide, wide])

    slow = start(np.array([[-1.5, 1.5], [1.5, -1.5]]))
    lost = start(np.array([[0.0, 0.0], [1e4, 1e4]]), width=1e-2)
    same = start(np.zeros((2, 2)))
    starts = [slow] if plateau else [same, lost, slow]
    got = ask(answer, x, starts, allowed=("emlib",))
    got = getattr(got, "model", got)
    require(isinstance(got, emlib.GaussianMixture), "best_fit should return a GaussianMixture.")
    gap = emlib.best_of(starts, x).log_likelihood - got.log_likelihood(x)
    require(
        gap < 0.01, f"It ends {gap:.3g} nats below the best. Is that a plateau, or a bad start?"
    )
