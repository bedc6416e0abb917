"""Below a footer stand notes. A row that stands there would be lost unseen, so the run stops at the first.

A unit may be called as the footer begins, or somebody may write the next block of the table below the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flows.errors import SourceUnavailable

_FIGURE = re.compile(r"[-+]?\d[\d.,' \xa0]*")


class RowBelow(SourceUnavailable):
    """Below the table stands what looks like a row of it."""


def refuse_rows_below(name: str, end: str, above: Sequence[str], below: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Stop when one of the lines `below` the table looks like the last row `above` its end.

    It does when it has as many cells, when both begin with a number or both do not, and when a cell after the first
    is a figure.

    Args:
        name: how the source calls the file.
        end: what ends the table, as sources.toml says it.
        above: the cells of the last row.
        below: the lines, each with its number, as cells.

    Raises:
        RowBelow: names the line, what stands in it, and what to do.
    """
    for number, cells in below:
        if _looks_like(cells, above):
            raise RowBelow(
                f"File {name}, line {number}: expected only notes below the table, which {end} ends, found what looks "
                f"like a row: {', '.join(map(repr, cells[:3]))}{' ...' if len(cells) > 3 else ''}. If the table goes "
                "on there, correct that in sources.toml. If these are totals, let the footer begin further down and "
                "name them in a `drop` rule."
            )


def _looks_like(cells: Sequence[str], row: Sequence[str]) -> bool:
    return (
        len(cells) == len(row) > 1
        and _is_figure(cells[0]) == _is_figure(row[0])
        and any(_is_figure(cell) for cell in cells[1:])
    )


def _is_figure(cell: str) -> bool:
    return _FIGURE.fullmatch(cell.strip()) is not None
