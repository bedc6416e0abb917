"""Reads the rows of a workbook (XLSX, ODS) as text; a layout that has changed is told with the cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flows.errors import SourceUnavailable
from flows.profile.dialect import Dialect
from flows.stage.apart import asked_apart
from flows.stage.footer import refuse_rows_below
from flows.stage.text import Line


def sheet_rows(delivered: Path, name: str, dialect: Dialect) -> Iterator[Line]:
    """Yield (row number, cells) of the named sheet within `area`, from the header down to the footer.

    The texts of header rows above the last run on to the right, as merged cells do.

    Raises:
        SourceUnavailable: no workbook, no such sheet, or a cell that does not hold what the profile says.
    """
    told = asked_apart(
        "flows.stage.workbook", str(delivered), dialect.decimal, *([dialect.sheet] if dialect.sheet else [])
    )
    if "problem" in told:
        raise SourceUnavailable(f"Workbook {name} cannot be read: {told['problem']}. Ask the supplier again.")
    if "sheets" in told:
        wanted = f"the sheet {dialect.sheet!r}" if dialect.sheet else "a sheet"
        raise SourceUnavailable(
            f"Workbook {name}: expected {wanted}, found {', '.join(told['sheets']) or 'none'}. "
            "Correct `sheet` in sources.toml or ask the supplier."
        )
    texts: list[list[str]] = told["texts"]
    _refuse_other_layout(name, texts, dialect)
    left, right, first, last = _bounds(dialect)
    above = dialect.header_rows - 1
    number, filled, end = first, list[str](), f"the area {dialect.area}"
    for number, row in enumerate(texts[first:last], start=first + 1):
        within = row[left:right]
        if dialect.footer and within and within[0].startswith(dialect.footer):
            end = f"the footer {dialect.footer!r}"
            break
        if not any(within):
            continue
        filled = within
        yield number, (_run_on(within) if above > 0 else within)
        above -= 1
    below = ((at, row[left:right]) for at, row in enumerate(texts[number:], start=number + 1))
    refuse_rows_below(name, end, filled, below)


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
