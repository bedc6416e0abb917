"""Reads a plain Parquet file with DuckDB, in a process of its own (flows.stage.read.subprocess_reader).

    python -m flows.stage.read.parquet PATH DECIMAL

prints columns and rows as text, numbers with the decimal sign, and how many rows the file's footer names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import NOTHING_ASIDE, connect, literal, one_file, quoted
from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.cell_text import number_text
from flows.stage.read.subprocess_reader import answer, read_in_subprocess
from flows.stage.read.text import Line

_NESTED = ("[", "STRUCT", "MAP", "UNION", "BLOB", "GEOMETRY")
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")


class ParquetTable:
    """A Parquet file while it is read; `held` and `left_out` as in flows.stage.read.text.Delimited.

    Raises:
        ContractBroken: it is damaged, or no Parquet.
    """

    def __init__(self, delivered: Path, name: str, dialect: Dialect) -> None:
        said = read_in_subprocess("flows.stage.read.parquet", str(delivered), dialect.decimal)
        if "problem" in said:
            raise ContractBroken(
                f"File {name}: expected a Parquet file, found one that cannot be read: {said['problem']}. Is it cut "
                "short? Ask the supplier for it again.",
                code="FS-CONTRACT-02",
            ).at(f"File {name}")
        self._columns: list[str] = said["columns"]
        self._rows: list[list[str]] = said["rows"]
        self.held, self.left_out = int(said["held"]), dict[str, int]()

    def rows(self) -> Iterator[Line]:
        """Yield the header, and (number of the row, cells) of each row."""
        yield 1, self._columns
        yield from enumerate(self._rows, start=1)


def table(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the command line asks for.

    Raises:
        duckdb.Error: the file is damaged.
    """
    path, decimal = arguments
    file = literal(one_file(Path(path)))
    with connect(config=NOTHING_ASIDE) as con:
        source = f"read_parquet({file}, hive_partitioning = FALSE)"
        described = con.execute(f"DESCRIBE FROM {source}").fetchall()
        kinds = [str(kind) for _, kind, *_ in described]
        held = con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({file})").fetchone()  # noqa: S608
        cells = ", ".join(_as_text(str(name), str(kind)) for name, kind, *_ in described)
        rows = con.execute(f"SELECT {cells} FROM {source}").fetchall()  # noqa: S608 -- quoted names
    return {
        "columns": [str(name) for name, *_ in described],
        "held": int(held[0] or 0) if held else 0,
        "rows": [
            [
                "" if text is None else number_text(text, decimal) if kind.startswith(_FRACTIONS) else text
                for text, kind in zip(row, kinds, strict=True)
            ]
            for row in rows
        ],
    }


def _as_text(name: str, kind: str) -> str:
    """Return the expression that gives a column as text; of what is no single value, only what it is."""
    nested = kind.endswith("]") or kind.startswith(_NESTED)
    return literal(f"({kind})") if nested else f"{quoted(name)}::VARCHAR"


if __name__ == "__main__":
    answer(table, duckdb.Error, OSError, ValueError)
