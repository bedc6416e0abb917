"""The gate: a look at what arrived before anything is parsed, so that a login page never becomes data."""

from __future__ import annotations

from pathlib import Path

from flows.errors import SourceUnavailable
from flows.profile.source import Source

_MAGIC = {".zip": (b"PK\x03\x04",), ".xlsx": (b"PK\x03\x04",), ".gz": (b"\x1f\x8b",)}
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
    if start.startswith((b"<!doctype html", b"<html")):
        raise _refusal(source, name, "a data file", "a web page (a login or error page?)")
    expected = _MAGIC.get(Path(name).suffix.lower())
    if expected and not head.startswith(expected):
        raise _refusal(source, name, f"a {Path(name).suffix} file", f"bytes that begin {head[:8]!r}")
    if not expected and head.startswith(_NOT_TEXT):
        raise _refusal(source, name, "a text file", f"an archive or document ({head[:4]!r})")
    if source.dialect.format == "geojson" and not start.startswith(b"{"):
        raise _refusal(source, name, "GeoJSON", f"text that begins {start[:20]!r}")


def refuse_gap_in_years(source: Source, years: list[int]) -> None:
    """Stop when a year is missing between the first and the last that were delivered.

    Raises:
        SourceUnavailable: names the missing years.
    """
    missing = sorted(set(range(min(years), max(years) + 1)) - set(years)) if years else []
    if source.years and years and min(years) > source.years.first:
        missing = [*range(source.years.first, min(years)), *missing]
    if missing:
        raise SourceUnavailable(
            f"Source {source.id}: expected every year from {source.years.first if source.years else min(years)} "
            f"to {max(years)}, found none for {', '.join(map(str, missing))}. "
            "Ask the supplier for them, or move `years.first` in sources.toml."
        )


def _refusal(source: Source, name: str, expected: str, found: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"Source {source.id}, file {name}: expected {expected}, found {found}. "
        "Open the address in a browser or ask the supplier; nothing was taken over."
    )
