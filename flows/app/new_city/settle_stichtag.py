"""Settles of which day files are: by a column, their header, their names or the lines above; else a person is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flows.app.new_city.counts import PARTS, Counts
from flows.app.new_city.dates import day_in, name_pattern
from flows.app.new_city.guess import Guess, LeftOut
from flows.app.new_city.questions import Questions
from flows.app.new_city.tables import Table
from flows.base.texts import Text, joined, text


def settle_stichtag(found: Counts, questions: Questions, stichtag: dt.date | None) -> None:
    """Say where the Stichtag stands: in a column, else in the files' names, else in the lines above the table."""
    table, roles = found.tables[-1], found.roles
    pattern, in_name = name_pattern(table.name)
    if table.header_days:
        if "%m" not in table.header_days.format:
            found.day = _asked_day_of_years(found, text("its header"), questions)
    elif roles.stichtag is None and in_name is None:
        above = day_in(table.above)
        guess = Guess(above.isoformat(), text("the only date in the lines above the table")) if above else None
        asked = text("{file}: of which day (YYYY-MM-DD) is it?", file=table.name)
        found.fixed = questions.settle(asked, guess, fits=_is_date) if guess else _asked_day(table, questions, stichtag)
    elif roles.stichtag is None and "(?P<month>" in pattern and "(?P<day>" not in pattern:
        found.part = _settle_part(found.tables, questions)
    elif "%m" not in str(roles.stichtag_format) if roles.stichtag else "(?P<month>" not in pattern:
        where = text("column {column!r}", column=roles.stichtag) if roles.stichtag else text("the file's name")
        found.day = _asked_day_of_years(found, where, questions)


def _asked_day_of_years(found: Counts, where: Text, questions: Questions) -> Guess[str]:
    why = text("{place} says only years; most counts are of the last day", place=where)
    guess = _day_above(found.tables) or Guess("12-31", why)
    asked = text("{file}: which day (MM-DD) do the years stand for?", file=found.tables[-1].name)
    return questions.settle(asked, guess, fits=_is_day_of_year)


def _settle_part(tables: list[Table], questions: Questions) -> Guess[str]:
    """Return what the two digits after a year in the files' names are; 01 and 02 alone are rather half-years."""
    numbers = {int((name_pattern(table.name)[1] or "")[5:7]) for table in tables}
    possible = [part for part, months in PARTS.items() if max(numbers) * months <= 12]
    guess = "half" if numbers == {1, 2} else "month"
    asked = text(
        "{file}: are the two digits after the year a {parts}?",
        file=tables[-1].name,
        parts=joined(text(" or "), possible),
    )
    why = text("the files have {numbers}", numbers=", ".join(f"{number:02}" for number in sorted(numbers)))
    return questions.settle(asked, Guess(guess, why), fits=possible.__contains__)


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
    asked = text("{file}: of which day (YYYY-MM-DD) is it? Enter leaves it out", file=table.name)
    said = questions.settle(asked, Guess(""), fits=_is_date)
    if not said.value:
        raise LeftOut(
            "neither its name nor a column nor the lines above it say of which day it is; say --stichtag DATE"
        )
    return said


def _is_date(said: str) -> bool:
    return _reads(dt.date.fromisoformat, said)


def _is_day_of_year(said: str) -> bool:
    return _reads(dt.date.fromisoformat, f"2023-{said}")


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
