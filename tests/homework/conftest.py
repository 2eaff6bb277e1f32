"""Fixtures of the homework's tests.

course     makes a course folder in a temporary place, for one module
everything True if all submissions are to be graded by nbgrader, and not the sample (`make
           homework-check`)
"""

import os

import pytest
from submissions import Course


@pytest.fixture(scope="session")
def everything():
    """Are all submissions to go through nbgrader, or a sample?"""
    return bool(os.environ.get("HOMEWORK_ALL"))


@pytest.fixture(scope="class")
def course(tmp_path_factory):
    """A course folder of its own."""
    return Course(tmp_path_factory.mktemp("course") / "homework")
