"""The figures of every Raumebene as people lay them out, made once for the workbook and the maps.

One column per Indikator, the method of each row, and the words of the vocabulary for what a figure is and why one is
missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.base.db import insert, literal, quoted, sql
from flows.profile.vocabulary import vocabulary
from flows.release.table_contract import Table


def pivot_figures(con: duckdb.DuckDBPyConnection, units: Sequence[Table]) -> None:
    """Lay out the figures of the open release in `memory`, which every cursor of `con` can read.

    `units` are the tables of the Raumebenen. The tables are figur, methode_zeile, wert_breit and zeile, as the
    files of sql/export of these names say, and wort_methode (methode, rang, gezaehlt, wort) and wort_grund (status,
    vollstaendig, wort) with the words of the vocabulary.
    """
    words = vocabulary()
    con.execute("CREATE TABLE memory.wort_methode (methode VARCHAR, rang INTEGER, gezaehlt BOOLEAN, wort VARCHAR)")
    insert(
        con,
        "memory.wort_methode",
        [
            {"methode": name, "rang": each.rank, "gezaehlt": each.counted, "wort": each.short_de}
            for name, each in words.method.items()
        ],
    )
    con.execute("CREATE TABLE memory.wort_grund (status VARCHAR, vollstaendig BOOLEAN, wort VARCHAR)")
    insert(
        con,
        "memory.wort_grund",
        [
            {"status": name, "vollstaendig": name != "unvollstaendig", "wort": each.short_de}
            for name, each in words.status.items()
        ],
    )
    con.execute("CREATE TEMP TYPE indikator_folge AS ENUM (SELECT indikator_id FROM indikator ORDER BY position)")
    con.execute(f"CREATE VIEW memory.figur AS {sql('export/figur')}")
    _show_all_units(con, units)
    for name in ("methode_zeile", "wert_breit", "zeile"):
        con.execute(f"CREATE TABLE memory.{name} AS {sql(f'export/{name}')}")


def show_units(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Let the view `einheit` show the units of the Raumebene `table`, with their ids as raum_id too."""
    unit, level = quoted(f"{table.name}_id"), quoted(table.name)
    con.execute(f"CREATE OR REPLACE TEMP VIEW einheit AS SELECT *, {unit} AS raum_id FROM {level}")  # noqa: S608


def _show_all_units(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Let the view `einheit` show the units of all Raumebenen, with their ids as raum_id."""
    levels = [
        f"SELECT {literal(table.name)} AS raumebene, zuschnitt, {quoted(table.name + '_id')} AS raum_id, name "  # noqa: S608
        f"FROM {quoted(table.name)}"
        for table in tables
    ]
    con.execute(f"CREATE OR REPLACE TEMP VIEW einheit AS {' UNION ALL '.join(levels)}")
