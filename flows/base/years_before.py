"""A Stichtag so many years before another, by the rule of the SQL that computes changes.

A Stichtag is the end of its day, so that years are counted from the day after: a year before 28 February 2025 is
29 February 2024, the end of that month too.
"""

from __future__ import annotations

import datetime as dt

_DAY = dt.timedelta(days=1)


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the Stichtag so many years before: in SQL `(day + 1 - to_years(years))::DATE - 1`."""
    after = day + _DAY
    try:
        then = after.replace(year=after.year - years)
    except ValueError:  # 29 February of a year that has none
        then = after.replace(year=after.year - years, day=28)
    return then - _DAY


def text_years_before(day: str, years: int) -> str:
    """Return `years_before` of a Stichtag that is written as 2024-12-31; with negative years, one so many after it."""
    return years_before(dt.date.fromisoformat(day), years).isoformat()
