"""What earlier releases have told: it cannot be taken back, and every new release adds to it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from flows.base.db import literal, one_file

Released = Sequence[tuple[str, Path]]
"""Version and database of each release, from old to new."""
_TOLD = (
    "zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, seite VARCHAR, wert DOUBLE, "
    "fassung VARCHAR, entzogen BOOLEAN, geschaetzt BOOLEAN"
)


def remember(con: duckdb.DuckDBPyConnection, earlier: Released) -> None:
    """Make ``angabe_frueher``: one row per count and value that a release told, with the first that did.

    A count that a release suppressed has a row without a value; `entzogen` says that it withdrew it.
    """
    con.execute(f"CREATE OR REPLACE TABLE angabe_frueher ({_TOLD})")
    if not earlier:
        return
    from flows.protect.audit_tables import told_counts  # noqa: PLC0415 -- only where there are releases

    with tempfile.TemporaryDirectory() as folder:  # only released figures are in it
        for estimates in (False, True):
            file = Path(folder) / f"frueher_{estimates}.parquet"
            told_counts(earlier, file, estimates=estimates)
            con.execute(
                f"INSERT INTO angabe_frueher BY NAME SELECT *, {estimates} AS geschaetzt "  # noqa: S608
                f"FROM read_parquet({literal(one_file(file))}, hive_partitioning = FALSE)"
            )
