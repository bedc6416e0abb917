"""Photographs the atlas of a release for the README: ``python -m tools.atlas_picture RELEASE docs/atlas.png``.

It needs Chromium. The page is shown smaller than it is, so that map, legend and choices are on one picture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VIEW = "#indikator=sgb2_quote_0_17"
WIDTH, HEIGHT, SCALE = 1240, 1380, 0.55


def photograph(release: Path, picture: Path) -> None:
    """Write the picture of the atlas in the folder of a release.

    Raises:
        SystemExit: there is no Chromium on this machine.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Expected Chromium (or Chrome) on the PATH to photograph the atlas, found neither.")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 -- our own arguments
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                "--virtual-time-budget=8000", f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}",
                f"--force-device-scale-factor={SCALE}", f"--screenshot={picture.resolve()}",
                (release / "atlas" / "index.html").resolve().as_uri() + VIEW,
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


if __name__ == "__main__":
    photograph(Path(sys.argv[1]), Path(sys.argv[2]))
