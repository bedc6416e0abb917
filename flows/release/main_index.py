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

    It has one row, or none where the release has no index or is older than they are. The first releases with indices
    had all their rows in index_wert.
    """
    (before,) = con.execute("SELECT current_catalog()").fetchone() or ("",)
    release = database or str(before)
    con.execute(_NONE)
    rows = next((each for each in ("index_wert_alle", "index_wert") if has_table(con, each, release)), None)
    if rows is None:
        return None
    main_index = sql("index/hauptindex").replace("index_wert_alle", rows)
    con.execute(f"USE {quoted(release)}")
    try:
        con.execute(f"INSERT INTO temp.hauptindex BY NAME {main_index}")
    finally:
        con.execute(f"USE {quoted(str(before))}")
    found = con.execute("SELECT index_id FROM temp.hauptindex").fetchone()
    return None if found is None else str(found[0])
