"""The gate: a look at what arrived before anything is parsed, so that a login page never becomes data.

Each look has a name by which a source may relax it in sources.toml, with a reason (`relax`). A gate that
stops says which line would let the file pass. That a file is empty or a web page is never relaxed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from flows.base.errors import ContractBroken
from flows.profile.dialect import SHEETS, Dialect
from flows.profile.gates import Gate
from flows.profile.source import Source
from flows.profile.stichtag import NAME_PARTS, number_in_name
from flows.pull.landing.accepted import Taken
from flows.pull.landing.archive import GZIP, ZIP, refuse_bad_archive
from flows.pull.models import Lieferung

SIZE_BAND = 0.25
"""Share by which a file may be larger or smaller than the accepted one."""
A_FEW_LINES = 1024
"""Bytes by which any file may grow: a short table gets a line a year."""
_NOT_TEXT = (ZIP, GZIP, b"%PDF", b"\xd0\xcf\x11\xe0", b"SQLite format 3")
_NEVER_DATA = re.compile(r"(text/html|application/(xhtml\+xml|pdf)|(image|audio|video)/)")
_IN_JSON = {"geojson": "GeoJSON", "topojson": "TopoJSON", "json-stat": "JSON-stat"}
_FIRST_BYTES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "gpkg": ("a GeoPackage", (b"SQLite format 3\x00",)),
    "fgb": ("a FlatGeobuf file", (b"fgb\x03",)),
    "geoparquet": ("a Parquet file", (b"PAR1",)),
    "parquet": ("a Parquet file", (b"PAR1",)),
}
_JSON = re.compile(r"application/(\w+\+)?json")


def look(
    source: Source, name: str, path: Path, *, content_type: str | None = None, before: Taken | None = None
) -> None:
    """Stop when the file is not data, of another kind than the profile says, cut short, or unlike the one `before`.

    Raises:
        ContractBroken: names source and file, what was expected and what was found.
    """
    with path.open("rb") as file:
        head = file.read(2048)
    if not head:
        raise _refusal(source, name, "data", "an empty file")
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:200].lower()
    if start.startswith(b"<") and not _is_kml(source.as_written_in(name).dialect, head):
        raise _refusal(source, name, "a data file", f"a web page that begins {start[:20]!r} (a login or error page?)")
    _look_at_kind(source, name, head, start)
    dialect = source.as_written_in(name).dialect
    _look_at_content_type(source, dialect, name, content_type)
    _look_at_end(source, dialect, name, path)
    if dialect.member is not None or (dialect.format in (*SHEETS, "shp") and head.startswith(ZIP)):
        refuse_bad_archive(path, name, dialect.member, source.max_mb << 20)
    _look_at_size(source, name, path.stat().st_size, before)


def _is_kml(dialect: Dialect, head: bytes) -> bool:
    """Say whether XML is expected and there; a page in XHTML begins as XML too."""
    return dialect.format == "kml" and re.search(rb"<(\w+:)?kml[\s>]", head) is not None


def _look_at_kind(source: Source, name: str, head: bytes, start: bytes) -> None:
    """Compare the first bytes with what the dialect says."""
    if source.relaxed("magic", name):
        return
    dialect = source.as_written_in(name).dialect
    expected, prefixes = _first_bytes(dialect)
    if prefixes and not head.startswith(prefixes):
        raise _refusal(source, name, expected, f"bytes that begin {head[:8]!r}", "magic")
    if not prefixes and head.startswith(_NOT_TEXT):
        raise _refusal(source, name, "a text file", f"an archive or document ({head[:4]!r})", "magic")
    if not prefixes and dialect.format in _IN_JSON and not start.startswith(b"{"):
        raise _refusal(source, name, _IN_JSON[dialect.format], f"text that begins {start[:20]!r}", "magic")


def _first_bytes(dialect: Dialect) -> tuple[str, tuple[bytes, ...]]:
    """Return how files of the dialect are called in words, and the bytes that they begin with; text has none."""
    if dialect.member is not None:
        return "a ZIP or GZIP archive", (ZIP, GZIP)
    if dialect.format == "shp":
        return "the parts of a Shapefile in a ZIP archive", (ZIP,)
    if dialect.format in SHEETS:
        return f"an {dialect.format.upper()} workbook", (ZIP,)
    return _FIRST_BYTES.get(dialect.format, ("a text file", ()))


def _look_at_content_type(source: Source, dialect: Dialect, name: str, content_type: str | None) -> None:
    """What the server calls it, where that cannot be what was ordered; its charset does not matter."""
    stated = (content_type or "").partition(";")[0].strip().lower()
    wrong = _NEVER_DATA.match(stated) or (_JSON.fullmatch(stated) and dialect.format not in _IN_JSON)
    if wrong and not source.relaxed("content_type", name):
        raise _refusal(source, name, f"{dialect.format} data", f"what its server calls {stated}", "content_type")


def _look_at_end(source: Source, dialect: Dialect, name: str, path: Path) -> None:
    """The last byte of JSON closes what the first opened."""
    if dialect.format not in _IN_JSON or dialect.member or source.relaxed("truncated", name):
        return
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 1024, 0))
        end = file.read().rstrip()
    if not end.endswith(b"}"):
        raise _refusal(
            source,
            name,
            f"{_IN_JSON[dialect.format]} that ends with '}}'",
            f"one cut short: {end[-20:]!r}",
            "truncated",
        )


def _look_at_size(source: Source, name: str, size: int, before: Taken | None) -> None:
    """The size against that of the accepted file."""
    if before is None or source.relaxed("size", name):
        return
    change = size - before.bytes
    if abs(change) <= SIZE_BAND * before.bytes or 0 <= change <= A_FEW_LINES:
        return
    compared = "the last accepted" if before.name == name else f"the last accepted, {before.name},"
    expected = f"about the size of {compared} with {before.bytes:,} bytes (within {SIZE_BAND:.0%})"
    raise _refusal(source, name, expected, f"{size:,} bytes ({change / before.bytes:+.0%})", "size")


def refuse_other_files(source: Source, names: list[str], before: dict[str, Taken]) -> None:
    """Stop when a file that was accepted is missing now, or one has come that is not newer than all of those.

    Raises:
        ContractBroken: names them.
    """
    if not before:
        return
    missing = [name for name in before if name not in names and not source.relaxed("files", name)]
    last = max(before, key=lambda name: (_place_in_time(source, name), name))
    extra = [
        name
        for name in names
        if name not in before
        and not (_place_in_time(source, name) > _place_in_time(source, last))
        and not source.relaxed("files", name)
    ]
    if not missing and not extra:
        return
    changes = [f"{', '.join(missing)} missing"] if missing else []
    changes += [f"{', '.join(extra)} new, though not later than {last}"] if extra else []
    first = (missing + extra)[0]
    raise ContractBroken(
        f"Source {source.id}: expected the {len(before)} files of the last accepted run and later ones, found "
        f"{len(names)}: {'; '.join(changes)}. {_remedy(source, 'files', first)}",
        code="FS-CONTRACT-14",
    )


def _place_in_time(source: Source, name: str) -> tuple[int, ...]:
    """Return what the source's pattern finds in a name, the longest time first, wherever in the name it stands."""
    match = re.fullmatch(source.file, name)
    parts = match.groupdict() if match else {}
    return tuple(number_in_name(parts.get(each) or "") for each in NAME_PARTS) if "year" in parts else ()


def refuse_gap_in_years(source: Source, years: list[int], until: int) -> None:
    """Stop when a year is missing between the first and the last that were delivered.

    The newest year may be late, unless the profile says that the series ends before the year `until`.

    Raises:
        ContractBroken: names the missing years.
    """
    if source.years is None or not years:
        return
    first, end = source.years.first, source.years.last
    last = end if end is not None and max(years) < end < until else max(years)
    allowed = {year for one in source.relax if one.gate == "years" for year in one.years or range(first, last + 1)}
    missing = sorted(set(range(first, last + 1)) - set(years) - allowed)
    if missing:
        line = f'relax = [{{ gate = "years", years = {missing}, reason = "who said so, and when" }}]'
        raise ContractBroken(
            f"Source {source.id}: expected every year from {first} to {last}, found none for "
            f"{', '.join(map(str, missing))}. Ask the supplier for them, set `years`, or, if those years do not exist, "
            f"add to [source.{source.id}] in sources.toml: {line}",
            code="FS-CONTRACT-14",
        )


def refuse_same_content(source: Source, lieferungen: list[Lieferung]) -> None:
    """Stop when two files of counts are the same file: last year's under a new name, or one put there twice.

    Raises:
        ContractBroken: names both.
    """
    known: dict[str, str] = {}
    for one in lieferungen if source.kind in ("register", "matrix", "official") else ():
        if one.sha256 in known and not source.relaxed("same_content", one.name):
            raise ContractBroken(
                f"Source {source.id}: expected other counts in each file, found the same content in "
                f"{known[one.sha256]} and {one.name}. Leave one of them out. "
                + _remedy(source, "same_content", one.name),
                code="FS-CONTRACT-15",
            )
        known[one.sha256] = one.name


def _refusal(source: Source, name: str, expected: str, found: str, gate: Gate | None = None) -> ContractBroken:
    remedy = _remedy(source, gate, name) if gate else "Open the address in a browser or ask the supplier."
    return ContractBroken(
        f"Source {source.id}, file {name}: expected {expected}, found {found}. {remedy} Nothing was taken over.",
        code="FS-CONTRACT-02",
    )


def _remedy(source: Source, gate: Gate, name: str) -> str:
    """Return what to do, with the line that lets the file pass."""
    pattern = re.escape(name)
    text = json.dumps(pattern, ensure_ascii=False) if "'" in pattern else f"'{pattern}'"  # as TOML writes it
    line = f'relax = [{{ gate = "{gate}", file = {text}, reason = "who said so, and when" }}]'
    return (
        "Open the address in a browser or ask the supplier; if it is right, add to "
        f"[source.{source.id}] in sources.toml: {line}."
    )
