"""How long a reader waits: from the press of a key to changed pixels, in a real JupyterLab.

Run it with `.venv/bin/python benchmarks/latency.py`. For each explorer a key moves one slider by
one step; the clock runs in the page, from the key to the frame after the new picture has loaded.
"""

import secrets
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace

import nbformat
from nbformat import v4
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/browser")]

import conftest as house  # noqa: E402
import test_explorer_pages as pages  # noqa: E402

PRESSES = 20
CLOCK = """
(figure) => {
  const image = figure.querySelector("img");
  figure.times = [];
  let pressed = 0;
  document.addEventListener("keydown", () => (pressed = performance.now()), true);
  image.addEventListener("load", () =>
    requestAnimationFrame(() => figure.times.push(performance.now() - pressed)));
}
"""


def main():
    """Print the median and the slowest tenth for each explorer."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        lab = start(Path(home))
        try:
            page = open_notebook(playwright, lab)
            print(f"{'key press to changed pixels':28}  median  slowest tenth")
            for number, name in enumerate(pages.MAKE):
                times = measure(page, page.locator(".emlib-explorer").nth(number))
                print(f"{name:28} {median(times):4.0f} ms {quantiles(times, n=10)[-1]:11.0f} ms")
        finally:
            house.stop(lab.process)


def start(home):
    """Start JupyterLab on an empty folder that holds one notebook with the explorers."""
    folder = home / "notebooks"
    folder.mkdir()
    cells = [v4.new_code_cell(source) for source in [pages.SETUP, *pages.MAKE.values()]]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), folder / "explorers.ipynb")
    port, token = house.free_port(), secrets.token_hex(16)
    process = house.start_lab(home, folder, port, token)
    house.wait_until_up(f"http://127.0.0.1:{port}/api?token={token}", process, home / "log")
    address = f"http://127.0.0.1:{port}/lab/tree/explorers.ipynb?token={token}&reset"
    return SimpleNamespace(process=process, address=address)


def open_notebook(playwright, lab):
    """Open the notebook and run it."""
    chromium = next(filter(None, map(house.shutil.which, house.BROWSERS)))
    options = {"executable_path": chromium, "args": house.BROWSER_OPTIONS}
    page = playwright.chromium.launch(**options).new_page(viewport={"width": 1280, "height": 900})
    page.goto(lab.address)
    pages.run_all(page)
    page.locator(".emlib-explorer").nth(3).wait_for(timeout=60_000)
    return page


def measure(page, explorer):
    """Return the waiting times of some presses, in milliseconds."""
    figure = explorer.locator("figure")
    explorer.scroll_into_view_if_needed()
    figure.evaluate(CLOCK)
    explorer.get_by_role("slider").first.focus()
    for press in range(PRESSES):
        page.keyboard.press("ArrowRight" if press % 4 < 2 else "ArrowLeft")
        page.wait_for_timeout(400)
    return figure.evaluate("figure => figure.times")


if __name__ == "__main__":
    main()
