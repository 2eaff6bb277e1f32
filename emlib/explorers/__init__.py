"""Explorers: move a slider, and a picture and a line of numbers answer at once.

Each function returns an :class:`Explorer` to end a notebook cell with. Its ``figure`` is the same
picture as a static figure, to stand beside it where no kernel runs.
"""

from ._explorer import Explorer
from .be_the_optimiser import be_the_optimiser
from .choose_a_start import choose_a_start
from .drag_the_start import drag_the_start
from .two_gaussians import two_gaussians

__all__ = ["Explorer", "be_the_optimiser", "choose_a_start", "drag_the_start", "two_gaussians"]
