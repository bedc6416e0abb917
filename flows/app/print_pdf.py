"""A page as PDF, printed by a browser of this machine: no library sets a page with its maps as a browser does."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from flows.app.terminal import writing
from flows.base.errors import ConfigError, FortschreibungError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHOSEN = "FORTSCHREIBUNG_BROWSER"
"""The variable that names another browser of the Chromium family."""
_SECONDS = 600


def print_pdf(page: Path, target: Path) -> None:
    """Print the file `page` to `target`.

    Raises:
        ConfigError: no browser of the Chromium family is installed, or nothing can be written to `target`.
        FortschreibungError: the browser did not print; with its last words.
    """
    browser = _browser()
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "page.pdf"
        done = subprocess.run(  # noqa: S603 -- a browser of this machine, and a file that we wrote
            [
                browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),  # its sandbox does not start as root
                f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", page.resolve().as_uri(),
            ],
            capture_output=True, text=True, errors="replace", check=False, timeout=_SECONDS,
        )  # fmt: skip
        if not printed.is_file():
            last = "\n".join(done.stderr.strip().splitlines()[-5:]) or "(it said nothing)"
            raise FortschreibungError(
                f"Expected {browser} to print {page}, found no PDF (exit code {done.returncode}). It said last:\n"
                f"{last}",
                code="FS-RUN-05",
            )
        with writing("--pdf", target):
            shutil.copyfile(printed, target)


def _browser() -> str:
    for name in (os.environ.get(CHOSEN), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    raise ConfigError(
        f"Expected a browser that prints PDF ({', '.join(BROWSERS)}), found none. Install Chromium, name yours in "
        f"{CHOSEN}, or leave out --pdf and print the HTML file from any browser.",
        code="FS-RUN-05",
    )
