"""The step of the station transform that finds what each redraw did, and which units are still the same."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import duckdb

from flows.base.db import Value, insert
from flows.base.sql_order import PythonStep

if TYPE_CHECKING:
    from flows.space.events import Event

_EVENTS = (
    "CREATE OR REPLACE TABLE ereignis (von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, "
    "vorgang BIGINT, vorgang_art VARCHAR, ereignis VARCHAR, von_id VARCHAR, nach_id VARCHAR, fortgefuehrt BOOLEAN, "
    "flaeche_km2 DOUBLE, einwohner DOUBLE, grundlage VARCHAR)"
)
_IDENTITIES = (
    "CREATE OR REPLACE TABLE raum_dauer (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, dauer_id VARCHAR)"
)
Units = dict[tuple[str, str], dict[str, str]]
"""Names of units by Zuschnitt and Raumebene, and id."""


def write_events(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``ereignis`` and ``raum_dauer``."""
    from flows.space.events import stable_ids  # noqa: PLC0415 -- numpy, only where Zuschnitte are compared

    con.execute(_EVENTS)
    con.execute(_IDENTITIES)
    units = _units(con)
    connected = con.execute(
        "SELECT raumebene, von_zuschnitt, nach_zuschnitt, grundlage, von_id, nach_id, coalesce(flaeche_km2, 0), "
        "einwohner FROM beruehrung ORDER BY ALL"
    ).fetchall()
    found: dict[str, list[tuple[str, str, list[Event]]]] = {}
    for (level, von, nach, ground), group in groupby(connected, key=lambda row: row[:4]):
        events = _events(list(group), units[von, level], units[nach, level])
        found.setdefault(level, []).append((von, nach, events))
        same: dict[str, Value] = {
            "von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": level, "grundlage": ground,
        }  # fmt: skip
        insert(con, "ereignis", [same | row for row in _rows(events)])
    for level in {level for _, level in units}:
        lasting = {(zuschnitt, unit): f"{zuschnitt}/{unit}" for (zuschnitt, own), named in units.items()
                   for unit in named if own == level}  # fmt: skip
        lasting |= stable_ids(found.get(level, []))
        insert(
            con, "raum_dauer",
            [{"zuschnitt": zuschnitt, "raumebene": level, "raum_id": unit, "dauer_id": identity}
             for (zuschnitt, unit), identity in lasting.items()],
        )  # fmt: skip


def _events(connected: list[tuple[str, ...]], old: dict[str, str], new: dict[str, str]) -> list[Event]:
    import numpy as np  # noqa: PLC0415

    from flows.space.events import Names, change_events  # noqa: PLC0415
    from flows.space.links import links_between  # noqa: PLC0415

    links = links_between([(row[4], row[5]) for row in connected], old, new)
    area, residents = (np.array([row[place] for row in connected], dtype=np.float64) for place in (6, 7))
    return change_events(links, area, residents, Names(old, new))


def _rows(events: list[Event]) -> list[dict[str, Value]]:
    """Return one row per pair of units, and one per unit that has no partner."""
    from flows.space.events import UMBENANNT  # noqa: PLC0415

    rows: list[dict[str, Value]] = []
    for number, event in enumerate(events, start=1):
        same: dict[str, Value] = {"vorgang": number, "vorgang_art": event.event}
        rows += [
            same | {"ereignis": UMBENANNT if event.event == UMBENANNT else step.event, "von_id": step.old,
                    "nach_id": step.new, "fortgefuehrt": (step.old, step.new) in event.continues,
                    "flaeche_km2": step.area, "einwohner": step.residents}
            for step in event.steps
        ]  # fmt: skip
        if not event.steps:
            alone = [("von_id", unit) for unit in event.before] + [("nach_id", unit) for unit in event.after]
            rows += [same | {"ereignis": event.event, "fortgefuehrt": False, side: unit} for side, unit in alone]
    return rows


def _units(con: duckdb.DuckDBPyConnection) -> Units:
    found: Units = {}
    rows = con.execute("SELECT zuschnitt, raumebene, raum_id, coalesce(name, '') FROM raum ORDER BY ALL").fetchall()
    for zuschnitt, level, unit, name in rows:
        found.setdefault((zuschnitt, level), {})[unit] = name
    return found


EVENTS = PythonStep(
    makes={
        "ereignis": "One row per pair of old and new units that a redraw connects, with what happened between the two.",
        "raum_dauer": "One row per unit in a Zuschnitt, with an identity that lasts as long as its boundary does.",
    },
    reads=frozenset({"beruehrung", "raum"}),
    run=write_events,
)
