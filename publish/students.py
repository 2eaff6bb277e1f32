"""Pack what students get into one zip: `make students`, or `python -m publish.students`.

It holds the notebooks, the data, the homework as released, the wheel of emlib and a README that
says how to start. No sources of the homework, no answers, no tests.
"""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import emlib

from . import BUILD, ROOT

NAME = f"em-step-by-step-{emlib.__version__}"
HANDED_OUT = [
    ("notebooks", "notebooks/[0-9]*.ipynb"),
    ("homework", "notebooks/homework/release/*/*"),
    ("data", "data/*.csv"),
    ("data", "data/README.md"),
    ("", "LICENSE*"),
]
README = """\
# Expectation–Maximization, step by step

- **Set up once**, with Python 3.11 or newer, in this folder: `python3 -m venv .venv`, then `. .venv/bin/activate`, then `python -m pip install "./{wheel}[lab]"`. On Windows, the first two are `py -m venv .venv` and `.venv\\Scripts\\activate`.
- **Each time** after that: activate as above, then `python -m jupyterlab`. Start with `notebooks/01_why_mixtures.ipynb`; predict before you run a cell.
- **Homework** is in `homework/`. Write where it says so, run everything from top to bottom, and hand in the notebook under the name that your teacher asks for.
- **Stuck?** Under each exercise, a check says what is wrong, and a solution is folded away.
- **Yours to use**: the code under BSD 3-Clause (`LICENSE`), text and figures under CC BY 4.0 (`LICENSE-text`), the data as `data/README.md` says.
"""  # noqa: E501


def main():
    """Build the wheel, then pack it with the rest."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=BUILD / "students")
    print(pack(parser.parse_args().to))


def pack(folder: Path) -> Path:
    """Write the students' pack into the folder, and return the zip."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}-students.zip"
    with TemporaryDirectory() as empty, ZipFile(path, "w", ZIP_DEFLATED) as pack:
        wheel = build_wheel(Path(empty))
        pack.write(wheel, f"{NAME}/{wheel.name}")
        pack.writestr(f"{NAME}/README.md", README.format(wheel=wheel.name))
        for room, pattern in HANDED_OUT:
            for file in sorted(ROOT.glob(pattern)):
                pack.write(file, Path(NAME, room, file.name))
    return path


def build_wheel(folder: Path) -> Path:
    """Build the wheel of emlib into the folder, and return it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


if __name__ == "__main__":
    main()
