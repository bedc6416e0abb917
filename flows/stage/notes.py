"""Blank rows and the notes below a table: rows that the layout of a file leaves out, counted by name.

Notes begin with the text that the dialect calls `footer`. A unit may be called so too, or a supplier may write next
year's rows below the notes; all of them would be gone unseen. So no line from there on may look like a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.errors import SourceUnavailable
from flows.profile.dialect import SHEETS, Dialect

BLANK = "leer"
"""The rule under which rows are counted that lie below the header and whose cells are all blank."""

NOTES = "fusszeile"
"""The rule under which the lines are counted that stand at and below the footer, blank ones too."""


class RowBelowNotes(SourceUnavailable):
    """What looks like a row of the table stands at or below the footer."""


class Notes:
    """Looks at the lines from the footer on; `above` is the last row before them (none: an empty one)."""

    def __init__(self, name: str, dialect: Dialect, width: int, above: Sequence[str]) -> None:
        self._name, self._dialect, self._width = name, dialect, width
        grouped = rf"\d{{1,3}}(?:{re.escape(dialect.thousands)}\d{{3}})+|" if dialect.thousands else ""
        self._number = re.compile(rf"-?(?:{grouped}\d+)(?:{re.escape(dialect.decimal)}\d+)?")
        self._of_text = bool(above) and not self._has_figure(above)

    def refuse_row(self, line: int, cells: Sequence[str]) -> None:
        """Stop when the cells of a line look like a row of the table.

        They do when they are as many as in the header and one beside the first is a figure, or a sign for a missing
        one; where the row above the notes has none either (a table of names), when none of them is blank.

        Raises:
            RowBelowNotes: names the line, and what in sources.toml to change.
        """
        if self._dialect.table_below or len(cells) != self._width:
            return
        if not (all(cell.strip() for cell in cells) if self._of_text else self._has_figure(cells)):
            return
        place = "row" if self._dialect.format in SHEETS else "line"
        raise RowBelowNotes(
            f"File {self._name}, {place} {line}: expected notes only from the line on that begins with "
            f"{self._dialect.footer!r} (`footer`), found what looks like a row of the table: "
            f"{self._dialect.delimiter.join(cells)[:80]!r}. Nothing was published. If it is a row, make `footer` in "
            "sources.toml longer, so that only the notes begin with it, or ask the supplier to put the notes last; "
            "if it is none, write `table_below = true` into the dialect."
        )

    def _has_figure(self, cells: Sequence[str]) -> bool:
        looked_at = cells[1:] if len(cells) > 1 else cells
        return any(self._number.fullmatch(cell.strip()) or cell.strip() in self._dialect.missing for cell in looked_at)
