"""Which units are of another type than at the Stichtag before, in the later release (attached as `fortschreibung`)."""

from __future__ import annotations

import duckdb

from flows.base.db import records, set_variables, sql
from flows.compare.diff_model import TypeMoved

TABLE = "typ"
_SHOWN = 50


def types_moved(con: duckdb.DuckDBPyConnection) -> list[TypeMoved]:
    """Return the units whose type in the first typology changed; those that did so most clearly come first."""
    found = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'fortschreibung' AND table_name = $1", [TABLE],
    )  # fmt: skip
    if found.fetchone() is None:
        return []
    set_variables(con, hoechstens=_SHOWN)
    return [TypeMoved(**row) for row in records(con.execute(sql("compare/typ_wechsel_raum")))]
