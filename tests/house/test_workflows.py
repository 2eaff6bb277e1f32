"""The workflows call make, or README's own lines; what they call exists, and actions are pinned."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
LINT = ROOT / "tests/house/lint"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def steps(path):
    """Every step of a workflow."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def windows_lines():
    """What README says to type on Windows: to set up, and to run the checks."""
    section = README.partition("### Windows")[2].partition("\n### ")[0]
    set_up, _jupyterlab, checks = re.findall(r"```\n(.+?)```", section, re.DOTALL)
    return (set_up + checks).splitlines()


def test_there_are_workflows():
    names = {path.stem for path in WORKFLOWS}
    assert names == {"ci", "pages", "release", "weekly"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_steps_are_make_targets_or_lines_of_the_readme(path):
    for run in (step["run"] for step in steps(path) if "run" in step):
        if run.startswith("make "):
            assert re.search(rf"(?m)^{run.removeprefix('make ')}:.* ## ", MAKEFILE), run
        elif run != "bash .ci/run":
            stop, *lines = run.splitlines()
            assert stop.startswith("$PSNative") and lines == windows_lines()


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_actions_are_pinned_and_may_read_only(path):
    text = path.read_text(encoding="utf-8")
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps(path) if "uses" in step)
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}


def test_issue_form_asks_for_notebook_and_cell():
    text = (ROOT / ".github/ISSUE_TEMPLATE/report.yml").read_text(encoding="utf-8")
    form = {field.get("id"): field for field in yaml.safe_load(text)["body"]}
    options = " ".join(form["notebook"]["attributes"]["options"])
    numbers = [path.name[:2] for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
    assert re.findall(r"\b\d\d\b", options) == numbers
    assert {"notebook", "cell"} <= form.keys()


def test_lock_of_the_linters_names_no_address():
    lock = json.loads((LINT / "package-lock.json").read_text(encoding="utf-8"))
    assert "resolved" not in {key for package in lock["packages"].values() for key in package}


# The linters see what they should, in a copy of the project that is spoilt in four places.

SPOILT = [  # file, what stands there, what stands there now, what the linters must say
    ("emlib/player/player.js", "const ", "nowhere(); const ", "'nowhere' is not defined"),
    ("emlib/player/stage.js", "const ", "const unusedName = 1; const ", "'unusedName' is assigned"),
    (".github/workflows/ci.yml", "bash .ci/run", "echo ${{ nothing.here }}", "nothing"),
    (".github/ISSUE_TEMPLATE/report.yml", "type: dropdown", "type: dropdwn", "dropdwn"),
]


def test_lint_sees_what_is_spoilt(tmp_path):
    if not (LINT / "node_modules").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("No linters: `make lint` first.")
    for name in (".github", "emlib", "publish", "tests/house/lint"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    shutil.copy(ROOT / "CITATION.cff", tmp_path)
    for path, old, new, _ in SPOILT:
        text = (tmp_path / path).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    command = [sys.executable, str(tmp_path / "tests/house/lint/lint.py")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert [words for *_, words in SPOILT if words not in said] == [], said


# What is downloaded


def publish(name, *arguments, **options):
    """Run one of the programs that pack something."""
    command = [sys.executable, "-m", f"publish.{name}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **options)


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    """The students' pack, unpacked."""
    folder = tmp_path_factory.mktemp("students")
    done = publish("students", "--to", folder)
    assert done.returncode == 0, done.stderr
    zipfile.ZipFile(done.stdout.strip()).extractall(folder)
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def test_students_get_what_they_need_and_no_more(students):
    found = {str(path.relative_to(students)) for path in students.rglob("*") if path.is_file()}
    wanted = {"README.md", "LICENSE", "LICENSE-text", "data/README.md"}
    for room, pattern in [
        ("notebooks", "notebooks/[0-9]*.ipynb"),
        ("homework", "notebooks/homework/release/*/*.ipynb"),
        ("data", "data/*.csv"),
    ]:
        wanted |= {f"{room}/{path.name}" for path in ROOT.glob(pattern)}
    (wheel,) = students.glob("*.whl")
    assert {name.replace(os.sep, "/") for name in found} == wanted | {wheel.name}
    assert wheel.name in (students / "README.md").read_text(encoding="utf-8")


def test_students_get_no_answers(students):
    text = "".join(path.read_text(encoding="utf-8") for path in students.rglob("*.ipynb"))
    assert "BEGIN SOLUTION" not in text and "BEGIN HIDDEN TESTS" not in text
    (wheel,) = students.glob("*.whl")
    rooms = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert rooms == {"emlib", f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info"}


def test_a_release_wants_its_version_as_tag():
    done = publish("release", env=os.environ | {"TAG": "v99"})
    assert done.returncode == 1 and "The tag is v99, but emlib is version" in done.stderr
