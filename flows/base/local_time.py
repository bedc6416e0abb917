"""The office's clock: the day and the time in Germany, in which dates of delivery are meant and people read times.

Records are written in UTC (flows/pull/landing/store.py); what is written for a person, is written as here.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"


def today() -> dt.date:
    """Return the present day in the office."""
    return dt.datetime.now(ZoneInfo(ZONE)).date()


def local(moment: dt.datetime) -> str:
    """Return a moment as people in the office read it, to the minute."""
    return f"{moment.astimezone(ZoneInfo(ZONE)):%d.%m.%Y %H:%M}"


def german_day(day: dt.date | str | None) -> str:
    """Return a day, which may be the name of a Zuschnitt, as people in the office write it; nothing for none."""
    if day is None:
        return ""
    return f"{dt.date.fromisoformat(day) if isinstance(day, str) else day:%d.%m.%Y}"
