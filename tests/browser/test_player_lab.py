"""The players in JupyterLab, with a live kernel: keys stay in the player, and Python hears them."""

import contextlib

import pytest
from lab import run_cell
from playwright.sync_api import expect

from publish.window import wait_for_kernel, write_notebook

pytestmark = pytest.mark.tools

CODE = """
import numpy as np
from emlib import NormalMixture, datasets, fit
from emlib.player import BoundPlayer, Player
w = datasets.old_faithful()[:, 1]
player = Player(fit(NormalMixture([0.5, 0.5], [50, 60], [5, 5]), w), w)
bound = BoundPlayer(datasets.coin_tosses())
---
player
---
bound
---
print("at", player.iteration, player.phase, round(bound.theta, 4))
---
player.iteration, player.phase = 12, "M"
"""


@pytest.fixture
def lab(jupyterlab, page, watch):
    """A notebook with both players, its first three cells run in JupyterLab."""
    write_notebook(jupyterlab.folder / "players.ipynb", *CODE.split("---"))
    seen = watch(page)
    page.goto(jupyterlab.link("players.ipynb"))
    wait_for_kernel(page)
    for number in range(3):
        run_cell(page, number)
    page.locator(".em-player").nth(1).wait_for(timeout=90_000)
    yield page
    assert seen.outside == []


def run_until_it_says(page, number, words, times=10):
    """Run a cell until it says this: a player tells Python more only when Python has answered."""
    for _ in range(times):
        with contextlib.suppress(AssertionError):
            return expect(run_cell(page, number)).to_contain_text(words, timeout=3000)
    pytest.fail(f"Python never says {words!r}")


def test_keys_reach_the_player_and_python(lab):
    first, second = lab.locator(".em-player").all()
    cells = lab.locator(".jp-Notebook .jp-Cell").count()
    first.locator(".em-main").click()
    for key in "e", "m", "ArrowRight", "ArrowRight", "b", "d", "d":  # b, d d: JupyterLab's own
        lab.keyboard.press(key)
    assert first.get_attribute("data-iteration") == "3"
    second.locator(".em-trace").click()
    for key in "e", "m":
        lab.keyboard.press(key)
    assert lab.locator(".jp-Notebook .jp-Cell").count() == cells
    assert lab.locator(".jp-Notebook .jp-MarkdownCell").count() == 0
    run_until_it_says(lab, 3, "at 3 E 0.4699")


def test_focus_stays_where_a_reader_put_it(lab):
    player = lab.locator(".em-player").first
    player.locator(".em-main").click()
    player.evaluate("node => node.closest('.jp-Cell').focus()")  # JupyterLab, some time after a run
    expect(player).to_be_focused()
    lab.keyboard.press("m")
    expect(player.locator(".em-status")).to_contain_text("E comes first")
    assert lab.locator(".jp-Notebook .jp-MarkdownCell").count() == 0
    lab.keyboard.press("Shift+Tab")
    expect(player).not_to_be_focused()


def test_python_moves_the_player(lab):
    run_cell(lab, 4)
    lab.locator(".em-player[data-iteration='12'][data-phase='M']").wait_for()
    expect(lab.locator(".em-status").first).to_contain_text("after the M-step")
