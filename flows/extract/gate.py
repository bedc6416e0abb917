"""The gate: a look at what arrived before anything is parsed, so that a login page never becomes data."""

from __future__ import annotations

from pathlib import Path

from flows.errors import SourceUnavailable
from flows.extract.models import Lieferung
from flows.profile.source import SHEETS, Source

_ZIP = b"PK\x03\x04"  # also of every XLSX
_NOT_TEXT = (b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


def refuse_what_is_no_data(source: Source, name: str, path: Path) -> None:
    """Stop when the file is empty, a web page, or of another kind than its name says.

    Raises:
        SourceUnavailable: names source and file, what was expected and how it begins.
    """
    with path.open("rb") as file:
        head = file.read(2048)
    if not head:
        raise _refusal(source, name, "data", "an empty file")
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:200].lower()
    if start.startswith(b"<"):
        raise _refusal(source, name, "a data file", f"a web page that begins {start[:20]!r} (a login or error page?)")
    dialect = source.as_written_in(name).dialect
    if dialect.format == "gpkg" and dialect.member is None:
        if not head.startswith(b"SQLite format 3\x00"):
            raise _refusal(source, name, "a GeoPackage", f"bytes that begin {head[:8]!r}")
        return
    packed = dialect.member is not None or dialect.format in (*SHEETS, "shp")
    if packed and not head.startswith(_ZIP):
        kind = f"an {dialect.format.upper()} workbook" if dialect.format in SHEETS else "a ZIP archive"
        raise _refusal(source, name, kind, f"bytes that begin {head[:8]!r}")
    if not packed and head.startswith(_NOT_TEXT):
        raise _refusal(source, name, "a text file", f"an archive or document ({head[:4]!r})")
    if not packed and dialect.format == "geojson" and not start.startswith(b"{"):
        raise _refusal(source, name, "GeoJSON", f"text that begins {start[:20]!r}")


def refuse_gap_in_years(source: Source, years: list[int], until: int) -> None:
    """Stop when a year is missing between the first and the last that were delivered.

    The newest year may be late, unless the profile says that the series ends before the year `until`.

    Raises:
        SourceUnavailable: names the missing years.
    """
    if source.years is None or not years:
        return
    first, end = source.years.first, source.years.last
    last = end if end is not None and max(years) < end < until else max(years)
    missing = sorted(set(range(first, last + 1)) - set(years))
    if missing:
        raise SourceUnavailable(
            f"Source {source.id}: expected every year from {first} to {last}, found none for "
            f"{', '.join(map(str, missing))}. Ask the supplier for them, or set `years` in sources.toml."
        )


def refuse_same_content(source: Source, lieferungen: list[Lieferung]) -> None:
    """Stop when two files of counts are the same file: last year's under a new name, or one put there twice.

    Raises:
        SourceUnavailable: names both.
    """
    known: dict[str, str] = {}
    for one in lieferungen if source.kind in ("register", "matrix", "official") else ():
        if one.sha256 in known:
            raise SourceUnavailable(
                f"Source {source.id}: expected other counts in each file, found the same content in "
                f"{known[one.sha256]} and {one.name}. Leave one of them out, or ask the supplier for the right one."
            )
        known[one.sha256] = one.name


def _refusal(source: Source, name: str, expected: str, found: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"Source {source.id}, file {name}: expected {expected}, found {found}. "
        "Open the address in a browser or ask the supplier; nothing was taken over."
    )
