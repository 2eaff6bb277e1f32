"""How long a reader waits: from the press of a key to changed pixels, in a real JupyterLab.

Run it with `.venv/bin/python benchmarks/latency.py`. For each explorer a key moves one slider by
one step; the clock runs in the page, from the key to the frame after the new picture has loaded.
"""

import secrets
import tempfile
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

from publish.launch import BROWSER_OPTIONS, find_browser, start_lab, stop, wait_until_up
from publish.window import EXPLORERS, SETUP, run_all, write_notebook

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
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        home, token = Path(folder), secrets.token_hex(16)
        write_notebook(home / "explorers.ipynb", SETUP, *EXPLORERS.values())
        lab = start_lab(home, home, token)
        try:
            url = wait_until_up(lab, home)
            page = open_notebook(playwright, f"{url}/lab/tree/explorers.ipynb?token={token}&reset")
            print(f"{'key press to changed pixels':28}  median  slowest tenth")
            for number, name in enumerate(EXPLORERS):
                times = measure(page, page.locator(".emlib-explorer").nth(number))
                print(f"{name:28} {median(times):4.0f} ms {quantiles(times, n=10)[-1]:11.0f} ms")
        finally:
            stop(lab)


def open_notebook(playwright, address):
    """Open the notebook and run it."""
    options = {"executable_path": find_browser(), "args": BROWSER_OPTIONS}
    page = playwright.chromium.launch(**options).new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    run_all(page)
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
