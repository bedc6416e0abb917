"""The staged rows of each file of a source of figures, read now or kept from an earlier run, until they are joined.

They stand in temporary tables named ``je_datei_<staged table>``, which say of each row which file it is from. What
one file says does not depend on another, unless both have rows of one base unit and Stichtag: then one of two rows is
a repetition, or a sum is made of both. Such files are read together, and nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from flows.base.db import literal, sql
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.kept_results import Kept, KeptResults, load
from flows.stage.reconciliation import Reconciliation

TABLES = (
    "zaehlung_reihe", "zaehlung_einzeln", "kontrollsumme", "amtlich", "ungewiss", "entfallen_einheit", "quarantaene",
)  # fmt: skip
"""The staged tables that have rows of files with figures."""


class FileRows:
    """The rows of files of one source that are written in the same way."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, source: Source, kept: KeptResults | None, names: str = ""
    ) -> None:
        """Begin without rows; `names` is a digest of what names stand for, where units are called by name."""
        self._con, self._source, self._kept, self._names = con, source, kept, names
        self.clear()

    def clear(self) -> None:
        """Leave no row of any file."""
        for table in TABLES:
            file = "" if table == "quarantaene" else ", NULL::VARCHAR AS datei"
            self._con.execute(
                f"CREATE OR REPLACE TEMP TABLE je_datei_{table} AS SELECT *{file} FROM stage.{table} LIMIT 0"  # noqa: S608
            )

    def load_kept(self, lieferungen: Sequence[Lieferung]) -> dict[str, Reconciliation]:
        """Load what is kept of the files; return what became of their rows, by the file's name.

        When the rows that come out are not as many as were put in, nothing of the kept is used.
        """
        if self._kept is None:
            return {}
        found = {one.name: (one, kept) for one in lieferungen if (kept := self._kept_of(self._kept, one))}
        try:
            for table in TABLES:
                paths = [kept.tables[table] for _, kept in found.values() if table in kept.tables]
                load(self._con, f"je_datei_{table}", paths)
            counted = self._counted()
        except duckdb.Error:  # a file went away, or is none of Parquet although its sha256 is right
            counted = {}
        reconciled = {name: Reconciliation.from_note(one, kept.note["file"]) for name, (one, kept) in found.items()}
        for name, (_, kept) in found.items():
            rows = counted.get(name, {})
            if rows != kept.note["rows"] or rows.get("quarantaene", 0) != reconciled[name].quarantined:
                self.clear()
                return {}
        return reconciled

    def keep(self, lieferungen: Sequence[Lieferung], reconciled: Mapping[str, Reconciliation]) -> None:
        """Keep the rows of each of the files."""
        if self._kept is None or not lieferungen:
            return
        counted = self._counted()
        for one in lieferungen:
            account, rows = reconciled[one.name], counted.get(one.name, {})
            queries = {table: f"FROM je_datei_{table} WHERE datei = {literal(one.name)}" for table in rows}
            numbering = self._kept.keys.numbering(_last_stichtag(account))
            note = {"file": account.note, "rows": rows, "numbering": numbering, "names": self._names}
            self._kept.keep(self._con, self._kept.keys.of(self._source, one), queries, note)

    def shared(self) -> bool:
        """Say whether two files have rows of one base unit and Stichtag."""
        return self._con.execute(sql("stage/einheit_mehrfach")).fetchone() is not None

    def join(self) -> None:
        """Add the rows of all files to the staged tables."""
        for table in TABLES:
            rows = (
                "*"
                if table == "quarantaene"
                else "DISTINCT * EXCLUDE (datei)"
                if table in ("ungewiss", "entfallen_einheit")
                else "* EXCLUDE (datei)"
            )
            self._con.execute(f"INSERT INTO stage.{table} BY NAME SELECT {rows} FROM je_datei_{table}")  # noqa: S608

    def _kept_of(self, kept: KeptResults, lieferung: Lieferung) -> Kept | None:
        """Return what is kept of a file, if base units were numbered and called as they are now when it was staged."""
        found = kept.find(kept.keys.of(self._source, lieferung))
        if found is None or found.note["names"] != self._names:
            return None
        account = Reconciliation.from_note(lieferung, found.note["file"])
        return found if found.note["numbering"] == kept.keys.numbering(_last_stichtag(account)) else None

    def _counted(self) -> dict[str, dict[str, int]]:
        """Return for each file how many rows each table has of it."""
        counts = [f"SELECT datei, '{table}', count(*) FROM je_datei_{table} GROUP BY datei" for table in TABLES]  # noqa: S608
        counted: dict[str, dict[str, int]] = {}
        for name, table, rows in self._con.execute(" UNION ALL ".join(counts)).fetchall():
            counted.setdefault(name, {})[table] = rows
        return counted


def _last_stichtag(account: Reconciliation) -> str | None:
    """Return the last Stichtag that a file has rows of; None where a row in quarantine may be of any."""
    return None if account.quarantined else max(account.stichtage, default=None)
