"""The step of the station protect that decides which counts are not told, between the files of sql/protect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from flows.base.db import Value, insert
from flows.base.sql_order import PythonStep

if TYPE_CHECKING:
    from flows.protect.secondary import Secondary

_MAKES = {
    "angabe_nachgebessert": "One row per count that must not be published because of what an audit found.",
    "angabe_still": "One row per count of a unit at a Stichtag that no row may tell: it is too small, or others that "
                    "are would follow.",
}  # fmt: skip
_READS = frozenset({
    "angabe", "angabe_gleich", "angabe_differenz", "angabe_verschwiegen", "angabe_entzogen", "angabe_gesperrt",
    "angabe_beitrag", "angabe_gruppe", "indikator_seite", "merkmal_schwelle", "stueck_geschaetzt", "stichtag",
    "kombination_raum", "merkmal_kombination",
})  # fmt: skip
_SILENT = "(zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, seite VARCHAR)"


class SecondaryStep:
    """The step, and what it knows of the town, which the repairs go on with."""

    def __init__(self) -> None:
        self._secondary: Secondary | None = None

    def secondary(self, con: duckdb.DuckDBPyConnection) -> Secondary:
        """Return what decides about the counts in a working database."""
        from flows.protect.secondary import Secondary  # noqa: PLC0415 -- numpy, only where figures are protected
        from flows.protect.town import read_town  # noqa: PLC0415

        if self._secondary is None:
            self._secondary = Secondary(read_town(con))
        return self._secondary

    def write_silent(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make ``angabe_still``."""
        con.execute(f"CREATE OR REPLACE TABLE angabe_nachgebessert {_SILENT}")
        con.execute(f"CREATE OR REPLACE TABLE angabe_still {_SILENT}")
        decide(con, self.secondary(con))

    @property
    def step(self) -> PythonStep:
        """What it makes, and from what."""
        return PythonStep(makes=_MAKES, reads=_READS, run=self.write_silent)


def decide(
    con: duckdb.DuckDBPyConnection, secondary: Secondary, days: frozenset[str] | None = None,
    groups: frozenset[int] | None = None,
) -> None:  # fmt: skip
    """Fill ``angabe_still`` for these Stichtage and groups of classes, or for all."""
    from flows.protect.given import given_before  # noqa: PLC0415

    town = secondary.town
    chosen = [number for number, day in enumerate(town.days) if days is None or day in days]
    silent = secondary.silent(given_before(con, town, chosen), chosen, groups)
    units, cells = town.units, town.cells
    rows: list[dict[str, Value]] = [
        {"zuschnitt": units[cells.unit[cell]].zuschnitt, "raumebene": units[cells.unit[cell]].level,
         "raum_id": units[cells.unit[cell]].id, "stichtag": town.days[cells.day[cell]],
         "seite": town.sides[cells.side[cell]]} for cell in sorted(silent)
    ]  # fmt: skip
    if days is not None:
        con.execute(f"CREATE OR REPLACE TEMP TABLE angabe_geprueft {_SILENT}")
        insert(con, "angabe_geprueft", rows)
        con.execute(
            "DELETE FROM angabe_still USING angabe_geprueft AS neu WHERE angabe_still.zuschnitt = neu.zuschnitt "
            "AND angabe_still.raumebene = neu.raumebene AND angabe_still.raum_id = neu.raum_id "
            "AND angabe_still.stichtag = neu.stichtag AND angabe_still.seite = neu.seite"
        )
    hidden = [row for row, cell in zip(rows, sorted(silent), strict=True) if silent[cell]]
    insert(con, "angabe_still", hidden)
