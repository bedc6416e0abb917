"""Puts what was seen in a folder of files together to one city: its units, its sources, and what nothing is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.app.new_city.counts import Counts
from flows.app.new_city.guess import Guess, LeftOut
from flows.app.new_city.look import Looked
from flows.app.new_city.lookup import Lookup, lookup_in
from flows.app.new_city.merkmale import PERSONS, RESIDENTS, LongMatch, Match, Words, long_matches, wide_matches
from flows.app.new_city.questions import Questions
from flows.app.new_city.roles import Roles, roles_of
from flows.app.new_city.settle_stichtag import settle_stichtag
from flows.app.new_city.tables import Table
from flows.app.new_city.units import (
    Polygons,
    Raumebene,
    names_by_id,
    padded_to,
    polygons_of,
    raumebenen,
    same_units,
)
from flows.base.errors import ConfigError
from flows.base.texts import text

_YES, _NO = ("yes", "ja"), ("no", "nein")
"""What a person may answer, in either language."""


@dataclass
class CityGuess:
    """Everything that a profile is written from."""

    counts: list[Counts]
    assigning: Roles | None
    polygons: Polygons | None
    levels: list[Raumebene]
    digits: int | None
    left_out: dict[Path, str]
    lookup: Lookup | None = None
    """The table that assigns base units to coarser ones, where there is one."""

    @property
    def units(self) -> list[str]:
        """The ids of the base units, as the first source writes them, or where it has names, as the polygons do."""
        if self.counts[0].by_name and self.polygons:
            return sorted(row[self.polygons.id_property] for row in self.polygons.file.rows)
        return self.counts[0].units

    @property
    def valid_from(self) -> str:
        """The earliest Stichtag of all files."""
        return min(each.first_day for each in self.counts)


def guessed(looked: Looked, words: Words, questions: Questions, stichtag: dt.date | None) -> CityGuess:
    """Return what the files of a folder make of a city.

    Raises:
        ConfigError: no file has figures of units; says of each why.
    """
    left_out = dict(looked.left_out)
    counts = list[Counts]()
    for tables in looked.tables:
        try:
            counts.append(_counts(tables, words, questions, stichtag))
        except LeftOut as reason:
            left_out.update({table.path: str(reason) for table in tables})
    if not counts:
        reasons = "".join(f"\n  {path.name}: {reason}" for path, reason in sorted(left_out.items()))
        raise ConfigError(
            f"Expected a file with figures of units, found none; nothing was written.{reasons}", code="FS-USE-08"
        )
    counts.sort(key=lambda each: (-len(each.units), RESIDENTS not in each.merkmale, each.tables[0].name))
    base = counts[0]
    polygons, unused = polygons_of(base.units, looked.outlines)
    names = names_by_id(polygons, base.roles)
    if polygons and polygons.named_by != polygons.id_property:
        base.by_name = True
    for other in counts[1:]:
        other.by_name = not same_units(list(names) or base.units, other.units) and set(other.units) <= {*names.values()}
    known = list(names) if base.by_name else base.units
    for other in [each for each in counts[1:] if not (each.by_name or same_units(known, each.units))]:
        counts.remove(other)
        left_out.update(dict.fromkeys((table.path for table in other.tables), _other_units(base, other, names)))
    left_out.update(_give_each_merkmal_once(counts))
    _take_persons_for_residents(counts, questions)
    left_out.update(unused)
    _tell_files_apart(
        counts, {path.name for path in (*left_out, *(one.path for each in looked.tables for one in each))}
    )
    by_id = [each for each in counts if not each.by_name]
    lookup = lookup_in((tables[-1] for tables in looked.tables if tables[-1].path in left_out), known)
    others = [each.units for each in by_id if each is not base]
    digits = padded_to(known, polygons, [*others, *([lookup.table.cells(lookup.unit)] if lookup else [])])
    if not by_id:
        return CityGuess(counts, None, polygons, [], digits, left_out)
    if lookup and len(by_id) == len(counts):
        del left_out[lookup.table.path]
        return CityGuess(counts, None, polygons, [], digits, left_out, lookup)
    richest = max(by_id, key=lambda each: (len(each.roles.levels), _of_full_length(each.units, digits)))
    levels = raumebenen(richest.roles, digits)
    looked_up = any(level.digits is None for level in levels)
    assigning = richest if looked_up else max(by_id, key=lambda each: _of_full_length(each.units, digits))
    needed = polygons is None or looked_up
    return CityGuess(counts, assigning.roles if needed else None, polygons, levels, digits, left_out)


def _tell_files_apart(counts: list[Counts], names: set[str]) -> None:
    """Let no source take files that are called like its own and are written otherwise."""
    for each in counts:
        own, pattern = {table.name for table in each.tables}, re.compile(each.file)
        each.written_otherwise = {name for name in names - own if pattern.fullmatch(name)}
        others = [other for other in counts if each.written_otherwise & {table.name for table in other.tables}]
        each.newest = all(max(each.days) >= max(other.days) for other in others)


def _other_units(base: Counts, other: Counts, names: Mapping[str, str]) -> str:
    """Say that a file is about other units, or calls some of them by names that nobody knows."""
    unknown = [unit for unit in other.units if unit not in names.values()]
    if len(unknown) * 2 < len(other.units):
        return (
            f"it calls its units by name, and no unit of {base.tables[0].name} is called {', '.join(unknown[:5])}; "
            "make a source of it by hand with `unit_by_name`, and say in its `unit_lookup` which units these are"
        )
    return (
        f"its units ({other.units[0]}, {other.units[1]}, ...) are others than those of {base.tables[0].name} "
        f"({base.units[0]}, {base.units[1]}, ...), and a profile has one numbering; a table that says which unit has "
        "which name or number would join them"
    )


def _of_full_length(units: list[str], digits: int | None) -> bool:
    return digits is None or all(len(unit) == digits for unit in units)


def _counts(tables: list[Table], words: Words, questions: Questions, stichtag: dt.date | None) -> Counts:
    """Return what files of one layout bring.

    Raises:
        LeftOut: nothing that the codebook knows, or nobody says of which day.
    """
    roles = roles_of(tables[-1])
    found = Counts(tables, roles)
    if roles.dimensions:
        found.long = long_matches(roles, words)
    else:
        found.wide = wide_matches(roles, words)
    if not found.merkmale:
        shown = ", ".join(map(repr, roles.figures[:6])) + (" ..." if len(roles.figures) > 6 else "")
        raise LeftOut(
            f"none of its columns is called like a Merkmal of the codebook (figures: {shown or 'none'}); add what they "
            "are as a Merkmal or a synonym to codebook.toml, or write a source by hand"
        )
    settle_stichtag(found, questions, stichtag)
    return found


def _take_persons_for_residents(counts: list[Counts], questions: Questions) -> None:
    """Let persons in households stand for residents where no file has these: nothing is published without any."""
    if any(RESIDENTS in each.merkmale for each in counts):
        return
    for each in counts:
        for matches in (each.wide, *(long.merkmale for long in each.long)):
            if found := matches.get(PERSONS):
                why = text(
                    "no file has residents, without which nothing is published; persons in households are the nearest"
                )
                said = questions.settle(
                    text("{file}: take persons in households for residents (yes or no)?", file=each.tables[-1].name),
                    Guess(text("yes"), why), fits=(*_YES, *_NO).__contains__,
                )  # fmt: skip
                if said.value in _YES:
                    matches[RESIDENTS] = Match(found.columns, why)
                return


def _give_each_merkmal_once(counts: list[Counts]) -> dict[Path, str]:
    """Let a Merkmal of a Stichtag come from the first source that has it; return the files of which nothing is left."""
    taken: dict[str, set[str]] = {}
    for each in counts:
        each.wide = _not_taken(each.wide, each.days, taken)
        kept = []
        for long in each.long:
            merkmale = _not_taken(long.merkmale, each.days, taken)
            used = {column for match in merkmale.values() for column in match.columns}
            if merkmale:
                columns = {key: texts for key, texts in long.columns.items() if key in used}
                kept.append(LongMatch(long.value, merkmale, columns))
        each.long = kept
    unused = {table.path: "other files bring all its Merkmale" for each in counts if not each.merkmale
              for table in each.tables}  # fmt: skip
    counts[:] = [each for each in counts if each.merkmale]
    return unused


def _not_taken(matches: dict[str, Match], days: set[str], taken: dict[str, set[str]]) -> dict[str, Match]:
    """Return the Merkmale that no source before has for one of these days, and note that they are taken now."""
    free = {name: match for name, match in matches.items() if not taken.get(name, set()) & days}
    for name in free:
        taken.setdefault(name, set()).update(days)
    return free
