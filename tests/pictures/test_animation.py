"""Filmstrips and files show the right states, and say what is missing where they cannot."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.animation import FFMpegWriter, FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.markers import CARETDOWN
from PIL import Image

from emlib import GaussianMixture, NormalMixture, animation, datasets, fit, plots

FAITHFUL = datasets.old_faithful()
WAITING = FAITHFUL[:, 1]
Z = (FAITHFUL - FAITHFUL.mean(axis=0)) / FAITHFUL.std(axis=0)
FIT_1D = fit(NormalMixture([0.5, 0.5], [50, 80], [5, 5]), WAITING)
FIT_2D = fit(GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2)] * 2), Z)
BOTH = pytest.mark.parametrize(("fit", "x"), [(FIT_1D, WAITING), (FIT_2D, Z)], ids=["1d", "2d"])


@pytest.fixture(autouse=True)
def course_style():
    """Draw as the notebooks do."""
    with mpl.rc_context():
        plots.use_course_style()
        yield


def pixels(figure):
    """The figure as an array (height, width, 4), drawn small."""
    figure.set_dpi(40)
    FigureCanvasAgg(figure).draw()
    return np.asarray(figure.canvas.buffer_rgba()).copy()


def titles(figure):
    """The titles of all panels, each on one line."""
    return [
        ax.get_title("left").replace("\n", " ") for ax in figure.get_axes() if ax.get_title("left")
    ]


def frames(path):
    """The frames of a GIF as arrays, and the milliseconds each stays."""
    with Image.open(path) as gif:
        shown = []
        for number in range(gif.n_frames):
            gif.seek(number)
            shown.append((np.asarray(gif.convert("RGB")), gif.info["duration"]))
    return shown


# Filmstrips


@BOTH
def test_filmstrip_titles_give_iteration_and_log_likelihood(fit, x):
    figure = animation.filmstrip(fit, x, [0, 1, 5])
    expected = [f"Iteration {i} {fit.history[i].log_likelihood:.2f} nats" for i in (0, 1, 5)]
    assert titles(figure) == [line.replace("-", "−") for line in expected]


@BOTH
def test_filmstrip_marks_its_states_on_the_climb(fit, x):
    figure = animation.filmstrip(fit, x, [1, 4, 8])
    rings = figure.get_axes()[-1].lines[-1]
    assert list(rings.get_xdata()) == [1, 4, 8]
    assert np.allclose(rings.get_ydata(), [fit.history[i].log_likelihood for i in (1, 4, 8)])


@BOTH
def test_filmstrip_says_which_state_lies_below_the_axis(fit, x):
    """A ring at the edge would be a log-likelihood that no state has."""
    climb = animation.filmstrip(fit, x, [0, 4]).get_axes()[-1]
    *_, rings, below = climb.lines
    assert fit.history[0].log_likelihood < climb.get_ylim()[0]
    assert list(below.get_xdata()) == [0] and below.get_marker() == CARETDOWN
    assert list(rings.get_xdata()) == [4]
    assert "below" in climb.get_xlabel()
    inside = animation.filmstrip(fit, x, [1, 4]).get_axes()[-1]
    assert len(inside.lines) == 2 and inside.get_xlabel() == "iteration"


@BOTH
def test_filmstrip_shares_its_axes(fit, x):
    panels = animation.filmstrip(fit, x, [0, 3, 5, 7]).subfigs[0].axes
    every = 2 if x.ndim == 1 else 1
    assert len({ax.get_xlim() for ax in panels}) == 1
    assert len({ax.get_ylim() for ax in panels[: 4 if every == 2 else None]}) == 1


def test_filmstrip_draws_the_ellipses_of_each_state():
    panels = animation.filmstrip(FIT_2D, Z, [0, 44]).subfigs[0].axes
    for ax, i in zip(panels, (0, 44), strict=True):
        model = FIT_2D.history[i].model
        centres = [patch.center for patch in ax.patches]
        assert np.allclose(centres, np.repeat(model.means, 2, axis=0))


def test_filmstrip_draws_the_density_of_each_state():
    panels = animation.filmstrip(FIT_1D, WAITING, [0, 5]).subfigs[0].axes
    for ax, i in zip(panels[:2], (0, 5), strict=True):
        line = ax.lines[0]
        assert np.allclose(line.get_ydata(), FIT_1D.history[i].model.pdf(line.get_xdata()))


@pytest.mark.parametrize("count", range(1, 10))
def test_filmstrip_has_a_place_for_every_state(count):
    figure = animation.filmstrip(FIT_1D, WAITING, list(range(count)))
    assert len(titles(figure)) == count
    hidden = [ax for ax in figure.subfigs[0].axes if not ax.get_visible()]
    assert len(figure.subfigs[0].axes) - len(hidden) == 2 * count


@pytest.mark.parametrize(
    ("labels", "shown"), [(None, ("x₁", "x₂")), (("eruption", "waiting"), ("eruption", "waiting"))]
)
def test_filmstrip_labels(labels, shown):
    (ax,) = animation.filmstrip(FIT_2D, Z, [3], labels=labels).subfigs[0].axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == shown


def test_one_label_is_enough_in_one_dimension():
    axes = animation.filmstrip(FIT_1D, WAITING, [3], labels="waiting (min)").subfigs[0].axes
    assert axes[-1].get_xlabel() == "waiting (min)"
    assert axes[0].get_ylabel() == "density"


def test_filmstrips_of_other_states_look_different():
    early, late = (pixels(animation.filmstrip(FIT_2D, Z, [i, 44])) for i in (1, 35))
    assert early.shape == late.shape and (early != late).any(axis=-1).mean() > 0.01


# Files


@BOTH
def test_gif_has_a_frame_an_iteration_and_each_is_new(fit, x, tmp_path):
    path = animation.save(fit, x, tmp_path / "em.gif", [0, 1, 2, 5, 8], fps=1)
    shown = frames(path)
    assert len(shown) == 5
    for (before, _), (after, _) in zip(shown, shown[1:], strict=False):
        assert (before != after).any(axis=-1).mean() > 0.001


def test_gif_stays_at_its_end(tmp_path):
    shown = frames(animation.save(FIT_1D, WAITING, tmp_path / "em.gif", [0, 5], fps=4))
    assert [milliseconds for _, milliseconds in shown] == [250, 2250]


def test_animation_shows_every_iteration_by_default():
    assert animation.default_iterations(FIT_2D) == [*range(FIT_2D.n_iter + 1)]


def test_long_fit_is_thinned_to_about_a_hundred_frames():
    slow = fit(NormalMixture([0.5, 0.5], [70, 70.1], [13, 13]), WAITING, tol=0, max_iter=1234)
    chosen = animation.default_iterations(slow)
    assert (chosen[0], chosen[-1]) == (0, 1234) and 90 <= len(chosen) <= 102


def test_animate_gives_matplotlibs_animation():
    shown = animation.animate(FIT_2D, Z, [0, 1, 2], fps=2)
    assert isinstance(shown, FuncAnimation)
    assert [step.iteration for step in shown.new_frame_seq()] == [0, 1, 2, 2, 2, 2, 2]
    shown._draw_was_started = True  # or matplotlib warns that nobody has looked at it


def test_each_frame_takes_the_place_of_the_one_before():
    shown = animation.animate(FIT_2D, Z, [0, 1, 2])
    for step in FIT_2D.history[:3]:
        shown._draw_frame(step)
    stage, climb = shown._fig.axes
    assert len(stage.patches) == 4 and len(climb.lines) == 2
    shown._draw_was_started = True


def have_ffmpeg():
    """Is there an ffmpeg, of the system or of imageio-ffmpeg?"""
    try:
        return bool(animation.find_ffmpeg(Path("em.mp4")))
    except RuntimeError:
        return False


@pytest.mark.skipif(not have_ffmpeg(), reason="neither ffmpeg nor imageio-ffmpeg is installed")
def test_mp4_is_written(tmp_path):
    path = animation.save(FIT_1D, WAITING, tmp_path / "em.mp4", [0, 1, 5])
    content = path.read_bytes()
    assert content[4:8] == b"ftyp" and len(content) > 5000
    assert b"yuv420p" in content or b"avc1" in content


@pytest.fixture
def no_ffmpeg(monkeypatch):
    """Hide every ffmpeg there may be."""
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)


@pytest.mark.usefixtures("no_ffmpeg")
def test_without_ffmpeg_the_message_says_what_to_install(tmp_path):
    with pytest.raises(RuntimeError, match="pip install imageio-ffmpeg") as error:
        animation.save(FIT_1D, WAITING, tmp_path / "em.mp4")
    assert "em.gif" in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_ffmpeg")
def test_without_ffmpeg_a_gif_still_works(tmp_path):
    assert frames(animation.save(FIT_1D, WAITING, tmp_path / "em.gif", [0, 1], fps=1))


def test_imageio_ffmpeg_is_used_where_the_system_has_none(no_ffmpeg, monkeypatch):
    wheel = SimpleNamespace(get_ffmpeg_exe=lambda: "/there/ffmpeg")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", wheel)
    assert animation.find_ffmpeg(Path("em.mp4")) == "/there/ffmpeg"


# Messages


@pytest.mark.parametrize("name", ["em.webm", "em", "em.gif.txt"])
def test_unknown_ending(name, tmp_path):
    with pytest.raises(ValueError, match=re.escape("must end in .gif or .mp4")):
        animation.save(FIT_1D, WAITING, tmp_path / name)


@pytest.mark.parametrize("iterations", [[], [-1], [0, 10_000]])
def test_iterations_that_are_not_there(iterations):
    with pytest.raises(ValueError, match=f"from 0 to {FIT_1D.n_iter}"):
        animation.filmstrip(FIT_1D, WAITING, iterations)


def test_three_dimensions_are_refused():
    x = np.random.default_rng(0).normal(size=(50, 3))
    one = fit(GaussianMixture([1.0], [[0, 0, 0]], [np.eye(3)]), x)
    with pytest.raises(ValueError, match="two dimensions"):
        animation.filmstrip(one, x, [0])


def test_data_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"x must have shape \(N, 2\)"):
        animation.filmstrip(FIT_2D, WAITING, [0])
