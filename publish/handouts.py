"""Print the slides to PDF, one page a slide: `make handouts`. Needs Chromium.

Every deck in build/slides/ becomes a file in build/handouts/, all fragments shown.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from playwright.sync_api import sync_playwright

from . import BUILD
from .launch import BROWSERS, find_browser


def main():
    """Print every deck."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slides", type=Path, default=BUILD / "slides")
    parser.add_argument("--to", type=Path, default=BUILD / "handouts")
    options = parser.parse_args()
    path = find_browser()
    if path is None:
        sys.exit(f"No browser to print with: none of {', '.join(BROWSERS)} is on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for deck in sorted(options.slides.resolve().glob("*/index.html")):
            print(printed(deck, options.to / f"{deck.parent.name}.pdf", browser))


def printed(deck: Path, pdf: Path, browser) -> Path:
    """Print one deck with an open browser and return the PDF."""
    page = browser.new_page()
    page.goto(f"{deck.as_uri()}?print-pdf")
    page.locator(".pdf-page").last.wait_for()  # reveal.js has laid out the pages
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    page.close()
    return pdf


if __name__ == "__main__":
    main()
