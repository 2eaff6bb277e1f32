"""Do the lock files hold everything that their distributions ask for, extras too?

What the locked distributions require is kept in locked.json, so that the question can be answered
offline, for every Python and system that the course supports. `make lock` renews that file.
"""

import json
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = "requirements.lock", "requirements-oldest.lock"
TABLE = ROOT / "tests/house/locked.json"
PYTHONS = "3.11", "3.12", "3.13", "3.14"
PLATFORMS = "manylinux_2_28_x86_64", "macosx_14_0_arm64", "win_amd64"
SYSTEMS = [  # sys_platform, platform_system, os_name, platform_machine
    ("linux", "Linux", "posix", "x86_64"),
    ("linux", "Linux", "posix", "aarch64"),
    ("darwin", "Darwin", "posix", "x86_64"),
    ("darwin", "Darwin", "posix", "arm64"),
    ("win32", "Windows", "nt", "AMD64"),
]


def environments():
    """Yield the values of markers on each Python and system, with a late patch release."""
    names = "sys_platform", "platform_system", "os_name", "platform_machine"
    for python, system in product(PYTHONS, SYSTEMS):
        versions = {"python_version": python, "python_full_version": f"{python}.9"}
        yield default_environment() | versions | dict(zip(names, system, strict=True))


def pins(lock):
    """Return the pinned requirements of a lock file."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[A-Za-z0-9]", line)]


def key(pin):
    """Return name[extras]==version, as in the table."""
    extras = f"[{','.join(sorted(pin.extras))}]" if pin.extras else ""
    return f"{canonicalize_name(pin.name)}{extras}{pin.specifier}"


def asked(requirements, extras, environment):
    """Yield the requirements whose marker holds, with these extras, in this environment.

    What the environment does not name is as it is here.
    """
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if marker is None or any(marker.evaluate(environment | {"extra": e}) for e in extras):
            yield requirement


def problems(locked, table):
    """Return what locked distributions ask for and do not find in the lock, as sentences."""
    found = set()
    for environment in environments():
        here = [p for p in locked if p.marker is None or p.marker.evaluate(environment)]
        by_name = {canonicalize_name(pin.name): pin for pin in here}
        for pin in here:
            for wanted in asked(table[key(pin)], {"", *pin.extras}, environment):
                if why := lacks(by_name.get(canonicalize_name(wanted.name)), wanted):
                    found.add(f"{key(pin)} asks for {wanted}, {why}")
    return sorted(found)


def lacks(pin, wanted):
    """Say why a pin does not give what is wanted, or return None."""
    if pin is None:
        return "which the lock does not hold"
    if not wanted.specifier.contains(str(pin.specifier).removeprefix("=="), prereleases=True):
        return f"but the lock holds {key(pin)}"
    if missing := wanted.extras - pin.extras:
        return f"but the lock does not name the extra {', '.join(sorted(missing))}"


def relevant(requirements, extras):
    """Return those requirements whose marker can hold on some Python and system."""
    kept = {str(r) for e in environments() for r in asked(requirements, {"", *extras}, e)}
    return sorted(kept)


def renew():
    """Ask the package index what the distributions that are new in a lock require."""
    table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    locked = {key(pin): pin for lock in LOCKS for pin in pins(lock)}
    table = {name: table[name] for name in table if name in locked}
    for python, platform in product(reversed(PYTHONS), PLATFORMS):
        waiting = {plain(name): name for name in locked if name not in table}
        for found, requirements in reported(sorted(waiting), python, platform):
            name = waiting[found]
            table[name] = relevant(requirements, locked[name].extras)
    if lost := sorted(locked.keys() - table.keys()):
        sys.exit(f"The index says nothing of {', '.join(lost)}")
    text = json.dumps(dict(sorted(table.items())), indent=1, ensure_ascii=False)
    TABLE.write_text(text + "\n", encoding="utf-8")


def plain(name):
    """Return a key without its extras."""
    return re.sub(r"\[.*\]", "", name)


def reported(names, python, platform):
    """Yield (name==version, requirements) of those that pip finds for a Python and platform."""
    if not names:
        return
    target = ["--python-version", python, "--platform", platform, "--target", "unused"]
    options = "--dry-run --quiet --no-deps --ignore-installed --only-binary=:all: --report -"
    command = [sys.executable, "-m", "pip", "install", *options.split(), *target, *names]
    unique = len({name.split("==")[0] for name in names}) == len(names)
    done = unique and subprocess.run(command, capture_output=True, text=True)
    if done and done.returncode == 0:
        for item in json.loads(done.stdout)["install"]:
            about = item["metadata"]
            name = f"{canonicalize_name(about['name'])}=={about['version']}"
            yield name, about.get("requires_dist", [])
    elif len(names) > 1:
        yield from reported(names[::2], python, platform)
        yield from reported(names[1::2], python, platform)


if __name__ == "__main__":
    renew()
