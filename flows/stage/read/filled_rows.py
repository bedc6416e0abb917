"""Rows that say less than they mean: blank below the same text, or below the heading of a section.

What stands above a row is put into it, so that everything after reads rows which stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.text import Line

SECTION = "section"
"""The rule under which rows are counted that are headings of a section."""


class FilledRows:
    """The rows of one table, with texts carried down and the heading above them, as the dialect says.

    Raises:
        ContractBroken: a column of `carry_down` is not there.
    """

    def __init__(self, name: str, dialect: Dialect, columns: Sequence[str]) -> None:
        self.columns = [*columns, *([dialect.section] if dialect.section else [])]
        self.headings = 0
        self._sections, self._heading = dialect.section is not None, ""
        if lacking := [column for column in dialect.carry_down if column not in columns]:
            raise ContractBroken(
                f"File {name}: expected the columns of `carry_down`, found none called "
                f"{', '.join(map(repr, lacking))}. Correct `carry_down` in sources.toml, or ask the supplier."
            ).at(f"File {name}")
        self._carried = [columns.index(column) for column in dialect.carry_down]

    def without_headings(self, rows: Iterator[Line]) -> Iterator[Line]:
        """Yield the rows that are no heading; a heading may end after its text."""
        for line, cells in rows:
            if self._sections and cells[0].strip() and not any(cell.strip() for cell in cells[1:]):
                self._heading = cells[0].strip()
                self.headings += 1
            else:
                yield line, cells

    def rows(self, rows: Iterator[Line]) -> Iterator[Line]:
        """Yield the rows with what stands above them."""
        above = dict.fromkeys(self._carried, "")
        for line, cells in rows:
            for place in self._carried:
                cells[place] = above[place] = cells[place] or above[place]
            yield line, ([*cells, self._heading] if self._sections else cells)


def run_on(row: Sequence[str]) -> list[str]:
    """Return the texts of a row with each in the blank cells to its right too, as merged cells mean."""
    texts, last = [], ""
    for text in row:
        last = text.strip() or last
        texts.append(last)
    return texts
