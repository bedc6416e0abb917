"""A worksheet as people use one: a sentence that says what it holds, heads in German, widths, filter, print set-up.

Four lines stand above the rows of each: the sentence, the labels, the units, and the names of the columns as the tables
of the release have them, by which programs read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.base.cell_names import column_letters
from flows.export.faces import Faces, number_of
from flows.export.sheet_rows import POINTS_PER_LINE, PlacedRows, SheetRows

LINES_ABOVE = 4
_LONGEST_NAME = 31  # what Excel takes as the name of a sheet
_OF_EXCEL = "history"  # a name that Excel keeps for itself
_TALLEST_HEAD = 5  # lines
_NARROW, _WIDE = 10, 24  # characters


class SheetNames:
    """Names for the sheets of a workbook: none twice, whatever its case, and none longer than Excel takes."""

    def __init__(self, *taken: str) -> None:
        self._taken = {_OF_EXCEL, *(name.lower() for name in taken)}

    def take(self, name: str, ending: str = "") -> str:
        """Return `name` with `ending`, the name as far as there is room, and with a number where it is taken."""
        number = 1
        while True:
            end = ending if number == 1 else f"{ending}_{number}"
            found = name[: _LONGEST_NAME - len(end)] + end
            if found.lower() not in self._taken:
                self._taken.add(found.lower())
                return found
            number += 1


@dataclass(frozen=True)
class Head:
    """What stands above a column: label and unit; `width` in characters where the label does not say it.

    `decimals` of its numbers, where they are figures.
    """

    label: str
    unit: str = ""
    width: float | None = None
    decimals: int | None = None

    @property
    def characters(self) -> float:
        """The width of the column: its longest word fits, and its label in five lines."""
        if self.width is not None:
            return self.width
        longest = max((len(word) for word in re.split(r"[ -]", f"{self.label} {self.unit}")), default=0)
        return min(_WIDE, max(_NARROW, longest, 1.2 * len(self.label) / _TALLEST_HEAD))

    @property
    def lines(self) -> int:
        """How many lines the label takes, roughly."""
        return min(_TALLEST_HEAD, 1 + int(1.1 * len(self.label) / self.characters))


@dataclass(frozen=True)
class Worksheet:
    """A worksheet: its rows, and what stands above each column; `fixed` columns stay in sight and on each page."""

    name: str
    title: str
    found: SheetRows
    heads: Mapping[str, Head]
    fixed: int
    warning: bool = False
    wrapped: bool = False
    printed: int | None = None  # rows that are printed; all where None
    printed_columns: int | None = None  # columns that are printed, from the first; all where None
    scale: int | None = None  # of print in percent; as wide as one page where None
    ids: Mapping[str, str] = field(default_factory=dict)  # names that columns have in the release, where others

    @property
    def range(self) -> str:
        """The cells of the names of the columns and the rows below: what a filter or a pivot table takes."""
        last = column_letters(len(self.found.kinds) - 1)
        return f"'{self.name}'!$A${LINES_ABOVE}:${last}${LINES_ABOVE + self.found.rows}"

    def lay_out(self, book: Any, faces: Faces, footer: str) -> PlacedRows:
        """Add the sheet to the workbook, all but its rows; return where these go."""
        sheet = book.add_worksheet(self.name)
        columns = list(self.found.kinds)
        heads = [self.heads[name] for name in columns]
        for at, head in enumerate(heads):
            sheet.set_column(at, at, head.characters)
        sheet.set_row(0, 18, faces.warning if self.warning else None)
        sheet.set_row(1, POINTS_PER_LINE * max(head.lines for head in heads))
        title = faces.warning if self.warning else faces.title
        sheet.write_string(0, 0, self.title, title)
        for at, head in enumerate(heads):
            sheet.write_string(1, at, head.label, faces.label)
        for at, head in enumerate(heads):
            sheet.write_string(2, at, head.unit, faces.unit)
        for at, name in enumerate(columns):
            sheet.write_string(3, at, self.ids.get(name, name), faces.id)
        sheet.freeze_panes(LINES_ABOVE, self.fixed)
        last = LINES_ABOVE - 1 + self.found.rows
        sheet.autofilter(LINES_ABOVE - 1, 0, last, len(columns) - 1)
        if self.warning:
            sheet.set_tab_color("#f0a27a")
        self._set_up_print(sheet, len(columns), footer)
        formats = {name: number_of(self._face(faces, name, kind)) for name, kind in self.found.kinds.items()}
        widths = dict(zip(columns, (head.characters for head in heads), strict=True)) if self.wrapped else {}
        return PlacedRows(self.found, LINES_ABOVE, formats, faces.no_row, widths)

    def _set_up_print(self, sheet: Any, columns: int, footer: str) -> None:
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
        sheet.set_footer(footer)
        sheet.repeat_rows(0, LINES_ABOVE - 1)
        rows = self.found.rows if self.printed is None else self.printed
        sheet.print_area(0, 0, LINES_ABOVE - 1 + rows, (self.printed_columns or columns) - 1)
        if self.scale is None:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.repeat_columns(0, self.fixed - 1)
            sheet.set_print_scale(self.scale)

    def _face(self, faces: Faces, name: str, kind: str) -> Any:
        decimals = self.heads[name].decimals
        if decimals is not None:
            return faces.counted(decimals)
        if kind == "DATE":
            return faces.day
        if kind in ("DOUBLE", "INTEGER", "BIGINT"):
            return faces.number
        return faces.wrapped if self.wrapped else faces.text
