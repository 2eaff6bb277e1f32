"""The players in JupyterLab, with a live kernel: keys stay in the player, and Python hears them."""

import nbformat
import pytest

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
    cells = [nbformat.v4.new_code_cell(c.strip()) for c in CODE.split("---")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, jupyterlab.folder / "players.ipynb")
    seen = watch(page)
    page.goto(jupyterlab.link("players.ipynb"))
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=180_000)  # earlier, a run is dropped
    for number in range(3):
        run_cell(page, number)
    page.locator(".em-player").nth(1).wait_for(timeout=90_000)
    yield page
    assert seen.outside == []


def run_cell(page, number):
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell


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
    run_cell(lab, 3).get_by_text("at 3 E 0.4699").wait_for(timeout=10_000)


def test_python_moves_the_player(lab):
    run_cell(lab, 4)
    lab.locator(".em-player[data-iteration='12'][data-phase='M']").wait_for(timeout=10_000)
    assert "after the M-step" in lab.locator(".em-status").first.inner_text()
