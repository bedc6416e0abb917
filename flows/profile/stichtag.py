"""Which day a row or a file is about: the rule of a source for its Stichtag, and the day that a file's name says.

A year or a month is not a day. Which day of it is meant is said in the profile (`day`); a name may have no part that
nobody reads.
"""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Strict

NAME_PARTS = {
    "year": "the year, of a school year the first",
    "end_year": "the second year of a school year, with two digits or four",
    "half": "the half-year, 1 or 2",
    "quarter": "the quarter, 1 to 4",
    "month": "the month, 1 to 12",
    "day": "the day of the month",
}
"""The named groups that a pattern of file names may have, and what each catches; the longest time first."""

_GERMAN = {"jahr": "year", "halbjahr": "half", "quartal": "quarter", "monat": "month", "tag": "day"}
_MONTHS_OF = {"half": 6, "quarter": 3, "month": 1}
_NUMBERS = {"I": 1, "II": 2, "III": 3, "IV": 4}
_DIRECTIVES = "YymdbBHMSfgz%"
_SCHOOL_YEAR_BEGINS = 8  # month


SERIALS = {"excel": dt.date(1899, 12, 30), "excel_1904": dt.date(1904, 1, 1)}
"""The day 0 of dates that are written as numbers: of workbooks, and of those that count from 1904."""


class StichtagRule(Strict):
    """Where the Stichtag of a row stands: in the file's name, in a column, or fixed in the profile."""

    source: Literal["name", "column", "fixed", "header"]
    """Where it stands: in the file's *name*, in a *column*, it is *fixed* in the profile, or a table has a column
    for each Stichtag, which is called by it (*header*).

    Example: `source = "column"`
    """
    column: str | None = None
    """With *column*: which. Example: `column = "Stichtag"`"""
    format: str = "%Y-%m-%d"
    """How the column writes it; `%b` and `%B` are months by name, German or English; `%z`, an offset from UTC, is the
    last. `excel` is the number by which a workbook keeps a date (44196 is 31.12.2020), `excel_1904` that of a workbook
    that counts from 1904.

    Example: `format = "%d.%m.%Y"`
    """
    fixed: dt.date | None = None
    """With *fixed*: the day. Example: `fixed = 2023-12-31`"""
    day: Annotated[str, Field(pattern=r"^(first|last|\d\d-\d\d)$")] | None = None
    """Which day is meant where a name or column says a longer time: `last`, `first`, or of a year a date; of a school
    year it must be a date, of which August to December lie in the first year.

    Example: `day = "12-31"`
    """
    other_years: bool = False
    """A file with a year in its name may hold Stichtage of others. Example: `other_years = true`"""

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if self.source == "column" and not self.column:
            message = "source = 'column' needs `column`"
            raise ValueError(message)
        if self.source == "fixed" and self.fixed is None:
            message = "source = 'fixed' needs `fixed`, a date"
            raise ValueError(message)
        if self.source in ("column", "header") and self.format not in SERIALS:
            _refuse_unreadable(self.format)
        if self.day and (self.source == "fixed" or (self._is_written and self.precision == "tag")):
            message = "`day` says which day of a month or year is meant; here the day itself is given"
            raise ValueError(message)
        if self.day and self.day[0].isdigit():
            _month_and_day(self.day)
            if self._is_written and self.precision != "jahr":
                message = f"`day` = {self.day!r} is a day of a year; of a month say 'first' or 'last'"
                raise ValueError(message)
        return self

    @property
    def _is_written(self) -> bool:
        return self.source in ("column", "header")

    @property
    def precision(self) -> str:
        """How fine the column's format is: a day ('tag'), a month ('monat') or a year ('jahr')."""
        if self.format in SERIALS:
            return "tag"
        return "tag" if "%d" in self.format else "monat" if _names_month(self.format) else "jahr"

    @property
    def in_year(self) -> tuple[int, int]:
        """Month and day that a year alone stands for."""
        return {"first": (1, 1), "last": (12, 31)}.get(self.day or "last") or _month_and_day(str(self.day))

    @property
    def variables(self) -> dict[str, str | int | bool | None]:
        """What sql/schema/lesen.sql reads of the rule."""
        by_number = re.sub("%[bB]", "%m", self.format)
        month, day = self.in_year
        zero = SERIALS.get(self.format)
        return {
            "stichtag_nulltag": zero.isoformat() if zero else None,
            "stichtag_format": by_number, "stichtag_format_ortszeit": re.sub(r"\s*%z$", "", by_number),
            "stichtag_versatz": r"\s*(Z|[+-]\d\d(:?\d\d)?)$" if self.format.endswith("%z") else "$",
            "stichtag_monatsname": by_number != self.format, "stichtag_genauigkeit": self.precision,
            "stichtag_anfang": self.day == "first", "stichtag_monat": month, "stichtag_tag": day,
        }  # fmt: skip


def day_as_written(rule: StichtagRule, day: dt.date) -> str:
    """Return how the column of the rule writes a day."""
    zero = SERIALS.get(rule.format)
    return str((day - zero).days) if zero else day.strftime(rule.format)


def _refuse_unreadable(date_format: str) -> None:
    """Raise ValueError where a part of the format would be passed over, or one is missing."""
    directives = re.findall("%(.?)", date_format)
    strange = [each for each in directives if each not in _DIRECTIVES or not each]
    if strange:
        message = f"format: %{strange[0]} is not known; known are {', '.join(f'%{each}' for each in _DIRECTIVES)}"
        raise ValueError(message)
    if "%z" in date_format[:-2]:
        message = "format: %z, the offset from UTC, must be the last part"
        raise ValueError(message)
    if not {"Y", "y"} & set(directives):
        message = "format: it says no year (%Y, or %y where two digits are written)"
        raise ValueError(message)
    if "%d" in date_format and not _names_month(date_format):
        message = "format: a day (%d) needs its month (%m, %b or %B)"
        raise ValueError(message)


def _names_month(date_format: str) -> bool:
    return re.search("%[mbB]", date_format) is not None


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = map(int, text.split("-"))
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2023, month)[1]:
        message = f"`day` = {text!r} is no day that every year has (month-day, such as '12-31')"
        raise ValueError(message)
    return month, day


def refuse_unknown_groups(pattern: str) -> None:
    """Raise ValueError where a pattern of file names has a named group that nobody reads: its meaning would be lost."""
    for name in re.compile(pattern).groupindex:
        if name not in NAME_PARTS:
            likely = _GERMAN.get(name) or next(iter(difflib.get_close_matches(name, NAME_PARTS, n=1)), None)
            message = (
                f"the group {name!r} of the pattern {pattern!r} has no meaning"
                + (f" (did you mean {likely!r}?)" if likely else "")
                + f"; known are {', '.join(NAME_PARTS)}. A group without a name, (...), is not read"
            )
            raise ValueError(message)


def refuse_unclear_name(pattern: str, rule: StichtagRule) -> None:
    """Raise ValueError where the parts of the name do not make one day, or `day` does not go with them."""
    groups = set(re.compile(pattern).groupindex)
    parts = groups & {"end_year", *_MONTHS_OF}
    problem = None
    if parts and "year" not in groups:
        problem = "needs the group `year` beside them in `file`"
    elif len(parts) > 1:
        problem = f"takes one of {', '.join(sorted(parts))} from the name, not several"
    elif "day" in groups and parts != {"month"}:
        problem = "needs the group `month` beside `day` in `file`"
    elif "day" in groups and rule.day:
        problem = "finds the day in the name; leave out `day`"
    elif "end_year" in parts and not (rule.day or "x")[0].isdigit():
        problem = "needs `day` for a school year, a date such as '10-15'"
    elif parts & set(_MONTHS_OF) and rule.day and rule.day[0].isdigit():
        problem = f"needs `day` = 'first' or 'last' for a {', '.join(parts)}"
    if problem:
        message = f"stichtag.source = 'name' {problem} (found the groups {', '.join(sorted(groups)) or 'none'})"
        raise ValueError(message)


def leaves_day_open(pattern: str, rule: StichtagRule) -> bool:
    """Say whether a year alone stands for the Stichtag and the rule does not say which of its days is meant."""
    if rule.day or rule.source == "fixed":
        return False
    if rule.source in ("column", "header"):
        return rule.precision == "jahr"
    return not set(re.compile(pattern).groupindex) & {"end_year", *_MONTHS_OF}


def number_in_name(written: str) -> int:
    """Return the number that a part of a file's name says, a quarter also in Roman letters; 0 where it says none."""
    return _NUMBERS.get(written) or (int(written) if written.isdecimal() else 0)


def day_in_name(parts: Mapping[str, str | None], rule: StichtagRule) -> dt.date:
    """Return the day that the parts of a file's name say, of a longer time the one that the rule says.

    Raises:
        ValueError: there is no such day; says what is wrong.
    """
    year, (month, day) = int(parts["year"] or ""), rule.in_year
    if not dt.MINYEAR < year < dt.MAXYEAR:
        message = f"the year {year}"
        raise ValueError(message)
    if parts.get("end_year"):
        text = str(parts["end_year"])
        if not text.isdecimal() or text != str(year + 1)[-len(text) :] or len(text) not in (2, 4):
            message = f"the school year {year} to {text}"
            raise ValueError(message)
        return dt.date(year if month >= _SCHOOL_YEAR_BEGINS else year + 1, month, day)
    for part, months in _MONTHS_OF.items():
        if written := parts.get(part):
            number = number_in_name(written)
            if not 1 <= number <= 12 // months:
                message = f"the {part} {written}"
                raise ValueError(message)
            last = months * number
            month = last - months + 1 if rule.day == "first" else last
            day = 1 if rule.day == "first" else calendar.monthrange(year, last)[1]
    return dt.date(year, month, int(parts.get("day") or day))
