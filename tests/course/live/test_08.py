"""What a lecturer does live with notebook 08, exactly as TEACHING.md says, and what it shows."""

import re
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO

import matplotlib
import nbformat
import numpy as np
import pytest

pytestmark = pytest.mark.tools

LINE = "variance = (r * (x[:, None] - mu) ** 2).sum(axis=0) / n\n"


@pytest.fixture
def cells(root):
    (path,) = (root / "notebooks").glob("08_*.ipynb")
    return nbformat.read(path, as_version=4).cells


def run(sources):
    """Run code cells one after another; return their names, and what the last one prints."""
    matplotlib.use("Agg")
    names = {}
    for source in sources:
        with redirect_stdout(StringIO()) as printed:
            exec(source, names)
    return names, printed.getvalue()


def healthy(cells):
    """The code of *A healthy body* and *Nine instruments*, without its printing."""
    end = next(i for i, c in enumerate(cells) if c.source.startswith("## Patient 1"))
    return [c.source for c in cells[:end] if c.cell_type == "code"]


# Two minutes live


def test_an_axis_that_is_missing_in_the_line_of_the_variance(cells):
    sources = healthy(cells)
    (at,) = [i for i, source in enumerate(sources) if "def m_step" in source]
    assert LINE in sources[at]
    sources[at] = sources[at].replace(LINE, LINE.replace("axis=0", ""))
    sources = [source for source in sources if "assert" not in source]
    names, printed = run([*sources, "seen = examine(start, waiting, e_step, m_step)"])
    assert printed == "objections: monotone, one_step\n"
    assert repr(names["seen"]["monotone"]).startswith("✗ Step 30: The array of means holds NaN")
    start, waiting, code = names["start"], names["waiting"], (names["e_step"], names["m_step"])
    fall = names["check"].monotone(start, waiting, *code, steps=20)
    assert "falls in 9 of 20 steps, first in step 1:" in repr(fall)


def test_with_the_axis_all_is_well(cells):
    _, printed = run([*healthy(cells), "examine(start, waiting, e_step, m_step)"])
    assert printed == "objections: none\n"


# The patients, handed out


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("patients")
    command = [sys.executable, "-m", "publish.patients", "--to", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return folder


def test_what_is_handed_out_is_nine_patients_without_a_diagnosis(folder):
    notebook = nbformat.read(folder / "patients.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert re.findall(r"^## Patient (\d)$", text, re.MULTILINE) == list("123456789")
    assert not re.search(r"cured|Predict|\*\*Ill|\*\*Healthy|objects", text)
    assert "check." not in text.split("## Patient 1")[1]
    assert not any(cell.get("outputs") for cell in notebook.cells)
    page = (folder / "patients.html").read_text(encoding="utf-8")
    assert page.count("Patient ") >= 9 and "cured" not in page


def test_what_is_handed_out_runs_and_finds_the_diseases(folder):
    notebook = nbformat.read(folder / "patients.ipynb", as_version=4)
    names, _ = run([cell.source for cell in notebook.cells if cell.cell_type == "code"])
    e, m, check = names["e_step"], names["m_step"], names["check"]
    ill = {
        1: check.monotone(names["start"], names["bags"], e, names["m_step_1"]),
        2: check.responsibilities(names["start_2"], names["ten"], e, m),
        3: check.permutation(names["wide"], names["lamps"], e, names["m_step_3"]),
        4: check.equivariance(names["start_4"], names["minutes"]),
        5: check.large_offset(names["start"], names["ten"], e, names["m_step_5"]),
        6: check.integrates_to_one(names["one_bell"], np.linspace(-9, 9), names["density_6"]),
        7: check.sampling(names["truth"], names["drawn"], names["sample_7"]),
        8: check.stopping(names["theta_8"], names["near"]),
        9: check.one_step(names["start"], names["waiting"], e, names["m_step_9"]),
    }
    assert {reading.symbol for reading in ill.values()} == {"✗"}


def test_each_patient_has_a_sheet_of_its_own(folder, page):
    page.goto((folder / "patients.html").as_uri())
    page.pdf(path=folder / "patients.pdf")
    sheets = (folder / "patients.pdf").read_bytes().count(b"/Type /Page\n")
    assert 11 <= sheets <= 16
