"""When a source is due: the day by which it brings the figures of a Stichtag year.

A day of the calendar recurs every year, so that a profile says it once: `03-15` is the 15th of March of the year after
the Stichtag year, `+0 09-30` the 30th of September of that year itself, `+2 06-30` the 30th of June two years later.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator

_DUE = re.compile(r"(?:\+(?P<years>[0-9]) )?(?P<month>\d\d)-(?P<day>\d\d)")
_YEARS_LATER = 1  # where the profile does not say it


def _must_be_a_day_of_every_year(text: str) -> str:
    found = _DUE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        dt.date(2025, int(found["month"]), int(found["day"]))  # a year without a 29th of February
    except ValueError:
        message = (
            "expected month and day, such as '03-15' (of the year after the Stichtag), '+0 09-30' (of the same year) "
            f"or '+2 06-30' (two years later); found {text!r}"
        )
        raise ValueError(message) from None
    return text


DueDay = Annotated[str, AfterValidator(_must_be_a_day_of_every_year)]


def years_later(due: DueDay) -> int:
    """Return how many years after the Stichtag year its figures are due."""
    found = _DUE.fullmatch(due)
    return int(found["years"]) if found and found["years"] else _YEARS_LATER


def due_on(due: DueDay, year: int) -> dt.date:
    """Return the day on which the figures of the Stichtag year `year` are due."""
    month, day = due[-5:].split("-")
    return dt.date(year + years_later(due), int(month), int(day))
