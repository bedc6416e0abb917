"""The figures of every Raumebene with one column per Indikator, pivoted once for the workbook and the maps."""

from __future__ import annotations

import duckdb

from flows.base.db import quoted, sql
from flows.release.table_contract import Table


def pivot_figures(con: duckdb.DuckDBPyConnection) -> None:
    """Pivot the figures of the open release into memory.wert_breit, which every cursor of `con` can read."""
    con.execute("CREATE TEMP TYPE indikator_folge AS ENUM (SELECT indikator_id FROM indikator ORDER BY position)")
    con.execute(f"CREATE TABLE memory.wert_breit AS {sql('export/wert_breit')}")


def show_units(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Let the view `einheit` show the units of the Raumebene `table`, with their ids as raum_id too."""
    unit, level = quoted(f"{table.name}_id"), quoted(table.name)
    con.execute(f"CREATE OR REPLACE TEMP VIEW einheit AS SELECT *, {unit} AS raum_id FROM {level}")  # noqa: S608
