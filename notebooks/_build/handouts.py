"""Print the slides to PDF, one page a slide: `make handouts`. Needs Chromium.

Every deck in build/slides/ becomes a file in build/handouts/.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

BUILD = Path(__file__).resolve().parents[2] / "build"
BROWSERS = "chromium", "google-chrome", "chromium-browser"
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-pdf-header-footer",
    "--virtual-time-budget=20000",  # time for the formulas; it passes faster than by the clock
]


def main():
    """Print every deck."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"No browser to print with: none of {', '.join(BROWSERS)} is on the PATH.")
    for page in sorted(BUILD.glob("slides/*/index.html")):
        print(printed(page, BUILD / "handouts" / f"{page.parent.name}.pdf", browser))


def printed(page: Path, pdf: Path, browser: str) -> Path:
    """Print one deck and return the PDF; raise if the browser wrote none."""
    pdf.parent.mkdir(parents=True, exist_ok=True)
    pdf.unlink(missing_ok=True)
    with TemporaryDirectory() as profile:
        own = f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", f"{page.as_uri()}?print-pdf"
        subprocess.run([browser, *OPTIONS, *own], check=True, capture_output=True, timeout=120)
    if not pdf.exists():
        raise RuntimeError(f"{browser} did not print {page}")
    return pdf


if __name__ == "__main__":
    main()
