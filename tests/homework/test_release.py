"""A release is what its source says, hides what it must hide, and runs with the course alone."""

import re
import subprocess
import sys
import tomllib

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbformat.v4 import new_code_cell
from submissions import ASSIGNMENTS, HOMEWORK, ROOT, graded, label, read, right_answers
from submissions import wrong_answers as wrong

pytestmark = pytest.mark.tools

SOLUTION = re.compile(r"(?ms)^( *)### BEGIN SOLUTION\n(.*?)### END SOLUTION(\n|\Z)")
HIDDEN = re.compile(r"(?ms)^ *### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS(\n|\Z)")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def secrets(assignment):
    """The lines of solutions and hidden tests, as they stand in the source."""
    text = "\n".join(cell.source for cell in read("source", assignment).cells)
    hidden = [match[2] for match in SOLUTION.finditer(text)]
    hidden += [match[1] for match in HIDDEN.finditer(text)]
    lines = {line.strip() for block in hidden for line in block.splitlines()}
    return {line for line in lines if len(line) > 3}


def released(source):
    """What a cell's source must become, worked out without nbgrader."""

    def stub(match):
        lines = STUB.splitlines()
        return "\n".join(match[1] + line for line in lines) + match[3]

    return HIDDEN.sub("", SOLUTION.sub(stub, source)).rstrip("\n")


# What is released


def test_there_are_three():
    assert ASSIGNMENTS == ["1_likelihoods", "2_em_by_hand", "3_bounds_and_ellipses"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_points(assignment):
    graders = [cell.metadata.get("nbgrader", {}) for cell in read("source", assignment).cells]
    points = [g.points for g in graders if g.get("grade")]
    written = [g for g in graders if g.get("grade") and g.solution]
    assert sum(points) == 20 and len(written) == 1
    head = read("source", assignment).cells[0].source
    assert "**Points** 20" in head and "about two hours" in head


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_points_in_words(assignment):
    for cell in read("source", assignment).cells:
        if (name := label(cell)) in graded(assignment):
            points = int(re.search(r"(\d) points?:", cell.source)[1])
            assert points == graded(assignment)[name]


def test_there_are_enough_answers():
    assert all(len(right_answers(a)) >= 8 for a in ASSIGNMENTS)
    assert sum(len(wrong(a)) for a in ASSIGNMENTS) >= 36


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_kind_of_mischief_is_there(assignment):
    kinds = """untouched syntax_error endless_loop huge_allocation deletes_the_tests
    prints_the_expected_text imports_sklearn replaces_np_testing"""
    assert set(kinds.split()) <= set(wrong(assignment))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_is_up_to_date(assignment, tmp_path):
    """`make homework` changes nothing, byte for byte."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--no-db"]
    where = f"--CourseDirectory.release_directory={tmp_path}"
    done = subprocess.run([*command, where], cwd=HOMEWORK, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    made = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    kept = sorted(
        p.relative_to(HOMEWORK / "release")
        for p in (HOMEWORK / "release" / assignment).rglob("*")
        if p.is_file() and ".ipynb_checkpoints" not in p.parts
    )
    assert made == kept
    for path in made:
        assert (tmp_path / path).read_bytes() == (HOMEWORK / "release" / path).read_bytes()


# What is not


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_secret_in_release(assignment):
    text = "\n".join(cell.source for cell in read("release", assignment).cells)
    lines = {line.strip() for line in text.splitlines()}
    assert len(secrets(assignment)) > 40
    assert secrets(assignment) & lines == set()
    raw = (HOMEWORK / "release" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    for word in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "hidden_"):
        assert word not in raw


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_is_source_without_secrets(assignment):
    pairs = zip(read("source", assignment).cells, read("release", assignment).cells, strict=True)
    for source, release in pairs:
        is_text = source.cell_type == "markdown" and label(source)
        want = "YOUR ANSWER HERE" if is_text else released(source.source)
        assert release.source.rstrip("\n") == want
        assert not release.get("outputs") and not release.get("attachments")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_lies_beside_a_release(assignment):
    files = subprocess.check_output(
        ["git", "ls-files", "notebooks/homework/release"], cwd=ROOT, encoding="utf-8"
    ).split()
    assert files == [f"notebooks/homework/release/{a}/{a}.ipynb" for a in ASSIGNMENTS]


@pytest.mark.parametrize("kind", ["source", "release"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_notebooks_are_clean(assignment, kind):
    notebook = read(kind, assignment)
    nbformat.validate(notebook)
    bare, _ = ClearOutputPreprocessor().preprocess(nbformat.from_dict(notebook), {})
    assert bare == notebook
    assert notebook.metadata.kernelspec.name == "python3"


# It runs


def only_for_developers():
    """Packages of the extras, which a student need not have, by the names they are imported by."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    names = [re.match(r"[\w-]+", line)[0] for lines in extras.values() for line in lines]
    # These come with JupyterLab, so students do have them.
    shared = {"nbclient", "nbconvert", "nbformat"}
    return sorted({n.replace("-", "_") for n in names if n not in shared} | {"sklearn"})


BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ImportError("a student does not have " + name)
sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def opened(request):
    """A release, run from top to bottom where only the course's own packages can be imported."""
    notebook = nbformat.from_dict(read("release", request.param))
    blocker = BLOCKER.format(names=only_for_developers())
    line = f"--IPKernelApp.exec_lines={blocker}"
    notebook.cells.append(new_code_cell("import nbgrader"))
    NotebookClient(notebook, allow_errors=True, timeout=120, extra_arguments=[line]).execute()
    assert "a student does not have" in notebook.cells.pop().outputs[0].evalue
    return request.param, notebook


def test_unsolved_tasks_fail_in_one_sentence(opened):
    assignment, notebook = opened
    visible = [name for name in graded(assignment) if "\ndef test_" in source_of(notebook, name)]
    assert len(visible) >= 6
    for cell in notebook.cells:
        errors = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        assert bool(errors) == (label(cell) in visible), label(cell)
        if errors:
            assert len(cell.outputs) == 1
            assert errors[0].traceback == ["○ Not attempted yet."]


def source_of(notebook, name):
    """The source of a labelled cell."""
    return next(c.source for c in notebook.cells if label(c) == name)


def test_figures_wait_in_one_sentence(opened):
    _, notebook = opened
    waiting = [c for c in notebook.cells if "when_solved" in c.source]
    assert waiting
    for cell in waiting:
        # A slow machine may send a line in two pieces.
        said = "".join(output.text for output in cell.outputs)
        assert said == "○ The figure appears here once the tasks above are solved.\n"


def test_nothing_else_complains(opened):
    _, notebook = opened
    streams = [o for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]
    assert streams == []
