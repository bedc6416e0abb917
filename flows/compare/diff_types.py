"""Which units are of another type than at the Stichtag before, in the later release (attached as `fortschreibung`)."""

from __future__ import annotations

import duckdb

from flows.base.db import has_table, records, set_variables, sql
from flows.compare.diff_model import TypeMoved

TABLE = "typ"
_SHOWN = 50


def types_moved(con: duckdb.DuckDBPyConnection) -> list[TypeMoved]:
    """Return the units whose type in the first typology changed; those that did so most clearly come first."""
    if not has_table(con, TABLE, "fortschreibung"):
        return []
    set_variables(con, hoechstens=_SHOWN)
    return [TypeMoved(**row) for row in records(con.execute(sql("compare/typ_wechsel_raum")))]
