"""What TEACHING.md has a lecturer do live with notebook 05 shows what it says: in its deck."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx_revealjs", reason="slides take reveal.js from the extra `slides`")
pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[3]
NAME = "05_coin_tosses_and_jensen"
TO_ITS_SLIDE = """() => {
  const { h, v } = Reveal.getIndices(document.querySelector(".em-player").closest("section"));
  Reveal.slide(h, v);
}"""


@pytest.fixture
def player(tmp_path, browser, watch):
    """The bound player on its slide."""
    notebook = ROOT / "notebooks" / f"{NAME}.ipynb"
    made = subprocess.run([sys.executable, "-m", "publish.slides", notebook, "--to", tmp_path])
    assert made.returncode == 0
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = context.new_page()
    seen = watch(page)
    page.goto((tmp_path / NAME / "index.html").as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    page.evaluate(TO_ITS_SLIDE)
    page.locator(".em-main").click()
    yield page.locator(".em-player")
    context.close()
    assert seen.errors == [] and seen.outside == []


def height(player):
    """The log-likelihood that the player's status names."""
    return float(player.get_attribute("data-log-likelihood"))


def press(player, *keys):
    for key in keys:
        player.locator(".em-main").press(key)
    return height(player)


def pull_to_half(player):
    """Pull the handle all the way, as the slider beside the picture does."""
    player.get_by_label("Pull q towards").select_option("½ for every set")
    player.get_by_label("Distance of q").evaluate(
        "node => { node.value = 1; node.dispatchEvent(new Event('input')); }"
    )


def test_a_bad_bound_leads_down_from_the_hill_and_up_from_below(player):
    hill = press(player, *"emememememememememememe")
    assert hill == pytest.approx(-31.58, abs=0.01)
    pull_to_half(player)
    assert press(player, "m") == pytest.approx(-32.35, abs=0.01)
    assert press(player, *"emememememememememem") == pytest.approx(hill, abs=0.01)


def test_from_the_start_the_bad_bound_leads_up(player):
    start = height(player)
    press(player, "e")
    pull_to_half(player)
    assert press(player, "m") > start + 4
