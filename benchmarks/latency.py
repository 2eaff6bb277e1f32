"""How long a reader waits: from the press of a key to changed pixels, in a real JupyterLab.

Run it with `.venv/bin/python benchmarks/latency.py`. For each explorer a key moves one slider by
one step; the clock runs in the page, from the key to the frame after the new picture has loaded.
"""

import re
import secrets
import tempfile
from pathlib import Path
from statistics import median, quantiles

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

from publish.launch import BROWSER_OPTIONS, find_browser, start_lab, stop, wait_until_up

PRESSES = 20
IDLE = re.compile(r"\(ipykernel\) \| Idle")
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
EXPLORERS = {
    "two_gaussians": "explorers.two_gaussians(distance=1.5)",
    "be_the_optimiser": "explorers.be_the_optimiser(faithful[:, 1])",
    "choose_a_start": "explorers.choose_a_start(x, truth.weights, truth.stds)",
    "drag_the_start": "explorers.drag_the_start(z)",
}
SETUP = """
import numpy as np
from emlib import NormalMixture, datasets, explorers, plots
plots.use_course_style()
faithful = datasets.old_faithful()
z = (faithful - faithful.mean(axis=0)) / faithful.std(axis=0)
truth = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])
x, _ = truth.sample(1000, np.random.default_rng(2))
"""
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
        cells = [new_code_cell(source.strip()) for source in (SETUP, *EXPLORERS.values())]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
        nbformat.write(notebook, home / "explorers.ipynb")
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
    page.get_by_text(IDLE).wait_for(timeout=180_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
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
