"""The ways to set up agree with each other, and emlib works wherever it is installed."""

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import closure
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from traitlets import import_item
from traitlets.config import PyFileConfigLoader

import emlib

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = ["requirements.lock", "requirements-oldest.lock"]


def bounds(requirements):
    """Name → version bounds, such as {"numpy": ">=2.1"}."""
    return {r.name: str(r.specifier) for r in map(Requirement, requirements)}


def pins(lock):
    """The pinned requirements of a lock file, each with its number of hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [
        (Requirement(entry.split("--hash")[0]), entry.count("--hash=sha256:")) for entry in entries
    ]


def run(*command, **options):
    """Run a command and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# environment.yml, the locks and pyproject.toml


def conda_requirements():
    """What environment.yml asks of conda, without the part that it hands to pip."""
    lines = (ROOT / "environment.yml").read_text().split("dependencies:")[1].splitlines()
    return [line.strip("- ") for line in lines if re.match(r"  - [\w-]+(\S*\d)?$", line)]


def test_conda_has_the_bounds_of_pyproject():
    wanted = bounds(PROJECT["dependencies"] + EXTRAS["lab"] + EXTRAS["test"])
    wanted |= {"python": PROJECT["requires-python"], "pip": ""}
    # conda-forge carries playwright under another name, so pip brings it.
    del wanted["playwright"]
    assert bounds(conda_requirements()) == wanted


def test_conda_leaves_the_rest_to_pip():
    assert "\n      - -e .[lab,test,homework,slides]\n" in (ROOT / "environment.yml").read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index-url" not in text and "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_and_hashes_everything(lock):
    loose = [
        str(requirement)
        for requirement, hashes in pins(lock)
        if not re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)) or not hashes
    ]
    assert pins(lock) and loose == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [(LOCKS[0], ["lab", "test", "homework", "slides"]), (LOCKS[1], ["lab", "test"])],
)
def test_lock_satisfies_pyproject(lock, extras):
    wanted = PROJECT["dependencies"] + [r for extra in extras for r in EXTRAS[extra]]
    for requirement in map(Requirement, wanted):
        versions = [
            str(pin.specifier).removeprefix("==")
            for pin, _ in pins(lock)
            if canonicalize_name(pin.name) == canonicalize_name(requirement.name)
        ]
        assert versions, f"{requirement} is not in {lock}: run `make lock`"
        assert all(version in requirement.specifier for version in versions), requirement


def test_oldest_lock_is_oldest():
    oldest = {canonicalize_name(pin.name): pin.specifier for pin, _ in pins(LOCKS[1])}
    for requirement in map(Requirement, PROJECT["dependencies"]):
        (bound,) = requirement.specifier
        assert bound.version in oldest[requirement.name], requirement


def table():
    """What each locked distribution requires."""
    return json.loads(closure.TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_all_that_its_distributions_ask_for(lock):
    assert closure.problems(closure.pins(lock), table()) == []


@pytest.mark.parametrize(
    ("name", "instead", "why"),
    [
        ("bleach", "bleach", "does not name the extra css"),
        ("tinycss2", None, "does not hold"),
        ("mistune", "mistune==1.0", "holds mistune==1.0"),
    ],
)
def test_a_lock_with_a_hole_is_noticed(name, instead, why):
    (old,) = [pin for pin in closure.pins(LOCKS[0]) if pin.name == name]
    pins, rows = [pin for pin in closure.pins(LOCKS[0]) if pin.name != name], table()
    if instead:
        pins.append(new := Requirement(instead if "==" in instead else f"{name}{old.specifier}"))
        rows[closure.key(new)] = rows[closure.key(old)]
    assert any(why in problem for problem in closure.problems(pins, rows))


def test_table_of_requirements_is_true():
    """Hold the table to the distributions that are installed here."""
    installed = {f"{canonicalize_name(d.name)}=={d.version}": d for d in distributions()}
    seen = 0
    for pin in closure.pins(LOCKS[0]):
        if found := installed.get(closure.plain(closure.key(pin))):
            wanted = closure.relevant(found.requires or [], pin.extras)
            assert set(map(Requirement, table()[closure.key(pin)])) == {*map(Requirement, wanted)}
            seen += 1
    assert seen > 100


# make

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="Windows has no make")


@needs_make
def test_make_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = " ".join(re.findall(r"^\.PHONY: (.+)", makefile, re.MULTILINE)).split()
    listed = re.findall(r"^ +make (\S+) +\S", run("make", cwd=ROOT), re.MULTILINE)
    assert sorted(listed) == sorted(set(targets) - {".venv", "needs-uv"})


@needs_make
def test_make_says_which_python_it_needs(tmp_path):
    old = tmp_path / "old-python"
    pretend = "import sys; sys.version_info = (3, 8, 1); "
    old.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.8.1 && exit\n'
        f'exec "{sys.executable}" -c "{pretend} $2"\n'
    )
    old.chmod(0o755)
    for name in ("Makefile", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    command = ["make", ".venv", f"PYTHON='{old}'"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stdout and "3.8.1" in done.stdout
    assert not (tmp_path / ".venv").exists()


# emlib


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of emlib."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (wheel,) = folder.glob("em_step_by_step-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment that holds the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"

    def ask(code):
        return run(str(python), "-c", code, cwd=folder, env=environment).strip()

    ask.site = Path(ask("import sysconfig; print(sysconfig.get_path('purelib'))"))
    zipfile.ZipFile(wheel).extractall(ask.site)
    (own,) = distributions(path=[str(ask.site)])
    ask.needs = needed_by(own)
    for needed in ask.needs:
        for name in {file.parts[0] for file in needed.files} - {"..", "__pycache__"}:
            if not (ask.site / name).exists():
                (ask.site / name).symlink_to(needed.locate_file(name))
    return ask


def needed_by(own):
    """The installed distributions that one asks for, and those that these ask for, and so on."""
    installed = {canonicalize_name(d.name): d for d in distributions()}
    found, waiting = {}, [(own, set())]
    while waiting:
        asking, extras = waiting.pop()
        for wanted in closure.asked(asking.requires or [], {"", *extras}, {}):
            name = canonicalize_name(wanted.name)
            if name not in found:
                found[name] = installed[name]
                waiting.append((installed[name], wanted.extras))
    return list(found.values())


def test_wheel_brings_no_jupyterlab(installed):
    assert 30 < len(installed.needs) < 45
    assert not {"jupyterlab", "notebook", "jupyter-server"} & {d.name for d in installed.needs}


def test_wheel_works_without_a_clone(installed):
    where, shape = installed(
        "import emlib; print(emlib.__file__); print(emlib.datasets.old_faithful().shape)"
    ).splitlines()
    assert Path(where).is_relative_to(installed.site) and shape == "(272, 2)"


def test_players_and_explorers_are_in_the_wheel(installed):
    said = installed(
        "from emlib import NormalMixture, check, datasets, explorers, fit, player, plots\n"
        "w = datasets.old_faithful()[:, 1]\n"
        "print(player.Player(fit(NormalMixture([0.5, 0.5], [50, 80], [5, 5]), w), w))\n"
        "print(player.BoundPlayer(datasets.coin_tosses()))\n"
        "print(explorers.two_gaussians())"
    )
    assert "Player(272 points in 1-D" in said and len(said.splitlines()) == 3


def test_wheel_carries_every_file_of_emlib_and_data(installed):
    for folder in ("emlib", "data"):
        files = run("git", "ls-files", folder, cwd=ROOT).split()
        there = installed.site if folder == "emlib" else installed.site / "emlib"
        assert [name for name in files if not (there / name).exists()] == []


# The one example of the package, and its version


def test_example_in_the_docstring_runs():
    tried = doctest.testmod(emlib, raise_on_error=False)
    assert tried.attempted == 3 and tried.failed == 0


def test_version_stands_in_one_place():
    assert PROJECT["dynamic"] == ["version"]
    texts = "pyproject.toml", "CITATION.cff", "TEACHING.md", "README.md", "publish/*.py"
    for path in (path for pattern in texts for path in ROOT.glob(pattern)):
        assert emlib.__version__ not in path.read_text(encoding="utf-8"), path
    (installed,) = [d for d in distributions() if d.name == "em-step-by-step"]
    assert installed.version == emlib.__version__


def test_changelog_begins_with_what_comes_next():
    terms = re.findall(r"(?m)^## (.+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert terms[0] == "Next" and f"version {emlib.__version__}" in terms[1]


# JupyterLab as `make lab` starts it


def status(url):
    """The HTTP status of an address."""
    try:
        return urllib.request.urlopen(url, timeout=10).status
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.tools
def test_lab_wants_its_token(jupyterlab):
    contents = f"{jupyterlab.url}/api/contents"
    assert status(contents) == 403
    assert status(f"{contents}?token={jupyterlab.token}") == 200


@pytest.mark.tools
def test_lab_listens_on_this_machine_only(jupyterlab):
    port = jupyterlab.url.rsplit(":", 1)[1]
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.2:{port}/api", timeout=5)


def test_lab_asks_nobody_for_news():
    config = PyFileConfigLoader("lab.py", path=str(ROOT / "publish")).load_config()
    assert config.LabApp.news_url is None
    assert import_item(config.LabApp.check_for_updates_class).__name__ == "NeverCheckForUpdate"
    assert config.LabApp.extension_manager == "readonly"


@pytest.mark.tools
def test_lab_opens_offline_and_tidy(jupyterlab, page, watch):
    seen = watch(page)
    page.goto(f"{jupyterlab.url}/lab?token={jupyterlab.token}")
    page.get_by_role("tab", name="Launcher").wait_for()
    page.wait_for_timeout(2000)
    assert seen.outside == [] and seen.errors == []
    assert page.get_by_text("Kernel", exact=True).count() == 1
    assert page.get_by_text("Nbgrader", exact=True).count() == 0
    assert page.get_by_text("Jupyter news").count() == 0
