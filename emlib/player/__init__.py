"""Players: EM replayed on a canvas, with every half-step under the reader's finger.

Python sends the data and the parameters once. JavaScript draws them, and computes what a reader
asks for: responsibilities, and for two coins also the steps and the bound. No kernel is needed
after that, so a player also works in a page exported from its notebook.
"""

from .bound import BoundPlayer
from .player import Player

__all__ = ["BoundPlayer", "Player"]
