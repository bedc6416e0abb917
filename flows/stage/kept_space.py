"""What is kept of space: the rows of each file, the defects of a source's polygons, and what all files make together.

The files that describe space seldom change, and what they make together (each base unit assigned on each Zuschnitt)
costs more to make than a new Stichtag of counts. So it is kept once more as a whole: while none of them changes, and
city.toml neither, no row of them is looked at. The base units of a large city are shown in the kept file, as large
files of counts are (flows.stage.shown_files): what follows from them alone is found again without reading them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import literal, one_transaction
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.kept_results import KeptResults, load
from flows.stage.reconciliation import Reconciliation
from flows.stage.shown_files import MANY, rows_of

Delivered = tuple[Source, Lieferung]
FileName = tuple[str, str]
"""A file by the id of its source and its name."""

_GATHERED = {
    "roh_zuordnung": "zuschnitt VARCHAR, basis VARCHAR, basis_id VARCHAR, raumebene VARCHAR, raum_id VARCHAR",
    "roh_raum_name": "zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, name VARCHAR",
    "polygon": (
        "basis VARCHAR, raumebene VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, reparieren BOOLEAN, toleranz DOUBLE, "
        "ungueltig BOOLEAN, wkb BLOB"
    ),
    "linie": "wkb BLOB",
}
"""The temporary tables of what all files say of space, by file and row; what is kept of a file is its part of them."""
_STAGED = ("zuordnung", "raum_name", "geometrie", "raum_geometrie", "raum_lage", "geometrie_mangel", "barriere")
"""The staged tables that the files make together."""
_ASSIGNED = "zuordnung"
"""The one that a large city has many rows of."""


def create_gathered(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of gathered rows, empty."""
    for table, columns in _GATHERED.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (quelle VARCHAR, datei VARCHAR, zeile BIGINT, {columns})")


def load_files(
    con: duckdb.DuckDBPyConnection, files: Sequence[Delivered], kept: KeptResults
) -> dict[FileName, Mapping[str, Any]]:  # fmt: skip
    """Fill the tables of gathered rows with what is kept; return what was noted of each file that was."""
    addressed = {(source.id, one.name): kept.find(kept.keys.of(source, one)) for source, one in files}
    found = {file: result for file, result in addressed.items() if result}
    try:
        for table in _GATHERED:
            load(con, table, [result.tables[table] for result in found.values()])
    except duckdb.Error:  # a file went away, or is none of Parquet although its sha256 is right
        create_gathered(con)
        return {}
    return {file: result.note for file, result in found.items()}


def keep_file(con: duckdb.DuckDBPyConnection, file: Delivered, account: Reconciliation, kept: KeptResults) -> None:
    """Keep the gathered rows of a file."""
    source, lieferung = file
    at = f"quelle = {literal(source.id)} AND datei = {literal(lieferung.name)}"
    kept.keep(
        con, kept.keys.of(source, lieferung), {table: f"FROM {table} WHERE {at}" for table in _GATHERED}, account.note
    )


def load_defects(con: duckdb.DuckDBPyConnection, source: Source, own: Sequence[Lieferung], kept: KeptResults) -> bool:
    """Fill stage.geometrie_mangel with what is kept of a source's files; say whether there was anything."""
    found = kept.find(kept.keys.of_all(source, own))
    with suppress(duckdb.Error):  # see load_files
        if found:
            load(con, "stage.geometrie_mangel", [found.tables["geometrie_mangel"]])
            return True
    return False


def keep_defects(con: duckdb.DuckDBPyConnection, source: Source, own: Sequence[Lieferung], kept: KeptResults) -> None:
    """Keep what stage.geometrie_mangel has of a source."""
    query = f"FROM stage.geometrie_mangel WHERE quelle = {literal(source.id)}"
    kept.keep(con, kept.keys.of_all(source, own), {"geometrie_mangel": query}, {})


def load_together(
    con: duckdb.DuckDBPyConnection, files: Sequence[Delivered], kept: KeptResults
) -> list[Reconciliation]:  # fmt: skip
    """Fill the staged tables of space with what all files made together; return what became of the rows of each.

    Nothing is returned where that is not kept.
    """
    found = kept.find(kept.keys.of_space(files)) if files else None
    if found is None or not _load(con, found.tables, found.note["rows"]):
        return []
    return [Reconciliation.from_note(one, note) for (_, one), note in zip(files, found.note["files"], strict=True)]


def keep_together(
    con: duckdb.DuckDBPyConnection, files: Sequence[Delivered], accounts: Iterable[Reconciliation], kept: KeptResults
) -> None:
    """Keep the staged tables of space, how many rows each has, and what became of the rows of each file."""
    rows = {table: _count(con, table) for table in _STAGED}
    note = {"files": [account.note for account in accounts], "rows": rows}
    made = kept.keep(con, kept.keys.of_space(files), {table: f"FROM stage.{table}" for table in _STAGED}, note)
    if made and rows[_ASSIGNED] >= MANY:
        with suppress(duckdb.Error), one_transaction(con):  # then the rows stay where they are
            _show(con, made.tables[_ASSIGNED])


def assignments_can_be_added(con: duckdb.DuckDBPyConnection) -> None:
    """Let stage.zuordnung be a table, to which rows can be added, where it shows a kept file."""
    if con.execute(f"SELECT 1 FROM duckdb_views() WHERE view_name = '{_ASSIGNED}'").fetchone():  # noqa: S608 -- our name
        con.execute(f"CREATE TEMP TABLE {_ASSIGNED}_gezeigt AS FROM stage.{_ASSIGNED}")
        con.execute(f"DROP VIEW stage.{_ASSIGNED}")
        con.execute(f"CREATE TABLE stage.{_ASSIGNED} AS FROM {_ASSIGNED}_gezeigt")
        con.execute(f"DROP TABLE {_ASSIGNED}_gezeigt")


def _show(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Let stage.zuordnung show a kept file in place of rows of its own."""
    columns = ", ".join(name for name, *_ in con.execute(f"DESCRIBE stage.{_ASSIGNED}").fetchall())
    con.execute(f"DROP TABLE stage.{_ASSIGNED}")
    con.execute(f"CREATE VIEW stage.{_ASSIGNED} AS SELECT {columns} {rows_of([path])}")


def _load(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Path], rows: Mapping[str, int]) -> bool:
    """Fill these staged tables with kept rows, all of them or none; say whether they then have as many as they had."""
    with suppress(duckdb.Error, _Fewer), one_transaction(con):  # see load_files
        for table, count in rows.items():
            if table == _ASSIGNED and count >= MANY:
                _show(con, tables[table])
            else:
                load(con, f"stage.{table}", [tables[table]])
        if any(_count(con, table) != count for table, count in rows.items()):
            raise _Fewer
        return True
    return False


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    (rows,) = con.execute(f"SELECT count(*) FROM stage.{table}").fetchone() or (0,)  # noqa: S608 -- our tables
    return int(rows)


class _Fewer(Exception):  # noqa: N818 -- it is no error of a user
    """Kept rows are not as many as were kept: the transaction is rolled back, and they are made again."""
