"""The rows of a worksheet as DuckDB writes them: one piece of XML per row, made by SQL instead of cell by cell.

A workbook library asks Python for every cell, which cost more than half of a whole publication. It still writes all
else of the workbook; only the rows are put in here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from flows.base.db import quoted, sql

_BATCH = 1_000  # rows in memory
_END = b"</sheetData>"


@dataclass(frozen=True)
class SheetRows:
    """A query as a worksheet shows it: its headings, and how many rows the temporary table `table` keeps for it."""

    table: str
    headings: Sequence[str]
    kinds: Mapping[str, str]
    rows: int

    def as_xml(self, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
        """Give the rows below the headings, some at a time, in the order of the query."""
        cells = "".join(
            f", {_macro(kind)}('{column_letters(at)}' || (rowid + 2), {quoted(name)})"
            for at, (name, kind) in enumerate(self.kinds.items())
        )
        con.execute(f"""SELECT concat('<row r="', rowid + 2, '">'{cells}, '</row>') FROM {self.table}""")  # noqa: S608
        while batch := con.fetchmany(_BATCH):
            yield "".join(row for (row,) in batch).encode()


def prepare_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros that write a cell."""
    con.execute(sql("export/zellen"))


def keep_rows(
    con: duckdb.DuckDBPyConnection, number: int, query: str, renamed: Mapping[str, str] | None = None
) -> SheetRows:
    """Run `query` for the worksheet `number`; `renamed` gives columns another heading."""
    table, other = f"blatt_{number}", renamed or {}
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
    kinds = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
    (count,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)  # noqa: S608 -- our own name
    return SheetRows(table, [other.get(name, name) for name in kinds], kinds, count)


def put_in(con: duckdb.DuckDBPyConnection, book: IO[bytes], sheets: Mapping[int, SheetRows], path: Path) -> None:
    """Write the workbook in `book` to `path`, with the rows of `sheets` (by number, from 1) below their headings."""
    by_name = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in sheets.items()}
    with zipfile.ZipFile(book) as empty, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as filled:
        for entry in empty.infolist():
            content = empty.read(entry)
            if entry.filename not in by_name:
                filled.writestr(entry, content, zipfile.ZIP_DEFLATED)
                continue
            sheet = by_name[entry.filename]
            corner = f"{column_letters(len(sheet.headings) - 1)}{sheet.rows + 1}".encode()
            before, after = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:' + corner + b'"', content).split(
                _END
            )
            to_fill = zipfile.ZipInfo(entry.filename, entry.date_time)
            to_fill.compress_type = zipfile.ZIP_DEFLATED
            with filled.open(to_fill, "w", force_zip64=True) as target:
                target.write(before)
                for rows in sheet.as_xml(con):
                    target.write(rows)
                target.write(_END + after)


def column_letters(at: int) -> str:
    """Return what a worksheet calls its column number `at` (from 0): A, B, ... Z, AA, ..."""
    letters, left = "", at + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _macro(kind: str) -> str:
    if kind in ("DOUBLE", "INTEGER", "BIGINT"):
        return "zelle_zahl"
    return "zelle_tag" if kind == "DATE" else "zelle_text"
