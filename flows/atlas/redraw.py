"""What the last redraw did to each unit, as its profile tells it."""

from __future__ import annotations

from typing import Any

import duckdb

from flows.base.db import records, sql


def redraw_content(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the pairs of old and new units of the last redraw; the units are numbered."""
    return {
        "pairs": [
            [
                row["von"], row["nach"], row["ereignis"], int(row["fortgefuehrt"]),
                None if row["flaeche_km2"] is None else round(row["flaeche_km2"], 3), row["einwohner"],
            ]
            for row in records(con.execute(sql("atlas/umbau")))
        ]
    }  # fmt: skip
