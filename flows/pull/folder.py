"""Files below a folder: which of them a source takes, and why the others are passed over.

Nothing in the folder is moved, renamed or deleted. A file is taken when it is complete: not under a name that programs
give to half-written files, unchanged while it is copied, and open for writing in no other program. Serves `--from DIR`
for every source, and the connector `drop_folder`.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable
from pathlib import Path

from flows.base.composed import composed
from flows.base.errors import ContractBroken, SourceUnavailable
from flows.base.texts import Text, joined, text
from flows.profile.source import Source
from flows.pull.context import AttemptLog, PullContext
from flows.pull.landing.store import CHUNK, Stored
from flows.pull.models import Brought, Order
from flows.pull.writers import is_being_written

_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".swp", "~")
OF_ONE_SOURCE = "@"
"""A folder that begins so is of the source whose id follows."""


def orders_in(folder: Path, source: Source) -> list[Order]:
    """Return one order for each complete file below `folder` whose name matches the source's pattern, by name.

    What lies in a folder `@ID` directly below it is of the source ID alone, so that files of two may have one name.

    Raises:
        SourceUnavailable: the folder is not there.
        ContractBroken: one name stands in two places, or cannot be shown.
    """
    if not folder.is_dir():
        raise SourceUnavailable(
            f"Source {source.id}: the folder {folder} is not there; give another with --from DIR.", code="FS-SOURCE-05"
        )
    found: dict[str, Path] = {}
    for path in _files(folder):
        name = _name(path)
        if _unfinished(folder, path) or not re.fullmatch(source.file, name) or not _is_for(source, folder, path):
            continue
        if not name.isprintable():
            raise ContractBroken(
                f"Source {source.id}: expected a file name of printable characters, found {_shown(path)}. "
                "Rename the file.",
                code="FS-CONTRACT-20",
            )
        if name in found:
            raise ContractBroken(
                f"Source {source.id}: {name} lies in two places, {found[name]} and {path}. Keep one of them.",
                code="FS-CONTRACT-15",
            )
        found[name] = path
    return [Order(source.id, name, path=path, year=source.year_in(name)) for name, path in sorted(found.items())]


def _is_for(source: Source, folder: Path, path: Path) -> bool:
    first, *below = path.relative_to(folder).parts
    return not (below and first.startswith(OF_ONE_SOURCE)) or first == f"{OF_ONE_SOURCE}{source.id}"


def _name(path: Path) -> str:
    """Return the name of a file as patterns are written; some shares split letters like ä in two."""
    return composed(path.name)


def _shown(path: Path) -> str:
    """Return a path as it can be printed; a name may have bytes that are no text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def passed_over(folder: Path, sources: Iterable[Source], until: int, elsewhere: Iterable[Source] = ()) -> list[Text]:
    """Return the files below `folder` that none of `sources` takes, each with the reason, by name.

    The sources `elsewhere` are taken from their addresses, so that a file of theirs in the folder is not considered.
    """
    asked, others = list(sources), list(elsewhere)
    reasons = ((path, _why_not(folder, path, asked, until, others)) for path in _files(folder))
    return [joined(": ", (_shown(path.relative_to(folder)), why)) for path, why in reasons if why]


def _why_not(folder: Path, path: Path, sources: list[Source], until: int, elsewhere: list[Source]) -> Text | None:
    if why := _unfinished(folder, path):
        return why
    name = _name(path)
    takers = [source for source in sources if re.fullmatch(source.file, name) and _is_for(source, folder, path)]
    if takers:
        years = [source.year_in(name) for source in takers]
        late = all(year is not None and year > until for year in years)
        return text("later than {year}, which is not asked for", year=until) if late else None
    for source in sources:
        if re.fullmatch(source.file, name, re.IGNORECASE):
            return text("its name differs from the pattern of {source} in capital letters", source=source.id)
        if re.fullmatch(source.file, re.sub(r" ?\(\d+\)(?=\.\w+$)", "", name)):
            return text(
                "looks like a second download of a file of {source}; remove the number in brackets", source=source.id
            )
    for source in elsewhere:
        if re.fullmatch(source.file, name):
            return text("{source} is fetched from its own address; --from DIR takes it from a folder", source=source.id)
    return text("its name matches no source's pattern")


def _files(folder: Path) -> list[Path]:
    """Return the files below `folder`, by name, and links to folders, which are not followed.

    Raises:
        SourceUnavailable: it, or a folder in it that is not hidden, cannot be looked into.
    """

    def refuse(problem: OSError) -> None:
        if not _is_hidden(folder, Path(problem.filename or folder)):
            raise problem

    try:
        found = [
            Path(where, name)
            for where, folders, names in os.walk(folder, onerror=refuse)
            for name in (*names, *(each for each in folders if Path(where, each).is_symlink()))
        ]
        return [path for path in sorted(found) if path.is_file() or path.is_dir()]
    except OSError as problem:
        raise SourceUnavailable(
            f"The folder {folder}: expected to look into it, found that this cannot be done ({problem.strerror}: "
            f"{problem.filename}). Is it readable, is the network share there?",
            retryable=True,
            code="FS-SOURCE-05",
        ) from problem


def _unfinished(folder: Path, path: Path) -> Text | None:
    """Return why a file is not considered whatever its name, or None."""
    if path.name.startswith(("~$", ".~lock.")):
        return text("a lock file: somebody has the workbook open")
    if _is_hidden(folder, path):
        return text("hidden, or in a hidden folder (a network share's snapshots)")
    if path.name.endswith(_UNFINISHED):
        return text("its ending says that it is not complete")
    if path.is_dir():
        return text("a link to a folder, which is not followed")
    return None


def _is_hidden(folder: Path, path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def take(source: Source, order: Order, context: PullContext) -> Brought:
    """Copy the ordered file into the landing zone.

    Raises:
        SourceUnavailable: it cannot be read, or changes while it is read.
        ContractBroken: it is no data.
    """
    path = order.path
    assert path is not None  # noqa: S101 -- orders of this connector carry a path
    with context.attempt(order, order.name) as log:
        return log.landed(_copied(source, order, path, context, log))


def _copied(source: Source, order: Order, path: Path, context: PullContext, log: AttemptLog) -> Stored:
    """Copy a file that does not change into the landing zone; note when it was last changed."""
    try:
        before = path.stat()
        log.last_modified = dt.datetime.fromtimestamp(before.st_mtime, dt.UTC).isoformat(timespec="seconds")
        with path.open("rb") as file, context.landing.incoming() as incoming:
            while chunk := file.read(CHUNK):
                incoming.write(chunk)
            after = path.stat()
            changed = (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns)
            if changed or is_being_written(path):
                how = "being written" if changed else "open for writing in another program"
                raise SourceUnavailable(
                    f"Source {source.id}: {path} is still {how}. Try again when it is complete and closed.",
                    retryable=True,
                    code="FS-SOURCE-05",
                )
            return context.keep(source, order, incoming)
    except OSError as problem:
        raise SourceUnavailable(
            f"Source {source.id}: expected to read {path}, found that this cannot be done ({problem.strerror}). "
            "Is it readable, is the network share there?",
            code="FS-SOURCE-05",
        ) from problem
