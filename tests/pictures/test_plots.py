"""The drawing primitives, where something decides what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from emlib import plots


def test_the_marker_of_a_point_in_doubt_does_not_hang_on_the_last_bit():
    r = np.full((4, 2), 0.5) + 1e-16 * np.array([[1, -1], [-1, 1], [2, -2], [-2, 2]])
    assert (r[:, 0] < r[:, 1]).any()
    _, ax = plt.subplots()
    drawn = plots.scatter(ax, np.arange(8.0).reshape(4, 2), r)
    plt.close()
    assert len(drawn) == 1 and len(drawn[0].get_offsets()) == 4


def luminance(colour):
    """How bright a colour is, from 0 to 1, as WCAG 2.2 defines it."""
    c = np.array(to_rgb(colour))
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """The contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    dark, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.01)


def test_a_histogram_stands_out_from_the_page():
    _, ax = plt.subplots()
    bars = plots.histogram(ax, np.arange(10.0), bins=5)
    plt.close()
    assert all(contrast(bar.get_edgecolor(), "white") >= 3 for bar in bars)
    assert all(contrast(bar.get_edgecolor(), bar.get_facecolor()) >= 3 for bar in bars)


@pytest.mark.parametrize("colour", [plots.INK, plots.GREY, *plots.COLOURS])
def test_what_is_drawn_in_lines_stands_out_from_the_page(colour):
    assert contrast(colour, "white") >= 3
