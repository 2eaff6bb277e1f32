"""The slides, opened from disk in a real browser: every slide and fragment of every deck.

The decks are made once, and moved, as on a stick. From then on nothing but their folders is there.
"""

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("sphinx_revealjs", reason="slides take reveal.js from the extra `slides`")
pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("0[1-6]_*.ipynb"))
DECK = pytest.mark.parametrize("name", NAMES)
SCREENS = [(1280, 720), (1920, 1080)]


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """A folder with all decks, not where they were made."""
    made = tmp_path_factory.mktemp("made")
    run("-m", "publish.slides", "--to", made)
    return Path(shutil.move(made, tmp_path_factory.mktemp("stick") / "für die Vorlesung"))


def run(*arguments):
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def open_deck(decks, browser, watch):
    """`open_deck(name)` opens a deck; at the end it must have asked for nothing but its own."""
    contexts, quiet, asked = [], [], []

    def open_deck(name, screen=SCREENS[0], folder=decks):
        width, height = screen
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, reduced_motion="reduce")
        page = context.new_page()
        contexts.append(context)
        quiet.append(watch(page))
        own = (folder / name).as_uri() + "/"
        page.on("request", lambda r: asked.append((r.url, own)))
        page.goto(own + "index.html")
        page.wait_for_function("window.Reveal?.isReady()")
        return page

    yield open_deck
    for context in contexts:
        context.close()
    for seen in quiet:
        assert seen.outside == [] and seen.errors == []
    files = [(url, own) for url, own in asked if not url.startswith(("data:", "blob:"))]
    assert files and all(url.startswith(own) for url, own in files)


# What the page tells of the slide and fragment that are on.
LOOK = """() => {
  const slide = Reveal.getCurrentSlide();
  const page = slide.querySelector(".page");
  const frame = page.getBoundingClientRect();
  const scale = frame.width / 1280;
  const problems = [];
  const say = (node, what) =>
    problems.push(`${what}: <${node.tagName.toLowerCase()} class="${node.className}">`
      + ` ${node.textContent.trim().slice(0, 40)}`);
  const inside = (box, frame) => box.left >= frame.left - 1 && box.right <= frame.right + 1
    && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  if (!inside(frame, screen)) say(page, "not on the screen");
  if (page.scrollHeight > page.clientHeight) say(page, "too full");

  let shown = 0;
  const boxes = [];
  for (const node of page.querySelectorAll("*")) {
    if (node.closest("aside, mjx-assistive-mml, mjx-container svg *, .em-player svg *")) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    if (!inside(box, frame)) say(node, "cut off");
    if (node.matches("pre") && node.scrollWidth > node.clientWidth + 1) say(node, "too wide");
    if (getComputedStyle(node).visibility === "hidden") continue;
    if (node.matches("img, canvas")) {
      shown += 100;
      if (node.matches("img") && Math.max(box.width / 1280, box.height / 720) < 0.4 * scale)
        say(node, "small figure");
    }
    const texts = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
    const words = texts.map((text) => text.data.trim()).join("");
    if (!words || node.closest(".section-name, .em-player")) continue;
    if (!node.closest("h2, h3")) shown += words.length;
    const size = parseFloat(getComputedStyle(node).fontSize);
    const least = node.closest("pre") ? 20 : node.closest("code") ? 24 : 28;
    if (size < least - 0.01) say(node, `type of ${size} px`);
  }
  for (const formula of page.querySelectorAll("mjx-container")) {
    if (formula.closest("aside")) continue;
    shown += 20;
    if (formula.querySelector("merror, [data-mml-node=merror]")) say(formula, "not TeX");
    if (parseFloat(getComputedStyle(formula).fontSize) < 24) say(formula, "small formula");
  }
  const blocks = [...page.children].filter((n) => !n.matches("aside, .section-name"))
    .map((n) => n.getBoundingClientRect()).filter((b) => b.height);
  for (const [i, b] of blocks.slice(1).entries())
    if (b.top < blocks[i].bottom - 1) say(page, "blocks overlap");
  if (shown < 3 && !slide.querySelector(".fragment:not(.visible)")) say(page, "blank");
  return problems;
}"""
WALK = """(look) => {
  const found = [];
  const seen = new Set();
  for (let steps = 0; steps < 500; steps++) {
    const { h, v, f } = Reveal.getIndices();
    seen.add(`${h}/${v}`);
    for (const problem of eval(look)()) found.push(`slide ${seen.size}, fragment ${f}: ${problem}`);
    if (Reveal.isLastSlide() && !Reveal.availableFragments().next) break;
    Reveal.next();
  }
  return { found, slides: seen.size };
}"""


@pytest.mark.parametrize("screen", SCREENS, ids=lambda size: f"{size[0]}x{size[1]}")
@DECK
def test_nothing_is_cut_off(open_deck, name, screen):
    page = open_deck(name, screen)
    walked = page.evaluate(f"({WALK})({json.dumps(LOOK)})")
    assert walked["found"] == []
    assert walked["slides"] == page.evaluate("Reveal.getTotalSlides()")
    assert 15 <= walked["slides"] <= 30


@DECK
def test_slides_say_what_the_notebook_says(open_deck, name):
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    kinds = [cell.metadata.slideshow.slide_type for cell in notebook.cells]
    code = [cell for cell in notebook.cells if "slide-code" in cell.metadata.get("tags", [])]
    shown = [cell.source for cell in code if cell.metadata.slideshow.slide_type != "skip"]
    page = open_deck(name)
    text = page.locator(".slides").text_content()
    assert page.locator(".page").count() == kinds.count("slide") + kinds.count("subslide")
    assert page.locator(".fragment").count() == kinds.count("fragment")
    assert page.locator("aside.notes").count() == kinds.count("notes")
    assert [code.strip() for code in page.locator(".code").all_text_contents()] == shown
    assert "Solution" not in text and "Not attempted" not in text and "Error" not in text
    assert "interactive in JupyterLab" not in text
    assert page.locator("h1").count() == 1 and page.locator(".page").first.locator("h1").count()


@DECK
def test_pictures_keep_their_words(open_deck, name):
    alts = open_deck(name).evaluate("[...document.images].map((image) => image.alt)")
    assert alts and all(len(alt) > 20 for alt in alts)


def show(page, selector):
    """Turn to the slide that holds something, as a lecturer would who jumps."""
    page.evaluate(
        """(selector) => {
          const { h, v } = Reveal.getIndices(document.querySelector(selector).closest("section"));
          Reveal.slide(h, v);
        }""",
        selector,
    )
    return page.locator(selector)


PLAYERS = ["04_em_in_one_dimension", "06_old_faithful"]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", PLAYERS)
def test_players_work_and_keep_their_keys(open_deck, name, screen):
    page = open_deck(name, screen)
    player = show(page, ".em-player")
    here = page.evaluate("Reveal.getIndices()")
    player.locator(".em-main").click()
    for key in "e", "m", "ArrowRight", "ArrowRight", " ", " ":
        page.keyboard.press(key)
    assert int(player.get_attribute("data-iteration")) >= 3
    page.keyboard.press("End")  # a player may hide what has not been reached
    page.keyboard.press("Home")
    assert player.get_attribute("data-iteration") == "0"
    trace = player.locator(".em-trace").bounding_box()
    page.mouse.click(trace["x"] + 0.6 * trace["width"], trace["y"] + 0.5 * trace["height"])
    last = page.evaluate(
        "+document.querySelector('.em-player input[type=range]').max >> 1"
    )  # a click at 60 % of the trace lands near the middle of the run, at any scale
    assert 0.3 < int(player.get_attribute("data-iteration")) / last < 0.7
    assert page.evaluate("Reveal.getIndices()") == here
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices()") != here


def test_bound_player_climbs(open_deck):
    page = open_deck("05_coin_tosses_and_jensen")
    player = show(page, ".em-player")
    before = player.locator(".em-equation").inner_text()
    player.locator(".em-main").click()
    page.keyboard.press("e")
    assert player.locator(".em-equation").inner_text() != before
    assert re.search(r"KL 0\.000", player.locator(".em-equation").inner_text())


def test_explorers_leave_their_picture(open_deck):
    page = open_deck("03_likelihood_surfaces")
    note = show(page, ".course-note")
    assert note.inner_text() == "This picture answers to sliders in JupyterLab."
    assert page.locator("section.present .page:has(.course-note) img").last.is_visible()


def test_one_key_goes_through_everything(open_deck):
    page = open_deck("01_why_mixtures")
    page.evaluate("window.turned = 1; Reveal.on('slidechanged', () => window.turned++)")
    for _ in range(120):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.isLastSlide()")
    assert page.evaluate("window.turned === Reveal.getTotalSlides()")
    page.wait_for_function("location.hash")
    page.reload()  # the address remembers the slide
    page.wait_for_function("window.Reveal?.isReady()")
    assert page.evaluate("Reveal.isLastSlide()")


def test_speaker_sees_the_notes(open_deck):
    page = open_deck("04_em_in_one_dimension")
    show(page, "section:has(> .page > aside mjx-container)")
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    notes.locator("mjx-container svg path").first.wait_for()
    assert notes.locator("mjx-assistive-mml").count() == 0
    wanted = page.evaluate("Reveal.getCurrentSlide().querySelector('aside').innerText")
    assert len(wanted) > 40
    assert words(wanted) in words(notes.inner_text())


def words(text):
    return " ".join(text.split())


# Handouts


def test_handout_has_a_page_a_slide(decks, browser, open_deck, tmp_path):
    name = "02_direct_maximum_likelihood"
    shutil.copytree(decks / name, tmp_path / "slides" / name)
    run("-m", "publish.handouts", "--slides", tmp_path / "slides", "--to", tmp_path)
    pdf = (tmp_path / f"{name}.pdf").read_bytes()
    slides = open_deck(name).evaluate("Reveal.getTotalSlides()")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == slides
    assert len(re.findall(rb"/MediaBox\s*\[0 0 960 540\]", pdf)) == slides
    assert len(pdf) > 100_000  # with its figures


# A notebook made for the purpose


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder with a deck of one notebook that holds what is rare."""
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("# Small & <odd>", metadata=slide("slide")),
        v4.new_markdown_cell("## A section", metadata=slide("slide")),
        v4.new_markdown_cell("First $x_1$.", metadata=slide("fragment")),
        v4.new_code_cell("hidden = 1", metadata=slide("skip")),
        v4.new_markdown_cell("Say *this* ([next](02_next.ipynb)).", metadata=slide("notes")),
        v4.new_code_cell("a < 1", metadata=slide("subslide") | {"tags": ["slide-code"]}),
        v4.new_markdown_cell("**Predict.** Where?", metadata=slide("subslide")),
        v4.new_markdown_cell("word " * 400, metadata=slide("subslide")),
    ]
    home = tmp_path_factory.mktemp("small")
    nbformat.write(v4.new_notebook(cells=cells), home / "small.ipynb")
    run("-m", "publish.slides", home / "small.ipynb", "--to", home)
    return home


def slide(kind):
    return {"slideshow": {"slide_type": kind}}


def test_each_type_of_cell_finds_its_place(open_deck, small):
    page = open_deck("small", folder=small)
    assert page.title() == "Small & <odd> · slides"
    assert "hidden" not in page.locator(".slides").text_content()
    section = page.locator(".page", has=page.locator("h2"))
    assert words(section.locator("> aside").text_content()) == "Say this (next)."
    assert section.locator("> .fragment mjx-container").count() == 1
    assert page.locator(".code").text_content().strip() == "a < 1"
    assert page.locator(".predict").text_content().strip() == "Predict. Where?"
    assert page.locator(".section-name").all_text_contents() == ["A section"] * 3


def test_a_slide_that_is_too_full_is_found(open_deck, small):
    page = open_deck("small", folder=small)
    found = page.evaluate(f"({WALK})({json.dumps(LOOK)})")["found"]
    assert found and all(problem.startswith("slide 5") for problem in found)
    assert any("too full" in problem for problem in found)


# Live mode: the same notebooks as slides in JupyterLab, with a kernel. Widgets stay text there
# (jupyterlab-rise 0.43 does not load the widget manager), so nothing is asked of them.

RISE = pytest.mark.skipif(
    find_spec("jupyterlab_rise") is None, reason="jupyterlab-rise, of the extra `live`, is missing"
)


@pytest.fixture
def live(jupyterlab, page):
    """`live(name)` opens a notebook of the running JupyterLab as slides, and waits for it."""

    def live(name):
        page.goto(f"{jupyterlab.url}/rise/{name}.ipynb?token={jupyterlab.token}")
        page.locator(".reveal section.present h1").wait_for(timeout=60_000)
        return page

    return live


@RISE
def test_live_slides_open(live):
    page = live("06_old_faithful")
    assert "Old Faithful" in page.locator("section.present h1").inner_text()
    page.keyboard.press("Space")
    page.locator("section.present h2", has_text="272 eruptions").wait_for(timeout=10_000)


@RISE
def test_live_slides_run_code(live, jupyterlab):
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("# Live", metadata=slide("slide")),
        v4.new_code_cell("print(6 * 7)", metadata=slide("subslide")),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    notebook = v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, jupyterlab.folder / "live.ipynb")
    page = live("live")
    page.keyboard.press("Space")
    page.locator("section.present .cm-content", has_text="print").last.click()
    page.wait_for_timeout(5000)  # the page does not tell when its kernel is ready
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="42").wait_for(timeout=30_000)
