"""Which Stichtag year a landed file reaches, where its name does not say it: written when it is staged.

Kept as landing/stichtage.jsonl, one line per source and content; the next pull knows it without reading the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from flows.pull.landing.incoming import room_in
from flows.pull.landing.store import append_line

RECORD = "stichtage.jsonl"

Content = tuple[str, str, str]
"""City, source and sha256."""


def newest_years(landing: Path) -> dict[Content, int]:
    """Return the newest Stichtag year of each content whose name does not say it."""
    found: dict[Content, int] = {}
    if not (landing / RECORD).is_file():
        return found
    with room_in(landing, "read which Stichtage came"):
        lines = (landing / RECORD).read_bytes().splitlines()
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):  # cut short by a killed run
            one = json.loads(line)
            found[one["city"], one["source"], one["sha256"]] = int(one["year"])
    return found


def note_newest_years(landing: Path, years: Mapping[Content, int]) -> None:
    """Add what is not known yet of these contents."""
    known = newest_years(landing)
    with room_in(landing):
        for line in _new_lines(known, years):
            append_line(landing / RECORD, line)


def _new_lines(known: Mapping[Content, int], years: Mapping[Content, int]) -> Iterable[str]:
    for (city, source, sha256), year in sorted(years.items()):
        if known.get((city, source, sha256)) != year:
            yield json.dumps({"city": city, "source": source, "sha256": sha256, "year": year})
