"""Whether another program has a file open for writing, as far as this system says: Linux, of programs of this user.

A program that writes a table row by row may pause, so that size and date of the file stay as they are for a while.
Where nobody says it (other systems, other machines on a share), only a change while the file is copied shows.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_PROCESSES = "/proc"
_RECENT = 600.0  # seconds; what has been at rest for longer is complete, though a program may keep it open
_ALIKE = 0.1  # seconds for which an answer holds: many files are asked for at once

_File = tuple[int, int]
"""Device and number of a file."""


def is_being_written(path: Path) -> bool:
    """Return whether another program has the file open for writing, which changed a short while ago.

    Raises:
        OSError: the file is not there.
    """
    about = path.stat()
    if time.time() - about.st_mtime > _RECENT:
        return False
    known = (about.st_dev, about.st_ino)
    return known in _open_lately(int(time.monotonic() / _ALIKE)) and known in _open_for_writing()


@lru_cache(maxsize=1)
def _open_lately(_moment: int) -> frozenset[_File]:
    """Return what `_open_for_writing` does; of a file that was closed since, another may have the number by now."""
    return _open_for_writing()


def _open_for_writing() -> frozenset[_File]:
    """Return the files that other processes have open for writing; none where the system does not say."""
    found = set[_File]()
    with suppress(OSError), os.scandir(_PROCESSES) as processes:
        for process in processes:
            if process.name.isdecimal() and int(process.name) != os.getpid():
                found |= _of_process(process.path)
    return frozenset(found)


def _of_process(process: str) -> set[_File]:
    found = set[_File]()
    with suppress(OSError), os.scandir(f"{process}/fd") as opened:  # it has ended, or is another user's
        for one in opened:
            with suppress(OSError, ValueError, StopIteration):
                about = one.stat()  # of what it leads to
                if stat.S_ISREG(about.st_mode) and _writes(f"{process}/fdinfo/{one.name}"):
                    found.add((about.st_dev, about.st_ino))
    return found


def _writes(described: str) -> bool:
    """Return whether the flags with which a file was opened let its process write."""
    with Path(described).open(encoding="ascii") as lines:
        flags = next(line.split()[1] for line in lines if line.startswith("flags:"))
    return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY
