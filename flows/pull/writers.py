"""Whether another program has a file open for writing, as far as this system says: Linux, of programs of this user.

A program that writes a table row by row may pause, so that size and date of the file stay as they are for a while.
Where nobody says it (other systems, other machines on a share), only a change while the file is copied shows.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROCESSES = "/proc"
_RECENT = 600.0  # seconds; what has been at rest for longer is complete, though a program may keep it open
_HOLDS = 1.0  # seconds for which a look at the processes holds: many files are asked for at once
_TICK = 0.05  # seconds by which the clock of files lags behind at most

_File = tuple[int, int]
"""Device and number of a file."""


class _Look(NamedTuple):
    """The files that other processes had open at a time, to read or to write."""

    at: float
    files: frozenset[_File]


_last = _Look(0.0, frozenset())
_looking = threading.Lock()


def is_being_written(path: Path) -> bool:
    """Return whether another program has the file open for writing, which changed a short while ago.

    Raises:
        OSError: the file is not there.
    """
    about = path.stat()
    if time.time() - about.st_mtime > _RECENT:
        return False
    known = (about.st_dev, about.st_ino)
    return known in _open_lately(max(about.st_mtime, about.st_ctime)) and _is_open_for_writing(known)


def _open_lately(changed: float) -> frozenset[_File]:
    """Return the files that other processes had open a short while ago, but after this change.

    To look for each file of a folder would cost more than to copy it. Whoever opened a file after the look and wrote
    has changed it since; whoever only opened it leaves it as it was. A file that was closed since may be among them,
    and another may have its number by now.
    """
    global _last  # noqa: PLW0603 -- files are copied side by side, by threads that share one look
    with _looking:
        now = time.time()
        if not (changed + _TICK < _last.at <= now < _last.at + _HOLDS):
            _last = _Look(now, _open_now())
        return _last.files


def _open_now() -> frozenset[_File]:
    """Return the files that other processes have open; none where the system does not say."""
    return frozenset((about.st_dev, about.st_ino) for _, about in _opened())


def _is_open_for_writing(known: _File) -> bool:
    return any((about.st_dev, about.st_ino) == known and _writes(described) for described, about in _opened())


def _opened() -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files that other processes have open, each with the path under which the system describes it."""
    with suppress(OSError), os.scandir(_PROCESSES) as processes:
        for process in processes:
            if process.name.isdecimal() and int(process.name) != os.getpid():
                yield from _of_process(process.path)


def _of_process(process: str) -> Iterator[tuple[str, os.stat_result]]:
    with suppress(OSError), os.scandir(f"{process}/fd") as opened:  # it has ended, or is another user's
        for one in opened:
            with suppress(OSError):
                about = one.stat()  # of what it leads to
                if stat.S_ISREG(about.st_mode):
                    yield f"{process}/fdinfo/{one.name}", about


def _writes(described: str) -> bool:
    """Return whether the flags with which a file was opened let its process write."""
    with suppress(OSError, ValueError, StopIteration), Path(described).open(encoding="ascii") as lines:
        flags = next(line.split()[1] for line in lines if line.startswith("flags:"))
        return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY
    return False
