"""The machinery of the explorers: sliders, one picture that answers them, and a line of words.

The figure is drawn once. When a slider moves, only the artists that change are drawn again, on top
of the pixels of the rest, and the reader's picture is replaced in place.
"""

import math
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from PIL import Image

from .. import plots

HERE = Path(__file__).parent
SIZE = 9, 4.5  # inches
DPI = 100
LEAST = 0.005  # nats: the smallest gap that a picture tells from none


class Answer(NamedTuple):
    """What an explorer shows at some values: artists, a line of words, and numbers by name."""

    artists: list
    words: str
    numbers: dict


class Picture(anywidget.AnyWidget):
    """A PNG with alternative text and a line of words, which a screen reader reads aloud.

    ``pointer`` is where the reader points: x and y as fractions of the picture from its top left
    corner, and the number of the press. ``ratio`` is the pixel density of the reader's screen.
    """

    _esm = HERE / "picture.js"
    _css = HERE / "picture.css"
    png = traitlets.Unicode().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    draggable = traitlets.Bool(False).tag(sync=True)
    pointer = traitlets.List([0.0, 0.0, 0]).tag(sync=True)
    ratio = traitlets.Float(1.0).tag(sync=True)


class Explorer(widgets.VBox):
    """Sliders, and a picture that answers them; each exhibit is a subclass.

    A subclass prepares a figure, which holds what does not move, and its sliders, by name, and
    answers them in :meth:`answer`. It says of itself: name, of the function that makes it; alt,
    what the picture shows, to which the words are added; handles, pairs of sliders that a pointer
    in the first axes drags; legends, where, one an axes. buttons: shown below the sliders.

    ``values``, ``numbers`` and ``words`` say what is shown; ``set(name=value)`` moves sliders.
    ``figure`` may be shown on its own, as a static figure of the present state.
    """

    name = alt = ""
    handles = legends = ()

    def __init__(self, figure: Figure, sliders: dict[str, widgets.FloatSlider], *buttons):
        self.figure, self.sliders = figure, sliders
        self.values = {name: slider.value for name, slider in sliders.items()}
        self.picture = Picture(draggable=bool(self.handles))
        self._grabbed, self._press, self._held = None, 0, False
        self._show(self.answer(**self.values))
        super().__init__([_rows(sliders.values()), *buttons, self.picture])
        self.add_class("emlib-explorer")
        self._listen()

    def answer(self, **values) -> Answer:
        """Draw what moves, at these values of the sliders, and say what there is to see."""
        raise NotImplementedError(f"{type(self).__name__} must define answer(…)")

    def __repr__(self):
        values = ", ".join(f"{name}={value:g}" for name, value in self.values.items())
        return f"explorers.{self.name}({values})"

    @property
    def words(self) -> str:
        """The line under the picture."""
        return self.picture.words

    def set(self, **values) -> None:
        """Set values, or the nearest that the sliders allow, and draw once.

        Values may lie between the marks of a slider: it then shows the nearest.
        """
        self._held = True
        for name, value in values.items():
            slider = self.sliders[name]
            self.values[name] = float(min(max(value, slider.min), slider.max))
            slider.value = snapped(slider, value)
        self._held = False
        self._update()

    def _listen(self) -> None:
        for name, slider in self.sliders.items():
            slider.observe(lambda change, name=name: self._moved(name, change.new), "value")
        self.picture.observe(self._drag, "pointer")
        self.picture.observe(self._sharpen, "ratio")

    def _moved(self, name: str, value: float) -> None:
        """Take over where a slider was moved to, unless it only shows where we put it."""
        slider = self.sliders[name]
        shown = snapped(slider, self.values[name])
        if not self._held and abs(value - shown) > slider.step / 1000:
            self.values[name] = value
            self._update()

    def _show(self, shown: Answer) -> None:
        """Lay the figure out around the first answer, once, and keep what does not move."""
        self._artists, _, self.numbers = shown
        FigureCanvasAgg(self.figure)
        for ax, where in zip(self.figure.axes, self.legends, strict=False):
            if where:
                ax.legend(loc=where)
        self.figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)  # room for a white card
        self.figure.canvas.draw()
        self.figure.set_layout_engine("none")
        self._keep_still()
        self._publish(shown.words)

    def _keep_still(self) -> None:
        """Draw the figure without its moving artists and keep the pixels."""
        for artist in self._artists:
            artist.set_animated(True)
        self.figure.canvas.draw()
        self._still = self.figure.canvas.copy_from_bbox(self.figure.bbox)

    def _update(self) -> None:
        """Replace what moves by the answer to the values of now."""
        while self._artists:
            self._artists.pop().remove()
        self._artists, words, self.numbers = self.answer(**self.values)
        self._publish(words)

    def _publish(self, words: str) -> None:
        """Draw what moves on top of what does not, and send the picture and its words."""
        self.figure.canvas.restore_region(self._still)
        for artist in sorted(self._artists, key=lambda a: a.zorder):
            artist.set_animated(True)
            artist.axes.draw_artist(artist)
        with self.picture.hold_sync():
            self.picture.png = _png(self.figure.canvas)
            self.picture.alt = f"{self.alt} {words}"
            self.picture.words = words

    def _sharpen(self, change) -> None:
        """Draw with as many pixels as the reader's screen has."""
        self.figure.dpi = DPI * min(max(change.new, 1), 3)
        self._keep_still()
        self._publish(self.words)

    def _drag(self, change) -> None:
        """Move the handle that was nearest when the pointer was pressed to where it is now."""
        x, y, press = change.new
        at = np.array([x, 1 - y]) * self.figure.bbox.size
        if press != self._press:
            self._press = press
            self._grabbed = min(self.handles, key=lambda h: math.dist(self._pixel(h), at))
        point = self.figure.axes[0].transData.inverted().transform(at)
        moved = zip(self._grabbed, point, strict=True)
        self.set(**{name: snapped(self.sliders[name], value) for name, value in moved})

    def _pixel(self, handle) -> np.ndarray:
        """Return where a handle is in the figure, in pixels from the bottom left: (2,)."""
        point = [self.values[name] for name in handle]
        return self.figure.axes[0].transData.transform(point)


def blank(**grid) -> tuple[Figure, np.ndarray]:
    """Return a figure and its axes, side by side."""
    figure = plots.detached(figsize=SIZE, dpi=DPI)
    return figure, figure.subplots(1, squeeze=False, **grid)[0]


def headline(ax, text: str) -> list:
    """Write above the axes what there is to see; unlike a title it can be removed again."""
    style = {"weight": "bold", "size": 15, "va": "bottom"}
    return [ax.text(0, 1.03, text, transform=ax.transAxes, **style)]


def downwards(ax, label: str) -> None:
    """Let the axis run down from 0.01 to 1000 nats on a log scale: higher is better."""
    ax.set(yscale="log", ylim=(2000, LEAST), ylabel=label)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_locator(NullLocator())


def slider(description: str, value, low, high, step) -> widgets.FloatSlider:
    """Return a slider that a key moves by one step, with a description that fits."""
    return widgets.FloatSlider(
        value=_nearest(value, low, step),
        min=float(low),
        max=float(high),
        step=float(step),
        description=description,
        readout_format=f".{max(0, math.ceil(-math.log10(step)))}f",
        style={"description_width": "8.5em"},
        layout={"width": "auto"},
    )


def snapped(slider: widgets.FloatSlider, value: float) -> float:
    """Return the nearest value that the slider can show."""
    return _nearest(min(max(value, slider.min), slider.max), slider.min, slider.step)


def _nearest(value, low, step) -> float:
    return round(float(low + step * round((value - low) / step)), 10)


def number(value: float, digits: int = 2) -> str:
    """Write a number for a sentence, with a true minus sign and never as minus zero."""
    return f"{value:z.{digits}f}".replace("-", "−")


def _rows(sliders) -> widgets.GridBox:
    """Lay sliders out in two columns, or in one where the page is narrow."""
    columns = "repeat(auto-fit, minmax(min(340px, 100%), 1fr))"
    layout = widgets.Layout(grid_template_columns=columns, grid_gap="0 24px", max_width="900px")
    return widgets.GridBox(list(sliders), layout=layout)


def _png(canvas) -> str:
    """Return the canvas as a PNG in base64. 256 colours make it quicker and half as large."""
    buffer, pixels = BytesIO(), np.asarray(canvas.buffer_rgba())[..., :3]
    few = Image.fromarray(pixels).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(buffer, "PNG", compress_level=1)
    return b64encode(buffer.getvalue()).decode()
