"""What the explorers say is true, and what they draw is what they say."""

import base64
import io
import re
from itertools import pairwise

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from PIL import Image
from scipy.optimize import approx_fprime
from test_plots import contrast

from emlib import GaussianMixture, NormalMixture, datasets, explorers, fit
from emlib.explorers.choose_a_start import MeansOnly, climb_by_em, downhill
from emlib.explorers.two_gaussians import bimodal_beyond

FAITHFUL = datasets.old_faithful()
WAITING = FAITHFUL[:, 1]
Z = (FAITHFUL - FAITHFUL.mean(axis=0)) / FAITHFUL.std(axis=0)
TRUTH = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])
X = TRUTH.sample(400, np.random.default_rng(2))[0]
MAKE = {
    "two_gaussians": lambda: explorers.two_gaussians(distance=3),
    "be_the_optimiser": lambda: explorers.be_the_optimiser(WAITING),
    "choose_a_start": lambda: explorers.choose_a_start(X, TRUTH.weights, TRUTH.stds),
    "drag_the_start": lambda: explorers.drag_the_start(Z),
}
EACH = pytest.mark.parametrize("name", MAKE)


@pytest.fixture(scope="module")
def made():
    """Each explorer, made once."""
    return {name: make() for name, make in MAKE.items()}


def pixels(explorer):
    """What the reader sees, as an array (height, width, 3)."""
    png = base64.b64decode(explorer.picture.png)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


# All explorers


@EACH
def test_every_slider_changes_picture_and_words(name):
    explorer = MAKE[name]()
    for slider in explorer.sliders.values():
        before, words = pixels(explorer), explorer.words
        slider.value += 8 * slider.step * (1 if slider.value < slider.max - 8 * slider.step else -1)
        assert (pixels(explorer) != before).any()
        assert explorer.words != words


@pytest.mark.parametrize(
    "name", sorted(MAKE.keys() - {"be_the_optimiser"})
)  # which shows past moves
def test_way_back_leads_to_the_same_picture(name, made):
    explorer = made[name]
    before = pixels(explorer)
    slider = next(iter(explorer.sliders.values()))
    start = slider.value
    for value in (start + 3 * slider.step, start):
        slider.value = value
    assert (pixels(explorer) == before).all()
    assert len(explorer.figure.axes[0].texts) <= 1


@EACH
def test_picture_has_words_and_alternative_text(name, made):
    explorer = made[name]
    assert explorer.words and explorer.words in explorer.picture.alt
    assert len(explorer.picture.alt) > len(explorer.words) + 20


@EACH
def test_repr_is_short_and_has_no_address(name, made):
    assert repr(made[name]).startswith(f"explorers.{name}(")
    assert "0x" not in repr(made[name]) and len(repr(made[name])) < 110


@EACH
def test_picture_is_sharp_on_a_dense_screen(name, made):
    explorer = made[name]
    usual = pixels(explorer).astype(int)
    explorer.picture.ratio = 2.0
    dense = pixels(explorer).reshape(450, 2, 900, 2, 3).mean(axis=(1, 3))
    assert abs(dense - usual).mean() < 8  # the same picture; another one differs by far more
    explorer.picture.ratio = 1.0
    assert (pixels(explorer) == usual).all()


@EACH
def test_static_figure_holds_what_moves(name, made):
    explorer, buffer = made[name], io.BytesIO()
    explorer.figure.savefig(buffer, format="png", dpi=100)
    shown = np.asarray(Image.open(buffer))[..., :3].astype(int)
    assert (abs(shown - pixels(explorer)) > 60).any(axis=-1).mean() < 0.02
    explorer._update()  # the next answer is not spoilt by the export
    assert (abs(shown - pixels(explorer)) > 60).any(axis=-1).mean() < 0.02


@EACH
def test_nothing_is_printed(name, capfd):
    explorer = MAKE[name]()
    next(iter(explorer.sliders.values())).value += 1
    assert capfd.readouterr() == ("", "")


def test_set_draws_once_and_stays_in_range():
    explorer = MAKE["be_the_optimiser"]()
    pictures = []
    explorer.picture.observe(pictures.append, "png")
    explorer.set(mean1=1000, mean2=60, weight=0.3)
    assert explorer.values["mean1"] == explorer.sliders["mean1"].max
    assert (explorer.values["mean2"], explorer.values["weight"]) == (60, 0.3)
    assert len(pictures) == 1


def test_slider_that_shows_the_nearest_mark_does_not_move_the_value():
    explorer = MAKE["be_the_optimiser"]()
    explorer.set(mean1=54.6148)
    assert explorer.sliders["mean1"].value == 54.5
    explorer.sliders["mean1"].value = 54.50000001  # the echo of the page
    assert explorer.values["mean1"] == 54.6148


# Two Gaussians


@pytest.mark.parametrize(("distance", "bumps"), [(0, 1), (1.9, 1), (2.0, 1), (2.1, 2), (6, 2)])
def test_second_bump_appears_beyond_two_sigma(distance, bumps):
    explorer = explorers.two_gaussians(distance=distance, tell=True)
    assert explorer.numbers["bumps"] == bumps
    assert explorer.numbers["threshold"] == 2
    assert explorer.words.startswith("Two bumps" if bumps == 2 else "One bump")


def test_bumps_are_told_only_if_asked():
    explorer = explorers.two_gaussians(distance=3)
    ax, silent = explorer.figure.axes[0], pixels(explorer)
    for word in explorer.words, explorer.picture.alt, ax.texts[0].get_text(), str(ax.legend_):
        assert "bump" not in word
    lines = len(ax.lines)
    explorer.tell.value = True
    assert explorer.words.startswith("Two bumps: the second appears when the means are more than 2")
    assert ax.texts[0].get_text() == "3.0 σ apart: two bumps" and len(ax.lines) == lines + 1
    explorer.set(distance=1)
    assert explorer.words.startswith("One bump")
    explorer.tell.value = False
    explorer.set(distance=3)
    assert (pixels(explorer) == silent).all() and "bump" not in explorer.words


def test_heights_are_those_of_the_curve():
    explorer = explorers.two_gaussians(distance=2, weight=0.25)
    heights = NormalMixture([0.25, 0.75], [-1, 1], [1, 1]).pdf(np.array([-1, 0, 1]))
    said = [float(word) for word in re.findall(r"0\.\d{3}(?= at| half)", explorer.words)]
    assert said == pytest.approx(heights, abs=6e-4)


@settings(deadline=None, max_examples=40)
@given(weight=st.floats(0.02, 0.98))
def test_threshold_is_where_the_modes_split(weight):
    threshold = bimodal_beyond(weight)
    for distance, modes in ((threshold - 0.02, 1), (threshold + 0.02, 2)):
        x = np.linspace(-3, distance + 3, 20_001)
        p = NormalMixture([weight, 1 - weight], [0, distance], [1, 1]).pdf(x)
        rising = np.diff(p) > 0
        assert (rising[:-1] & ~rising[1:]).sum() == modes


def test_cost_of_one_gaussian_is_the_loss_on_many_draws():
    explorer = explorers.two_gaussians(distance=4, weight=0.3)
    model = NormalMixture([0.3, 0.7], [-2, 2], [1, 1])
    x, _ = model.sample(200_000, np.random.default_rng(0))
    one = NormalMixture([1.0], [x.mean()], [x.std()])
    loss = (model.log_likelihood(x) - one.log_likelihood(x)) / len(x)
    assert explorer.numbers["cost"] == pytest.approx(loss, abs=0.005)


def test_one_gaussian_costs_nothing_at_distance_zero():
    assert explorers.two_gaussians(distance=0).numbers["cost"] == pytest.approx(0, abs=1e-9)


# Be the optimiser


def test_gap_is_to_the_published_maximum(made):
    numbers = made["be_the_optimiser"].numbers
    assert numbers["em"] == pytest.approx(-1034.001750, abs=1e-4)
    assert numbers["gap"] == pytest.approx(numbers["em"] - numbers["log_likelihood"])


def test_log_likelihood_is_that_of_the_sliders():
    explorer = MAKE["be_the_optimiser"]()
    explorer.set(weight=0.36, mean1=54.5, mean2=80, std1=6, std2=6)
    model = NormalMixture([0.36, 0.64], [54.5, 80], [6, 6])
    assert explorer.numbers["log_likelihood"] == pytest.approx(model.log_likelihood(WAITING))
    assert 0 < explorer.numbers["gap"] < 1


def test_nobody_beats_em_by_hand():
    explorer, rng = MAKE["be_the_optimiser"](), np.random.default_rng(1)
    for _ in range(40):
        ranges = {name: (s.min, s.max) for name, s in explorer.sliders.items()}
        explorer.set(**{name: rng.uniform(*r) for name, r in ranges.items()})
        assert explorer.numbers["gap"] > 0


def test_button_climbs_to_the_top_step_by_step():
    explorer = MAKE["be_the_optimiser"]()
    gaps = []
    for _ in range(60):
        explorer.button.click()
        gaps.append(explorer.numbers["gap"])
    assert all(after < before for before, after in pairwise(gaps[:30]))
    assert gaps[-1] < 1e-3


def test_button_takes_the_step_that_em_takes():
    explorer = MAKE["be_the_optimiser"]()
    start = NormalMixture([0.5, 0.5], [65, 75], [14, 14])
    explorer.button.click()
    assert explorer.numbers["log_likelihood"] == pytest.approx(
        fit(start, WAITING, max_iter=1).log_likelihood
    )


def test_button_says_why_there_is_no_step():
    x = np.concatenate([np.zeros(50), np.full(50, 1000.0)]) + np.arange(100) % 7
    explorer = explorers.be_the_optimiser(x)
    explorer.set(mean1=500, std1=0.5, mean2=0, std2=100)
    before = explorer.values.copy()
    explorer.button.click()
    assert explorer.words.startswith("No step from here: component 0 collapsed")
    assert explorer.values == before


# Choose a start


@pytest.mark.parametrize("start", [(0.1, 0.4), (0.7, 0.1), (0.2, 0.25)])
def test_both_climbs_end_where_the_slope_is_zero(start):
    explorer = explorers.choose_a_start(X, TRUTH.weights, TRUTH.stds, start=start)

    def log_likelihood(mu):
        return NormalMixture(TRUTH.weights, mu, TRUTH.stds).log_likelihood(X)

    for way in ("em", "lbfgsb"):
        path = explorer.numbers[way]
        assert path[0, :2] == pytest.approx(start)
        assert [log_likelihood(mu) for mu in path[:, :2]] == pytest.approx(path[:, 2])
        assert np.abs(approx_fprime(path[-1, :2], log_likelihood)).max() < 0.5
        assert path[-1, 2] <= explorer.numbers["top"] + 1e-6


def test_slope_is_that_of_finite_differences():
    start = MeansOnly([0.4, 0.6], [0.1, 0.5], [0.1, 0.2])
    slope = approx_fprime(start.means, lambda mu: downhill(mu, start, X)[0])
    assert downhill(start.means, start, X)[1] == pytest.approx(slope, rel=1e-4)


def test_the_diagonal_shows_on_the_whole_map(made):
    """Its dots or their halo stand out from every colour of the map: 3 : 1."""
    figure = made["choose_a_start"].figure
    diagonal = next(ln for ln in figure.axes[0].lines if np.array_equal(*ln.get_data()))
    halo = next(e for e in diagonal.get_path_effects() if hasattr(e, "_gc"))._gc["foreground"]
    for map_colour in mpl.colormaps["cividis"](np.linspace(0, 1, 9)):
        drawn = diagonal.get_color(), halo
        assert max(contrast(map_colour, colour) for colour in drawn) >= 3


def test_em_never_steps_down():
    path = climb_by_em(MeansOnly([0.5, 0.5], [0.2, 0.3], [0.1, 0.1]), X)
    assert (np.diff(path[:, 2]) > -1e-9).all()


def test_wrong_label_start_ends_hundreds_of_nats_below():
    explorer = explorers.choose_a_start(X, TRUTH.weights, TRUTH.stds, start=(0.7, 0.1))
    assert explorer.numbers["top"] - explorer.numbers["em"][-1, 2] > 50
    headline = explorer.figure.axes[0].texts[0].get_text()
    assert "below the top" in headline


def test_means_only_moves_the_means_as_full_em_does():
    start = MeansOnly([0.4, 0.6], [0.1, 0.5], [0.1, 0.1])
    full = NormalMixture([0.4, 0.6], [0.1, 0.5], [0.1, 0.1])
    after, whole = start.m_step(start.e_step(X)), full.m_step(full.e_step(X))
    assert np.allclose(after.means, whole.means)
    assert (after.weights == start.weights).all() and (after.stds == start.stds).all()


# Drag the start


def test_plateau_of_old_faithful(made):
    numbers = made["drag_the_start"].numbers
    assert numbers["log_likelihood"] == pytest.approx(-385.460696, abs=1e-3)
    assert numbers["best"] == pytest.approx(-385.460696, abs=1e-5)
    assert numbers["near"] == 44
    assert numbers["stop"] < 5 and 156 < numbers["short"] < 158


def test_better_start_is_there_soon():
    explorer = explorers.drag_the_start(Z, [(-1.5, 1), (1.5, -1)])
    assert explorer.numbers["near"] == 12


def test_there_is_a_second_basin():
    explorer = explorers.drag_the_start(Z, [(1.8, -2.3), (1.2, -1.6)])
    assert explorer.numbers["log_likelihood"] == pytest.approx(-540.5094, abs=1e-3)
    assert "155.0 below the best known" in explorer.words


def test_words_say_what_lies_beyond_the_right_edge(made):
    slow = explorers.drag_the_start(Z, [(-0.9, 1.1), (1.4, -1.3)])
    assert slow.numbers["near"] > 60 and ", beyond the right edge." in slow.words
    assert "beyond" not in made["drag_the_start"].words


def test_stop_is_where_a_loose_fit_stops(made):
    start = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2)] * 2)
    assert made["drag_the_start"].numbers["stop"] == fit(start, Z, tol=1e-3 * len(Z)).n_iter


def test_identical_means_never_leave():
    explorer = explorers.drag_the_start(Z, [(0.5, 0.5), (0.5, 0.5)])
    means = explorer.numbers["fit"].model.means
    assert np.allclose(means[0], means[1])


# The pointer


def point(explorer, x, y, press):
    """Point at a place in the first axes, as the page does."""
    pixel = explorer.figure.axes[0].transData.transform((x, y))
    across, up = pixel / explorer.figure.bbox.size
    explorer.picture.pointer = [across, 1 - up, press]


def test_pointer_takes_the_nearest_start_and_keeps_it():
    explorer = MAKE["drag_the_start"]()
    point(explorer, 1.4, -1.4, 1)
    point(explorer, -1.5, 1.2, 1)  # beside the other start by now, yet the first one moves
    assert [explorer.values[name] for name in ("x2", "y2")] == pytest.approx([-1.5, 1.2])
    assert [explorer.values[name] for name in ("x1", "y1")] == [-1.5, 1.5]


def test_new_press_takes_the_start_that_is_nearest_now():
    explorer = MAKE["drag_the_start"]()
    point(explorer, 1.4, -1.4, 1)
    point(explorer, -1.4, 1.4, 2)
    assert explorer.values["x1"] == pytest.approx(-1.4)
    assert explorer.values["x2"] == pytest.approx(1.4)


def test_pointer_outside_the_axes_stays_in_range():
    explorer = MAKE["choose_a_start"]()
    point(explorer, 99, -99, 1)
    sliders = explorer.sliders
    assert explorer.values == {"mu1": sliders["mu1"].max, "mu2": sliders["mu2"].min}


def test_pictures_without_handles_do_not_listen(made):
    assert not made["two_gaussians"].picture.draggable
    assert made["drag_the_start"].picture.draggable


SHOWN = """
from emlib import explorers, plots
plots.show(explorers.two_gaussians(distance=3).figure, "Two bumps.")
---
explorers.two_gaussians(distance=3)
---
from emlib import NormalMixture, animation, datasets, fit
x = datasets.old_faithful()[:, 1]
steps = fit(NormalMixture([0.5, 0.5], [50, 80], [5, 5]), x)
plots.show(animation.filmstrip(steps, x, [0, 1, 5]), "EM climbs.")
"""


@pytest.mark.tools
def test_figures_show_once_in_a_fresh_kernel_and_explorers_show_no_figure():
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in SHOWN.split("---")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    outputs = [[sorted(output.data) for output in cell.outputs] for cell in notebook.cells]
    figure = [["image/png", "text/plain"]]
    view = [["application/vnd.jupyter.widget-view+json", "text/plain"]]
    assert outputs == [figure, view, figure]
