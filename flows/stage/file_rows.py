"""The staged rows of each file of a source of figures, read now or kept from an earlier run, until they are joined.

They stand in temporary tables named ``je_datei_<staged table>``, which say of each row which file it is from. Of a file
with many counts in rows, its kept Parquet file has them (flows.stage.shown_files). What one file says does not depend
on another, unless both have rows of one base unit and Stichtag: then one of two rows is a repetition, or a sum is made
of both. Such files are read together, and nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from flows.base.db import literal, sql
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.kept_results import Kept, KeptResults, load
from flows.stage.reconciliation import Reconciliation
from flows.stage.shown_files import MANY, SHOWN, ShownFile, digest, note_shown, rows_of

TABLES = (
    "zaehlung_reihe", "zaehlung_einzeln", "kontrollsumme", "amtlich", "ungewiss", "entfallen_einheit", "quarantaene",
)  # fmt: skip
"""The staged tables that have rows of files with figures."""
_ROWS = "zaehlung_reihe"
_COLUMNS = ("quelle", "stichtag", "basis", "basis_id", "mit_zeichen", "werte")


class FileRows:
    """The rows of files of one source that are written in the same way."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, source: Source, kept: KeptResults | None, names: str = ""
    ) -> None:
        """Begin without rows; `names` is a digest of what names stand for, where units are called by name."""
        self._con, self._source, self._kept, self._names = con, source, kept, names
        self._shown: dict[str, ShownFile] = {}
        self.clear()

    def clear(self) -> None:
        """Leave no row of any file."""
        for table in TABLES:
            file = "" if table == "quarantaene" else ", NULL::VARCHAR AS datei"
            self._con.execute(
                f"CREATE OR REPLACE TEMP TABLE je_datei_{table} AS SELECT *{file} FROM stage.{table} LIMIT 0"  # noqa: S608
            )
        for column in _COLUMNS:
            self._con.execute(f"ALTER TABLE je_datei_{_ROWS} ALTER {column} SET NOT NULL")  # kept as they are
        self._show({})
        self.shown_as_kept: frozenset[str] = frozenset()
        """The files that an earlier run kept and whose rows are shown: nothing of them was loaded."""

    def load_kept(self, lieferungen: Sequence[Lieferung]) -> dict[str, Reconciliation]:
        """Load what is kept of the files, or show it; return what became of their rows, by the file's name.

        When the rows that come out are not as many as were put in, nothing of the kept is used.
        """
        if self._kept is None:
            return {}
        found = {one.name: (one, kept) for one in lieferungen if (kept := self._kept_of(self._kept, one))}
        try:
            self._show({name: shown for name, (_, kept) in found.items() if (shown := _shown_of(kept))})
            for table in TABLES:
                paths = [
                    kept.tables[table] for name, (_, kept) in found.items()
                    if table in kept.tables and not (table == _ROWS and name in self._shown)
                ]  # fmt: skip
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
        self.shown_as_kept = frozenset(self._shown)
        return reconciled

    def keep(self, lieferungen: Sequence[Lieferung], reconciled: Mapping[str, Reconciliation]) -> None:
        """Keep the rows of each of the files; those of large ones are shown from now on."""
        if self._kept is None or not lieferungen:
            return
        counted, contents = self._counted(), self._contents()
        shown = dict(self._shown)
        for one in lieferungen:
            account, rows = reconciled[one.name], counted.get(one.name, {})
            queries = {table: f"FROM je_datei_{table} WHERE datei = {literal(one.name)}" for table in rows}
            numbering = self._kept.keys.numbering(_last_stichtag(account))
            note = {
                "file": account.note, "rows": rows, "contents": contents.get(one.name, {}), "numbering": numbering,
                "names": self._names,
            }  # fmt: skip
            kept = self._kept.keep(self._con, self._kept.keys.of(self._source, one), queries, note)
            if kept and (large := _shown_of(kept)):
                shown[one.name] = large
        self._show(shown)

    def shared(self) -> bool:
        """Say whether two files have rows of one base unit and Stichtag."""
        return self._con.execute(sql("stage/einheit_mehrfach")).fetchone() is not None

    def join(self) -> None:
        """Add the rows of all files to the staged tables, and those files that these are to show."""
        for table in TABLES:
            rows = (
                "*"
                if table == "quarantaene"
                else "DISTINCT * EXCLUDE (datei)"
                if table in ("ungewiss", "entfallen_einheit")
                else "* EXCLUDE (datei)"
            )
            self._con.execute(
                f"INSERT INTO stage.{table} BY NAME SELECT {rows} FROM je_datei_{table}"  # noqa: S608
                + (f" WHERE datei NOT IN ({_listed(self._shown)})" if table == _ROWS and self._shown else "")
            )
        note_shown(self._con, self._shown.values())

    @property
    def joined(self) -> str:
        """SQL of the rows of stage.zaehlung_reihe that this run wrote: into the table, or into files that it shows."""
        written = [file.path for name, file in self._shown.items() if name not in self.shown_as_kept]
        return f"FROM {SHOWN}" + (f" UNION ALL BY NAME SELECT * EXCLUDE (datei) {rows_of(written)}" if written else "")

    def _show(self, files: Mapping[str, ShownFile]) -> None:
        """Take the counts in rows of these files, by their name, from the kept ones (the view datei_reihe)."""
        self._shown, columns = dict(files), "basis_id, stichtag, datei"
        loaded, kept = f"SELECT {columns} FROM je_datei_{_ROWS}", rows_of(file.path for file in files.values())  # noqa: S608
        if files:
            loaded += f" WHERE datei NOT IN ({_listed(files)}) UNION ALL SELECT {columns} {kept}"
        self._con.execute(f"CREATE OR REPLACE TEMP VIEW datei_reihe AS {loaded}")

    def _kept_of(self, kept: KeptResults, lieferung: Lieferung) -> Kept | None:
        """Return what is kept of a file, if base units were numbered and called as they are now when it was staged."""
        found = kept.find(kept.keys.of(self._source, lieferung))
        if found is None or found.note["names"] != self._names:
            return None
        account = Reconciliation.from_note(lieferung, found.note["file"])
        return found if found.note["numbering"] == kept.keys.numbering(_last_stichtag(account)) else None

    def _counted(self) -> dict[str, dict[str, int]]:
        """Return for each file how many rows each table has of it."""
        counts = [
            f"SELECT datei, '{table}', count(*) "  # noqa: S608
            f"FROM {'datei_reihe' if table == _ROWS else f'je_datei_{table}'} GROUP BY datei"
            for table in TABLES
        ]
        counted: dict[str, dict[str, int]] = {}
        for name, table, rows in self._con.execute(" UNION ALL ".join(counts)).fetchall():
            counted.setdefault(name, {})[table] = rows
        return counted

    def _contents(self) -> dict[str, dict[str, str]]:
        """Return for each loaded file with many counts in rows the digest of those of each Stichtag."""
        found = self._con.execute(
            f"SELECT datei, stichtag::VARCHAR, {digest(_COLUMNS)} FROM je_datei_{_ROWS} "  # noqa: S608
            f"GROUP BY datei, stichtag QUALIFY sum(count(*)) OVER (PARTITION BY datei) >= {MANY}"
        ).fetchall()
        contents: dict[str, dict[str, str]] = {}
        for name, day, content in found:
            contents.setdefault(name, {})[day] = content
        return contents


def _shown_of(kept: Kept) -> ShownFile | None:
    """Return the file of counts in rows where these are many."""
    contents = kept.note["contents"]
    return ShownFile(kept.tables[_ROWS], contents) if contents else None


def _listed(files: Mapping[str, ShownFile]) -> str:
    return ", ".join(map(literal, files))


def _last_stichtag(account: Reconciliation) -> str | None:
    """Return the last Stichtag that a file has rows of; None where a row in quarantine may be of any."""
    return None if account.quarantined else max(account.stichtage, default=None)
