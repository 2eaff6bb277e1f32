"""Read the written answers one after the other, and give points and a comment for each.

    python grade_written.py 2_em_by_hand

Enter alone leaves an answer for later. The browser does the same: see TEACHING.md.
"""

import sys
import textwrap
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def main(assignment):
    """Ask for the points of every answer of an assignment that still waits for them."""
    with Gradebook("sqlite:///gradebook.db") as book:
        waiting = [g for g in grades(book, assignment) if g.needs_manual_grade]
        if not waiting:
            print("No written answer is waiting.")
        for number, grade in enumerate(waiting, 1):
            student = grade.notebook.assignment.student.id
            if number == 1:
                show("A good answer", read(f"source/{assignment}/{assignment}.ipynb", grade.name))
            path = f"autograded/{student}/{assignment}/{assignment}.ipynb"
            show(f"{student} ({number} of {len(waiting)})", read(path, grade.name))
            ask(book, assignment, student, grade)


def grades(book, assignment):
    """Return the grades of all written answers, student by student."""
    return [
        grade
        for submission in sorted(
            book.assignment_submissions(assignment), key=lambda s: s.student.id
        )
        for notebook in submission.notebooks
        for grade in notebook.grades
        if grade.cell.cell_type == "markdown"
    ]


def read(path, name):
    """Return the text of one labelled cell."""
    cells = nbformat.read(Path(path), as_version=4).cells
    texts = (c.source for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
    return "\n".join(line for line in next(texts).splitlines() if line not in MARKERS)


def show(title, text):
    """Print a text under a title, broken into lines."""
    print(f"\n--- {title} ---\n")
    for line in text.splitlines():
        print(textwrap.fill(line, 96))


def ask(book, assignment, student, grade):
    """Ask for points and a comment, and write both into the gradebook."""
    while (points := points_from(input(f"\nPoints, 0 to {grade.max_score:g}: "), grade)) is None:
        print(f"A number from 0 to {grade.max_score:g}, or Enter to leave it for later.")
    if points == "later":
        return
    grade.manual_score, grade.needs_manual_grade = points, False
    comment = book.find_comment(grade.name, assignment, assignment, student)
    comment.manual_comment = input("Comment: ").strip() or None
    book.db.commit()


def points_from(text, grade):
    """Return the points that were typed, "later" for nothing, or None if they make no sense."""
    if not text.strip():
        return "later"
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        return None
    return points if 0 <= points <= grade.max_score else None


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path("gradebook.db").exists():
        sys.exit("In the folder with gradebook.db: python grade_written.py ASSIGNMENT")
    main(sys.argv[1])
