"""The step of the station protect that decides which counts are not told, between the files of sql/protect."""

from __future__ import annotations

import duckdb

from flows.base.db import insert, literal
from flows.base.sql_order import PythonStep

_SILENT = "(zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, seite VARCHAR)"


def write_silent(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``angabe_still``."""
    con.execute(f"CREATE OR REPLACE TABLE angabe_nachgebessert {_SILENT}")
    con.execute(f"CREATE OR REPLACE TABLE angabe_still {_SILENT}")
    decide(con)


def decide(con: duckdb.DuckDBPyConnection, days: frozenset[str] | None = None) -> None:
    """Fill ``angabe_still`` for these Stichtage, or for all."""
    from flows.protect.secondary import secondary  # noqa: PLC0415 -- numpy, only where figures are protected
    from flows.protect.town import given_before, read_town  # noqa: PLC0415

    town = read_town(con)
    chosen = [number for number, day in enumerate(town.days) if days is None or day in days]
    told = secondary(town, given_before(con, town), chosen)
    for number in chosen:
        con.execute(f"DELETE FROM angabe_still WHERE stichtag = {literal(town.days[number])}")  # noqa: S608 -- a date
    units, cells = town.units, town.cells
    insert(
        con, "angabe_still",
        [{"zuschnitt": units[cells.unit[cell]].zuschnitt, "raumebene": units[cells.unit[cell]].level,
          "raum_id": units[cells.unit[cell]].id, "stichtag": town.days[cells.day[cell]],
          "seite": town.sides[cells.side[cell]]} for cell in sorted(told.silent)],
    )  # fmt: skip


SECONDARY = PythonStep(
    makes={"angabe_nachgebessert": "One row per count that must not be told because of what an audit found.",
           "angabe_still": "One row per count of a unit at a Stichtag that no row may tell: it is too small, or others "
                          "that are would follow."},
    reads=frozenset({"angabe", "indikator_seite", "merkmal_schwelle", "stueck_geschaetzt", "stichtag", "kombination_raum",
                     "merkmal_kombination"}),
    run=write_silent,
)  # fmt: skip
