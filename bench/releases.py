"""Twenty releases, read: sha256 over their bytes (the floor), `verify`, and `diff` of two of them.

`python -m bench.releases WORK FOLDER`, where WORK is one of those below and FOLDER was made by `copies`. Timed is the
work alone, without the start of Python and the imports.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from bench.worker import timed
from flows.base.home import Home
from flows.compare.diff import diff_releases
from flows.publish.verify import Content, verify

CITY, HOMES = "musterstadt", 10


def copies(home: Path, folder: Path) -> None:
    """Copy the two releases in `home` HOMES times into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(HOMES):
        shutil.copytree(home / "releases", folder / str(number) / "releases", symlinks=True)


def hashed(folder: Path) -> int:
    """Return how many files the releases have, having read and hashed each."""
    files = [path for path in folder.glob(f"*/releases/{CITY}/20*/**/*") if path.is_file()]
    for path in files:
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256").hexdigest()
    return len(files)


def verified(folder: Path, content: Content) -> int:
    """Return how many releases are as they were published."""
    return sum(len(verify(Home(home), CITY, content=content).versions) for home in sorted(folder.iterdir()))


def compared(folder: Path) -> int:
    """Return how many figures differ between two releases."""
    before, after = sorted(path.name for path in (folder / "0" / "releases" / CITY).glob("20*"))
    return diff_releases(Home(folder / "0"), CITY, before, after).different


WORK = {
    "sha256": hashed,
    "verify": lambda folder: verified(folder, Content.UNREAD),
    "verify_deep": lambda folder: verified(folder, Content.ALL),
    "diff": compared,
}


if __name__ == "__main__":
    timed(lambda: WORK[sys.argv[1]](Path(sys.argv[2])), lambda found: print(found, file=sys.stderr))
