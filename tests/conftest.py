"""Fixtures for tests that need a real browser, a page from a local server, or JupyterLab.

chromium        its path; the test is skipped where there is none, and fails in CI
page            a fresh page in it, to drive with playwright
watch           watch(page) collects requests to other machines and errors of the console
static_server   static_server(folder) serves a folder and returns its address
jupyterlab      a running JupyterLab on a copy of notebooks/
"""

import functools
import http.server
import json
import os
import secrets
import shutil
import threading
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from publish.launch import BROWSER_OPTIONS, BROWSERS, find_browser, start_lab, stop, wait_until_up

# Workers share the processors. Threads of OpenBLAS would wait for each other, spinning.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


# A module runs whole in one of three workers. The longest go first: then nobody waits at the end.
LONGEST = (
    *("test_grading", "test_notebooks_in_lab", "test_round", "test_reading"),
    *("test_explorer_pages", "test_answers", "test_slides", "test_player", "test_release"),
)


def pytest_collection_modifyitems(items):
    """Mark the tests that need a browser, for `-m "not browser"`, and put the longest first."""
    for item in items:
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
    items.sort(key=lambda item: rank(item.path.name))


def rank(name):
    """The place of a module among the longest, or the last place."""
    places = (i for i, start in enumerate(LONGEST) if name.startswith(start))
    return next(places, len(LONGEST))


@pytest.fixture(autouse=True)
def own_style():
    """Give each test matplotlib as it found it: a notebook's style must not leak into the next."""
    import matplotlib

    with matplotlib.rc_context():
        yield


@pytest.fixture(scope="session")
def root():
    """The folder that holds the whole project."""
    return ROOT


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium; without one the test is skipped, or fails in CI."""
    path = find_browser()
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"No browser: none of {', '.join(BROWSERS)} is on the PATH.")
    return path


# One browser per module, not per session: playwright keeps an event loop running while it is
# open, and other tests want that loop for kernels.
@pytest.fixture(scope="module")
def browser(chromium):
    """A headless browser, driven by playwright."""
    from playwright.sync_api import expect, sync_playwright

    # What is expected comes at once, or on a busy machine some time later.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A fresh page of 1280 × 720; `watch(page)` keeps an eye on it."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def watch():
    """`watch(page)` returns lists that grow: `.outside` requests and `.errors` of the console."""

    def watch(page):
        seen = SimpleNamespace(outside=[], errors=[])
        page.on("request", lambda r: is_local(r.url) or seen.outside.append(r.url))
        page.on("console", lambda m: m.type == "error" and seen.errors.append(m.text))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        return seen

    return watch


def is_local(url):
    """Does this address stay on this machine?"""
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "file:"))


@pytest.fixture
def static_server():
    """`static_server(folder)` serves a folder and returns its address, without a last slash."""
    servers = []

    def serve(folder):
        handler = functools.partial(QuietHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and keeps its log to itself."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def jupyterlab(lab_server):
    """JupyterLab on a copy of notebooks/, set up as `make lab` does.

    Gives `.url`, `.token`, `.folder` and `.link(name)`, the address that opens one notebook. After
    a module, its kernels end, and which notebooks were open is forgotten.
    """
    yield lab_server
    for kernel in json.loads(ask(lab_server, "api/kernels")):
        ask(lab_server, f"api/kernels/{kernel['id']}", "DELETE")
    shutil.rmtree(lab_server.folder.with_name("workspaces"), ignore_errors=True)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory):
    """The server behind `jupyterlab`: one for all modules."""
    home = tmp_path_factory.mktemp("lab")
    folder = shutil.copytree(ROOT / "notebooks", home / "notebooks")
    token = secrets.token_hex(16)
    process = start_lab(home, folder, token)
    try:
        url = wait_until_up(process, home)
        yield SimpleNamespace(
            url=url,
            token=token,
            folder=folder,
            link=lambda name: f"{url}/lab/tree/{name}?token={token}&reset",
        )
    finally:
        stop(process)


def ask(server, path, method="GET"):
    """Ask a server's interface, and return what it answers."""
    header = {"Authorization": f"token {server.token}"}
    request = urllib.request.Request(f"{server.url}/{path}", headers=header, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()
