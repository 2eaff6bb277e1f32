"""Fixtures of the homework's tests.

course     makes a course folder in a temporary place, for one module
everything True if all submissions are to be graded by nbgrader, and not the sample (`make
           homework-check`)
bubblewrap skips a test where bubblewrap is missing or may not work; in CI it must not be missing
"""

import os
import shutil
import sys

import pytest
from submissions import Course, why_no_box


@pytest.fixture(scope="session")
def everything():
    """Are all submissions to go through nbgrader, or a sample?"""
    return bool(os.environ.get("HOMEWORK_ALL"))


@pytest.fixture(scope="class")
def course(tmp_path_factory):
    """A course folder of its own."""
    return Course(tmp_path_factory.mktemp("course") / "homework")


@pytest.fixture(scope="session")
def bubblewrap():
    """Nothing, but only where bubblewrap makes boxes."""
    if shutil.which("bwrap") is None and sys.platform == "linux" and os.environ.get("CI"):
        pytest.fail("No bubblewrap (bwrap) on the PATH.")
    if reason := why_no_box():
        pytest.skip(reason)
