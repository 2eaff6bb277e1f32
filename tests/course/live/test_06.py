"""What TEACHING.md promises of notebook 06: the live demonstration and its numbers."""

import re

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture as Theirs

from emlib import GaussianMixture, datasets, fit

pytestmark = pytest.mark.tools

NAME = "06_old_faithful"


@pytest.fixture(scope="module")
def faithful():
    """The standardised eruptions, and the run from the classic start."""
    x = datasets.old_faithful()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    start = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2), np.eye(2)])
    return x, start, fit(start, x)


def plays_to(node, iteration):
    """Wait until the player has got so far."""
    script = "([node, t]) => Number(node.dataset.iteration) >= t"
    node.page.wait_for_function(script, arg=[node.element_handle(), iteration], timeout=60_000)


def heard(node):
    """What a listener hears of the climb, and where the player stands."""
    words = node.locator(".em-trace").get_attribute("aria-label")
    return words, int(node.get_attribute("data-iteration"))


# The live demonstration


def test_space_plays_to_the_plateau_and_space_goes_on(player, faithful):
    player.page.keyboard.press(" ")
    plays_to(player, 5)
    player.page.keyboard.press(" ")
    assert player.get_attribute("data-playing") == "false"
    words, t = heard(player)
    there = f"{faithful[2].history[t].log_likelihood:.2f}".replace("-", "−")
    assert t < 53 and f"{t} iterations so far" in words and f"now {there} at {t}." in words
    player.get_by_label("Speed").select_option("16")  # only the test has no time
    player.locator(".em-main").press(" ")
    plays_to(player, 53)
    assert "over 53 iterations, from −1331.48 to −385.46" in heard(player)[0]


def test_at_iteration_25_nothing_tells_what_is_to_come(player):
    for _ in range(25):
        player.page.keyboard.press("ArrowRight")
    words, t = heard(player)
    assert t == 25 and "to −541.22; now −541.22" in words
    assert not re.search(r"−385|tolerance|stops here", player.evaluate("node => node.outerHTML"))


def test_a_class_sees_no_answer_before_its_question(slides):
    """What a slide says, notes included, up to and with the slide of each question."""
    pages = slides.evaluate("""() => [...document.querySelectorAll(".page")].map((page) =>
      page.textContent + [...page.querySelectorAll("img")].map((image) => image.alt).join(" "))""")
    asked = [i for i, text in enumerate(pages) if "Predict." in text]
    assert len(asked) == 5
    answers = (
        r"44 iter|53|−385|-385|plateau",
        r"157|at iteration 3\b",
        "39 ?%",
        "not care about units",
        "43 of",
    )
    for i, answer in zip(asked, answers, strict=True):
        before = "\n".join(pages[: i + 1])
        assert not re.search(answer, before), answer
        assert re.search(answer, "\n".join(pages[i + 1 :])), answer


# The numbers


def test_a_loose_rule_stops_at_three_and_thirty_five_thousandths_survive(faithful):
    x, start, best = faithful
    loose = fit(start, x, tol=1e-3 * len(x))
    assert loose.n_iter == 3 and loose.converged
    assert best.log_likelihood - loose.log_likelihood == pytest.approx(157.0, abs=0.05)
    assert fit(start, x, tol=0.0353).log_likelihood > best.log_likelihood - 1
    assert fit(start, x, tol=0.0354).log_likelihood < best.log_likelihood - 150
    assert 0.0354 / len(x) == pytest.approx(0.00013, abs=5e-6)
    assert 0.272 / 0.0354 == pytest.approx(7.7, abs=0.05)


def test_the_plateau_is_nearly_one_gaussian(faithful):
    x, _, best = faithful
    one = GaussianMixture([1], [x.mean(axis=0)], [np.cov(x.T, bias=True)])
    assert one.log_likelihood(x) == pytest.approx(-544.99, abs=0.005)
    plateau = [step.log_likelihood for step in best.history[1:26]]
    assert all(2 < level - one.log_likelihood(x) < 4 for level in plateau)


def test_scikit_learn_stops_on_the_plateau_too_but_starts_elsewhere(faithful):
    x, start, best = faithful
    means, precisions = start.means, [np.eye(2)] * 2
    same = Theirs(2, weights_init=[0.5, 0.5], means_init=means, precisions_init=precisions).fit(x)
    assert same.tol == 1e-3 and same.converged_ and same.n_iter_ == 4
    assert same.score(x) * len(x) == pytest.approx(best.history[4].log_likelihood, abs=0.01)
    for seed in range(10):
        own = Theirs(2, random_state=seed).fit(x)
        assert own.init_params == "kmeans" and own.n_iter_ < 10
        assert own.score(x) * len(x) == pytest.approx(best.log_likelihood, abs=0.05)
