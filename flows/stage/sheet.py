"""Reads the rows of a workbook (XLSX, ODS) as text; a layout that has changed is told with the cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flows.errors import SourceUnavailable
from flows.profile.source import Dialect
from flows.stage.text import Line


def sheet_rows(delivered: Path, name: str, dialect: Dialect) -> Iterator[Line]:
    """Yield (row number, cells) of the named sheet within `area`, from the header down to the footer.

    The texts of header rows above the last run on to the right, as merged cells do.

    Raises:
        SourceUnavailable: no workbook, no such sheet, or a cell that does not hold what the profile says.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 -- only spreadsheets need it

    try:
        with delivered.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            if dialect.sheet is not None and dialect.sheet not in book.sheet_names:
                raise SourceUnavailable(
                    f"Workbook {name}: expected the sheet {dialect.sheet!r}, found {', '.join(book.sheet_names)}. "
                    "Correct `sheet` in sources.toml or ask the supplier."
                )
            if not book.sheet_names:
                raise SourceUnavailable(f"Workbook {name}: expected a sheet, found none. Ask the supplier again.")
            sheet = book.get_sheet_by_name(dialect.sheet or book.sheet_names[0])
            cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as problem:
        raise SourceUnavailable(f"Workbook {name} cannot be read: {problem}. Ask the supplier again.") from problem
    texts = [[_text(cell, dialect) for cell in row] for row in cells]
    _refuse_other_layout(name, texts, dialect)
    left, right, first, last = _bounds(dialect)
    above = dialect.header_rows - 1
    for number, row in enumerate(texts[first:last], start=first + 1):
        within = row[left:right]
        if dialect.footer and within and within[0].startswith(dialect.footer):
            return
        if not any(within):
            continue
        yield number, (_run_on(within) if above > 0 else within)
        above -= 1


def cell_name(column: int, row: int) -> str:
    """Return how a spreadsheet calls the cell in column `column` (from 0) and row `row` (from 1)."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row}"


def left_edge(dialect: Dialect) -> int:
    """Return the first column (from 0) that the table has in its sheet."""
    return _bounds(dialect)[0]


def _refuse_other_layout(name: str, texts: list[list[str]], dialect: Dialect) -> None:
    for cell, expected in dialect.cells.items():
        column, row = _place(cell)
        line = texts[row - 1] if row <= len(texts) else []
        found = line[column] if column < len(line) else ""
        if found.strip() != expected:
            raise SourceUnavailable(
                f"Workbook {name}, cell {cell}: expected {expected!r} as sources.toml says, found {found!r}. Has the "
                "layout changed? Adapt `cells`, `area` and `preamble`, or ask the supplier."
            )


def _bounds(dialect: Dialect) -> tuple[int, int | None, int, int | None]:
    """Return the table's first and end column and first and end row, counted from 0."""
    if dialect.area is None:
        return 0, None, dialect.preamble, None
    corner, _, other = dialect.area.partition(":")
    left, top = _place(corner)
    right, bottom = _place(other if other[-1].isdigit() else f"{other}1")
    return left, right + 1, top - 1, bottom if other[-1].isdigit() else None


def _place(cell: str) -> tuple[int, int]:
    """Return a cell's column from 0 and row from 1."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    assert match is not None  # noqa: S101 -- the model has checked the pattern
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1, int(match[2])


def _run_on(row: list[str]) -> list[str]:
    told, last = [], ""
    for text in row:
        last = text.strip() or last
        told.append(last)
    return told


def _text(cell: object, dialect: Dialect) -> str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return str(cell)
    return (str(int(cell)) if cell == int(cell) else repr(cell)).replace(".", dialect.decimal)
