"""The tables as CSV in two forms and as Parquet, and the codebook as CSV: the same bytes every time.

The rows come as the release's tables store them, which is in the order of the contract: nothing is sorted again.
Long tables are packed, in the form that the readers of each CSV open without asking: gzip, which pandas, R and DuckDB
read as it is, and zip, which Windows opens as a folder. DuckDB writes them plain, and Python packs them: DuckDB's own
gzip costs four times as much processor time for files that are a tenth smaller.
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from flows.base.db import literal, quoted
from flows.release.table_contract import Column, Table

_LEVEL = 4
"""Of packing: level 6 takes twice the time of 4 and 9 six times as long, for files that are 5 and 10 % smaller."""
_PIECE = 1 << 20
"""Bytes that are packed at a time."""
_MARK = "\ufeff"
"""The byte order mark, which begins the file: it is written as the first character of the first heading."""


def write_csv(con: duckdb.DuckDBPyConnection, tables: Sequence[Table], folder: Path) -> list[Path]:
    """Write each exported table to `folder`/<table>.csv (UTF-8, comma, point), or .csv.gz, without geometry."""
    folder.mkdir()
    paths = []
    for table in tables:
        columns = ", ".join(quoted(column.name) for column in csv_columns(table))
        path = folder / f"{table.name}.csv"
        con.execute(
            f"COPY (SELECT {columns} FROM {quoted(table.name)}) "  # noqa: S608 -- contract names
            f"TO {literal(str(path))} (FORMAT csv, HEADER, DELIMITER ',')"
        )
        paths.append(_gzipped(path) if table.packed else path)
    return paths


def _gzipped(path: Path) -> Path:
    """Pack a file by gzip, with neither name nor date in it, and remove it."""
    packed = path.with_name(f"{path.name}.gz")
    with (
        path.open("rb") as content,
        packed.open("wb") as file,
        gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as target,
    ):
        shutil.copyfileobj(content, target, _PIECE)
    path.unlink()
    return packed


def write_csv_excel(con: duckdb.DuckDBPyConnection, tables: Sequence[Table], folder: Path) -> list[Path]:
    """Write each table for Excel to `folder`/<table>.csv, or .zip with that file in it, as Excel in German reads it.

    UTF-8 with byte order mark, semicolon, decimal comma, dates as 31.12.2024, WAHR and FALSCH; the numbers are
    those of the other CSV, digit by digit. A text that Excel would take for a formula has an apostrophe before it.
    """
    folder.mkdir()
    paths = []
    for table in (each for each in tables if each.excel):
        first, *others = csv_columns(table)
        columns = ", ".join([_for_excel(first, f"{_MARK}{first.name}"), *(_for_excel(c, c.name) for c in others)])
        path = folder / f"{table.name}.csv"
        con.execute(
            f"COPY (SELECT {columns} FROM {quoted(table.name)}) "  # noqa: S608 -- contract names
            f"TO {literal(str(path))} (FORMAT csv, HEADER, DELIMITER ';')"
        )
        paths.append(_zipped(path) if table.packed else path)
    return paths


def _zipped(path: Path) -> Path:
    """Put a file into a zip of its name, which bears no date, and remove it."""
    packed = path.with_suffix(".zip")
    with (
        path.open("rb") as content,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
        archive.open(path.name, "w") as target,
    ):
        shutil.copyfileobj(content, target, _PIECE)
    path.unlink()
    return packed


def _for_excel(column: Column, heading: str) -> str:
    name, named = quoted(column.name), quoted(heading)
    if column.type == "DOUBLE":
        return f"replace({name}::VARCHAR, '.', ',') AS {named}"
    if column.type == "DATE":
        return f"strftime({name}, '%d.%m.%Y') AS {named}"
    if column.type == "BOOLEAN":
        return f"CASE {name} WHEN true THEN 'WAHR' WHEN false THEN 'FALSCH' END AS {named}"
    if column.type == "VARCHAR":
        return f"CASE WHEN regexp_matches({name}, '^[=+@\t\r-]') THEN chr(39) || {name} ELSE {name} END AS {named}"
    return f"{name} AS {named}"


def csv_columns(table: Table) -> list[Column]:
    """Return the columns of `table` that its CSV file holds."""
    return [column for column in table.columns if column.type != "BLOB"]


def write_parquet(con: duckdb.DuckDBPyConnection, tables: Sequence[Table], folder: Path) -> list[Path]:
    """Write each exported table to `folder`/<table>.parquet (zstd)."""
    folder.mkdir()
    paths = []
    for table in tables:
        path = folder / f"{table.name}.parquet"
        con.execute(
            f"COPY (SELECT * FROM {quoted(table.name)}) "  # noqa: S608 -- contract names
            f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
        paths.append(path)
    return paths


def write_codebook_csv(con: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Write the codebook to `path`: each Indikator with its Merkmale, and with the Lieferungen they are read from."""
    con.execute(
        "COPY (WITH lieferung AS ("  # noqa: S608 -- a path, quoted
        "SELECT indikator_id, quelle, list_sort(list(DISTINCT datei)) AS dateien "
        "FROM indikator_teil INNER JOIN _origins USING (merkmal) GROUP BY ALL), "
        "herkunft AS (SELECT indikator_id, "
        "string_agg(quelle || ': ' || array_to_string(dateien, ', '), '; ' ORDER BY quelle) AS lieferungen "
        "FROM lieferung GROUP BY indikator_id) SELECT i.*, "
        "string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'zaehler') AS zaehler, "
        "string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'nenner') AS nenner, h.lieferungen "
        "FROM indikator AS i LEFT JOIN indikator_teil AS t USING (indikator_id) "
        "LEFT JOIN herkunft AS h USING (indikator_id) "
        "GROUP BY ALL ORDER BY i.position) "
        f"TO {literal(str(path))} (FORMAT csv, HEADER, DELIMITER ',')"
    )
    return path
