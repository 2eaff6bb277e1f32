"""A deck as a lecturer has it, on the slide with the player. The test's module names the NAME."""

import subprocess
import sys

import pytest

TO_THE_PLAYER = """() => {
  const { h, v } = Reveal.getIndices(document.querySelector(".em-player").closest("section"));
  Reveal.slide(h, v);
}"""


@pytest.fixture(scope="module")
def deck(request, root, tmp_path_factory):
    """The address of the notebook's deck."""
    pytest.importorskip("sphinx_revealjs", reason="slides take reveal.js from the extra `slides`")
    folder, name = tmp_path_factory.mktemp("deck"), request.module.NAME
    notebook = root / "notebooks" / f"{name}.ipynb"
    command = [sys.executable, "-m", "publish.slides", notebook, "--to", folder]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / name / "index.html").as_uri()


@pytest.fixture
def slides(deck, browser, watch):
    """The deck, open; it may ask nobody for anything, and find nothing wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = context.new_page()
    seen = watch(page)
    page.goto(deck)
    page.wait_for_function("window.Reveal?.isReady()")
    yield page
    context.close()
    assert seen.errors == [] and seen.outside == []


@pytest.fixture
def player(slides):
    """The deck's player, on its slide, clicked on its picture."""
    slides.evaluate(TO_THE_PLAYER)
    slides.locator(".em-main").click()
    return slides.locator(".em-player")
