"""How nbgrader treats this course. Run nbgrader in this folder, so that it reads this file."""

import os
import sys
from pathlib import Path

import nbgrader
from nbgrader import preprocessors as stock

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import grading  # noqa: E402

SECONDS, BYTES = 30, 4 * 2**30

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "em"
c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"

# Students hand in files called STUDENT_ASSIGNMENT.ipynb: ada_2_em_by_hand.ipynb.
c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>[^/_]+)_(?P<file_id>\d_\w+)"

# --- Autograding: it runs the students' code ---

c.Autograde.sanitize_preprocessors = [
    grading.Mend,
    stock.ClearOutput,
    stock.DeduplicateIds,
    stock.OverwriteKernelspec,
    stock.OverwriteCells,
    stock.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    grading.Execute,
    grading.OnlyErrorsCount,
    stock.LimitOutput,
    stock.SaveAutoGrades,
    stock.AssignLatePenalties,
    stock.CheckCellMetadata,
]
c.Execute.timeout = SECONDS
c.Execute.error_on_timeout = grading.stopped(
    f"✗ Stopped after {SECONDS} seconds. Is there a loop that never ends?"
)

# Before a student's first line, and not in its time: import what every notebook does, remember what
# may not be replaced, and limit the memory.
first = "import emlib.plots, emlib.check.homework; emlib.check.homework.install()"
c.Execute.extra_arguments = [f"--IPKernelApp.exec_lines={first}"]
if sys.platform == "linux":
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({BYTES}, {BYTES}))"
    c.Execute.extra_arguments.append(f"--IPKernelApp.exec_lines={limit}")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# --- Feedback: pages that need no network and run no scripts ---

c.GenerateFeedback.preprocessors = [
    stock.GetGrades,
    grading.Hints,
    grading.MathML,
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.template_name = "feedback_offline"
c.HTMLExporter.template_file = "page.html.j2"
c.HTMLExporter.extra_template_basedirs = [
    str(HERE / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates"),
]
