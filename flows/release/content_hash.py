r"""The identity of a release: a hash over what its tables say, not over how a file stores it.

A .duckdb file differs from run to run, and DuckDB's own ``hash()`` differs between versions. This hash is
computed here from plain Python values, so that any DuckDB on any machine gives the same.

The format (1), which must never change without a new number:

* A table is its header, then its rows in rising order of their text (by code point), each ended by ``\n``.
* The header is ``fortschreibung-table 1``, then a line with each column as ``name:TYPE``, joined by tabs.
* A row is its cells joined by tabs. A cell is ``~`` for NULL; for VARCHAR the number of characters, a colon
  and the characters (so that no text can imitate a separator); for whole numbers the decimal digits; for
  DOUBLE the shortest text that reads back to the same number (Python's ``repr``), with -0.0 as 0.0; for DATE
  and TIMESTAMP the ISO form; for BOOLEAN ``1`` or ``0``; for BLOB the bytes in hexadecimal.
* The hash is the sha256 of that text in UTF-8. The hash of several tables is the sha256 of the lines
  ``table hash``, sorted by table, each ended by ``\n``.

Needs nothing but a DuckDB connection: ``python -m flows.release.content_hash FILE`` runs with any version.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
_TO_TEXT: Mapping[str, Callable[[Any], str]] = {
    "VARCHAR": lambda value: f"{len(value)}:{value}",
    "DOUBLE": lambda value: repr(value + 0.0),
    "DATE": lambda value: value.isoformat(),
    "TIMESTAMP": lambda value: value.isoformat(),
    "BOOLEAN": lambda value: "1" if value else "0",
    "BLOB": lambda value: value.hex(),
    "INTEGER": str,
    "BIGINT": str,
}


def content_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the tables of the open release that are its content: all but those named with an underscore."""
    rows = con.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_catalog = current_database() AND left(table_name, 1) <> '_' ORDER BY table_name"
    ).fetchall()
    return [name for (name,) in rows]


def table_hash(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return the content hash of `table` in the database that `con` uses."""
    # no parameter: with the first one DuckDB imports pandas, a second that `verify` would wait
    named = "'" + table.replace("'", "''") + "'"
    columns = con.execute(
        "SELECT column_name, data_type FROM information_schema.columns "  # noqa: S608 -- quoted
        f"WHERE table_catalog = current_database() AND table_name = {named} ORDER BY ordinal_position"
    ).fetchall()
    cells_as_text = [_column_text(kind) for _, kind in columns]
    names = ", ".join('"' + name.replace('"', '""') + '"' for name, _ in columns)
    con.execute(f'SELECT {names} FROM "{table}"')  # noqa: S608 -- names from the catalogue, quoted
    rows: list[str] = []
    while batch := con.fetchmany(_BATCH):
        texts = [as_text(cells) for as_text, cells in zip(cells_as_text, zip(*batch, strict=True), strict=True)]
        rows += map("\t".join, zip(*texts, strict=True))
    rows.sort()
    digest = hashlib.sha256(b"fortschreibung-table 1\n")
    digest.update(("\t".join(f"{name}:{kind}" for name, kind in columns) + "\n").encode())
    for first in range(0, len(rows), _BATCH):
        digest.update(("\n".join(rows[first : first + _BATCH]) + "\n").encode())
    return digest.hexdigest()


def table_hashes(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """Return the content hash of each of `tables`."""
    return {table: table_hash(con, table) for table in tables}


def whole_hash(hashes: Mapping[str, str]) -> str:
    """Return the one hash over several tables' hashes."""
    lines = "".join(f"{table} {digest}\n" for table, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _column_text(kind: str) -> Callable[[tuple[Any, ...]], list[str]]:
    if kind not in _TO_TEXT:
        message = f"no canonical text is defined for the type {kind}; known are {', '.join(_TO_TEXT)}"
        raise ValueError(message)
    if kind == "VARCHAR":  # the commonest two, without a call a cell
        return lambda cells: ["~" if value is None else f"{len(value)}:{value}" for value in cells]
    if kind == "DOUBLE":
        return lambda cells: ["~" if value is None else repr(value + 0.0) for value in cells]
    one = _TO_TEXT[kind]
    return lambda cells: ["~" if value is None else one(value) for value in cells]


def main(path: str) -> None:
    """Print the content hash of each table of the release file `path`, and of the whole, as JSON."""
    import duckdb  # noqa: PLC0415 -- whoever has a connection already need not have this DuckDB

    with duckdb.connect(path, read_only=True) as con:
        hashes = table_hashes(con, content_tables(con))
        print(json.dumps({"content_hash": whole_hash(hashes), "tables": hashes}))  # noqa: T201 -- its output


if __name__ == "__main__":
    main(sys.argv[1])
