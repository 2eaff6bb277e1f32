"""The explorers in a real JupyterLab: every control moves the picture and the numbers under it.

What must be shown is told by a twin: the same explorer in this process, without a browser.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from lab import wait_for_new_pixels
from playwright.sync_api import expect

from publish.window import EXPLORERS, SETUP, run_all, write_notebook

pytestmark = pytest.mark.tools

SLIDERS = {
    "two_gaussians": ["distance", "weight"],
    "be_the_optimiser": ["mean1", "mean2", "std1", "std2", "weight"],
    "choose_a_start": ["mu1", "mu2"],
    "drag_the_start": ["x1", "y1", "x2", "y2"],
}
EACH = pytest.mark.parametrize("name", EXPLORERS)


@pytest.fixture(scope="module")
def lab(browser, jupyterlab, watch):
    """A notebook with the four explorers, open in JupyterLab, all cells run."""
    write_notebook(jupyterlab.folder / "explorers.ipynb", SETUP, *EXPLORERS.values())
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    seen = watch(page)
    page.goto(jupyterlab.link("explorers.ipynb"))
    run_all(page)
    page.locator(".emlib-explorer").nth(3).wait_for()
    yield SimpleNamespace(page=page, seen=seen)
    context.close()


@pytest.fixture(scope="module")
def twins():
    """The same explorers in this process, by name."""
    names = {}
    exec(SETUP, names)
    return {name: eval(code, names) for name, code in EXPLORERS.items()}


@pytest.fixture
def show(lab, twins):
    """`show(name)` gives the explorer on the page, its twin, and what a test asks of both."""

    def show(name):
        on_page = lab.page.locator(".emlib-explorer").nth([*EXPLORERS].index(name))
        on_page.scroll_into_view_if_needed()
        return OnPage(on_page, twins[name], lab.page)

    return show


class OnPage:
    """One explorer on the page beside its twin."""

    def __init__(self, on_page, twin, page):
        self.on_page, self.twin, self.page = on_page, twin, page
        self.words, self.image = on_page.locator("figcaption"), on_page.locator("img")

    def handle(self, name):
        """The part of a slider that takes the keyboard."""
        label = self.twin.sliders[name].description
        return self.on_page.get_by_role("slider", name=label, exact=True)

    def point(self, *fractions):
        """Where on the page a point of the first axes is, in fractions of its width and height."""
        box, ax = self.image.bounding_box(), self.twin.figure.axes[0]
        x, y = self.twin.figure.transFigure.inverted().transform(ax.transAxes.transform(fractions))
        return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]

    def agrees(self):
        """Wait until the page says what the twin says."""
        expect(self.words).to_have_text(self.twin.words)


@pytest.mark.parametrize(
    ("name", "slider"), [(name, slider) for name, many in SLIDERS.items() for slider in many]
)
def test_key_moves_slider_numbers_and_pixels(show, name, slider):
    shown = show(name)
    shown.agrees()
    before = shown.image.screenshot()
    control = shown.twin.sliders[slider]
    shown.handle(slider).focus()
    for _ in range(3):
        shown.page.keyboard.press("ArrowRight")
    shown.twin.set(**{slider: control.value + 3 * control.step})
    shown.agrees()
    wait_for_new_pixels(shown.image, before)


def test_a_key_held_down_ends_where_the_slider_ends(show):
    shown = show("two_gaussians")
    shown.handle("distance").focus()
    for _ in range(25):
        shown.page.keyboard.press("ArrowRight")
    shown.twin.set(distance=shown.twin.values["distance"] + 2.5)
    shown.agrees()


def test_home_and_end_reach_the_ends(show):
    shown = show("two_gaussians")
    for key, distance in (("End", 6), ("Home", 0)):
        shown.handle("distance").press(key)
        shown.twin.set(distance=distance)
        shown.agrees()


def test_the_button_runs_em_exactly(show):
    shown = show("be_the_optimiser")
    button = shown.on_page.get_by_role("button", name="Run one EM step from here")
    before = shown.twin.numbers["gap"]
    for _ in range(4):
        button.press("Enter")
        shown.twin.button.click()
        shown.agrees()
    assert shown.twin.numbers["gap"] < before


@pytest.mark.parametrize("name", ["choose_a_start", "drag_the_start"])
def test_the_pointer_drags_the_start(show, name):
    shown = show(name)
    handle = [*SLIDERS[name]][:2]
    shown.page.mouse.move(*shown.point(0.3, 0.7))
    shown.page.mouse.down()
    shown.page.mouse.move(*shown.point(0.35, 0.35), steps=4)
    shown.page.mouse.up()
    ax = shown.twin.figure.axes[0]
    aim = ax.transData.inverted().transform(ax.transAxes.transform((0.35, 0.35)))
    aim = np.round(aim, 2 if name == "choose_a_start" else 1)
    shown.twin.set(**dict(zip(handle, aim, strict=True)))
    shown.agrees()


@EACH
def test_sliders_have_names_that_fit(show, name):
    shown = show(name)
    for slider in SLIDERS[name]:
        expect(shown.handle(slider)).to_have_count(1)
    for label in shown.on_page.locator(".widget-slider .widget-label").all():
        assert label.evaluate("e => e.scrollWidth <= e.clientWidth"), label.inner_text()


@EACH
def test_picture_says_what_it_shows(show, name):
    shown = show(name)
    expect(shown.image).to_have_attribute("alt", shown.twin.picture.alt)
    expect(shown.words).to_have_attribute("role", "status")


def test_page_is_quiet(lab):
    assert lab.seen.outside == []
    assert lab.seen.errors == []
