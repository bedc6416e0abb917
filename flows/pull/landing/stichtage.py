"""Which Stichtag year a landed file reaches, where its name does not say it: written when it is staged.

Kept as landing/stichtage.jsonl, one line per source and content; the next pull knows it without reading the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from flows.pull.landing.incoming import room_in
from flows.pull.landing.store import append_line, records_in

RECORD = "stichtage.jsonl"

Content = tuple[str, str, str]
"""City, source and sha256."""


def newest_years(landing: Path) -> dict[Content, int]:
    """Return the newest Stichtag year of each content whose name does not say it."""
    records = records_in(landing / RECORD, ("city", "source", "sha256", "year"), "read which Stichtage came")
    return {(one["city"], one["source"], one["sha256"]): int(one["year"]) for one in records}


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
