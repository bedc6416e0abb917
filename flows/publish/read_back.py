"""Reads a release's database back: is every table, column and row what the manifest and the contract say?

Apart from `flows.publish.verify`, which need not open a database whose content it knows (`flows.publish.read_notes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import connect
from flows.release.catalog import DATABASE
from flows.release.content_hash import BLOCK, TableHash, digests, keys_in_file, table_hashes, whole_hash
from flows.release.manifest import Manifest
from flows.release.release_tables import faults as table_faults
from flows.release.table_contract import contract, tables_in_file


def database_faults(path: Path, manifest: Manifest, *, contract_kept: bool = False) -> list[str]:
    """Return what in the database `path` differs from the manifest, one line each.

    With `contract_kept` its rows are not compared with the contract once more: they were when they were built, and
    the content hash says that they are the same rows.
    """
    try:
        # hundreds of small statements cost more processor time on several threads
        with connect(path, {"threads": 1}, read_only=True) as con:
            hashes = _hashes(con, manifest)
            faults = _shape_faults(con) + _content_faults(con, manifest, hashes)
            return faults if contract_kept else faults + _contract_faults(con, hashes)
    except (duckdb.Error, ValueError) as problem:
        return [f"{DATABASE}: cannot be read: {problem}"]


def _hashes(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> dict[str, TableHash]:
    """Return the hash, in the format of the manifest, of each table that it names and that is there."""
    keys = keys_in_file(con)
    wanted = {name: keys.get(name, ()) for name in sorted(_tables(con) & set(manifest.tables))}
    return table_hashes(con, wanted, form=manifest.content_format)


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name").fetchall()
    return {name for (name,) in rows}


def _content_faults(con: duckdb.DuckDBPyConnection, manifest: Manifest, hashes: Mapping[str, TableHash]) -> list[str]:
    present = _tables(con)
    faults = [f"{DATABASE}: table {name} is missing" for name in sorted(set(manifest.tables) - present)]
    faults += [f"{DATABASE}: table {name} is not in the manifest" for name in sorted(present - set(manifest.tables))]
    faults += [
        f"{DATABASE}: the content of {name} is not what was published{_where(manifest.tables[name], hashed)}"
        for name, hashed in hashes.items()
        if hashed.digest != manifest.tables[name]["hash"]
    ]
    content = {name: digest for name, digest in digests(hashes).items() if manifest.tables[name]["content"]}
    if whole_hash(content) != manifest.content_hash:
        faults.append(f"{DATABASE}: the content hash is not {manifest.content_hash}")
    noted = con.execute("SELECT version, content_hash FROM _release").fetchall()
    if noted != [(manifest.version, manifest.content_hash)]:
        faults.append(f"{DATABASE}: _release does not say version and content hash of the manifest")
    return faults


def _where(published: Mapping[str, Any], found: TableHash) -> str:
    """Return in which columns and rows a table differs, as far as its blocks tell."""
    blocks = published.get("blocks", {})
    differing = {
        name: [at for at, pair in enumerate(zip(digests, blocks.get(name, ()), strict=False)) if pair[0] != pair[1]]
        for name, digests in found.blocks.items()
    }
    columns = [name for name, places in differing.items() if places]
    if not columns:
        return ""
    first, last = min(min(differing[name]) for name in columns), max(max(differing[name]) for name in columns)
    return f" (columns {', '.join(columns)}; among the rows {first * BLOCK + 1} to {(last + 1) * BLOCK} by its key)"


def _shape_faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Compare tables, columns, types and comments with `_columns`."""
    actual = _columns(con)
    agreed = con.execute("SELECT tabelle, spalte, position, typ FROM _columns ORDER BY ALL").fetchall()
    faults = [
        f"{DATABASE}: {table}.{column} ({kind}) is not as _columns says"
        for table, column, _, kind in sorted(set(actual) ^ set(agreed))
    ]
    silent = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE NOT internal AND coalesce(comment, '') = '' "
        "UNION ALL SELECT table_name, '' FROM duckdb_tables() "
        "WHERE NOT internal AND coalesce(comment, '') = '' ORDER BY ALL"
    ).fetchall()
    faults += [f"{DATABASE}: {table}{'.' if column else ''}{column} has no comment" for table, column in silent]
    return faults


def _columns(con: duckdb.DuckDBPyConnection) -> Sequence[tuple[str, str, int, str]]:
    return con.execute(
        "SELECT table_name, column_name, column_index, data_type FROM duckdb_columns() "
        "SEMI JOIN duckdb_tables() USING (table_name) WHERE NOT internal ORDER BY ALL"
    ).fetchall()


def _contract_faults(con: duckdb.DuckDBPyConnection, hashes: Mapping[str, TableHash]) -> list[str]:
    """Compare shape and rows with the contract of today, if the release was made by it."""
    noted = con.execute("SELECT schema_version FROM _release").fetchone()
    if noted is None or noted[0] != contract().schema_version:
        return []  # an older contract: the release is compared with its own _columns only
    wanted = tables_in_file(con)
    shape = {
        (table.name, column.name, position, column.type)
        for table in wanted
        for position, column in enumerate(table.columns, start=1)
    }
    off = sorted(shape ^ set(_columns(con)))
    found = [f"{DATABASE}: {table}.{column} ({kind}) is not as the contract says" for table, column, _, kind in off]
    return found + ([] if off else [f"{DATABASE}: {fault}" for fault in table_faults(con, wanted, hashes)])
