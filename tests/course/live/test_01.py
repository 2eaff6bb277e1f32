"""What TEACHING.md has a lecturer show and say with notebook 01, played."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from emlib import NormalMixture, best_of, datasets, starts
from emlib.explorers.two_gaussians import bimodal_beyond
from publish.window import run_all, write_notebook

pytestmark = pytest.mark.tools

NOTEBOOK = Path(__file__).resolve().parents[3] / "notebooks/01_why_mixtures.ipynb"


@pytest.fixture(scope="module")
def explorer(browser, jupyterlab):
    """The explorer of the notebook's last section, as it stands there when all cells have run."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    setup, *_, shown = [c.source for c in cells if "two_gaussians" in c.source and "emlib" not in c]
    write_notebook(jupyterlab.folder / "live01.ipynb", setup, shown)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(jupyterlab.link("live01.ipynb"))
    run_all(page)
    page.locator(".emlib-explorer figcaption").wait_for()
    yield page.locator(".emlib-explorer")
    context.close()


def test_the_slider_keeps_the_answer_until_it_is_asked(explorer):
    words, box = explorer.locator("figcaption"), explorer.get_by_role("checkbox")
    distance = explorer.get_by_role("slider", name="distance, in σ")
    expect(explorer.get_by_role("checkbox", name="Show the answer")).not_to_be_checked()
    for _ in range(11):  # from 1 to 2.1, key by key
        distance.press("ArrowRight")
    expect(words).to_contain_text("Density 0.221 at the first mean, 0.230 half way")
    for shown in words.inner_text(), explorer.locator("img").get_attribute("alt"):
        assert "bump" not in shown
    box.press("Space")
    expect(words).to_contain_text("Two bumps: the second appears when the means are more than 2.00")
    distance.press("ArrowLeft")
    expect(words).to_contain_text("One bump")
    for _ in range(6):  # from weight 0.5 to 0.2
        explorer.get_by_role("slider", name="weight π₁").press("ArrowLeft")
    expect(words).to_contain_text("more than 2.98 σ apart")
    box.press("Space")
    expect(words).not_to_contain_text(re.compile("bump", re.IGNORECASE))


def test_unequal_weights_take_2_98():
    assert bimodal_beyond(0.5) == 2 and bimodal_beyond(0.2) == pytest.approx(2.98, abs=0.005)


def gain_and_bic(x, two):
    """What the second component gains, and by how much BIC prefers it."""
    one = NormalMixture([1], [x.mean()], [x.std()])
    return two.log_likelihood - one.log_likelihood(x), one.bic(x) - two.model.bic(x)


@pytest.mark.parametrize("seed", range(5))
def test_one_bump_need_not_be_one_gaussian(seed):
    """Discuss: one bump, and two components are worth their price."""
    model = NormalMixture([0.7, 0.3], [0, 2], [1, 2])
    height = model.pdf(np.linspace(-6, 10, 4001))
    rising = np.diff(height) > 0
    assert (rising[:-1] & ~rising[1:]).sum() == 1
    x = model.sample(1000, np.random.default_rng(seed))[0]
    gain, preferred = gain_and_bic(x, best_of([model, starts.quantiles(x, 2)], x, max_iter=2000))
    assert gain > 50 and preferred > 80


def test_our_one_bump_gains_a_fraction_of_a_nat():
    x = datasets.one_bump()
    two = best_of([starts.random(x, 2, seed) for seed in range(10)], x, max_iter=1000)
    gain, preferred = gain_and_bic(x, two)
    assert 0 < gain < 1 and preferred < -15
