"""Where in the folder of a run lies what is made of a delivered file while it is read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_LONGEST = 140  # bytes; the strictest of usual file systems takes 143


def plain_path(folder: Path, name: str, ending: str) -> Path:
    """Return the path for what is made of the file `name`: called like it, unless that would be too long a name."""
    called = f"{name}{ending}"
    if len(os.fsencode(called)) > _LONGEST:
        called = f"{hashlib.sha256(name.encode()).hexdigest()}{ending}"
    return folder / called
