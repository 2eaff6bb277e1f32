"""What tests and benchmarks do in a JupyterLab window, each step until it is done."""

import re

import nbformat
from nbformat import v4
from playwright.sync_api import expect

IDLE = re.compile(r"\(ipykernel\) \| Idle")
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)"}

# The four explorers, in a notebook.
SETUP = """
import numpy as np
from emlib import NormalMixture, datasets, explorers, plots
plots.use_course_style()
faithful = datasets.old_faithful()
z = (faithful - faithful.mean(axis=0)) / faithful.std(axis=0)
truth = NormalMixture([0.3, 0.7], [0, 0.6], [0.08, 0.12])
x, _ = truth.sample(1000, np.random.default_rng(2))
"""
EXPLORERS = {
    "two_gaussians": "explorers.two_gaussians(distance=1.5)",
    "be_the_optimiser": "explorers.be_the_optimiser(faithful[:, 1])",
    "choose_a_start": "explorers.choose_a_start(x, truth.weights, truth.stds)",
    "drag_the_start": "explorers.drag_the_start(z)",
}


def write_notebook(path, *sources):
    """Write a notebook with these cells of code."""
    cells = [v4.new_code_cell(source.strip()) for source in sources]
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)


def wait_for_kernel(page):
    """Wait until the kernel is idle: before, JupyterLab drops a run without a word."""
    page.get_by_text(IDLE).wait_for(timeout=180_000)


def run_all(page):
    """Run all cells of a notebook without numbers, and wait until JupyterLab is done with them.

    That the kernel is idle says little: it is so between any two cells. And when the run is over,
    the last cell gets the focus as soon as it is drawn, whoever has the focus by then.
    """
    wait_for_kernel(page)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    number = page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-InputPrompt")
    expect(number).to_have_text(re.compile(r"\[\d+\]:"), timeout=300_000)
    expect(page.locator(".jp-Notebook .jp-Cell").last).to_be_focused()
