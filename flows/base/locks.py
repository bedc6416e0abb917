"""Locks of the operating system, which fall when their owner dies.

They keep publications of a city apart, and tell the leftovers of a killed run from what a living one works on.
"""

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
from flows.base.texts import Text, text

NAME = ".lock"
_PAUSE = 0.1


def lock(handle: int) -> None:
    """Lock an open file, waiting for whoever has it locked; closing it, or the end of the process, unlocks it."""
    fcntl.flock(handle, fcntl.LOCK_EX)


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Lock an open file, or return False when another has it locked."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def city_lock(folder: Path, wait_seconds: float, say: Callable[[str], None]) -> Iterator[int]:
    """Hold the lock of the city's releases in `folder`; gives its file descriptor, which a child may inherit.

    Raises:
        FortschreibungError: when another publication still holds it after `wait_seconds`.
    """
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(handle, folder, wait_seconds, say)
        _sign(handle)
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def one_at_a_time(path: Path, what: Text, wait_seconds: float, say: Callable[[str], None]) -> Iterator[None]:
    """Let the body begin when no other process is in it with the same lock file; says so before it waits.

    Raises:
        FortschreibungError: when the other has not ended after `wait_seconds`.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline, said = time.monotonic() + wait_seconds, False
        while not try_lock(handle):
            if time.monotonic() >= deadline:
                raise FortschreibungError(
                    f"Expected {what} to end, found it running after {wait_seconds:g} s ({_owner(handle)}). Nothing "
                    "was done; end it, or run the command again when it has ended.",
                    code="FS-RUN-02",
                )
            if not said:
                say(text(
                    "waits: {what} is running ({owner}); this run begins when it has ended",
                    what=what, owner=_owner(handle),
                ))  # fmt: skip
                said = True
            time.sleep(_PAUSE)
        _sign(handle)
        yield
    finally:
        os.close(handle)


def _sign(handle: int) -> None:
    """Write into a locked file who has it."""
    os.ftruncate(handle, 0)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()} since {now}\n".encode(), 0)


def _owner(handle: int) -> str:
    return os.pread(handle, 200, 0).decode(errors="replace").strip() or "another process"


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
        _wait(handle, folder, wait_seconds, say, shared=True)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, folder: Path, wait_seconds: float, say: Callable[[str], None], *, shared: bool = False) -> None:
    deadline, said = time.monotonic() + wait_seconds, False
    while not try_lock(handle, shared=shared):
        owner = _owner(handle)
        if time.monotonic() >= deadline:
            raise FortschreibungError(
                f"Another publication holds {folder / NAME} ({owner}); waited {wait_seconds:g} s. "
                f"{'Try' if shared else 'Nothing was published; try'} again when it is done.",
                code="FS-RUN-02",
            )
        if not said:
            say(text(
                "Another publication of {city} is running ({owner}); waiting up to {seconds:g} s.",
                city=folder.name, owner=owner, seconds=wait_seconds,
            ))  # fmt: skip
            said = True
        time.sleep(_PAUSE)
