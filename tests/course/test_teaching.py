"""What the notebooks and TEACHING.md promise their readers: words, questions, minutes, cuts.

A rule takes what it judges and returns its complaints, so that it can be shown a bad one too.
"""

import builtins
import re
import symtable

import nbformat
import pytest
from nbformat import v4
from reader import NOTEBOOKS, ROOT

pytestmark = pytest.mark.tools

EVERY = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
TEACHING = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = "slide", "subslide", "fragment"
# Where a term first occurs, it stands in italics, and its paragraph says what it means.
TERMS = r"""nats? likelihood log-likelihood mixture components? weights? latent BIC
responsibilit(y|ies) k-means k-means\+\+ hard_assignments? effective_counts? fixed_points?
entropy Kullback–Leibler_divergence lower_bound concave standardis(e|es|ed|ing) plateau
sufficient_statistics?""".split()


def words(cell):
    """A Markdown cell's prose, without headings, objectives, code and formulas."""
    text = "" if cell.cell_type != "markdown" or "**You will**" in cell.source else cell.source
    for other in (r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$", r"\]\([^)]*\)"):
        text = re.sub(other, " ", text, flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


# Words


def undefined(term, notebooks):
    """The first cell that uses a term must set it in italics."""
    for name, cells in notebooks.items():
        for cell in cells:
            if re.search(rf"(?<![\w-]){term}(?![\w+-])", text := words(cell), re.IGNORECASE):
                defined = re.search(rf"\*[^*\n]*{term}[^*\n]*\*", text, re.IGNORECASE)
                return [] if defined else [f"{name}: {text[:80]}"]
    return [f"{term} does not occur"]


@pytest.mark.parametrize("term", [term.replace("_", " ") for term in TERMS])
def test_a_term_is_defined_where_it_first_occurs(term):
    course = {p.stem: nbformat.read(p, as_version=4).cells for p in NOTEBOOKS}
    assert undefined(term, course) == []


def test_an_undefined_term_is_caught():
    before = [v4.new_markdown_cell("## A nat\n\nIt gained three nats, signature `nats`.")]
    after = [v4.new_markdown_cell("A *nat* is the unit of a natural logarithm.")]
    assert undefined("nats?", {"01": before + after}) != []
    assert undefined("nats?", {"01": after + before}) == []
    assert undefined("nats?", {"01": [v4.new_markdown_cell("nature")]}) != []


# Questions


def open_questions(cells, projected):
    """A Predict stands at a paragraph's start, where a class sees it, and words answer it."""
    found = []
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in cells]
    for at, cell in enumerate(cells):
        if cell.cell_type != "markdown" or "**Predict" not in cell.source:
            continue
        asked = re.search(r"^\*\*Predict\.\*\*.*", cell.source, re.MULTILINE)
        rest = [c for c in cells[at + 1 :]][:8]
        run = next((i for i, c in enumerate(rest) if c.cell_type == "code"), None)
        told = run is not None and any(len(words(c)) > 20 for c in rest[run:])
        if not (asked and told) or (projected and kinds[at] not in SHOWN):
            found.append(cell.source[:90])
    return found


@EVERY
def test_every_prediction_is_asked_and_answered(path):
    cells = nbformat.read(path, as_version=4).cells
    assert open_questions(cells, projected=path.name < "07") == []


def test_an_open_question_is_caught():
    def cells(question, kind="slide"):
        asked = v4.new_markdown_cell(question, metadata={"slideshow": {"slide_type": kind}})
        answer = v4.new_markdown_cell("Two: one for the truth, one for its mirror image.")
        return [asked, v4.new_code_cell("2"), answer]

    good = "One or two?\n\n**Predict.** How many?"
    assert open_questions(cells(good), True) == open_questions(cells(good, "notes"), False) == []
    assert open_questions(cells(good, "notes"), True) != []
    assert open_questions(cells("One. **Predict:** how many?"), True) != []
    assert open_questions(cells(good)[:2], True) != []


# Minutes


def plan(number):
    """What TEACHING.md says of a notebook: minutes, title, {section: minutes}, all its text."""
    found = re.search(
        rf"^### {number} · (.+?) \((\d+) min\)\n(.*?)(?=^##|\Z)", TEACHING, re.MULTILINE | re.DOTALL
    )
    assert found, f"TEACHING.md has no heading '### {number} · Title (C min)'"
    rows = dict(re.findall(r"^\| (?!section)(.+?) \| (\d+) \|$", found[3], re.MULTILINE))
    return int(found[2]), found[1], {name: int(n) for name, n in rows.items()}, found[3]


@EVERY
def test_minutes_add_up_and_agree(path):
    in_class, title, sections, _ = plan(path.stem[:2])
    assert in_class == sum(sections.values())
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    assert cells[0].source.startswith(f"# {int(path.stem[:2])} · {title}\n")
    said = re.findall(r"\*\*Time\*\* (\d+) minutes in class; (\d+) alone, with the exerc", text)
    assert len(said) == 1 and int(said[0][0]) == in_class
    assert f"({path.relative_to(ROOT)})" in README
    row = next(line for line in README.splitlines() if f"({path.relative_to(ROOT)}) |" in line)
    assert row.endswith(f"| {in_class} / {said[0][1]} |")


@EVERY
def test_minutes_alone_are_those_of_a_reader(path):
    """120 words a minute, half a minute a code cell, 1½ a prediction, 10 an exercise."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    code = [c for c in cells if c.cell_type == "code" and "exercise" not in str(c.metadata)]
    count = sum(len(words(cell).split()) for cell in cells)
    needed = count / 120 + len(code) / 2 + 1.5 * text.count("**Predict.**") + 30
    said = int(re.search(r"in class; (\d+) alone", text)[1])
    assert 0.8 * needed <= said <= 1.25 * needed, f"{needed:.0f} minutes"


# Cuts


def headings(cells):
    """Each heading with its level and the cell where it stands."""
    return [
        (match[2], len(match[1]), at)
        for at, cell in enumerate(cells)
        if cell.cell_type == "markdown" and (match := re.match(r"(#+) (.+)", cell.source))
    ]


def without(cells, section):
    """The cells that are left when a section is cut."""
    found = headings(cells)
    level, start = next((lv, at) for name, lv, at in found if name == section)
    end = next((at for _, lv, at in found if at > start and lv <= level), len(cells))
    return [cell for at, cell in enumerate(cells) if not start <= at < end]


def bound_and_used(code):
    """The global names that a cell binds, and those that it or a function in it uses."""
    tables, bound, used = [symtable.symtable(code, "<cell>", "exec")], set(), set()
    for table in tables:
        tables += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if top and (symbol.is_assigned() or symbol.is_imported()):
                bound.add(symbol.get_name())
            if symbol.is_referenced() and (top or symbol.is_global()):
                used.add(symbol.get_name())
    return bound, used


def missing_names(cells):
    """Names that a cell uses before any cell has bound them."""
    known, missing = set(dir(builtins)) | {"__name__"}, []
    for cell in cells:
        if cell.cell_type == "code":
            bound, used = bound_and_used(cell.source)
            known |= bound
            missing += sorted(used - known)
    return missing


@EVERY
def test_what_may_be_cut_can_be_cut(path):
    line = re.search(
        r"^- \*\*May be cut:\*\* (.*(?:\n  .*)*)", plan(path.stem[:2])[3], re.MULTILINE
    )
    assert line, "TEACHING.md says nothing of what may be cut"
    cells = nbformat.read(path, as_version=4).cells
    names = [name for name, _, _ in headings(cells)]
    cut = [name for name in re.findall(r"\*(.+?)\*", line[1]) if name in names]
    assert cut and missing_names(cells) == []
    for section in cut:
        assert missing_names(without(cells, section)) == [], section


def test_a_cut_that_leaves_an_orphan_is_caught():
    cells = [
        v4.new_markdown_cell("## One"),
        v4.new_code_cell("def f():\n    return [k for k in range(n)]\nn = 3"),
        v4.new_markdown_cell("### Inside"),
        v4.new_markdown_cell("## Two"),
        v4.new_code_cell("f()"),
    ]
    assert missing_names(cells) == [] and len(without(cells, "One")) == 2
    assert missing_names(without(cells, "One")) == ["f"]
    assert missing_names(without(cells, "Two")) == []


# Sections and plans


@EVERY
def test_every_section_that_teaching_names_is_there(path):
    """What stands in italics and in a table's first column is a heading, or a part of one."""
    names = [name for name, _, _ in headings(nbformat.read(path, as_version=4).cells)]
    for row in plan(path.stem[:2])[2]:
        for part in re.split(r"; ", row):
            known = [n for n in names if n.lower().startswith(part.strip(".?").lower()[:12])]
            assert known, part


def test_a_lecture_fills_its_ninety_minutes():
    table = re.search(r"^\| lecture .*?\n\n", TEACHING, re.MULTILINE | re.DOTALL)[0]
    lectures = [cell for row in table.splitlines()[2:] for cell in row.split("|")[2:4]]
    lectures = [cell for cell in lectures if cell.strip()]
    assert len(lectures) == 9
    for lecture in lectures:
        minutes = [int(n) for n in re.findall(r"\((\d+)\)", lecture)]
        assert 75 <= sum(minutes) <= 90, lecture


def test_a_whole_notebook_in_a_plan_takes_its_own_minutes():
    for number, minutes in re.findall(r"(?<![\d.])(0\d) \((\d+)\)", TEACHING):
        assert plan(number)[0] == int(minutes), number
