"""Files with figures as they were seen: what their columns are for, what they bring, and of which days."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.app.new_city.dates import last_day, name_pattern
from flows.app.new_city.guess import Guess
from flows.app.new_city.merkmale import LongMatch, Match
from flows.app.new_city.roles import Roles
from flows.app.new_city.tables import Table

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
    written_otherwise: set[str] = field(default_factory=set)
    """Files that are called like these and are none of them."""
    newest: bool = True
    """Whether a new file of such a name will be one of these, where some are written otherwise."""

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
        pattern = pattern.replace("(?P<month>", f"(?P<{self.part.value}>") if self.part else pattern
        if not self.written_otherwise:
            return pattern
        sign, names = ("!", self.written_otherwise) if self.newest else ("=", {table.name for table in self.tables})
        return f"(?{sign}(?:{'|'.join(map(re.escape, sorted(names)))})$){pattern}"

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
