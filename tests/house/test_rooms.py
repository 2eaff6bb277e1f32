"""The rules of the house that a machine can read: who imports whom, what is private, how long.

Each rule is a function that returns its complaints, so that it can be shown a bad house, too.
"""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
# The rooms of emlib from the ground up. Imports point down, or stay in a room.
FLOORS = [
    {"_checks", "moments"},
    {"_strangers", "parameters", "lens", "datasets", "surface", "plots"},
    {"em"},
    {"mixture"},
    {"normal"},
    {"gaussian", "coins"},
    {"starts"},
    {"animation", "player", "explorers"},
    {"check"},
]
SHARED = {"_checks", "_feedback", "_strangers", "_explorer"}  # a room's own, but whole modules
LONGEST = 250  # lines of a file; tests may be longer


def modules(root):
    """The modules of emlib: {("check", "nb01"): its syntax tree, …}."""
    emlib = root / "emlib"
    return {
        path.relative_to(emlib).with_suffix("").parts: parse(path) for path in emlib.rglob("*.py")
    }


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(name, tree):
    """What a module of emlib imports from emlib: (path of a module, name in it), …"""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = name[: len(name) - node.level] if node.level else ()
            path = (*base, *(node.module or "").split(".")) if node.module else base
            if node.level or path[0] == "emlib":
                for alias in node.names:
                    yield tuple(path) if node.level else tuple(path[1:]), alias.name


def target(known, path, name):
    """The module that an import means: a file, or the __init__ of a folder."""
    for candidate in ((*path, name), (*path, name, "__init__"), path, (*path, "__init__")):
        if candidate in known:
            return candidate
    raise LookupError(f"no module {'.'.join(path)} with {name}")


def arrows(root):
    """Every import inside emlib, from module to module."""
    known = modules(root)
    return {
        (name, target(known, path, what))
        for name, tree in known.items()
        for path, what in imports(name, tree)
        if name != ("__init__",)
    }


def upward(root):
    """Imports that do not point down."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    unknown = {name[0] for name in modules(root)} - set(floor) - {"__init__"}
    up = [
        f"{'.'.join(a)} imports {'.'.join(b)}"
        for a, b in sorted(arrows(root))
        if a[0] != b[0] and a[0] in floor and floor.get(b[0], -1) >= floor[a[0]]
    ]
    return [f"no floor for {room}" for room in sorted(unknown)] + up


def in_a_circle(root):
    """A circle of imports, if there is one; a folder's own __init__ gathers, and does not count."""
    inside = [(a, b) for a, b in arrows(root) if "__init__" not in (*a, *b)]
    graph = {a: {b for c, b in inside if c == a} for a, _ in inside}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        return [" → ".join(".".join(name) for name in circle.args[1])]
    return []


def source_files(root, *folders):
    """The Python files of these folders, but for generated and installed ones."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return [path for path in paths if "node_modules" not in path.parts]


def notebook_code(path):
    """The code of a notebook as one syntax tree, without magics."""
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", code))


def trees(root, *folders):
    """Every file and notebook of these folders: (name, syntax tree)."""
    for path in source_files(root, *folders):
        yield path.relative_to(root).as_posix(), parse(path)
    for folder in folders:
        for path in sorted((root / folder).rglob("*.ipynb")):
            if "release" not in path.parts:
                yield path.relative_to(root).as_posix(), notebook_code(path)


def private(root):
    """Names with an underscore that cross from one file into another."""
    complaints = []
    for name, tree in trees(root, "emlib", "publish", "benchmarks", "data", "notebooks", "tests"):
        names = [
            (node.module or "." * node.level, alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and "__future__" != node.module
            for alias in node.names
        ]
        own = {alias for module, alias in names if is_ours(module)}
        names += [
            (node.value.id, node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if node.value.id in own and node.value.id.islower()
        ]
        complaints += [
            f"{name}: {what} of {module}"
            for module, what in names
            if what.startswith("_") and not what.endswith("__") and what not in SHARED
        ]
    return complaints


def is_ours(module):
    return module.startswith(("emlib", "publish", "."))


def from_tests(root):
    """Imports from tests/ by what is not a test."""
    ours = {path.stem for path in source_files(root, "tests")} | {"tests"}
    return [
        f"{name}: {module}"
        for name, tree in trees(root, "emlib", "publish", "benchmarks", "data", "notebooks")
        for module in imported(tree)
        if module.partition(".")[0] in ours
    ]


def imported(tree):
    """Every module that is imported by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def too_long(root):
    """Files of more than 250 lines, Python, JavaScript and styles; tests are free."""
    folders = "emlib", "publish", "benchmarks", "data", "notebooks"
    paths = [
        path
        for folder in folders
        for kind in ("py", "js", "css", "j2")
        for path in (root / folder).rglob(f"*.{kind}")
    ]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{p.relative_to(root)}: {n} lines" for p, n in lengths.items() if n > LONGEST]


RULES = upward, in_a_circle, private, from_tests, too_long


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule):
    assert rule(ROOT) == []


BAD = {
    "emlib/em.py": "from .starts import random\n",
    "emlib/starts.py": "def random(): ...\n",
    "emlib/plots.py": "from .em import _hidden, fit\n",
    "emlib/check/__init__.py": "from .nb01 import *\n",
    "emlib/check/nb01.py": "from . import nb02\nfrom .. import em\nem._hidden()\n",
    "emlib/check/nb02.py": "from emlib.check import nb01\n" + "\n" * 250,
    "emlib/attic.py": "",
    "tests/helpers.py": "",
    "benchmarks/run.py": "import helpers\n",
}


@pytest.fixture
def bad_house(tmp_path):
    """A house that breaks every rule."""
    for name, text in BAD.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


SEEN = {
    upward: ["no floor for attic", "em imports starts", "plots imports em"],
    in_a_circle: [["check.nb01", "check.nb02"]],
    private: ["emlib/check/nb01.py: _hidden of em", "emlib/plots.py: _hidden of em"],
    from_tests: ["benchmarks/run.py: helpers"],
    too_long: ["emlib/check/nb02.py: 251 lines"],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_sees_what_breaks_it(rule, bad_house):
    complaints = rule(bad_house)
    if rule is in_a_circle:  # it may begin anywhere
        complaints = [sorted(set(complaint.split(" → "))) for complaint in complaints]
    assert complaints == SEEN[rule]
