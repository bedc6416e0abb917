"""The last repair: of some counts a new Zuschnitt says nothing at all, not even that they are not 0.

What earlier releases told cannot be taken back, and a suppressed count says that it is not 0. So where lines move by
a few houses, even what is suppressed on the new Zuschnitt can bound a count on the old one: 4 dwellings in two
Stadtteile, and two suppressed Sozialräume in one of them, leave at most 2 in the other. Then the counts around are
withdrawn from the new Zuschnitt, zeros too, and the release says which (``merkmal_entzogen``): in the end a new
Zuschnitt says no more there than was known before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from flows.base.db import Value, insert
from flows.protect.count_key import CountKey

if TYPE_CHECKING:
    from flows.protect.audit import Finding
    from flows.protect.blocks import Day
    from flows.protect.secondary import Secondary

NEAR = 2
"""The Raumebene by rank whose units are withdrawn first: that around the finest."""


@dataclass(frozen=True)
class Reach:
    """How much is withdrawn for a finding."""

    rank: int
    """Of the units whose inside is withdrawn, at most below the whole city."""
    alike: bool
    """Whether every count of people of the same kind is, or only the one that follows."""


def withdraw(con: duckdb.DuckDBPyConnection, secondary: Secondary, findings: Iterable[Finding]) -> frozenset[str]:
    """Add counts around each finding to ``angabe_entzogen``, and return the Stichtage of which there were any to add.

    As few as there are: what was withdrawn for a finding before, and did not help, is extended.
    """
    town = secondary.town
    told = _told(con)
    number = {unit[:3]: at for at, unit in enumerate(town.units)}
    before, new = _withdrawn(con), dict[CountKey, None]()
    for finding in findings:
        if finding.stichtag not in town.days:
            continue
        day = secondary.day(town.days.index(finding.stichtag))
        there = {number.get((zuschnitt, finding.raumebene, unit), -1) for zuschnitt, unit in finding.units}
        kept = told.get(finding.stichtag, frozenset({town.own[day.day]}))
        for reach in _reaches(day.ranks):
            sides = _sides(day, finding.merkmal.rpartition(" ohne ")[2], alike=reach.alike)
            keys = {town.key(cell): None for cell in _inside(day, there, kept, sides, reach.rank)}
            if keys.keys() - before:
                new |= keys
                break
    rows: list[dict[str, Value]] = [key._asdict() for key in new if key not in before]
    insert(con, "angabe_entzogen", rows)
    return frozenset(str(row["stichtag"]) for row in rows)


def _reaches(ranks: Sequence[int]) -> Iterator[Reach]:
    """Yield what is tried, from little to much."""
    wide = sorted(ranks)[NEAR - 1 :]
    if wide:
        yield Reach(wide[0], alike=False)
    for rank in wide:
        yield Reach(rank, alike=True)


def _withdrawn(con: duckdb.DuckDBPyConnection) -> frozenset[CountKey]:
    found = con.execute("SELECT zuschnitt, raumebene, raum_id, stichtag::VARCHAR, seite FROM angabe_entzogen")
    return frozenset(CountKey(*row) for row in found.fetchall())


def _told(con: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """Return by Stichtag the Zuschnitte on which earlier releases say something of it."""
    found: dict[str, set[str]] = {}
    for day, zuschnitt in con.execute("SELECT DISTINCT stichtag::VARCHAR, zuschnitt FROM angabe_frueher").fetchall():
        found.setdefault(day, set()).add(zuschnitt)
    return {day: frozenset(zuschnitte) for day, zuschnitte in found.items()}


def _sides(day: Day, name: str, *, alike: bool) -> list[int]:
    sides = day.town.sides
    if name not in sides or (side := sides.index(name)) not in day.group:
        return []
    return [other for other, group in day.group.items() if group == day.group[side]] if alike else [side]


def _inside(day: Day, there: set[int], kept: frozenset[str], sides: list[int], rank: int) -> Iterator[int]:
    """Yield the cells inside the units of a Raumebene around some units, on the Zuschnitte that are not kept."""
    units, top = day.town.units, max(day.ranks)
    named = {piece for unit in there & day.pieces.keys() for piece in day.pieces[unit].tolist()}
    new = {unit: set(pieces.tolist()) for unit, pieces in day.pieces.items() if units[unit].zuschnitt not in kept}
    around = set(named)
    for unit, pieces in new.items():
        if units[unit].rank == rank and pieces & named:
            around |= pieces
    for unit, pieces in new.items():
        if pieces and pieces <= around and units[unit].rank < top:
            yield from (cell for side in sides if (cell := int(day.index[unit, side])) >= 0)
