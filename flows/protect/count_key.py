"""What names a count in the tables of station protect: the columns of sql/protect/angabe.sql that identify a row."""

from __future__ import annotations

from typing import NamedTuple


class CountKey(NamedTuple):
    """A count of a unit at a Stichtag; the names are those of the columns."""

    zuschnitt: str
    raumebene: str
    raum_id: str
    stichtag: str
    seite: str
