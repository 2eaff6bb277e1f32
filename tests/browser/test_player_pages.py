"""The players in an exported page, with no kernel, driven by hand: mouse, keys, and what is seen.

The page is made the way readers make it: a notebook is run, then exported by pages.py.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from emlib import CoinMixture, GaussianMixture, NormalMixture, datasets, fit
from emlib.player import BoundPlayer, Player

pytest.importorskip("mathjax", reason="pages take MathJax from the extra `slides`")
pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
PLANE, LINE, BOUND, HIDDEN, SHORT, TWINS = range(6)
CELLS = """
import ipywidgets, matplotlib.pyplot as plt, numpy as np
from emlib import Fit, GaussianMixture, NormalMixture, Step, datasets, fit, plots
from emlib.player import BoundPlayer, Player
---
x = datasets.old_faithful()
z = (x - x.mean(axis=0)) / x.std(axis=0)
start = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2), np.eye(2)])
Player(fit(start, z), z, title="Old Faithful", loose_tol=1e-3, labels=("eruptions", "waiting"))
---
w = x[:, 1]
Player(fit(NormalMixture([0.5, 0.5], [50, 60], [5, 5]), w), w, labels="waiting (min)")
---
BoundPlayer(datasets.coin_tosses())
---
marks = [(53, "the summit")]
Player(fit(start, z), z, loose_tol=1e-3, marks=marks, ahead=False)
---
Player(fit(start, z, max_iter=30), z, loose_tol=1e-3, ahead=False)
---
ten = np.array([2.3, 3.2, 3.1, 1.6, 1.9, 11.5, 10.2, 12.3, 8.6, 10.9])
twin = NormalMixture([0.5, 0.5], [ten.mean()] * 2, [ten.std()] * 2)
end = twin.log_likelihood(ten)
climb = end - 300, np.nextafter(end, end - 1), end
steps = tuple(Step(t, twin, value) for t, value in enumerate(climb))
Player(Fit(twin, end, True, 2, steps), ten)
---
ipywidgets.FloatSlider()
---
fig, ax = plt.subplots(figsize=(4, 2))
plots.show(fig, "An empty <frame>.")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with players.html, exported from a notebook that was run."""
    home = tmp_path_factory.mktemp("pages")
    text = nbformat.v4.new_markdown_cell("# Players\n\nMaths: $\\pi_k$. [Next](07_more.ipynb)")
    code = [nbformat.v4.new_code_cell(c.strip()) for c in CELLS.split("---")]
    nbformat.write(nbformat.v4.new_notebook(cells=[text, *code]), home / "players.ipynb")
    run("-m", "nbconvert", "--to=notebook", "--execute", "--inplace", home / "players.ipynb")
    run("-m", "publish.pages", home / "players.ipynb", "--to", home / "html")
    return home / "html"


def run(*arguments):
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def open_page(folder, static_server, browser, watch):
    """`open_page(**context)` opens the page and returns it; at the end it must have been quiet."""
    contexts, seen = [], []

    def open_page(address=None, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        context.add_init_script(COUNT_FRAMES)
        page = context.new_page()
        seen.append(watch(page))
        page.goto((address or static_server(folder)) + "/players.html")
        page.wait_for_function("document.querySelectorAll('.em-player').length === 6")
        page.wait_for_function("document.querySelector('mjx-container svg')")
        return page

    yield open_page
    for context, quiet in zip(contexts, seen, strict=True):
        context.close()
        assert (quiet.outside, quiet.errors) == ([], [])


def player(page, number):
    node = page.locator(".em-player").nth(number)
    node.scroll_into_view_if_needed()
    return node


def state(node):
    """What a player says about itself: (iteration, phase)."""
    data = node.evaluate("node => ({ ...node.dataset })")
    return int(data["iteration"]), data["phase"]


def numbers(node):
    """The numbers of the bound player, as floats."""
    data = node.evaluate("node => ({ ...node.dataset })")
    return {k: float(data[k]) for k in ("theta", "logLikelihood", "elbo", "kl")}


def pixels(node, canvas=".em-main"):
    return node.locator(canvas).evaluate("c => c.toDataURL()")


# The page counts the frames that it has asked for and not yet drawn.
COUNT_FRAMES = """
window.awaited = new Set();
const [ask, cancel] = [window.requestAnimationFrame, window.cancelAnimationFrame];
window.requestAnimationFrame = (draw) => {
  const frame = ask((now) => { window.awaited.delete(frame); draw(now); });
  window.awaited.add(frame);
  return frame;
};
window.cancelAnimationFrame = (frame) => { window.awaited.delete(frame); cancel(frame); };
"""


def settle(node):
    """Wait until nothing moves any more."""
    node.page.wait_for_function("window.awaited.size === 0", polling=20)


def press(node, *keys):
    """Reach a player by keyboard only, press keys, and wait until it rests."""
    for _ in range(120):
        if node.evaluate("node => node === document.activeElement"):
            break
        node.page.keyboard.press("Tab")
    else:
        pytest.fail("Tab never reaches the player")
    for key in keys:
        node.page.keyboard.press(key)
    settle(node)


def classic():
    """The same fit as in the page."""
    x = datasets.old_faithful()
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    start = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2), np.eye(2)])
    return fit(start, z), z


# --- the page ----------------------------------------------------------------------------------


def test_the_page_is_whole(open_page):
    page = open_page()
    assert page.title() == "Players"
    assert page.locator("img").get_attribute("alt") == "An empty <frame>."
    assert page.locator(".course-note:visible").inner_text() == "(interactive in JupyterLab)"
    assert page.get_by_role("link", name="Next").get_attribute("href") == "07_more.html"
    assert page.locator("script.widget-module").count() == 2  # one for each class


def test_the_page_names_no_other_place(folder):
    html = (folder / "players.html").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\s\"'<]+", html) == []


def test_the_page_works_from_a_disk(open_page, folder):
    page = open_page(address=folder.as_uri())
    node = player(page, PLANE)
    press(node, "e")
    assert state(node) == (0, "E")


def test_nothing_is_wider_than_a_phone(open_page):
    page = open_page(width=380)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


# --- the player, by keyboard -------------------------------------------------------------------


@pytest.mark.parametrize("number", [PLANE, LINE])
def test_e_recolours_and_m_moves(open_page, number):
    node = player(open_page(), number)
    seen = [pixels(node)]
    for key, expected in ("e", (0, "E")), ("m", (1, "M")), ("e", (1, "E")), ("m", (2, "M")):
        press(node, key)
        assert state(node) == expected
        assert pixels(node) not in seen
        seen.append(pixels(node))


def test_the_numbers_are_those_of_the_fit(open_page):
    node = player(open_page(), PLANE)
    press(node, "e", *["ArrowRight"] * 7)
    step = classic()[0].history[7]
    assert state(node) == (7, "E")
    shown = float(node.get_attribute("data-log-likelihood"))
    assert shown == pytest.approx(step.log_likelihood, abs=1e-9)
    words = node.locator(".em-status").inner_text()
    assert words.startswith("Iteration 7, after the E-step · log-likelihood −542.17")
    legend = node.locator(".em-legend li").first.inner_text()
    assert f"weight {step.model.weights[0]:.3f}" in legend
    assert "Iteration 7" in node.locator(".em-main").get_attribute("aria-label")


def test_a_step_out_of_turn_changes_nothing_and_says_so(open_page):
    node = player(open_page(), PLANE)
    press(node, "m")
    assert state(node) == (0, "M")
    assert "E comes first" in node.locator(".em-status").inner_text()
    press(node, "e", "e")
    assert state(node) == (0, "E")
    assert "changes nothing" in node.locator(".em-status").inner_text()


def test_keys_go_everywhere(open_page):
    node, last = player(open_page(), PLANE), classic()[0].n_iter
    press(node, "End")
    assert state(node) == (last, "E")
    press(node, "ArrowRight")
    assert state(node) == (last, "E")
    press(node, "ArrowLeft", "ArrowLeft")
    assert state(node) == (last - 2, "E")
    press(node, "Home")
    assert state(node) == (0, "M")
    press(node, "Escape")
    assert node.page.evaluate("document.activeElement === document.body")


def test_space_plays_and_pauses(open_page):
    node = player(open_page(), LINE)
    press(node)
    node.page.keyboard.press(" ")
    node.page.wait_for_function(
        "node => Number(node.dataset.iteration) >= 2", arg=node.element_handle()
    )
    assert node.get_attribute("data-playing") == "true"
    node.page.keyboard.press(" ")
    assert node.get_attribute("data-playing") == "false"
    rest = state(node)
    settle(node)
    assert state(node) == rest


def test_a_fit_that_does_not_move_is_drawn_at_once(open_page):
    node = player(open_page(), TWINS)  # its last step gains one unit in the last place
    press(node, "End")
    words = "node => node.querySelector('.em-trace').getAttribute('aria-label')"
    assert "to −28.68; now −28.68" in node.evaluate(words)


# --- a player that tells nothing of what is to come ----------------------------------------------


def told(node):
    """Every word that a reader sees or hears, and how far the slider goes."""
    html = node.evaluate("node => node.outerHTML")
    return html, int(node.get_by_role("slider").get_attribute("max"))


def test_what_is_to_come_is_hidden_from_eyes_and_ears(open_page):
    node = player(open_page(), HIDDEN)
    press(node, *["ArrowRight"] * 25)
    assert state(node) == (25, "E")
    html, end = told(node)
    assert end == 51 and "−541.2" in html
    assert "over 25 iterations so far, from −1331.48 to −541.2" in html
    assert re.findall(r"−385|summit|(?<![\d.])(?:53|107)(?!\d)", html) == []
    node.get_by_role("slider").evaluate(
        "node => { node.value = 107; node.dispatchEvent(new Event('input')); }"
    )
    trace = node.locator(".em-trace").bounding_box()
    node.page.mouse.click(trace["x"] + trace["width"] - 2, trace["y"] + 90)
    settle(node)
    assert state(node) == (25, "E")


def test_a_hidden_mark_appears_once_it_is_passed(open_page):
    node = player(open_page(), HIDDEN)
    press(node, *["ArrowRight"] * 3)
    assert "stops here" not in told(node)[0]
    press(node, "ArrowRight")
    assert "tolerance 0.001 stops here: iteration 3." in told(node)[0]
    press(node, "ArrowLeft", "ArrowLeft")
    assert "stops here" in told(node)[0]  # where the reader has been stays in sight
    assert told(node)[1] == 9


def test_the_future_leaves_no_mark_in_a_hidden_trace(open_page):
    """Two runs that are the same so far look the same, whatever becomes of them."""
    page = open_page()
    long, short = player(page, HIDDEN), player(page, SHORT)
    for keys in ["ArrowRight"] * 2, ["ArrowRight"] * 10:
        press(long, *keys)
        press(short, *keys)
        assert pixels(long, ".em-trace") == pixels(short, ".em-trace")
    press(short, "End")
    assert pixels(long, ".em-trace") != pixels(short, ".em-trace")


def test_at_the_end_nothing_is_hidden_any_more(open_page):
    page = open_page()
    node, other = player(page, HIDDEN), player(page, PLANE)
    press(node, "End", "Home")
    html, end = told(node)
    assert "over 53 iterations, from −1331.48 to −385.46; now −1331.48 at 0" in html
    assert "the summit: iteration 53." in html
    assert end == told(other)[1] == 107


# --- the player, by mouse ----------------------------------------------------------------------


def test_buttons_slider_and_trace(open_page):
    node = player(open_page(), PLANE)
    node.get_by_role("button", name="E-step").click()
    assert state(node) == (0, "E")
    node.get_by_role("button", name="M-step").click()
    assert state(node) == (1, "M")
    node.get_by_role("button", name="One iteration forward").click()
    assert state(node) == (2, "E")
    node.get_by_role("button", name="One iteration back").click()
    assert state(node) == (1, "E")
    slider = node.get_by_role("slider").bounding_box()
    node.page.mouse.click(slider["x"] + slider["width"] / 2, slider["y"] + slider["height"] / 2)
    assert abs(state(node)[0] - classic()[0].n_iter / 2) < 2
    trace = node.locator(".em-trace").bounding_box()
    node.page.mouse.click(trace["x"] + trace["width"] - 20, trace["y"] + 90)
    assert state(node)[0] > 50


def test_play_at_the_highest_speed_reaches_the_end(open_page):
    node = player(open_page(), PLANE)
    node.get_by_label("Speed").select_option("16")
    node.get_by_role("button", name="Play").click()
    node.page.wait_for_function(
        "node => node.dataset.playing === 'false'", arg=node.element_handle()
    )
    assert state(node) == (classic()[0].n_iter, "E")


# --- the bound, by keyboard and mouse ----------------------------------------------------------


def test_e_touches_and_m_climbs(open_page):
    node = player(open_page(), BOUND)
    tosses, theta = datasets.coin_tosses(), 0.3
    assert numbers(node)["kl"] > 1
    for _ in range(3):
        r = CoinMixture([0.5, 0.5], [theta, 0.519583120]).responsibilities(tosses)[:, 0]
        press(node, "e")
        assert numbers(node)["kl"] < 1e-12
        press(node, "m")
        theta = (r @ tosses[:, 0]) / (r @ tosses.sum(axis=1))
        assert numbers(node)["theta"] == pytest.approx(theta, abs=1e-12)


def test_home_goes_back_to_the_start(open_page):
    node = player(open_page(), BOUND)
    start = numbers(node)
    press(node, "e", "m", "e", "Home")
    assert numbers(node) == start
    assert "The start: q is still ½" in node.locator(".em-status").inner_text()


def test_the_three_numbers_are_pythons(open_page):
    node = player(open_page(), BOUND)
    press(node, "e", *["ArrowDown"] * 6)
    q = BoundPlayer(datasets.coin_tosses())
    posterior = q.model.responsibilities(datasets.coin_tosses())[:, 0]
    q.responsibilities = (0.7 * posterior + 0.3 * 0.5).tolist()
    shown = numbers(node)
    assert shown["logLikelihood"] == pytest.approx(q.log_likelihood, abs=1e-10)
    assert shown["elbo"] == pytest.approx(q.lower_bound, abs=1e-10)
    assert shown["kl"] == pytest.approx(q.log_likelihood - q.lower_bound, abs=1e-10)
    assert f"KL {shown['kl']:.3f}" in node.locator(".em-equation").inner_text()


def test_the_handle_pulls_q_away(open_page):
    node = player(open_page(), BOUND)
    press(node, "e")
    before = pixels(node), pixels(node, ".em-trace")
    box = node.locator(".em-main").bounding_box()
    x = box["x"] + 51 + 0.3 * (box["width"] - 51 - 16)
    y = box["y"] + box["height"] * 0.6
    node.page.mouse.move(x, y)
    node.page.mouse.down()
    node.page.mouse.move(x, y + 25, steps=5)
    node.page.mouse.up()
    settle(node)
    assert numbers(node)["kl"] > 0.1
    assert pixels(node) != before[0]
    assert pixels(node, ".em-trace") != before[1]


def test_a_wrong_q_is_worse_and_m_alone_can_lower_the_log_likelihood(open_page):
    node = player(open_page(), BOUND)
    press(node, "e", *["ArrowRight"] * 40)  # θ = .70
    press(node, "e")
    before = numbers(node)["logLikelihood"]
    node.get_by_label("Pull q towards").select_option("the wrong coin")
    node.get_by_label("Distance of q").evaluate(
        "node => { node.value = 1; node.dispatchEvent(new Event('input')); }"
    )
    node.get_by_role("button", name="M-step").click()
    assert numbers(node)["logLikelihood"] < before
    assert "the log-likelihood fell" in node.locator(".em-status").inner_text()


# --- how it looks ------------------------------------------------------------------------------


def test_dark_follows_the_page_and_back(open_page):
    page = open_page(color_scheme="dark")
    node = player(page, PLANE)
    assert node.get_attribute("data-theme") == "dark"
    dark = pixels(node)
    page.emulate_media(color_scheme="light")
    page.wait_for_function("node => node.dataset.theme === 'light'", arg=node.element_handle())
    assert pixels(node) != dark


def test_canvases_are_sharp_also_when_enlarged(open_page):
    page = open_page(device_scale_factor=2)
    ratio = "c => c.width / c.clientWidth"
    canvas = player(page, LINE).locator(".em-main")
    assert canvas.evaluate(ratio) == pytest.approx(2, abs=0.02)
    page.evaluate("document.querySelector('main').style.scale = 1.5")  # as reveal.js does
    page.evaluate("dispatchEvent(new Event('resize'))")
    assert canvas.evaluate(ratio) == pytest.approx(3, abs=0.02)


def test_type_is_large_enough(open_page):
    for node in open_page(width=380).locator(".em-player").all():
        size = node.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        assert size >= 14


def test_the_trace_goes_below_where_it_is_narrow(open_page):
    wide, narrow = (player(open_page(width=w), PLANE) for w in (1280, 420))
    for node, beside in (wide, True), (narrow, False):
        main, trace = (node.locator(c).bounding_box() for c in (".em-main", ".em-trace"))
        assert (trace["x"] > main["x"] + 100) == beside
        assert (trace["y"] > main["y"] + 100) != beside


def test_no_motion_for_readers_who_want_none(open_page):
    node = player(open_page(reduced_motion="reduce"), PLANE)
    press(node, "e")
    node.page.keyboard.press("m")
    assert state(node) == (1, "M")
    assert node.page.evaluate("window.awaited.size") == 0


# --- the arithmetic in JavaScript ----------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2])
def test_responsibilities_are_emlibs(page, d):
    if d == 2:
        result, x = classic()
    else:
        x = datasets.old_faithful()[:, 1]
        result = fit(NormalMixture([0.5, 0.5], [50, 60], [5, 5]), x)
    record = Player(result, x).record
    script = Player._esm.replace("export default", "export { Replay }; export default")
    page.goto("data:text/html,")
    got = page.evaluate(
        """async ([script, record]) => {
            const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
            const { Replay } = await import(url);
            const replay = new Replay(record);
            return [0, 1, replay.last].map((t) => [...replay.responsibilities(t)]);
        }""",
        [script, json.loads(json.dumps(record))],
    )
    steps = result.history[0], result.history[1], result.history[-1]
    for r, step in zip(got, steps, strict=True):
        expected = step.model.responsibilities(x)
        np.testing.assert_allclose(np.reshape(r, expected.shape), expected, atol=1e-5)
