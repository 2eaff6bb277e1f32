"""The round of TEACHING.md, command by command, on three made-up submissions.

The commands are read out of TEACHING.md, so the text and this test cannot drift apart. Then the
feedback pages are opened in a real browser.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from submissions import (
    HOMEWORK,
    ROOT,
    TRIAL,
    Course,
    label,
    submission,
    why_no_box,
    wrong_answers,
    wrong_submission,
)

pytestmark = pytest.mark.tools

ASSIGNMENT = "2_em_by_hand"
FENCE = re.compile(r"(?ms)^```sh\n(.*?)^```")


def teaching():
    """The text of TEACHING.md."""
    return (ROOT / "TEACHING.md").read_text(encoding="utf-8")


def commands():
    """The shell commands of a round, block by block, as they stand in TEACHING.md."""
    text = teaching()
    return FENCE.findall(text[text.index("### A round") : text.index("### When something is odd")])


def hand_in(folder):
    """Three made-up students: all right; a wrong M-step and a $ formula; nothing at all."""
    ada = submission(ASSIGNMENT, {})
    entry = wrong_answers(ASSIGNMENT)["variance_returned"]
    ben = wrong_submission(ASSIGNMENT, entry)
    for cell in ben.cells:
        if label(cell) == "explanation":
            cell.source = (
                "It is $r_{nk}$ of $$\\frac{1}{2}$$ and costs `$5`. <script>alert(1)</script>"
            )
    cleo = submission(ASSIGNMENT, {}, base="release")
    for name, notebook in {"ada": ada, "ben": ben, "cleo": cleo}.items():
        nbformat.write(notebook, folder / f"{name}_{ASSIGNMENT}.ipynb")


class Round:
    """A copy of the project's folder, with each block of commands run in it."""

    def __init__(self, folder):
        self.folder = folder
        os.symlink(sys.prefix, folder / ".venv", target_is_directory=True)
        self.course = Course(folder / "notebooks/homework")
        shutil.rmtree(self.course.folder / "feedback", ignore_errors=True)
        self.prefix, *self.blocks = commands()
        self.said = [self.run(block) for block in self.blocks]

    def run(self, block):
        """Run a block of commands as a teacher would, with what a teacher would type."""
        if "zip_collect" in block:
            make, block = block.split("\n", 1)
            self.shell(make)
            hand_in(self.course.folder / f"downloaded/{ASSIGNMENT}/archive")
        if "CONFINE" in block and why_no_box():
            block = block.replace("CONFINE=yes ", "")
        typed = "3\nVery clear.\nfive\n1,5\nWhat does it *not* mean?\n"
        return self.shell(block, typed if "grade_written" in block else "")

    def shell(self, block, typed=""):
        """Run lines in one shell, after the first block of the round, and stop at an error."""
        environment = {k: v for k, v in self.course.environment.items() if k != "VIRTUAL_ENV"}
        done = subprocess.run(
            ["bash", "-ec", f"{self.prefix}\n{block}"],
            cwd=self.folder,
            env=environment,
            input=typed,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, block + done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The round, played to its end."""
    return Round(tmp_path_factory.mktemp("project"))


def test_every_step_has_its_command(played):
    text = "".join(played.blocks)
    steps = (
        "generate_assignment zipfile zip_collect autograde grade_written generate_feedback export"
    )
    assert all(step in text for step in steps.split())


def test_release_is_packed(played):
    with zipfile.ZipFile(played.course.folder / f"{ASSIGNMENT}.zip") as packed:
        assert [Path(name).name for name in packed.namelist() if name.endswith(".ipynb")] == [
            f"{ASSIGNMENT}.ipynb"
        ]


def test_submissions_are_collected(played):
    found = sorted(p.name for p in (played.course.folder / "submitted").iterdir())
    assert found == ["ada", "ben", "cleo"]


def test_grades_are_exported(played):
    rows = {row["student_id"]: row for row in played.course.grades()}
    m_step_and_fit = 1 + 2 + 1 + 1 + 1
    scores = {name: float(row["score"]) for name, row in rows.items()}
    assert scores == {"ada": 20, "ben": 20 - m_step_and_fit - 1.5, "cleo": 0}
    assert {float(row["max_score"]) for row in rows.values()} == {20}


def test_teacher_is_asked_again(played):
    said = next(s for b, s in zip(played.blocks, played.said, strict=True) if "written" in b)
    assert "A number from 0 to 3" in said and "A good answer" in said
    assert "ben (2 of 2)" in said and "cleo" not in said


def test_one_student_is_graded_again(played):
    (again,) = re.findall(r"`(CONFINE=yes nbgrader autograde .* --student ada .*?)`", teaching())
    assert "Removing existing assignment" in played.run(again)
    assert played.course.score(ASSIGNMENT, "ada") == 20


def test_box_can_be_tried():
    assert f"```sh install\nsudo apt install bubblewrap\n{TRIAL}\n```" in teaching()


def test_formgrader_is_there():
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"],
        capture_output=True,
        encoding="utf-8",
    )
    assert re.search(r"nbgrader\S* enabled", re.sub(r"\x1b\[\d+m", "", done.stdout + done.stderr))


# The pages that students get back


def page_of(played, student):
    return played.course.folder / f"feedback/{student}/{ASSIGNMENT}/{ASSIGNMENT}.html"


@pytest.fixture(params=["ada", "ben", "cleo"])
def opened(request, page, watch, played):
    """A student's page, opened from disk, with an eye on the network and the console."""
    seen = watch(page)
    page.goto(page_of(played, request.param).as_uri())
    page.wait_for_load_state("networkidle")
    return request.param, page, seen


def test_page_is_offline(opened):
    student, page, seen = opened
    assert seen.outside == []
    # The one thing that a student's answer has tried to run was not run.
    assert all("Content Security Policy" in error for error in seen.errors)
    assert len(seen.errors) == (1 if student == "ben" else 0)
    assert page.locator("link[href^=http], script[src], img[src^=http]").count() == 0


def test_page_shows_hints_beside_lost_points(opened):
    student, page, _ = opened
    rows = page.locator("table.points tbody tr")
    assert rows.count() == 15
    lost = {"ada": 0, "ben": 6, "cleo": 15}[student]
    assert page.locator("table.points tr.lost").count() == lost
    if student == "ben":
        row = rows.filter(has_text="Test 2a").inner_text()
        assert "\t0 of 1\t" in row and "These are variances" in row
        assert "What does it not mean?" in rows.last.inner_text()
    if student == "cleo":
        assert "Not attempted yet" in rows.first.inner_text()


def test_page_shows_formulas(opened):
    student, page, _ = opened
    wide = page.locator("math[display=block]").first.bounding_box()
    assert wide["width"] > 200 and wide["height"] > 30
    assert "$" not in page.locator(".text_cell_render").all_inner_texts()[0]
    if student == "ben":
        assert "$5" in page.locator("#notebook, main").inner_text()


def test_page_fits(opened):
    _, page, _ = opened
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_generated_files_stay_out_of_git():
    names = ["gradebook.db", "submitted/ada/x", "autograded/ada/x", "feedback/ada/x"]
    names += ["downloaded/x", "grades.csv", f"{ASSIGNMENT}.zip"]
    command = ["git", "check-ignore", *names]
    ignored = subprocess.check_output(command, cwd=HOMEWORK, encoding="utf-8").splitlines()
    assert ignored == names
