"""What a release would say after a repair, of the units that the repair changed: for the audits between repairs.

The files of sql/protect make the figures of all units from the table ``indikator_wert``. In the schema ``entwurf`` that
table holds some units only, and the same files make their figures there, in a fraction of the time. What is published
in the end is made of all units, and is audited itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from flows.base.db import literal, quoted, sql

if TYPE_CHECKING:
    from flows.protect.audit_tables import ReleaseTables

SCHEMA = "entwurf"
CHANGED = "beruehrt"
"""The file that says of which units and Stichtage the others say something else."""


class Draft:
    """The figures that changed since an audit read them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, write: Callable[[Path], None]) -> None:
        """Take what makes the tables of figures, in the schema where names are looked up first, and writes them."""
        self.con, self._write = con, write
        self.note()

    def note(self) -> None:
        """Let what is decided now be what audits have read."""
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE angabe_zuvor AS SELECT *, 'still' AS art FROM angabe_still "
            "UNION ALL SELECT *, 'entzogen' FROM angabe_entzogen"
        )

    def bring(self, tables: ReleaseTables) -> frozenset[str]:
        """Bring the tables of an audit up to date with what is decided; return the Stichtage that this changes."""
        con = self.con
        con.execute(f"CREATE OR REPLACE TEMP TABLE beruehrt AS {sql('repair/beruehrt')}")
        ((database,),) = con.execute("SELECT current_database()").fetchall()
        here, main = f"{quoted(database)}.{SCHEMA}", f"{quoted(database)}.main"
        con.execute(f"DROP SCHEMA IF EXISTS {here} CASCADE")  # of a run that was killed, and is taken up
        con.execute(f"CREATE SCHEMA {here}")
        con.execute(
            f"CREATE TABLE {here}.indikator_wert AS FROM {main}.indikator_wert "
            "SEMI JOIN beruehrt USING (zuschnitt, raumebene, raum_id, stichtag)"
        )
        with tempfile.TemporaryDirectory() as folder:  # in the run's own: these figures are not audited yet
            con.execute(f"SET search_path = {literal(f'{here},{main}')}")
            try:
                self._write(Path(folder))
            finally:
                con.execute(f"SET search_path = {literal(main)}")
                con.execute(f"DROP SCHEMA {here} CASCADE")
            changed = literal(str(Path(folder) / f"{CHANGED}.parquet"))
            con.execute(f"COPY (FROM beruehrt SELECT * EXCLUDE (neu) WHERE neu) TO {changed} (FORMAT parquet)")
            found = tables.take_changes(Path(folder))
        self.note()
        return found
