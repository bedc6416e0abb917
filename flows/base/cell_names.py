"""How spreadsheets name columns and cells: A, B, ... Z, AA; B4. Workbooks are read and written by these names."""

from __future__ import annotations

import re


def column_letters(at: int) -> str:
    """Return the name of the column number `at` (from 0)."""
    letters, left = "", at + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def cell_name(column: int, row: int) -> str:
    """Return the name of the cell in column `column` (from 0) and row `row` (from 1)."""
    return f"{column_letters(column)}{row}"


def column_and_row(cell: str) -> tuple[int, int]:
    """Return the column (from 0) and the row (from 1) of a cell's name such as B4 or $b$4.

    Raises:
        ValueError: it is no name of a cell.
    """
    match = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", cell.upper())
    if match is None:
        message = f"expected the name of a cell such as B4, found {cell!r}"
        raise ValueError(message)
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1, int(match[2])
