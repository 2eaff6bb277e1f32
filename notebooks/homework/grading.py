"""What this course adds to nbgrader: sturdier autograding, and feedback that needs no network.

Each class is a step that a notebook passes through; `nbgrader_config.py` puts them in their place.
"""

import os
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
import nbformat
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_output
from nbgrader import preprocessors as stock
from nbgrader.utils import is_grade
from traitlets import Bool

import emlib


class Mend(stock.NbGraderPreprocessor):
    """Put back the cells of the release that a submission has lost, and trust none of its labels.

    What nbgrader knows of a cell is taken from the release, so that no submission can claim other
    points, and an odd label cannot stop the round. Copies of a cell become plain cells.
    """

    def preprocess(self, nb, resources):
        where = resources["nbgrader"]
        path = f"release/{where['assignment']}/{where['notebook']}.ipynb"
        nb.cells = mend(nb.cells, nbformat.read(path, as_version=4).cells)
        return nb, resources


def mend(cells, originals):
    """Return a submission's cells with every labelled cell of the release there exactly once."""
    originals = {label(cell): cell for cell in originals if label(cell)}
    seen = set()
    for cell in cells:
        name = label(cell)
        cell.metadata.pop("nbgrader", None)
        if name in originals and name not in seen:
            seen.add(name)
            cell.metadata.nbgrader = originals[name].metadata.nbgrader
    mended, place = list(cells), 0
    for name, original in originals.items():
        if name not in seen:
            mended.insert(place, original)
        place = next(i for i, cell in enumerate(mended) if label(cell) == name) + 1
    return mended


def label(cell):
    """Return the name by which nbgrader knows a cell, or None."""
    grader = cell.metadata.get("nbgrader")
    return grader.get("grade_id") if isinstance(grader, dict) else None


class Execute(stock.Execute):
    """Run a submission to its end, whatever it does.

    A cell that takes too long is interrupted. If the kernel dies, or ignores the interruption, the
    cell and all after it fail, and the submission keeps the points that it had by then.
    """

    def __init__(self, **options):
        if os.environ.get("CONFINE"):
            options["kernel_manager_class"] = ConfinedKernel
        super().__init__(**options)

    def preprocess(self, nb, resources, km=None):
        self.gone = None
        with TemporaryDirectory(prefix="kernel-") as self.folder:
            return super().preprocess(nb, resources, km)

    def create_kernel_manager(self):
        """Let the kernel talk through files, where that works: then it needs no network."""
        km = super().create_kernel_manager()
        km.connection_file = f"{self.folder}/kernel.json"
        if sys.platform != "win32":
            km.transport, km.ip = "ipc", f"{self.folder}/kernel"
        return km

    def preprocess_cell(self, cell, resources, index):
        if self.gone:
            return self.fail(cell, resources)
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except (CellTimeoutError, DeadKernelError) as error:
            self.gone = "✗ Not run: the code broke off here, or in a cell above."
            self.report(cell, resources, type(error).__name__)
            if self.km.has_kernel:
                run_sync(self.km.signal_kernel)(9)
            return self.fail(cell, resources)
        if any(output.get("ename") == "TimeLimit" for output in cell.get("outputs", [])):
            self.report(cell, resources, "time limit")
        return cell, resources

    def fail(self, cell, resources):
        """Mark a cell as failed without running it."""
        if cell.cell_type == "code":
            cell.outputs = [new_output("error", **stopped(self.gone))]
        return cell, resources

    def report(self, cell, resources, what):
        """Tell the teacher who was stopped, and where."""
        student = resources["nbgrader"]["student"]
        self.log.error("%s: stopped in cell %s (%s)", student, label(cell) or cell.id, what)


class ConfinedKernel(AsyncKernelManager):
    """A kernel in a box: no network, nothing to write, no other submission and no gradebook."""

    async def _async_pre_start_kernel(self, **options):
        command, options = await super()._async_pre_start_kernel(**options)
        files = Path(self.connection_file).parent
        for fonts in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
            shutil.copy(fonts, files)
        return [*box(Path(options["cwd"]).resolve(), Path.cwd(), files), *command], options


EMLIB = Path(emlib.__file__).parent
PYTHON = [sys.prefix, sys.base_prefix, str(EMLIB), str(EMLIB.with_name("data"))]
# The last is for systems that keep every program there.
SYSTEM = ["/usr", "/bin", "/lib", "/lib64", "/etc", "/nix"]


def box(here, course, files):
    """Return the command that puts another one into a box of bubblewrap's.

    The box holds the system's programs, Python, emlib and the submission, all of them read-only, an
    empty /tmp and the folder of the kernel's own files. The kernel, and not the box around it, must
    hear the interruption of an endless loop. In the box, its parent is process 1.
    """
    shown = [*SYSTEM, *PYTHON, *map(os.path.realpath, PYTHON)]
    hidden = {"/tmp": "tmpfs", str(course): "tmpfs"}
    own = {str(here): "ro-bind", str(files): "bind"}
    return [
        *("env", "--ignore-signal=INT", "bwrap", "--unshare-all", "--die-with-parent"),
        *mounts(dict.fromkeys(shown, "ro-bind-try") | hidden | own),
        *("--dev", "/dev", "--proc", "/proc", "--chdir", here),
        *("--setenv", "JPY_PARENT_PID", "1"),
        *("--setenv", "MPLCONFIGDIR", files, "--setenv", "IPYTHONDIR", files),
    ]


def mounts(kinds):
    """Yield the options that mount these paths, a folder before what is inside it."""
    for path in sorted(kinds):
        yield from (f"--{kinds[path]}", path)
        if kinds[path] != "tmpfs":
            yield path


def stopped(sentence):
    """Return the error that stands in the place of a cell's own."""
    return {"ename": "TimeLimit", "evalue": sentence, "traceback": [sentence]}


class OnlyErrorsCount(stock.NbGraderPreprocessor):
    """In test cells, keep only what counts.

    nbgrader takes a warning for a failure, and a number shown by a cell for its points. Here a test
    is passed unless it raises an error, and what a student's code displays changes nothing.
    """

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code" and is_grade(cell):
            cell.outputs = [o for o in cell.outputs if o.output_type == "error" or is_print(o)]
        return cell, resources


def is_print(output):
    """Is this what `print` wrote?"""
    return output.output_type == "stream" and output.name == "stdout"


class Feedback(Preprocessor):
    """A step on the way to a feedback page."""

    enabled = Bool(True).tag(config=True)


class Hints(Feedback):
    """Note beside each graded cell what the table at the top of a feedback page shows.

    Hidden tests stay hidden, so that they can be used again next year; their hints do not.
    """

    def preprocess_cell(self, cell, resources, index):
        if is_grade(cell):
            grader = cell.metadata.nbgrader
            errors = [o.evalue or o.ename for o in cell.get("outputs", []) if "evalue" in o]
            grader.update(title=title(cell), hint=errors[0] if errors else "")
            cell.source = HIDDEN.sub("# (hidden)\n", cell.source)
        return cell, resources


HIDDEN = re.compile(r"(?ms)^ *### BEGIN HIDDEN TESTS$.*?### END HIDDEN TESTS(\n|\Z)")


def title(cell):
    """Return the first comment of a test cell: what it tests."""
    first = cell.source.partition("\n")[0]
    return first.lstrip("# ") if cell.cell_type == "code" else "Written answer"


class MathML(Feedback):
    """Turn the formulas of the text into MathML, which browsers show without a script."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = FORMULA.sub(as_mathml, cell.source)
        return cell, resources


# Code comes first, so that a dollar sign in it stays one.
FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+?)\$", re.S
)


def as_mathml(match):
    """Return a formula as MathML on one line; a formula that cannot be read stays as it is."""
    if match["code"]:
        return match["code"]
    tex = match["block"] or match["inline"]
    try:
        return " ".join(tex2mathml(tex.strip(), as_block=bool(match["block"])).split())
    except (MathError, SyntaxError, IndexError):
        return match[0]
