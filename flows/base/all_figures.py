"""Where a release keeps its figures on every Zuschnitt: by the contract of its own time.

Since schema version 2 the table `wert` holds each Stichtag once per Raumebene and `wert_zuschnitt` the same figures on
other Zuschnitte; before, `wert` held them all. Whoever compares, audits or remembers releases needs all of them.
"""

from __future__ import annotations

import duckdb

from flows.base.db import has_table, quoted

FIGURES, OTHER = "wert", "wert_zuschnitt"


def all_figures(con: duckdb.DuckDBPyConnection, release: str) -> str:
    """Return what SQL calls the figures on every Zuschnitt of the database or schema `release`, in brackets."""
    tables = (FIGURES, OTHER) if has_table(con, OTHER, release) else (FIGURES,)
    return "(" + " UNION ALL ".join(f"FROM {quoted(release)}.{table}" for table in tables) + ")"
