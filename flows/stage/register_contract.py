"""The contract of a register, row by row: which class a person is of, or which field breaks which rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from flows.base.db import set_variables, sql
from flows.profile.source import Source
from flows.stage.register_cube import OF_AGE, OF_DURATION, of_group
from flows.stage.register_merkmale import OLDEST

FIELDS = ("stichtag", "unit", "age", "duration", "sex", "nationality", "migration")
"""The fields of a person, in the order in which they are judged; the rules are theirs."""
_RULES = {
    "stichtag": "a Stichtag in the format of sources.toml, within a Zuschnitt of city.toml",
    "unit": "the id of a base unit as city.toml writes them",
    "age": f"an age of 0 to {OLDEST} years",
    "duration": "a Wohndauer of whole years, at most one above the age",
}
_CODE_RULE = "one of the codes in sources.toml"
_LONGEST_YEARS = 3  # digits


@dataclass(frozen=True)
class Day:
    """A Stichtag, with the numbering of base units that is valid on it."""

    tag: str
    basis: str
    pattern: str


@dataclass(frozen=True)
class Person:
    """A row that keeps the contract: what it adds to the counts of a base unit."""

    day: Day
    unit: str
    packed: int


@dataclass(frozen=True)
class Violation:
    """A row that breaks the contract: its column, text and rule; and whose counts are unknown for it, if it says so."""

    column: str
    value: str | None
    rule: str
    day: Day | None
    unit: str | None


@dataclass(frozen=True)
class RegisterContract:
    """What sources.toml and city.toml ask of each person of a register."""

    source: Source
    columns: Mapping[str, str]
    """Field -> the column that holds it."""
    codes: Mapping[str, Mapping[str, int]]
    """Field with codes -> what each code adds to the class of a person."""
    read_day: Callable[[str], Day | None]
    _days: dict[str, Day | None] = field(default_factory=dict)
    _units: dict[str, set[str]] = field(default_factory=dict)
    """Pattern -> ids that fit it."""

    @property
    def ignored(self) -> Sequence[str]:
        """The columns that are delivered and not wanted."""
        return self.source.register_.ignore if self.source.register_ else ()

    def day(self, text: str) -> Day | None:
        """Return the Stichtag that a text means; None where it means none, or no Zuschnitt is valid on it."""
        if text not in self._days:
            self._days[text] = self.read_day(text)
        return self._days[text]

    def has(self, day: Day, unit: str) -> bool:
        """Say whether a text is the id of a base unit in the numbering of a Stichtag."""
        known = self._units.setdefault(day.pattern, set())
        if unit not in known and re.fullmatch(day.pattern, unit, re.ASCII):
            known.add(unit)
        return unit in known

    def judge(self, cells: Sequence[str]) -> Person | Violation:
        """Return what a row is, given the texts of its FIELDS without blanks around them."""
        stichtag, unit, age_text, duration_text, *codes = cells
        day = self.day(stichtag)
        if day is None:
            return self._violation("stichtag", stichtag)
        if not self.has(day, unit):
            return self._violation("unit", unit)
        age, duration = years(age_text), years(duration_text)
        if age is None or age > OLDEST:
            return self._violation("age", age_text, day, unit)
        if duration is None or duration > age + 1:
            return self._violation("duration", duration_text, day, unit)
        packed = int(OF_AGE[age] + OF_DURATION[duration])
        for name, code in zip(FIELDS[4:], codes, strict=True):
            if code not in self.codes[name]:
                return self._violation(name, code, day, unit)
            packed += self.codes[name][code]
        return Person(day, unit, packed)

    def _violation(self, name: str, value: str, day: Day | None = None, unit: str | None = None) -> Violation:
        return Violation(self.columns[name], value or None, _RULES.get(name, _CODE_RULE), day, unit)


def years(text: str) -> int | None:
    """Return the whole years that digits say, however many zeros lead; None for any other text, and for more digits."""
    digits = text.lstrip("0") or text[:1]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_YEARS else None


def register_contract(con: duckdb.DuckDBPyConnection, source: Source) -> RegisterContract:
    """Return the contract of a register source; `con`, which must know the schema katalog, reads its Stichtage."""
    contract, rule = source.register_, source.stichtag
    assert contract is not None and rule is not None and rule.column is not None  # noqa: S101, PT018 -- the model asks
    columns = {
        "stichtag": rule.column, "unit": contract.unit, "age": contract.age, "duration": contract.duration,
        "sex": contract.sex, "nationality": contract.nationality, "migration": contract.migration,
    }  # fmt: skip
    codes = {
        name: {code: of_group(group) if code in members else 0 for code in known}
        for name, group, known, members in (
            ("sex", "female", contract.sexes, contract.female),
            ("nationality", "foreign", contract.nationalities, contract.foreign),
            ("migration", "migrant", contract.migrations, contract.migrant),
        )
    }
    variables = rule.variables

    def read_day(text: str) -> Day | None:
        set_variables(con, stichtag_text=text, **variables)
        found = con.execute(sql("stage/register_tag")).fetchone()
        return Day(*found) if found else None

    return RegisterContract(source, columns, codes, read_day)
