"""The landing zone: delivered bytes under their sha256, never changed, with a record of every attempt."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.base.errors import SourceUnavailable
from flows.base.files import sha256_of
from flows.pull.landing.checksum import public_checksum
from flows.pull.landing.incoming import Incoming, forget_leftovers, room_in
from flows.pull.models import Address, Attempt, Lieferung

CHUNK = 1 << 20


@dataclass(frozen=True)
class Stored:
    """Bytes that have arrived: their content address and length."""

    sha256: str
    bytes: int


class Landing:
    """The landing zone below one folder, shared by all cities."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record, self._recording = folder / "attempts.jsonl", threading.Lock()
        with room_in(folder):
            (folder / "objects").mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, sha256: str) -> Path:
        """Return where the bytes with this hash lie (or would lie)."""
        return self.folder / "objects" / sha256[:2] / sha256

    def public_checksum(self, sha256: str) -> str:
        """Return how a release names the bytes with this hash."""
        with room_in(self.folder):
            return public_checksum(self.folder, sha256)

    def holds(self, sha256: str) -> bool:
        """Return whether the bytes are here and still are what their name says."""
        try:
            return sha256_of(self.path(sha256)) == sha256
        except OSError:  # not there, or nobody can read it: to be fetched again
            return False

    @contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """Yield a private temporary file beside the objects; it is gone afterwards unless `keep` took it."""
        with Incoming(self.folder) as file:
            yield file

    def keep(self, file: Incoming) -> Stored:
        """Move the bytes of an `incoming` file to their content address; return address and length."""
        stored = Stored(file.sha256, file.size)
        if not self.holds(stored.sha256):
            file.move_to(self.path(stored.sha256))
        return stored

    def forget_leftovers(self) -> int:
        """Delete what killed runs left unfinished; return how many files there were."""
        return forget_leftovers(self.folder)

    def record(self, attempt: Attempt) -> None:
        """Add one line to the record of attempts; earlier lines are never touched."""
        with self._recording, room_in(self.folder):
            append_line(self._record, attempt.model_dump_json(exclude_none=True))

    def attempts(self) -> Iterator[Attempt]:
        """Yield every recorded attempt, oldest first; a line cut short by a killed run is skipped."""
        with room_in(self.folder, "read the record of attempts"):
            if not self._record.exists():
                return
            with self._record.open("rb") as lines:
                for line in lines:
                    with suppress(ValidationError):
                        yield Attempt.model_validate_json(line)

    def newest(self, city: str) -> dict[Address, Attempt]:
        """Return for each address the newest attempt of `city` whose bytes are still here."""
        newest = {
            attempt.address: attempt
            for attempt in self.attempts()
            if attempt.city == city and attempt.outcome in ("new", "unchanged") and attempt.sha256
        }
        # os.path: False too where the folder cannot be looked into
        return {where: one for where, one in newest.items() if os.path.isfile(self.path(one.sha256 or ""))}  # noqa: PTH113


def append_line(path: Path, text: str) -> None:
    """Add a line to a record that several processes write to, in one piece.

    Raises:
        OSError: it could not be written whole; what was is skipped by readers.
    """
    line = text.encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":  # a killed run cut its last line short
            line = b"\n" + line
        if os.write(handle, line) < len(line):  # the disk is full in the middle of the line
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    finally:
        os.close(handle)


def records_in(path: Path, keys: Iterable[str], doing: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a record that `append_line` wrote and that have these keys, oldest first.

    A line cut short by a killed run is skipped. `doing` says what for, where the record cannot be read.
    """
    with room_in(path.parent, doing):
        lines = path.read_bytes().splitlines() if path.exists() else []
    for line in lines:
        with suppress(ValueError):
            one = json.loads(line)
            if isinstance(one, dict) and one.keys() >= {*keys}:
                yield one


def read_back(landing: Path, lieferungen: Iterable[Lieferung]) -> None:
    """Check that every Lieferung's bytes are still what they were when they came.

    Raises:
        SourceUnavailable: names the damaged or vanished objects; the next pull fetches them again.
    """
    zone = Landing(landing)
    damaged = [f"{one.name} ({one.sha256[:12]})" for one in lieferungen if not zone.holds(one.sha256)]
    if damaged:
        raise SourceUnavailable(
            f"The landing zone {landing} no longer holds what was delivered: {', '.join(damaged)}. "
            "Run the refresh again: the files are fetched anew.",
            retryable=True,
            code="FS-SOURCE-06",
        )


def now() -> dt.datetime:
    """Return the present moment in UTC, to the second, as it is written into records."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
