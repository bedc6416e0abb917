"""One publication of a city at a time. The lock is the system's, so that it falls when its owner dies."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flows.base.errors import FortschreibungError

NAME = ".lock"
_PAUSE = 0.1


@contextlib.contextmanager
def city_lock(folder: Path, wait_seconds: float, say: Callable[[str], None]) -> Iterator[int]:
    """Hold the lock of the city's releases in `folder`; gives its file descriptor, which a child may inherit.

    Raises:
        FortschreibungError: when another publication still holds it after `wait_seconds`.
    """
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(handle, folder, wait_seconds, say)
        os.ftruncate(handle, 0)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()} since {now}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def settled(folder: Path, wait_seconds: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a shared lock: while the body lasts, no publication of the city changes what lies in `folder`.

    Reading is enough for it, so that it works on a share that one may not write.

    Raises:
        FortschreibungError: when a publication still holds the lock after `wait_seconds`.
    """
    if not (folder / NAME).is_file():
        yield
        return
    handle = os.open(folder / NAME, os.O_RDONLY)
    try:
        _wait(handle, folder, wait_seconds, say, kind=fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _wait(
    handle: int, folder: Path, wait_seconds: float, say: Callable[[str], None], kind: int = fcntl.LOCK_EX
) -> None:
    deadline, said = time.monotonic() + wait_seconds, False
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(handle, 200, 0).decode(errors="replace").strip() or "another process"
        else:
            return
        if time.monotonic() >= deadline:
            raise FortschreibungError(
                f"Another publication holds {folder / NAME} ({owner}); waited {wait_seconds:g} s. "
                f"{'Nothing was published; try' if kind == fcntl.LOCK_EX else 'Try'} again when it is done."
            )
        if not said:
            say(f"Another publication of {folder.name} is running ({owner}); waiting up to {wait_seconds:g} s.")
            said = True
        time.sleep(_PAUSE)
