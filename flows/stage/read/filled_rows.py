"""Rows that say less than they mean: blank below the same text, or below the heading of a section.

What stands above a row is put into it, so that everything after reads rows which stand for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flows.base.composed import composed
from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.text import Line

SECTION = "section"
"""The rule under which rows are counted that are headings of a section."""


class FilledRows:
    """The rows of one table, with texts carried down and the heading above them, as the dialect says.

    `is_unit` says of the text of a heading whether it could be the id of a unit, whose figures would then be blank.

    Raises:
        ContractBroken: a column of `carry_down` is not there, or one is called as the column for headings.
    """

    def __init__(
        self, name: str, dialect: Dialect, columns: Sequence[str], is_unit: Callable[[str], bool] | None = None
    ) -> None:  # fmt: skip
        if dialect.section in (*columns, "datei", "zeile"):
            raise ContractBroken(
                f"File {name}: expected in `section` the name of a new column for the headings, found "
                f"{dialect.section!r}, which is taken. Choose another in sources.toml.",
                code="FS-CONTRACT-08",
            ).at(f"File {name}")
        self._name, self._is_unit = name, is_unit
        self.columns = [*columns, *([dialect.section] if dialect.section else [])]
        self.headings = 0
        self._sections, self._heading = dialect.section is not None, ""
        if lacking := [column for column in dialect.carry_down if column not in columns]:
            raise ContractBroken(
                f"File {name}: expected the columns of `carry_down`, found none called "
                f"{', '.join(map(repr, lacking))}. Correct `carry_down` in sources.toml, or ask the supplier.",
                code="FS-CONTRACT-08",
            ).at(f"File {name}")
        self._carried = [columns.index(column) for column in dialect.carry_down]

    def without_headings(self, rows: Iterator[Line]) -> Iterator[Line]:
        """Yield the rows that are no heading; a heading may end after its text."""
        for line, cells in rows:
            if self._sections and cells[0].strip() and not any(cell.strip() for cell in cells[1:]):
                self._heading = composed(cells[0].strip())
                self.headings += 1
                self._refuse_unit(line)
            else:
                yield line, cells

    def _refuse_unit(self, line: int) -> None:
        if self._is_unit is not None and self._is_unit(self._heading):
            raise ContractBroken(
                f"File {self._name}, line {line}: expected the heading of a section in a row of which only the first "
                f"cell is filled, found {self._heading!r}, which is written like a unit's id. Is its figure lacking? "
                "Ask the supplier for a sign in its place.",
                code="FS-CONTRACT-08",
            ).at(f"File {self._name}, line {line}")

    def rows(self, rows: Iterator[Line]) -> Iterator[Line]:
        """Yield the rows with what stands above them."""
        above, heading = dict.fromkeys(self._carried, ""), self._heading
        for line, cells in rows:
            if heading != self._heading:  # what stood above belongs to another section
                above, heading = dict.fromkeys(self._carried, ""), self._heading
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
