"""The main index of a release, which every form of it shows first: chosen by one rule, sql/index/hauptindex.sql."""

from __future__ import annotations

import duckdb

from flows.base.db import has_table, quoted, sql

_NONE = (
    "CREATE OR REPLACE TEMP TABLE hauptindex "
    "(index_id VARCHAR, index_version VARCHAR, label_de VARCHAR, label_en VARCHAR, massstab VARCHAR)"
)


def find_main_index(con: duckdb.DuckDBPyConnection, database: str | None = None) -> str | None:
    """Leave the temporary table `hauptindex` of the release that is in use, or attached as `database`; return its id.

    It has one row, or none where the release has no index or is older than they are.
    """
    (before,) = con.execute("SELECT current_catalog()").fetchone() or ("",)
    release = database or str(before)
    con.execute(_NONE)
    if not has_table(con, "index_wert_alle", release):
        return None
    con.execute(f"USE {quoted(release)}")
    try:
        con.execute(f"INSERT INTO temp.hauptindex BY NAME {sql('index/hauptindex')}")
    finally:
        con.execute(f"USE {quoted(str(before))}")
    found = con.execute("SELECT index_id FROM temp.hauptindex").fetchone()
    return None if found is None else str(found[0])
