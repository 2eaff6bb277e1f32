"""What only tests do in a JupyterLab window; the rest is in publish/window.py."""

import nbformat
import pytest


def forget_numbers(path):
    """Take the cells' numbers out of a notebook, so that a number tells that its cell has run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
    nbformat.write(notebook, path)


def run_cell(page, number):
    """Run one cell, and return it."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell


def wait_for_new_pixels(node, before, seconds=30):
    """Wait until a node looks different: the picture comes a frame or more after the words."""
    for _ in range(10 * seconds):
        if node.screenshot() != before:
            return
        node.page.wait_for_timeout(100)
    pytest.fail("nothing has changed on the screen")
