"""Reads the rows of a workbook (XLSX, ODS) as text; an error about a changed layout names the cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.base.cell_names import column_and_row
from flows.base.composed import composed
from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.filled_rows import run_on
from flows.stage.read.notes import BLANK, NOTES, Notes, RowsAbove
from flows.stage.read.subprocess_reader import read_in_subprocess
from flows.stage.read.text import Line


class Sheet:
    """A sheet while it is read; `held` and `left_out` say what flows.stage.read.text.Delimited says of a text file."""

    def __init__(self, delivered: Path, name: str, dialect: Dialect) -> None:
        self._name, self._dialect = name, dialect
        self._texts, self.since_1904 = _texts(delivered, name, dialect)
        self.held, self.left_out = 0, dict[str, int]()

    def rows(self) -> Iterator[Line]:
        """Yield (row number, cells) within `area`, from the header down to the footer.

        The texts of header rows above the last run on to the right, as merged cells do.

        Raises:
            RowBelow: below the footer or the area stands what looks like a row.
        """
        dialect = self._dialect
        left, right, first, last = _bounds(dialect)
        within = [row[left:right] for row in self._texts[first:]]
        end, above, notes, seen = len(self._texts[:last]), dialect.header_rows, None, RowsAbove()
        for number, row in enumerate(within[: end - first], start=first + 1):
            if notes:
                notes.refuse_row(number, row, "the footer")
                self._count(NOTES)
            elif dialect.footer and row and composed(row[0]).startswith(dialect.footer):
                notes = Notes(self._name, dialect, seen)
                notes.refuse_footer(number, row)
                self._count(NOTES)
            elif not any(row):
                self._count(BLANK, above == 0)
            elif above:
                above -= 1
                self.held = end - number
                yield number, (run_on(row) if above else row)
            else:
                seen.add(row)
                yield number, row
        for number, row in enumerate(within[end - first :], start=end + 1):
            Notes(self._name, dialect, seen).refuse_row(number, row, "the area")

    def _count(self, rule: str, rows: int = 1) -> None:
        self.left_out[rule] = self.left_out.get(rule, 0) + rows


def _texts(delivered: Path, name: str, dialect: Dialect) -> tuple[list[list[str]], bool]:
    """Return the cells of the named sheet as text, and whether its days are counted from 1904.

    Raises:
        ContractBroken: no workbook, no such sheet, or a cell that does not hold what the profile says.
    """
    answer = read_in_subprocess(
        "flows.stage.read.workbook", str(delivered), dialect.decimal, *([dialect.sheet] if dialect.sheet else [])
    )
    if "problem" in answer:
        raise ContractBroken(
            f"Workbook {name} cannot be read: {answer['problem']}. Ask the supplier again.", code="FS-CONTRACT-02"
        ).at(f"Workbook {name}")
    if "sheets" in answer:
        raise _other_sheets(name, dialect, answer["sheets"], answer["hidden"]).at(f"Workbook {name}")
    texts: list[list[str]] = answer["texts"]
    _refuse_other_layout(name, texts, dialect)
    return texts, bool(answer["since_1904"])


def _other_sheets(name: str, dialect: Dialect, sheets: list[str], hidden: list[str]) -> ContractBroken:
    """Say which sheets there are: of several, nobody knows unasked which is meant, least of all a hidden one."""
    found = ", ".join(f"{sheet!r}" + (" (hidden)" if sheet in hidden else "") for sheet in sheets) or "none"
    if dialect.sheet:
        return ContractBroken(
            f"Workbook {name}: expected the sheet {dialect.sheet!r}, found {found}. Correct `sheet` in sources.toml or "
            "ask the supplier.",
            code="FS-CONTRACT-09",
        )
    return ContractBroken(
        f"Workbook {name}: expected one sheet, since the dialect names none, found {found}. Name the one with "
        "the table as `sheet` in the dialect of sources.toml, or ask the supplier.",
        code="FS-CONTRACT-09",
    )


def left_edge(dialect: Dialect) -> int:
    """Return the first column (from 0) that the table has in its sheet."""
    return _bounds(dialect)[0]


def _refuse_other_layout(name: str, texts: list[list[str]], dialect: Dialect) -> None:
    for cell, expected in dialect.cells.items():
        column, row = column_and_row(cell)
        line = texts[row - 1] if row <= len(texts) else []
        found = line[column] if column < len(line) else ""
        if composed(found.strip()) != expected:
            raise ContractBroken(
                f"Workbook {name}, cell {cell}: expected {expected!r} as sources.toml says, found {found!r}. Has the "
                "layout changed? Adapt `cells`, `area` and `preamble`, or ask the supplier.",
                code="FS-CONTRACT-09",
            ).at(f"Workbook {name}, cell {cell}")


def _bounds(dialect: Dialect) -> tuple[int, int | None, int, int | None]:
    """Return the table's first and end column and first and end row, counted from 0."""
    if dialect.area is None:
        return 0, None, dialect.preamble, None
    corner, _, other = dialect.area.partition(":")
    left, top = column_and_row(corner)
    right, bottom = column_and_row(other if other[-1].isdigit() else f"{other}1")
    return left, right + 1, top - 1, bottom if other[-1].isdigit() else None
