"""What the last completed run of a city worked with: the files that later ones are compared with.

A file counts as accepted only when the run that took it was carried through, so that later files are
never compared with a bad one that passed the gate. Kept as landing/accepted.jsonl, one line per run.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.pull.landing.incoming import room_in
from flows.pull.landing.store import append_line, now
from flows.pull.models import Lieferung

RECORD = "accepted.jsonl"


class Taken(BaseModel):
    """One file that was accepted."""

    model_config = ConfigDict(frozen=True)

    name: str
    bytes: int
    sha256: str
    year: int | None = None


class Accepted(BaseModel):
    """The files that stand for a city after a completed run, by source."""

    model_config = ConfigDict(frozen=True)

    city: str
    run: str
    at: dt.datetime
    files: dict[str, list[Taken]]

    def of(self, source: str, until: int) -> dict[str, Taken]:
        """Return the files of a source up to the year `until`, by name."""
        return {one.name: one for one in self.files.get(source, []) if one.year is None or one.year <= until}


@dataclass(frozen=True)
class Delivered:
    """A Lieferung of the run that is to be accepted, with the year in its name."""

    lieferung: Lieferung
    year: int | None


def last_accepted(landing: Path, city: str) -> Accepted:
    """Return what stands for `city`; nothing before its first completed run."""
    record = landing / RECORD
    with room_in(landing, "read what was accepted"):
        lines = record.read_bytes().splitlines() if record.exists() else []
    for line in reversed(lines):
        try:
            if json.loads(line)["city"] == city:
                return Accepted.model_validate_json(line)
        except (ValueError, KeyError, TypeError, ValidationError):  # cut short by a killed run
            continue
    return Accepted(city=city, run="", at=now(), files={})


def accept(landing: Path, city: str, run: str, delivered: Iterable[Delivered], until: int | None) -> None:
    """Write down that a run with these files was carried through.

    Files later than `until`, which the run was not asked for, stand as they did.
    """
    before = last_accepted(landing, city)
    files: dict[str, list[Taken]] = {}
    for source, earlier in before.files.items():
        kept = [one for one in earlier if until is not None and one.year is not None and one.year > until]
        files.update({source: kept} if kept else {})
    for one in delivered:
        new = one.lieferung
        files.setdefault(new.source, []).append(Taken(name=new.name, bytes=new.bytes, sha256=new.sha256, year=one.year))
    for each in files.values():
        each.sort(key=lambda taken: taken.name)
    if files != before.files:
        with room_in(landing):
            line = Accepted(city=city, run=run, at=now(), files=dict(sorted(files.items())))
            append_line(landing / RECORD, line.model_dump_json(exclude_none=True))
