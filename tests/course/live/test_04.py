"""What TEACHING.md has a lecturer do live with notebook 04 shows what it says."""

import numpy as np
import pytest

from emlib import NormalMixture

pytestmark = pytest.mark.tools

NAME = "04_em_in_one_dimension"
TEN = np.array([2.3, 3.2, 3.1, 1.6, 1.9, 11.5, 10.2, 12.3, 8.6, 10.9])
STRIP = """(canvas) => {  // the lower edge of the stage, where the ticks of the data are
  const part = document.createElement("canvas");
  const { width, height } = canvas;
  [part.width, part.height] = [width, 0.22 * height];
  part.getContext("2d").drawImage(canvas, 0, -0.78 * height);
  return part.toDataURL();
}"""


def look(player):
    """The parameters in words, the colours of the strip, and the whole stage."""
    stage = player.locator(".em-main")
    return (
        player.locator(".em-legend").inner_text(),
        stage.evaluate(STRIP),
        stage.evaluate("(canvas) => canvas.toDataURL()"),
    )


def press(player, key, iteration):
    """Press a key, and look when the picture stands still: motion is reduced, so it jumps."""
    before = player.locator(".em-main").evaluate("(canvas) => canvas.toDataURL()")
    player.page.keyboard.press(key)
    player.page.wait_for_function(
        """([iteration, before]) => document.querySelector(".em-player").dataset.iteration
          === iteration && document.querySelector(".em-main").toDataURL() !== before""",
        arg=[str(iteration), before],
    )
    return look(player)


def test_e_changes_colours_only_and_m_curves_only(player):
    words, strip, _ = look(player)
    for iteration in range(5):
        recoloured = press(player, "e", iteration)
        assert recoloured[0] == words and recoloured[1] != strip
        moved = press(player, "m", iteration + 1)
        assert moved[0] != words and moved[1] == recoloured[1] and moved[2] != recoloured[2]
        words, strip, _ = moved


def em(x, weights, means, stds, steps):
    """Where EM is after so many steps."""
    model = NormalMixture(weights, means, stds)
    for _ in range(steps):
        model = model.m_step(model.e_step(x))
    return model


def test_the_line_on_the_board():
    model = NormalMixture([0.5, 0.5], [4, 6], [1, 2**0.5])
    assert model.responsibilities([3.2])[0, 0] == pytest.approx(0.879, abs=5e-4)
    after = em(TEN, [0.5, 0.5], [4, 6], [1, 2**0.5], 1)
    assert 10 * after.weights[0] == pytest.approx(4.4977, abs=5e-5)
    assert after.means == pytest.approx([2.4110, 9.9514], abs=5e-5)
    assert after.stds == pytest.approx([0.6366, 2.6552], abs=5e-5)


def test_the_paper_answer_of_the_first_exercise():
    after = em(np.array([1.0, 2, 3]), [0.5, 0.5], [1, 3], [1, 1], 1)
    assert after.means == pytest.approx([1.4923, 2.5077], abs=5e-5)
    assert after.stds == pytest.approx([0.6394, 0.6394], abs=5e-5)


def test_different_weights_do_not_free_twins_and_different_widths_do():
    assert np.ptp(em(TEN, [0.3, 0.7], [0, 0], [1, 1], 100).means) < 1e-6
    assert np.ptp(em(TEN, [0.5, 0.5], [0, 0], [1, 2], 300).means) > 5
