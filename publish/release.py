"""Put everything that is downloaded into build/release: `make release`.

One zip with site, slides, handouts and the students' pack; that pack alone; and the wheel of emlib.
In CI, TAG names the tag that is released: it must be the version of emlib.
"""

import os
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import emlib

from . import BUILD, ROOT
from .students import NAME, build_wheel, pack

ROOMS = {"site": "html", "slides": "slides", "handouts": "handouts"}


def main():
    """Check that everything is there, then pack it."""
    refuse_wrong_tag(os.environ.get("TAG") or f"v{emlib.__version__}")
    files = {room: made(BUILD / folder) for room, folder in ROOMS.items()}
    students = pack(BUILD / "release")
    print(students, build_wheel(students.parent), together(files, students), sep="\n")


def refuse_wrong_tag(tag: str) -> None:
    """End with an error if the tag is not the version of emlib."""
    if tag != f"v{emlib.__version__}":
        sys.exit(
            f"The tag is {tag}, but emlib is version {emlib.__version__}. "
            "Set `__version__` in emlib/__init__.py, commit, and tag again."
        )


def made(folder: Path) -> list[tuple[Path, Path]]:
    """Return every file of a folder that was made, each with its path in there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if not files:
        sys.exit(f"Nothing is in {folder.relative_to(ROOT)}. `make release` makes all of it.")
    return [(path, path.relative_to(folder)) for path in files]


def together(files: dict, students: Path) -> Path:
    """Write one zip with a folder for each room, and the students' pack beside them."""
    path = students.with_name(f"{NAME}.zip")
    with ZipFile(path, "w", ZIP_DEFLATED) as all_of_it:
        all_of_it.write(students, Path(NAME, students.name))
        for room, members in files.items():
            for file, name in members:
                all_of_it.write(file, Path(NAME, room, name))
    return path


if __name__ == "__main__":
    main()
