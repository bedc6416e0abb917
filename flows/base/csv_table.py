"""A table that somebody tries a method on: a CSV file with a header, read as text, with the line of each row."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.base.errors import ConfigError

Line = tuple[int, Mapping[str, str]]
"""The number of the line in the file, and the cells by column."""


def csv_rows(path: Path) -> list[Line]:
    """Return the rows of a CSV file with their lines; a semicolon between cells goes with a decimal comma.

    Raises:
        ConfigError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(
            f"{path}: expected a table (CSV in UTF-8), found one that cannot be read: {problem}", code="FS-USE-10"
        ) from None
    header = text.partition("\n")[0]
    german = header.count(";") > header.count(",")
    reader = csv.DictReader(text.splitlines(), delimiter=";" if german else ",")
    return [
        (reader.line_num, {
            name: (cell or "").replace(",", ".") if german else cell or "" for name, cell in row.items() if name
        })
        for row in reader
    ]  # fmt: skip


def numbers(rows: Sequence[Line], column: str, path: Path) -> NDArray[np.float64]:
    """Return a column of numbers; what is empty or NA is NaN.

    Raises:
        ConfigError: there is no such column, or a cell is no number.
    """
    return np.array([_number(cell(line, column, path), line[0], column, path) for line in rows], dtype=float)


def cell(line: Line, column: str, path: Path) -> str:
    """Return the text of a cell.

    Raises:
        ConfigError: there is no such column.
    """
    if column not in line[1]:
        raise ConfigError(
            f"{path}: expected a column {column!r}, found {', '.join(map(repr, line[1]))}.", code="FS-USE-10"
        )
    return line[1][column]


def _number(text: str, line: int, column: str, path: Path) -> float:
    try:
        return float(text) if text.strip() not in ("", "NA") else np.nan
    except ValueError:
        raise ConfigError(
            f"{path}, line {line}, {column}: expected a number or nothing, found {text!r}.", code="FS-USE-10"
        ) from None
