"""Patients of the clinic as a student would hand them in: their own source, and a thin adapter."""

import inspect

from emlib.check.patients import PATIENTS, Normal

IMPORTS = "import numpy as np\nfrom scipy.special import logsumexp\n"
# The patient without parentheses (19) has lost this factor as well; the hint for it needs it back.
WITH_FACTOR = """
bell = program.pdf
program.pdf = lambda x, mu, sigma: bell(x, mu, sigma) / (np.sqrt(2 * np.pi) * sigma)
"""


def ill(number, cells, lost, hint, body=Normal, **more):
    """An entry of the wrong answers: the fault of a patient, handed in with this code of cells.

    The code calls the patient `program`. body is the healthy program that gets the fault.
    """
    patient, first = PATIENTS[number], next(iter(cells))
    code = cells | {first: source(type(patient), body) + cells[first]}
    what = f"[{number}] {patient.fault}"
    return {"what": what, "cells": code, "lost": lost, "hint": hint} | more


def source(*classes):
    """The text of a program made of these classes, and of all that they inherit from."""
    family = type("Student", classes, {}).__mro__[-2::-1]
    return IMPORTS + "\n\n".join(map(text, family)) + "\n\nprogram = Student()\n"


def text(cls):
    """The text of a class: its methods, and not what shows its symptom."""
    bases = ", ".join(base.__name__ for base in cls.__bases__)
    methods = [inspect.getsource(m) for m in vars(cls).values() if inspect.isfunction(m)]
    return f"class {cls.__name__}({bases}):\n" + ("\n".join(methods) or "    pass\n")
