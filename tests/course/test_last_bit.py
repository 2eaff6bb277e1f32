"""What the notebooks print does not hang on the last bit.

Another kernel of OpenBLAS, another number of threads, or numpy without its vector instructions
changes the last bits of sums and exponentials. It must change nothing that a reader sees. So each
notebook's code is run again with such settings, in a process of its own, and what it prints is
compared with the stored outputs, as nbval compares them.

`make test` takes the setting that differs most from today's processors, on three notebooks whose
numbers have hung on it once. `make last-bit` (LAST_BIT=all) takes all settings and all notebooks.
What a processor does not have is skipped.
"""

import configparser
import functools
import json
import os
import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
PLAIN = "Nehalem", 1, "plain numpy"  # the oldest kernel, and no vector instructions at all
SETTINGS = [PLAIN] + [
    (core, threads, "numpy as it comes")
    for core in ("Haswell", "SkylakeX", "Nehalem")
    for threads in (1, 2)
]
CHOSEN = SETTINGS
if os.environ.get("LAST_BIT") != "all":
    CHOSEN, NOTEBOOKS = [PLAIN], [path for path in NOTEBOOKS if path.name[:2] in ("02", "04", "05")]
BLAS = """
import json, numpy, scipy.linalg, threadpoolctl
print(json.dumps([[i["internal_api"], i.get("architecture"), i["num_threads"]]
                  for i in threadpoolctl.threadpool_info() if i["user_api"] == "blas"]))
"""


# The notebook, run in a process of its own: this file as a script


def run_notebook(path):
    """Return what each code cell of a notebook prints and shows, in the process that we are in."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.displayhook.write_output_prompt = lambda: None  # no "Out[1]:" before a cell's value
    cells = nbformat.read(path, as_version=4).cells
    return [printed_by(shell, cell.source) for cell in cells if cell.cell_type == "code"]


def printed_by(shell, source):
    """Run a cell and return its text."""
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        shell.run_cell(source).raise_error()
    return text_of(captured.stdout, [output.data for output in captured.outputs])


def text_of(stdout, shown):
    """Return the lines of a cell's text, but for progress bars: they need a kernel to show."""
    text = "\n".join([stdout, *(data["text/plain"] for data in shown)])
    return [line.rstrip() for line in text.splitlines() if line.strip() and "%|" not in line]


# Settings, and whether this machine has them


def environment(core, threads, vectors):
    """The variables that choose a kernel, a number of threads and numpy's instructions."""
    import numpy as np

    own = {"OPENBLAS_CORETYPE": core, "OPENBLAS_NUM_THREADS": str(threads), "MPLBACKEND": "Agg"}
    if vectors == "plain numpy":
        found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
        own["NPY_DISABLE_CPU_FEATURES"] = " ".join(found)
    return os.environ | own


@functools.cache
def missing(core, threads, vectors):
    """Why this machine cannot take a setting: asked of numpy and scipy, not of the processor."""
    env = environment(core, threads, vectors)
    run = subprocess.run(
        [sys.executable, "-c", BLAS], env=env, capture_output=True, text=True, check=True
    )
    for api, architecture, count in json.loads(run.stdout) or [["none", None, 0]]:
        if api != "openblas":
            return f"the BLAS here is {api}, not OpenBLAS: it has no kernels to choose from"
        if architecture.lower() != core.lower():
            return f"no {core} kernel on this processor: OpenBLAS took {architecture}"
        if count != threads:
            return f"no {threads} threads on this machine: OpenBLAS took {count}"
    return None


# The comparison


@functools.cache
def sanitizers():
    """The patterns of what may differ, from the file that nbval reads."""
    rules = configparser.RawConfigParser()
    rules.read(ROOT / "tests/course/nbval.cfg", encoding="utf-8")
    return [(re.compile(rules[name]["regex"]), rules[name]["replace"]) for name in rules.sections()]


def sanitized(text):
    """The text without what may differ in any two runs."""
    for pattern, replacement in sanitizers():
        text = pattern.sub(replacement, text)
    return text


def stored(path):
    """What each code cell printed when the notebook was last refreshed."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        text_of(
            "".join(o.text for o in cell.outputs if o.get("name") == "stdout"),
            [o.data for o in cell.outputs if "data" in o],
        )
        for cell in cells
        if cell.cell_type == "code"
    ]


def differences(before, after):
    """Return the lines that differ, as (number of the code cell, before, after).

    The lines of a cell are compared sorted: without a kernel, what a cell prints and what it
    displays reach us apart.
    """
    return [
        (number, old, new)
        for number, cells in enumerate(zip(before, after, strict=True), 1)
        for old, new in zip_longest(*(sorted(map(sanitized, lines)) for lines in cells))
        if old != new
    ]


@pytest.mark.parametrize("setting", CHOSEN, ids=lambda s: " ".join(map(str, s)))
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_prints_the_same_on_another_processor(path, setting):
    if reason := missing(*setting):
        pytest.skip(reason)
    run = subprocess.run(
        [sys.executable, __file__, str(path)],
        env=environment(*setting),
        cwd=path.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert differences(stored(path), json.loads(run.stdout)) == []


def test_a_difference_is_seen_and_a_duration_is_not():
    assert differences([["a 0.5"], ["took 3 ms"]], [["a 0.5"], ["took 40 ms"]]) == []
    assert differences([["b", "a 0.5"]], [["a 0.6", "b"]]) == [(1, "a 0.5", "a 0.6")]
    assert differences([[], ["b"]], [[], []]) == [(2, "b", None)]


def test_the_reason_names_what_is_missing():
    assert re.search("no Fantasy kernel|not OpenBLAS", missing("Fantasy", 1, "numpy as it comes"))


if __name__ == "__main__":
    print(json.dumps(run_notebook(sys.argv[1])))
