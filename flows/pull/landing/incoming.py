"""A file on its way into the landing zone: hashed while it is written.

It is locked as long as its process lives, so that a leftover is known as one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.base.errors import SourceUnavailable
from flows.base.files import UNFINISHED, sync, sync_folder
from flows.base.locks import lock, try_lock

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Incoming:
    """A private temporary file; it is gone after the `with` block unless it was moved away.

    Raises (from every method that writes):
        SourceUnavailable: the disk is full or cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with room_in(folder):
            self.path = self._locked_file()
        self.restart()

    def _locked_file(self) -> Path:
        """Make a file and lock it; one that a tidying run took away in between is made again."""
        while True:
            handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=self._folder)
            lock(handle)
            if Path(name).exists():
                self._file = os.fdopen(handle, "w+b")
                return Path(name)
            os.close(handle)

    @property
    def name(self) -> str:
        """Its path, as text."""
        return str(self.path)

    @property
    def sha256(self) -> str:
        """The hash of what has been written, as hex."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """Add bytes at the end."""
        with room_in(self._folder):
            self._file.write(data)
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def restart(self) -> None:
        """Forget what has been written: other bytes are coming."""
        with room_in(self._folder):
            self._file.seek(0)
            self._file.truncate()
        self._digest, self.size = hashlib.sha256(), 0

    def flush(self) -> None:
        """Let others see what has been written."""
        with room_in(self._folder):
            self._file.flush()

    def sync(self) -> None:
        """Make durable what has been written."""
        with room_in(self._folder):
            sync(self._file)

    def move_to(self, target: Path) -> None:
        """Make the bytes durable under `target`, read-only; whoever looks sees all of them or none."""
        self.sync()
        with room_in(self._folder):
            self.path.chmod(0o400)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.replace(target)
            sync_folder(target.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.path.unlink(missing_ok=True)
        with suppress(OSError):  # bytes that never reached a full disk
            self._file.close()


def forget_leftovers(folder: Path) -> int:
    """Delete the unfinished files that no living process has locked; return how many there were.

    Those of another user stay: nobody but that user can tell whether they are locked.
    """
    gone = 0
    for path in folder.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError, PermissionError), path.open("rb") as file:
            if try_lock(file.fileno()):
                path.unlink()
                gone += 1
    return gone


@contextmanager
def room_in(folder: Path, to: str = "write a file") -> Iterator[None]:
    """Report a full disk, and any other that cannot be used, in words.

    Raises:
        SourceUnavailable: names the folder and how much room there is.
    """
    try:
        yield
    except OSError as problem:
        if problem.errno in _FULL:
            free = shutil.disk_usage(next(each for each in (folder, *folder.absolute().parents) if each.exists())).free
            found = f"found no room: {problem.strerror}, {free / 1e6:,.0f} MB are free. Make room (docs/operation.md)"
        else:
            found = (
                f"found that this cannot be done: {problem.strerror} ({problem.filename or folder}). Is the folder "
                "there, and does it belong to this user (not to root, as after a run with sudo)? Correct that"
            )
        raise SourceUnavailable(
            f"The landing zone {folder}: expected to {to}, {found}, then run the refresh again; "
            "the last release stands.",
            retryable=True,
            code="FS-SOURCE-06",
        ) from problem
