"""Blank rows and the notes below a table: rows that the layout of a file leaves out, counted by name.

Below a footer, or below the area of a sheet, stand notes. A row that stands there would be lost unseen: a unit may be
called as the footer begins, a supplier may write the next block below the notes, a table may grow out of its area. So
the run stops at the first line there that looks like a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.base.errors import ContractBroken
from flows.profile.dialect import GROUPED_BY, SHEETS, Dialect
from flows.stage.read.digit_cell import marked_figures

BLANK = "leer"
"""The rule under which rows are counted that lie below the header and whose cells are all blank."""

NOTES = "fusszeile"
"""The rule under which the lines are counted that stand at and below the footer, blank ones too."""

_FIGURE = re.compile(rf"[-+]?\d[\d{''.join(GROUPED_BY.values())}]*")


class RowBelow(ContractBroken):
    """Below a table stands what looks like a row of it."""


class RowsAbove:
    """What the rows of a table are like, while it is read: the last of them, and how any of them begins."""

    def __init__(self) -> None:
        self.last: Sequence[str] = ()
        self._begins = set[bool]()

    def add(self, cells: Sequence[str]) -> None:
        """Look at a row; one without cells is no CSV."""
        self.last = cells
        if cells:
            self.begin(cells[0])

    def begin(self, cell: str) -> None:
        """Look at the first cell of a row."""
        if len(self._begins) < 2:
            self._begins.add(_is_figure(cell))

    def begin_as(self, cell: str) -> bool:
        """Say whether a row begins with a number, if the cell is one, or with another text, if it is not."""
        return _is_figure(cell) in self._begins


class Notes:
    """Looks at the lines below a table, with what was seen of the rows `above`."""

    def __init__(self, name: str, dialect: Dialect, above: RowsAbove) -> None:
        self._name, self._dialect, self._above = name, dialect, above
        self._marked = [re.compile(pattern) for pattern in marked_figures(dialect).values()]

    def refuse_footer(self, number: int, cells: Sequence[str]) -> None:
        """Stop when the line that begins as the footer does, and with a number, looks like a row.

        A line that begins with a text may be the one of totals.

        Raises:
            RowBelow: see `refuse_row`.
        """
        if cells and _is_figure(cells[0]):
            self.refuse_row(number, cells, "the footer")

    def refuse_row(self, number: int, cells: Sequence[str], end: str) -> None:
        """Stop when the cells of a line below the `end` of the table look like a row of it.

        They do when they are as many as in the last row, when any row begins as they do, with a number or not, and when
        a cell after the first is a figure or a sign for a missing one; in a table without figures, when none is blank.

        Raises:
            RowBelow: names the line, what stands in it, and what in sources.toml to change.
        """
        if self._dialect.table_below or not self._is_row(cells):
            return
        footer = end == "the footer"
        which = f"{end} {self._dialect.footer!r}" if footer else f"{end} {self._dialect.area}"
        longer = "make `footer` longer, so that only the notes begin with it" if footer else "let `area` reach further"
        raise RowBelow(
            f"File {self._name}, {'row' if self._dialect.format in SHEETS else 'line'} {number}: expected only notes "
            f"below the table, which {which} ends, found what looks like a row: {', '.join(map(repr, cells[:3]))}"
            f"{' ...' if len(cells) > 3 else ''}. Nothing was published. If it is one, {longer} (in sources.toml), or "
            "ask the supplier to put the notes last; if another table stands there, write `table_below = true` into "
            "the dialect."
        )

    def _is_row(self, cells: Sequence[str]) -> bool:
        if not len(cells) == len(self._above.last) > 1 or not self._above.begin_as(cells[0]):
            return False
        if self._has_figure(self._above.last):
            return self._has_figure(cells)
        return all(cell.strip() for cell in cells)

    def _has_figure(self, cells: Sequence[str]) -> bool:
        signs = self._dialect.missing.keys() - {""}
        return any(
            _is_figure(cell) or cell.strip() in signs or any(mark.fullmatch(cell.strip()) for mark in self._marked)
            for cell in cells[1:]
        )


def _is_figure(cell: str) -> bool:
    return _FIGURE.fullmatch(cell.strip()) is not None
