"""The rows of a worksheet as DuckDB writes them: one piece of XML per row, made by SQL instead of cell by cell.

A workbook library asks Python for every cell, which cost more than half of a whole publication. It still writes all
else of the workbook; only the rows are put in here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from flows.base.cell_names import column_letters
from flows.base.db import columns_of, literal, quoted, sql

_BATCH = 1_000  # rows in memory
_END = b"</sheetData>"
POINTS_PER_LINE = 12.5
LETTERS_PER_CHARACTER = 1.15
"""Widths count characters of a larger face than that of the cells."""


EXCEPTION = "ausnahme_"
"""What begins the name of a column that holds, for the column whose name follows, the cells that look otherwise."""


@dataclass(frozen=True)
class SheetRows:
    """Rows of a worksheet: the `rows` of the temporary table `table` from its row `first` on (from 0).

    `kinds` are its columns and their types. A column in `exceptions` has cells that look otherwise: another column
    of the table holds them as XML, all but their place.
    """

    table: str
    kinds: Mapping[str, str]
    rows: int
    first: int = 0
    exceptions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlacedRows:
    """Rows where they go in a worksheet: below `above` lines of heads, with the number of a format per column.

    A cell of a column with exceptions that has neither a number nor one of these is `otherwise`, behind its place.
    Where `widths` are given, in characters, texts are wrapped and a row is as high as its longest one needs: Excel
    would find that out by itself, other programs do not.
    """

    found: SheetRows
    above: int
    formats: Mapping[str, int]
    otherwise: str
    widths: Mapping[str, float]

    def as_xml(self, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
        """Give the rows, some at a time, in the order of the query."""
        line, last = f"(rowid + {self.above + 1 - self.found.first})", self.found.first + self.found.rows - 1
        cells = "".join(
            f", {self._cell(name, kind, f'{literal(column_letters(at))} || {line}')}"
            for at, (name, kind) in enumerate(self.found.kinds.items())
        )
        con.execute(
            f"""SELECT concat('<row r="', {line}, '"'{self._height()}, '>'{cells}, '</row>') FROM {self.found.table} """  # noqa: S608
            f"WHERE rowid BETWEEN {self.found.first} AND {last} ORDER BY rowid"
        )
        while batch := con.fetchmany(_BATCH):
            yield "".join(row for (row,) in batch).encode()

    def _height(self) -> str:
        if not self.widths:
            return ""
        lines = ", ".join(
            f"ceil(len({quoted(name)}::VARCHAR) / {LETTERS_PER_CHARACTER * width})"
            for name, width in self.widths.items()
        )
        return f""", ' ht="', {POINTS_PER_LINE} * greatest(1, {lines}), '" customHeight="1"'"""

    def _cell(self, name: str, kind: str, place: str) -> str:
        if name in self.found.exceptions:
            number = f"""' s="{self.formats[name]}"><v>' || {quoted(name)} || '</v></c>'"""
            ways = f"{quoted(EXCEPTION + name)}, {number}, {literal(self.otherwise)}"
            return f"""'<c r="', {place}, '"', coalesce({ways})"""
        return f"{_macro(kind)}({place}, {self.formats[name]}, {quoted(name)})"


def prepare_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros that write a cell."""
    con.execute(sql("export/zellen"))


def keep_rows(con: duckdb.DuckDBPyConnection, table: str, query: str) -> SheetRows:
    """Run `query` for a worksheet and keep its rows as the temporary table `table`."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
    (count,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)  # noqa: S608 -- our own name
    return SheetRows(table, columns_of(con, table), count)


def put_in(con: duckdb.DuckDBPyConnection, book: IO[bytes], sheets: Mapping[int, PlacedRows], path: Path) -> None:
    """Write the workbook in `book` to `path`, with the rows of `sheets` (by number, from 1) below their heads."""
    by_name = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in sheets.items()}
    with zipfile.ZipFile(book) as empty, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as filled:
        for entry in empty.infolist():
            content = empty.read(entry)
            if entry.filename not in by_name:
                filled.writestr(entry, content, zipfile.ZIP_DEFLATED)
                continue
            sheet = by_name[entry.filename]
            corner = f"{column_letters(len(sheet.found.kinds) - 1)}{sheet.above + sheet.found.rows}".encode()
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


def _macro(kind: str) -> str:
    if kind in ("DOUBLE", "INTEGER", "BIGINT"):
        return "zelle_zahl"
    return "zelle_tag" if kind == "DATE" else "zelle_text"
