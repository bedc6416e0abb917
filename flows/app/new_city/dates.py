"""Which columns, names and notes say a day, and how it is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress

_FORMATS = {
    r"\d{4}-\d{2}-\d{2}": "%Y-%m-%d", r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y", r"\d{8}": "%Y%m%d",
    r"\d{4}/\d{2}/\d{2}": "%Y/%m/%d", r"\d{4}-\d{2}": "%Y-%m", r"\d{6}": "%Y%m", r"\d{4}": "%Y",
}  # fmt: skip
_YEARS = range(1750, 2101)
_NAMED = re.compile(r"stichtag|datum|date|jahr|year|ann[oé]e|zeit|stand|monat|month|period", re.IGNORECASE)
_OF_ANOTHER_THING = re.compile(
    r"bau(jahr|dat|alt)|built|constr|fertigst|geburt|birth|geb[-_. ]?dat|einzug|zuzug|export|abruf|erstell|erzeug|"
    r"druck|aktualis|update|modif|creat|ge[äa]e?nder|liefer|import|load",
    re.IGNORECASE,
)
"""Headers of days on which something else was: a house built, a person born, the file made."""
_DAY_IN_TEXT = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
_YEAR_IN_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:[-_.]?(?P<month>0[1-9]|1[0-2])(?:[-_.]?(?P<day>[0-3]\d))?)?(?!\d)"
)
_GERMAN_DAY_IN_NAME = re.compile(
    r"(?<!\d)(?P<day>0[1-9]|[12]\d|3[01])(?P<sign>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=sign)(?P<year>(?:19|20)\d{2})(?!\d)"
)
_PARTS = {"year": r"\d{4}", "month": r"\d{2}", "day": r"\d{2}"}


def date_format(header: str, cells: Sequence[str]) -> str | None:
    """Return the format in which every cell of a column is a day, a month or a year, or None.

    A column of years or months is one only where its header says so, and none is whose header says a day of its own.
    """
    if _OF_ANOTHER_THING.search(header):
        return None
    different = set(cells)
    for pattern, form in _FORMATS.items():
        if all(re.fullmatch(pattern, cell) for cell in different):
            named = _NAMED.search(header) is not None
            fits = all(_day(cell, form) for cell in different)
            return form if fits and (named or form in ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")) else None
    return None


def _day(cell: str, form: str) -> dt.date | None:
    """Return the day that a cell says, of a month or year the first; None where there is none."""
    with suppress(ValueError):
        found = dt.datetime.strptime(cell, form).replace(tzinfo=dt.UTC).date()
        return found if found.year in _YEARS else None
    return None


def last_day(cell: str, form: str) -> dt.date:
    """Return the day that a cell says, of a month or year the last."""
    found = _day(cell, form)
    assert found is not None  # noqa: S101 -- `date_format` has read all of them
    if "%d" in form:
        return found
    if "%m" in form:
        return (found.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return found.replace(month=12, day=31)


def are_years(cells: Sequence[str]) -> bool:
    """Say whether the cells of a header are years, two of them at least."""
    return len(cells) > 1 and all(re.fullmatch(r"\d{4}", cell) and int(cell) in _YEARS for cell in cells)


def day_in_header(parts: Sequence[str]) -> tuple[str, str] | None:
    """Return the figure and the day that the header rows of a column name; None where none or several are a day."""
    days = [
        place for place, part in enumerate(parts)
        if any(re.fullmatch(pattern, part) and _day(part, form) for pattern, form in _FORMATS.items())
    ]  # fmt: skip
    if len(days) != 1:
        return None
    return " / ".join(part for place, part in enumerate(parts) if place != days[0]), parts[days[0]]


def day_in(texts: Sequence[str]) -> dt.date | None:
    """Return the only day that stands in the texts, such as the lines above a table; None for none or several."""
    found = set()
    for match in _DAY_IN_TEXT.finditer("\n".join(texts)):
        day, month, year, *iso = match.groups()
        with suppress(ValueError):
            found.add(dt.date(int(year), int(month), int(day)) if year else dt.date(*map(int, iso)))
    return found.pop() if len(found) == 1 else None


def name_pattern(name: str) -> tuple[str, str | None]:
    """Return the pattern of a file's name with a group for each part of its day, and the last day that it says."""
    found = [list(pattern.finditer(name)) for pattern in (_GERMAN_DAY_IN_NAME, _YEAR_IN_NAME)]
    matches = next(filter(None, found), [])
    if len(matches) != 1:
        return re.escape(name), None
    match = matches[0]
    pattern, at = "", 0
    for part in sorted(filter(match.group, _PARTS), key=match.start):
        pattern += re.escape(name[at : match.start(part)]) + f"(?P<{part}>{_PARTS[part]})"
        at = match.end(part)
    text = "-".join(match[part] for part in _PARTS if match[part])
    form = "%Y-%m-%d" if match["day"] else "%Y-%m" if match["month"] else "%Y"
    day = last_day(text, form).isoformat() if _day(text, form) else None
    return pattern + re.escape(name[at:]), day
