"""The workflows call make, or README's own lines; what they call exists, and actions are pinned."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
LINT = ROOT / "tests/lint"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def steps(path):
    """Every step of a workflow."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_there_are_workflows():
    names = {path.stem for path in WORKFLOWS}
    assert names == {"ci", "pages", "release", "weekly"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_steps_are_make_targets_or_lines_of_the_readme(path):
    for line in (line for step in steps(path) for line in step.get("run", "").splitlines()):
        if line.startswith("make "):
            assert re.search(rf"(?m)^{line.split()[1]}:.* ## ", MAKEFILE), line
        elif not line.startswith("$PSNative"):
            assert line == "bash .ci/run" or line in README.splitlines(), line


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
    ("emlib/player.js", "const ", "undefinedName(); const ", "'undefinedName' is not defined"),
    ("emlib/stage.js", "const ", "const unusedName = 1; const ", "'unusedName' is assigned"),
    (".github/workflows/ci.yml", "bash .ci/run", "echo ${{ nothing.here }}", "nothing"),
    (".github/ISSUE_TEMPLATE/report.yml", "type: dropdown", "type: dropdwn", "dropdwn"),
]


def test_lint_sees_what_is_spoilt(tmp_path):
    if not (LINT / "node_modules").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("No linters: `make lint` first.")
    for name in (".github", "emlib", "notebooks/_build", "tests/lint"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    shutil.copy(ROOT / "CITATION.cff", tmp_path)
    for path, old, new, _ in SPOILT:
        text = (tmp_path / path).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    command = [sys.executable, str(tmp_path / "tests/lint/lint.py")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert [words for *_, words in SPOILT if words not in said] == [], said
