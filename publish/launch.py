"""What prints, tests and benchmarks start: a real browser, and a JupyterLab of their own."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request

from . import ROOT

BROWSERS = "chromium", "google-chrome", "chromium-browser"
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_browser():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def start_lab(home, folder, token):
    """Start JupyterLab on any free port, with settings, kernels' files and history of its own."""
    own = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        f"--config={ROOT / 'publish/lab.py'}",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.port=0",
        f"--IdentityProvider.token={token}",
    ]
    environment = os.environ | {name: str(path) for name, path in own.items()}
    with open(home / "log", "wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)


def wait_until_up(process, home, seconds=180):
    """Return the server's address once it answers; say what its log says if it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            (note,) = home.glob("runtime/jpserver-*.json")
            url = f"http://127.0.0.1:{json.loads(note.read_bytes())['port']}"
            urllib.request.urlopen(f"{url}/login", timeout=30).close()
            return url
        except (OSError, ValueError):  # no note yet, half a note, no answer yet
            time.sleep(0.2)
    log = (home / "log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"JupyterLab did not start:\n{log[-3000:]}")


def stop(process):
    """End a process that we started, gently first."""
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
