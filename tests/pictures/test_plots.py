"""The drawing primitives, where something decides what is drawn."""

import matplotlib.pyplot as plt
import numpy as np

from emlib import plots


def test_the_marker_of_a_point_in_doubt_does_not_hang_on_the_last_bit():
    r = np.full((4, 2), 0.5) + 1e-16 * np.array([[1, -1], [-1, 1], [2, -2], [-2, 2]])
    assert (r[:, 0] < r[:, 1]).any()
    _, ax = plt.subplots()
    drawn = plots.scatter(ax, np.arange(8.0).reshape(4, 2), r)
    plt.close()
    assert len(drawn) == 1 and len(drawn[0].get_offsets()) == 4
