"""The identity of a release: a hash over what its tables say, not over how a file stores it.

A .duckdb file differs from run to run, and DuckDB's own ``hash()`` differs between versions. This hash is computed
from the values themselves, column by column, so that any DuckDB (1.0 to 2.0), machine and number of threads gives the
same. docs/releases.md defines the format (2) for whoever computes it without this program; a change of it needs a new
number. Releases of format 1 keep theirs (`flows.release.content_hash_1`); the manifest says which one it is.

``python -m flows.release.content_hash FILE`` needs nothing but duckdb and numpy.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.base.db import connect, literal, quoted
from flows.release import content_hash_1
from flows.release.column_values import Values, read_columns

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

FORMAT = 2
BLOCK = 65_536
"""Rows of a block, the smallest piece that has a hash of its own."""
_NULL = 0xFFFFFFFF


@dataclass(frozen=True)
class TableHash:
    """The hash of a table, and by column those of its blocks (none in format 1); beside it, what was seen meanwhile.

    With `unique` its rows were seen to rise by its key, so that no two have the same. `filled` are columns seen to have
    neither NULL nor an empty text, `texts` the different texts of columns of texts. Nothing seen is nothing said.
    """

    digest: str
    blocks: dict[str, list[str]] = field(default_factory=dict)
    rows: int = 0
    unique: bool = False
    filled: frozenset[str] = frozenset()
    texts: Mapping[str, frozenset[bytes]] = field(default_factory=dict)


def content_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the tables of the open release that are its content: all but those named with an underscore."""
    rows = con.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_catalog = current_database() AND table_type = 'BASE TABLE' AND left(table_name, 1) <> '_' "
        "ORDER BY table_name"
    ).fetchall()
    return [name for (name,) in rows]


def keys_in_file(con: duckdb.DuckDBPyConnection, database: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the key of each table of the open release (or the one attached as `database`), as `_columns` says."""
    rows = con.execute(
        f"SELECT tabelle, spalte FROM {_relation('_columns', database)} "  # noqa: S608 -- quoted
        "WHERE schluessel ORDER BY tabelle, position"
    ).fetchall()
    found: dict[str, tuple[str, ...]] = {}
    for table, column in rows:
        found[table] = (*found.get(table, ()), column)
    return found


def table_hashes(
    con: duckdb.DuckDBPyConnection,
    keys: Mapping[str, Sequence[str]],
    *,
    form: int = FORMAT,
    database: str | None = None,
) -> dict[str, TableHash]:
    """Return the content hash, in the format `form`, of each table that `keys` names with the columns of its key.

    Raises:
        ValueError: when the format is not known, or none is defined for the type of a column.
    """
    if form not in (1, FORMAT):
        message = f"expected a content hash of format 1 or {FORMAT}, found format {form}: made by a newer version?"
        raise ValueError(message)
    columns, hashes = _columns_by_table(con, database), {}
    for table, key in keys.items():
        relation = _relation(table, database)
        if form == 1:
            hashes[table] = TableHash(content_hash_1.table_hash(con, relation, columns[table]))
        else:
            hashes[table] = _hashed(columns[table], read_columns(con, relation, columns[table]), key)
    return hashes


def digests(hashes: Mapping[str, TableHash]) -> dict[str, str]:
    """Return the hash of each table without those of its blocks."""
    return {table: each.digest for table, each in hashes.items()}


def whole_hash(hashes: Mapping[str, str]) -> str:
    """Return the one hash over several tables' hashes."""
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _relation(table: str, database: str | None) -> str:
    return f"{quoted(database)}.{quoted(table)}" if database else quoted(table)


def _columns_by_table(con: duckdb.DuckDBPyConnection, database: str | None) -> dict[str, list[tuple[str, str]]]:
    of = literal(database) if database else "current_database()"
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "  # noqa: S608 -- quoted
        f"WHERE database_name = {of} AND schema_name = 'main' ORDER BY table_name, column_index"
    ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in rows:
        found.setdefault(table, []).append((name, kind))
    return found


def _hashed(columns: Sequence[tuple[str, str]], read: Mapping[str, Values], key: Sequence[str]) -> TableHash:
    names = [name for name, _ in columns]
    order = _order([read[name] for name in names if name in key], [read[name] for name in names if name not in key])
    rows = len(read[names[0]].valid)
    blocks = {
        name: [hashlib.sha256(_block(read[name], at, order)).hexdigest() for at in range(0, rows, BLOCK)]
        for name in names
    }
    lines = [
        " ".join(["key" if name in key else "-", f"{len(name)}:{name}", kind, *blocks[name]]) for name, kind in columns
    ]
    text = "\n".join([f"fortschreibung-table {FORMAT}", f"rows {rows}", *lines]) + "\n"
    return TableHash(
        hashlib.sha256(text.encode()).hexdigest(), blocks, rows, order is None,
        frozenset(name for name in names if read[name].filled),
        {name: frozenset(read[name].texts or ()) for name, kind in columns if kind == "VARCHAR"},
    )  # fmt: skip


def _order(key: Sequence[Values], others: Sequence[Values]) -> NDArray[np.intp] | None:
    """Return the places of the rows in the order of their key, or None where they are stored so.

    Rows that the key leaves undecided are ordered by the other columns.
    """
    ranks = [each.ranks for each in key]
    if ranks and _rising(ranks):
        return None
    return np.lexsort([*reversed([each.ranks for each in others]), *reversed(ranks)])


def _rising(ranks: Sequence[NDArray[Any]]) -> bool:
    """Return whether every row comes after the one before it."""
    undecided = np.ones(max(len(ranks[0]) - 1, 0), dtype=bool)
    for each in ranks:
        if np.any(undecided & (each[1:] < each[:-1])):
            return False
        undecided &= each[1:] == each[:-1]
    return not undecided.any()


def _block(column: Values, first: int, order: NDArray[np.intp] | None) -> bytes:
    """Return the canonical bytes of the block of a column that begins with row `first`."""
    rows: slice | NDArray[np.intp] = slice(first, first + BLOCK)
    if order is not None:
        rows = order[first : first + BLOCK]
    numbers, valid = column.numbers[rows], column.valid[rows]
    if column.texts is None:
        return valid.astype("u1").tobytes() + numbers.tobytes()
    occurs = np.zeros(len(column.texts), dtype=bool)
    occurs[numbers[valid]] = True
    codes = np.full(len(numbers), _NULL, dtype="<u4")
    codes[valid] = (np.cumsum(occurs) - 1)[numbers[valid]]
    texts = [text for text, here in zip(column.texts, occurs, strict=True) if here]
    written = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return struct.pack("<I", len(texts)) + written + codes.tobytes()


def main(path: str) -> None:
    """Print the content hash of each table of the release file `path`, and of the whole, as JSON."""
    with connect(path, read_only=True) as con:
        keys = keys_in_file(con)
        hashes = table_hashes(con, {table: keys.get(table, ()) for table in content_tables(con)})
        found = digests(hashes)
        print(json.dumps({"content_hash": whole_hash(found), "tables": found}))  # noqa: T201 -- its output


if __name__ == "__main__":
    main(sys.argv[1])
