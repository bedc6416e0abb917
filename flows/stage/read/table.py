"""The reader of a table, by the format that its dialect says; all yield the header first and then the rows."""

from __future__ import annotations

from pathlib import Path

from flows.profile.dialect import SHEETS, Dialect
from flows.stage.read.cube import Cube
from flows.stage.read.json_stat import json_stat_cube
from flows.stage.read.parquet import ParquetTable
from flows.stage.read.px import px_cube
from flows.stage.read.sheet import Sheet
from flows.stage.read.text import Delimited

Table = Delimited | Sheet | ParquetTable | Cube


def table_in(delivered: Path, name: str, dialect: Dialect) -> Table:
    """Return the table of the file `name`, to be read.

    Raises:
        ContractBroken: it is not of its format or encoding.
    """
    if dialect.format in SHEETS:
        return Sheet(delivered, name, dialect)
    if dialect.format == "parquet":
        return ParquetTable(delivered, name, dialect)
    if dialect.format == "px":
        return px_cube(delivered, name, dialect)
    if dialect.format == "json-stat":
        return json_stat_cube(delivered, name, dialect)
    return Delimited(delivered, name, dialect)
