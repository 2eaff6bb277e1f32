"""The patients of the clinic: EM programs with one real fault each, and what they look like cured.

A program is a class whose methods are plain functions of the data and of theta. A patient is a
healthy program with one method replaced by a faulty one, so its cure is its parent. The clinic
(notebook 08) and the table at its end show them::

    p = PATIENTS[2]
    p.symptom(p), p.symptom(p.cured)      # the number that gives it away, before and after
    readings(p)                           # what each instrument of emlib.check says

The faults are in files by what they are in. Their numbers have gaps.
"""

from dataclasses import dataclass
from html import escape

from .. import instruments as check
from . import densities, pictures, runs, samples, starts, steps  # noqa: F401, to admit them
from .admission import ADMITTED
from .programs import Coins, Gaussian, Normal, Shared

__all__ = [
    "INSTRUMENTS",
    "PATIENTS",
    "Coins",
    "Gaussian",
    "Normal",
    "Shared",
    "Table",
    "readings",
    "table",
]

PATIENTS = dict(sorted(ADMITTED.items()))

INSTRUMENTS = {
    "monotone": lambda p: check.monotone(
        p.start, p.x, p.e_step, p.m_step, log_likelihood=p.log_likelihood
    ),
    "responsibilities": lambda p: check.responsibilities(p.start, p.x, p.e_step, p.m_step),
    "one_step": lambda p: check.one_step(p.start, p.x, p.e_step, p.m_step),
    "equivariance": lambda p: check.equivariance(p.start, p.x, p.e_step, p.m_step),
    "permutation": lambda p: check.permutation(p.start, p.x, p.e_step, p.m_step),
    "large_offset": lambda p: check.large_offset(p.start, p.x, p.e_step, p.m_step),
    "integrates_to_one": lambda p: check.integrates_to_one(p.theta, p.x, p.density),
    "sampling": lambda p: check.sampling(p.theta, p.x, p.sample),
    "stopping": lambda p: check.stopping(lambda x: p.run(x)[0], p.x),
}


def readings(p) -> dict:
    """Return what each instrument says about a program, by the instrument's name."""
    return {name: examine(p) for name, examine in INSTRUMENTS.items()}


def table(measured: dict) -> "Table":
    """Lay out ``{number: readings}``: ✗ where a fault is found, – where one does not apply."""
    return Table(measured)


@dataclass(frozen=True, repr=False)
class Table:
    """A row a patient, a column an instrument: text where it is printed, HTML in a notebook."""

    measured: dict

    COLUMNS = "mono", "res", "step", "equ", "perm", "off", "area", "sam", "stop"

    def rows(self):
        """Yield number, fault and symbols of each patient."""
        for number, row in self.measured.items():
            symbols = [reading.symbol.replace("✓", "·") for reading in row.values()]
            yield number, PATIENTS[number].fault, symbols

    def __repr__(self):
        lines = [f"{'':45}" + _aligned(self.COLUMNS)]
        lines += [f"{number:2}  {fault:41}" + _aligned(row) for number, fault, row in self.rows()]
        return "\n".join(lines)

    def _repr_html_(self):
        names = zip(self.COLUMNS, INSTRUMENTS, strict=True)
        head = [f'<th title="{name}" {_TIGHT}>{short}</th>' for short, name in names]
        lines = [f"<div {_ROOM}><table {_SMALL}><tr><th></th><th></th>{''.join(head)}</tr>"]
        for number, fault, row in self.rows():
            cells = "".join(f"<td {_TIGHT}>{symbol}</td>" for symbol in row)
            lines.append(f"<tr><td>{number}</td><td {_LEFT}>{escape(fault)}</td>{cells}</tr>")
        return "\n".join([*lines, "</table></div>"])


_ROOM = 'style="overflow-x: auto"'  # on a phone the table scrolls, and not the page
_SMALL = 'style="font-size: 0.85em"'
_TIGHT = 'style="text-align: center; padding: 0.2em 0.4em"'
_LEFT = 'style="text-align: left; padding: 0.2em 0; white-space: nowrap"'


def _aligned(words) -> str:
    """Return words that end where those in other rows end."""
    return "".join(f"{word:>5}" for word in words)
