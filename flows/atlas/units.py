"""The units that the atlas shows, of every Raumebene on every Zuschnitt, with their outlines and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb

from flows.base.db import literal, quoted, records, set_variables, sql

WIDTH = 1600
"""How wide the grid is on which outlines lie: a step is less than half a pixel of the largest map."""


def create_units(con: duckdb.DuckDBPyConnection) -> None:
    """Number the units of the release in use, and simplify their outlines.

    Tables: atlas_einheit, atlas_umriss, atlas_nachbar; `con` has the spatial extension.
    """
    levels = [name for (name,) in con.execute("SELECT raumebene FROM raumebene ORDER BY rang").fetchall()]
    units = " UNION ALL ".join(_units_of(con, level, levels[place + 1 :]) for place, level in enumerate(levels))
    con.execute(f"CREATE OR REPLACE TEMP VIEW atlas_raum AS {units}")
    set_variables(con, breite=WIDTH)
    for name in ("atlas_einheit", "atlas_umriss", "atlas_nachbar"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql(f'atlas/{name}')}")


def _units_of(con: duckdb.DuckDBPyConnection, level: str, larger: Sequence[str]) -> str:
    """Return the query for the units of a Raumebene with the units of larger ones in which they lie."""
    columns = {name for name, *_ in con.execute(f"DESCRIBE {quoted(level)}").fetchall()}
    lie_in = [name for name in larger if f"{name}_id" in columns]
    names, ids = literal(lie_in), ", ".join(quoted(f"{name}_id") for name in lie_in)
    return (
        f"SELECT zuschnitt, {literal(level)} AS raumebene, {quoted(f'{level}_id')} AS raum_id, name, "  # noqa: S608
        f"flaeche_km2, map({names}::VARCHAR[], [{ids}]::VARCHAR[]) AS groesser, geometrie FROM {quoted(level)}"
    )


def unit_rows(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the units in their order: zuschnitt, raumebene, raum_id, name, flaeche_km2, groesser."""
    return records(con.execute("SELECT * EXCLUDE (geometrie) FROM atlas_einheit ORDER BY stelle"))


Outlines = Mapping[tuple[str, str], list[dict[str, Any]]]
"""By Zuschnitt and Raumebene the rows of sql/atlas/gestalt.sql."""


def outlines(con: duckdb.DuckDBPyConnection) -> Outlines:
    """Return the outlines of the units that have one; of a Raumebene with a single unit, the city, too."""
    rows = records(con.execute(sql("atlas/gestalt")))
    place = ("zuschnitt", "raumebene")
    rows.sort(key=lambda row: (row["zuschnitt"], row["raumebene"], row["stelle"]))
    return {key: list(group) for key, group in groupby(rows, key=lambda row: tuple(row[name] for name in place))}


def outline_content(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the outlines of a Raumebene on a Zuschnitt as the atlas loads them."""
    return {"units": [[row["stelle"], row["pfad"], row["x"], row["y"], row["nachbarn"]] for row in rows]}


def height(shapes: Outlines) -> int:
    """Return how high the grid is that all outlines lie on."""
    return max((row["unten"] for rows in shapes.values() for row in rows), default=0)
