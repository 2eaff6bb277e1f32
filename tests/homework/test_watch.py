"""The guard: absent after an import, in force wherever nbgrader runs code, and hard to disarm."""

import os
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from submissions import HOMEWORK
from traitlets.config import PyFileConfigLoader

pytestmark = pytest.mark.tools

# A shell like a kernel's, its hooks, and what a submission may not replace.
SHELL = """
import builtins, math, os, sys
import numpy as np
import emlib.check
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()


def state():
    hooks = {when: list(calls) for when, calls in shell.events.callbacks.items()}
    members = [dict(vars(owner)) for owner in (builtins, math, np, np.testing, emlib)]
    return hooks, members, sys.getprofile(), sys.gettrace(), sys.meta_path[:], dict(os.environ)


before = state()
from emlib.check import homework

assert state() == before
"""
OWN_SESSION = """
np.allclose = len
shell.run_cell("@homework.test('right')\\ndef test(rng):\\n    pass")
assert np.allclose is len
"""
GRADED = """
honest = np.allclose
homework.install()
homework.install()
assert shell.events.callbacks["pre_run_cell"].count(homework.watch.restore) == 1
np.allclose = len
shell.run_cell("pass")
assert np.allclose is honest
"""


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize("then", [OWN_SESSION, GRADED])
def test_importing_changes_nothing(then, graded):
    """Only `install` does, and nbgrader's sign makes no difference to an import."""
    environment = os.environ | {"NBGRADER_EXECUTION": "autograde"}
    if not graded:
        del environment["NBGRADER_EXECUTION"]
    subprocess.run([sys.executable, "-c", SHELL + then], env=environment, check=True)


REPLACE = "import numpy as np\nhonest, np.allclose = np.allclose, len"
DISARM = """
from emlib.check import homework
np.allclose = len
homework.install()
homework.install = homework.watch.install = homework.watch.restore = lambda *_: None
"""


@pytest.mark.parametrize("deed", ["", DISARM])
def test_guard_is_there_before_a_submission(deed):
    """A kernel of the autograder's has it, even for code that never imports emlib."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(HOMEWORK)).load_config()
    look = "print(np.allclose is honest)"
    notebook = new_notebook(cells=[new_code_cell(c) for c in (REPLACE, deed or "pass", look)])
    NotebookClient(notebook, extra_arguments=config.Execute.extra_arguments).execute()
    assert notebook.cells[-1].outputs[0].text == "True\n"
