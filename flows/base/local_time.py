"""The office's clock: the day and the time in Germany, in which dates of delivery are meant and people read times.

Records are written in UTC (flows/pull/landing/store.py); what is written for a person, is written as here.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flows.base.texts import Text

ZONE = "Europe/Berlin"


def today() -> dt.date:
    """Return the present day in the office."""
    return dt.datetime.now(ZoneInfo(ZONE)).date()


def office_day(at: str) -> dt.date:
    """Return the day in the office of a moment of a record, an ISO 8601 text.

    Raises:
        ValueError: it is no moment.
    """
    return dt.datetime.fromisoformat(at).astimezone(ZoneInfo(ZONE)).date()


def local(when: dt.datetime) -> str:
    """Return a moment as people in the office read it, to the minute."""
    return f"{when.astimezone(ZoneInfo(ZONE)):%d.%m.%Y %H:%M}"


def moment(at: str) -> Text:
    """Return a moment of a record, in UTC there, as people read it: in German by the office's clock."""
    when = _read(at)
    return Text(f"{when:%Y-%m-%d %H:%M} UTC", f"{local(when).replace(' ', ' um ')} Uhr") if when else Text(at)


def day_of(at: str) -> Text:
    """Return the day of a moment of a record, as people read it: in German that of the office."""
    when = _read(at)
    return Text(f"{when:%Y-%m-%d}", local(when).partition(" ")[0]) if when else Text(at)


def _read(at: str) -> dt.datetime | None:
    """Return a moment in UTC; None for a text of another kind, which a record by hand may have."""
    try:
        return dt.datetime.fromisoformat(at).astimezone(dt.UTC)
    except ValueError:
        return None


def german_day(day: dt.date | str | None) -> str:
    """Return a day, which may be the name of a Zuschnitt, as people in the office write it; nothing for none."""
    if day is None:
        return ""
    return f"{dt.date.fromisoformat(day) if isinstance(day, str) else day:%d.%m.%Y}"
