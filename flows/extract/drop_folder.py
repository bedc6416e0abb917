"""Connector for a folder into which a colleague puts files; also serves `--from DIR` for every source."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Mapping
from pathlib import Path

from flows.errors import SourceUnavailable
from flows.extract.gate import refuse_what_is_no_data
from flows.extract.landing import CHUNK, Landing, Stored, now
from flows.extract.models import Address, Attempt, Lieferung, Order
from flows.profile.source import Source


def orders_in(folder: Path, source: Source) -> list[Order]:
    """Return one order for each file below `folder` whose name matches the source's pattern, by name.

    Hidden files, those in hidden folders (a network share's snapshots) and half-written ones (``.part``,
    ``.tmp``, ``~``) are passed over.

    Raises:
        SourceUnavailable: when the folder is not there, or one name stands in two places.
    """
    if not folder.is_dir():
        raise SourceUnavailable(f"Source {source.id}: the folder {folder} is not there; give another with --from DIR.")
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if (
            hidden
            or path.name.endswith((".part", ".tmp", "~"))
            or not path.is_file()
            or not re.fullmatch(source.file, path.name)
        ):
            continue
        if path.name in found:
            raise SourceUnavailable(
                f"Source {source.id}: {path.name} lies in two places, {found[path.name]} and {path}. Keep one of them."
            )
        found[path.name] = path
    return [Order(source.id, name, path=path, year=year_in(source, name)) for name, path in sorted(found.items())]


def year_in(source: Source, name: str) -> int | None:
    """Return the year that the source's file pattern finds in a name, or None."""
    match = re.fullmatch(source.file, name)
    year = match.groupdict().get("year") if match else None
    return int(year) if year else None


def take(
    city: str, source: Source, order: Order, landing: Landing, accepted: Mapping[Address, Attempt]
) -> tuple[Lieferung, bool]:
    """Copy the ordered file into the landing zone; return the Lieferung and whether its content is new.

    Raises:
        SourceUnavailable: when it cannot be read, changes while it is read, or is no data.
    """
    started, path = time.monotonic(), order.path
    assert path is not None  # noqa: S101 -- orders of this connector carry a path
    known = accepted.get((order.source, order.name, order.name))
    told = {"city": city, "source": source.id, "name": order.name, "url": order.name}
    try:
        stored, modified = _copied(source, order.name, path, landing)
    except SourceUnavailable as refused:
        landing.record(
            Attempt(
                **told, at=now(), outcome="failed" if refused.retryable else "refused",
                seconds=round(time.monotonic() - started, 3), problem=str(refused),
            )
        )  # fmt: skip
        raise
    new = known is None or known.sha256 != stored.sha256
    landing.record(
        Attempt(
            **told, at=now(), outcome="new" if new else "unchanged", bytes=stored.bytes, sha256=stored.sha256,
            last_modified=modified, seconds=round(time.monotonic() - started, 3),
        )
    )  # fmt: skip
    lieferung = Lieferung(
        source=source.id, name=order.name, sha256=stored.sha256, bytes=stored.bytes, url=order.name,
        fetched_at=now(), last_modified=modified,
    )  # fmt: skip
    return lieferung, new


def _copied(source: Source, name: str, path: Path, landing: Landing) -> tuple[Stored, str]:
    """Copy a file that stands still into the landing zone; return what is stored and when it was last changed."""
    try:
        before = path.stat()
        with path.open("rb") as file, landing.incoming() as incoming:
            while chunk := file.read(CHUNK):
                incoming.write(chunk)
            incoming.flush()
            if (after := path.stat()).st_size != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
                raise SourceUnavailable(
                    f"Source {source.id}: {path} is still being written. Try again when it is complete.",
                    retryable=True,
                )
            refuse_what_is_no_data(source, name, Path(incoming.name))
            stored = landing.keep(incoming)
    except OSError as problem:
        raise SourceUnavailable(
            f"Source {source.id}: expected to copy {path} into {landing.folder}, found that this cannot be done "
            f"({problem.strerror}). Is it readable, and is there room on the disk?"
        ) from problem
    return stored, dt.datetime.fromtimestamp(before.st_mtime, dt.UTC).isoformat(timespec="seconds")
