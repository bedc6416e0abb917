r"""Format 1 of the content hash: what releases made before format 2 are verified and compared by. It never changes.

* A table is its header, then its rows in rising order of their text (by code point), each ended by ``\n``.
* The header is ``fortschreibung-table 1``, then a line with each column as ``name:TYPE``, joined by tabs.
* A row is its cells joined by tabs. A cell is ``~`` for NULL; for VARCHAR the number of characters, a colon
  and the characters (so that no text can imitate a separator); for whole numbers the decimal digits; for
  DOUBLE the shortest text that reads back to the same number (Python's ``repr``), with -0.0 as 0.0; for DATE
  and TIMESTAMP the ISO form; for BOOLEAN ``1`` or ``0``; for BLOB the bytes in hexadecimal.
* The hash is the sha256 of that text in UTF-8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flows.base.db import quoted

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


def table_hash(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]) -> str:
    """Return the hash of the table that SQL calls `relation`, with its `columns` as (name, type) in their order."""
    cells_as_text = [_column_text(kind) for _, kind in columns]
    con.execute(f"SELECT {', '.join(quoted(name) for name, _ in columns)} FROM {relation}")  # noqa: S608 -- quoted
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
