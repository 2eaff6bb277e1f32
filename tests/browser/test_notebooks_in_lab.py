"""The course's own notebooks in a real JupyterLab: run all, then operate what moves in them.

`make test` takes two that hold every kind of thing that moves, `make last-bit` (LAST_BIT=all) all.
"""

import os

import pytest
from lab import forget_numbers, wait_for_new_pixels
from playwright.sync_api import expect

from publish.window import run_all

pytestmark = pytest.mark.tools

# What each notebook holds: how many players, and how many explorers.
MOVING = {
    "01_why_mixtures": (0, 1),
    "03_likelihood_surfaces": (0, 1),
    "04_em_in_one_dimension": (1, 1),
    "05_coin_tosses_and_jensen": (1, 0),
    "06_old_faithful": (1, 1),
}
CHOSEN = MOVING
if os.environ.get("LAST_BIT") != "all":
    CHOSEN = ("03_likelihood_surfaces", "06_old_faithful")
KINDS = "stderr", "error"
WRONG = ", ".join(f"[data-mime-type='application/vnd.jupyter.{kind}']" for kind in KINDS)


@pytest.fixture(scope="module")
def window(browser, jupyterlab, watch):
    """One JupyterLab window for all notebooks; it may ask nobody but this machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    seen = watch(page)
    yield page
    context.close()
    assert seen.outside == []


@pytest.mark.parametrize("name", CHOSEN)
def test_run_all_then_everything_moves(window, jupyterlab, name):
    forget_numbers(jupyterlab.folder / f"{name}.ipynb")
    window.goto(jupyterlab.link(f"{name}.ipynb"))
    run_all(window)
    players, explorers = MOVING[name]
    assert window.locator(WRONG).count() == 0
    expect(window.locator(".em-player")).to_have_count(players)
    expect(window.locator(".emlib-explorer")).to_have_count(explorers)
    for number in range(players):
        operate_player(window, window.locator(".em-player").nth(number))
    for number in range(explorers):
        operate_explorer(window.locator(".emlib-explorer").nth(number))


def operate_player(page, player):
    """E and M: the words and the pixels change, twice."""
    player.scroll_into_view_if_needed()
    player.locator(".em-main").click()
    words = player.locator(".em-status").first
    for key in "e", "m":
        before, picture = words.inner_text(), player.screenshot()
        page.keyboard.press(key)
        expect(words).not_to_have_text(before)
        wait_for_new_pixels(player, picture)


def operate_explorer(explorer):
    """Every slider, by keyboard: the numbers and the picture answer."""
    explorer.scroll_into_view_if_needed()
    words, image = explorer.locator("figcaption"), explorer.locator("img")
    sliders = explorer.get_by_role("slider")
    assert sliders.count() >= 2
    first = words.inner_text()
    for number in range(sliders.count()):
        picture = image.get_attribute("src")
        sliders.nth(number).press("ArrowRight")
        expect(image).not_to_have_attribute("src", picture)
    for _ in range(5):  # a step may be too small for the digits that are shown
        sliders.first.press("PageUp")
    expect(words).not_to_have_text(first)
