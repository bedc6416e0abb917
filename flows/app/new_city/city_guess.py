"""Puts what was seen in a folder of files together to one city: its units, its sources, and what nothing is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.app.new_city.dates import day_in, last_day, name_pattern
from flows.app.new_city.guess import Guess, LeftOut
from flows.app.new_city.look import Looked
from flows.app.new_city.merkmale import PERSONS, RESIDENTS, LongMatch, Match, Words, long_matches, wide_matches
from flows.app.new_city.questions import Questions
from flows.app.new_city.roles import Roles, roles_of
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

PARTS = {"month": 1, "quarter": 3, "half": 6}
"""What two digits after a year may be, and how many months each has."""


@dataclass
class Counts:
    """Files of one layout with figures: what their columns are for, which Merkmale they bring, and their Stichtag."""

    tables: list[Table]
    roles: Roles
    wide: dict[str, Match] = field(default_factory=dict)
    long: list[LongMatch] = field(default_factory=list)
    fixed: Guess[str] | None = None
    day: Guess[str] | None = None
    by_name: bool = False
    """Whether its units are called by the names of the base units."""
    part: Guess[str] | None = None
    """What the two digits after a year in the files' names are: month, quarter or half."""

    @property
    def units(self) -> list[str]:
        """The ids of the units, as the files write them."""
        return self.roles.units

    @property
    def merkmale(self) -> set[str]:
        """The Merkmale that the files bring."""
        return set(self.wide) | {name for each in self.long for name in each.merkmale}

    @property
    def file(self) -> str:
        """The pattern of the files' names."""
        pattern, day = name_pattern(self.tables[-1].name)
        if day and (self.roles.stichtag or self.fixed or self.tables[-1].header_days):
            for part in ("year", "month", "day"):
                pattern = pattern.replace(f"(?P<{part}>", "(")
        return pattern.replace("(?P<month>", f"(?P<{self.part.value}>") if self.part else pattern

    @property
    def days(self) -> set[str]:
        """The Stichtage of the files."""
        if self.fixed:
            return {self.fixed.value}
        if self.tables[-1].header_days:
            headers = [table.header_days for table in self.tables if table.header_days]
            found = {last_day(text, each.format).isoformat() for each in headers for text in each.texts}
        elif self.roles.stichtag and self.roles.stichtag_format:
            found = {last_day(text, self.roles.stichtag_format).isoformat() for text in self.roles.days}
        else:
            found = {day for table in self.tables if (day := name_pattern(table.name)[1])}
        if self.part:
            months = PARTS[self.part.value]
            found = {last_day(f"{day[:4]}-{int(day[5:7]) * months:02}", "%Y-%m").isoformat() for day in found}
        return {f"{day[:4]}-{self.day.value}" for day in found} if self.day else found

    @property
    def first_day(self) -> str:
        """The earliest Stichtag."""
        return min(self.days)


@dataclass
class CityGuess:
    """Everything that a profile is written from."""

    counts: list[Counts]
    assigning: Roles | None
    polygons: Polygons | None
    levels: list[Raumebene]
    digits: int | None
    left_out: dict[Path, str]

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
        raise ConfigError(f"Expected a file with figures of units, found none; nothing was written.{reasons}")
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
    by_id = [each for each in counts if not each.by_name]
    digits = padded_to(known, polygons, [each.units for each in by_id if each is not base])
    if not by_id:
        return CityGuess(counts, None, polygons, [], digits, left_out)
    richest = max(by_id, key=lambda each: (len(each.roles.levels), _of_full_length(each.units, digits)))
    levels = raumebenen(richest.roles, digits)
    looked_up = any(level.digits is None for level in levels)
    assigning = richest if looked_up else max(by_id, key=lambda each: _of_full_length(each.units, digits))
    needed = polygons is None or looked_up
    return CityGuess(counts, assigning.roles if needed else None, polygons, levels, digits, left_out)


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
    _settle_stichtag(found, questions, stichtag)
    return found


def _settle_stichtag(found: Counts, questions: Questions, stichtag: dt.date | None) -> None:
    """Say where the Stichtag stands: in a column, else in the files' names, else in the lines above the table."""
    table, roles = found.tables[-1], found.roles
    pattern, in_name = name_pattern(table.name)
    if table.header_days:
        if "%m" not in table.header_days.format:
            found.day = _asked_day_of_years(found, "its header", questions)
    elif roles.stichtag is None and in_name is None:
        above = day_in(table.above)
        guess = Guess(above.isoformat(), "the only date in the lines above the table") if above else None
        asked = f"{table.name}: of which day (YYYY-MM-DD) is it?"
        found.fixed = questions.settle(asked, guess, fits=_is_date) if guess else _asked_day(table, questions, stichtag)
    elif roles.stichtag is None and "(?P<month>" in pattern and "(?P<day>" not in pattern:
        found.part = _settle_part(found.tables, questions)
    elif "%m" not in str(roles.stichtag_format) if roles.stichtag else "(?P<month>" not in pattern:
        where = f"column {roles.stichtag!r}" if roles.stichtag else "the file's name"
        found.day = _asked_day_of_years(found, where, questions)


def _asked_day_of_years(found: Counts, where: str, questions: Questions) -> Guess[str]:
    guess = _day_above(found.tables) or Guess("12-31", f"{where} says only years; most counts are of the last day")
    return questions.settle(
        f"{found.tables[-1].name}: which day (MM-DD) do the years stand for?", guess, fits=_is_day_of_year
    )


def _settle_part(tables: list[Table], questions: Questions) -> Guess[str]:
    """Return what the two digits after a year in the files' names are; 01 and 02 alone are rather half-years."""
    numbers = {int((name_pattern(table.name)[1] or "")[5:7]) for table in tables}
    possible = [part for part, months in PARTS.items() if max(numbers) * months <= 12]
    guess = "half" if numbers == {1, 2} else "month"
    return questions.settle(
        f"{tables[-1].name}: are the two digits after the year a {' or '.join(possible)}?",
        Guess(guess, f"the files have {', '.join(f'{number:02}' for number in sorted(numbers))}"),
        fits=possible.__contains__,
    )


def _day_above(tables: list[Table]) -> Guess[str] | None:
    """Return the day of the year in the lines above the tables, where it is one in all and of the year in the name."""
    days = {(day_in(table.above), (name_pattern(table.name)[1] or "")[:4]) for table in tables}
    found = {day.isoformat()[5:] for day, year in days if day and str(day.year) == year}
    if len(found) != 1 or not all(day and str(day.year) == year for day, year in days):
        return None
    return Guess(found.pop(), "the lines above the tables say it", sure=True)


def _asked_day(table: Table, questions: Questions, stichtag: dt.date | None) -> Guess[str]:
    if stichtag:
        return Guess(stichtag.isoformat(), "said by --stichtag", sure=True)
    said = questions.settle(
        f"{table.name}: of which day (YYYY-MM-DD) is it? Enter leaves it out", Guess(""), fits=_is_date
    )
    if not said.value:
        raise LeftOut(
            "neither its name nor a column nor the lines above it say of which day it is; say --stichtag DATE"
        )
    return said


def _is_date(text: str) -> bool:
    return _reads(dt.date.fromisoformat, text)


def _is_day_of_year(text: str) -> bool:
    return _reads(dt.date.fromisoformat, f"2023-{text}")


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _take_persons_for_residents(counts: list[Counts], questions: Questions) -> None:
    """Let persons in households stand for residents where no file has these: nothing is published without any."""
    if any(RESIDENTS in each.merkmale for each in counts):
        return
    for each in counts:
        for matches in (each.wide, *(long.merkmale for long in each.long)):
            if found := matches.get(PERSONS):
                why = "no file has residents, without which nothing is published; persons in households are the nearest"
                said = questions.settle(
                    f"{each.tables[-1].name}: take persons in households for residents (yes or no)?", Guess("yes", why),
                    fits=("yes", "no").__contains__,
                )  # fmt: skip
                if said.value == "yes":
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
