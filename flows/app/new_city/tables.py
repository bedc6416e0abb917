"""What a file of rows looks like: its header, its rows, what stands above and below, and how a profile says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.app.new_city.dates import are_years
from flows.app.new_city.figures import has_figures, is_figure, signs_in, style_of
from flows.app.new_city.guess import LeftOut

Row = tuple[int, list[str]]
"""A row with the number of the line in which it begins; its cells have no blanks at their ends."""

_MOST_HEADER_ROWS = 3


@dataclass
class Table:
    """A file of rows: the dialect that reads it, with the reasons by key, its columns, and the rows below it."""

    path: Path
    dialect: dict[str, Any]
    why: dict[str, str]
    columns: list[str]
    rows: list[Row]
    above: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.path.name

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column, from the first row to the last."""
        place = self.columns.index(column)
        return [cells[place] for _, cells in self.rows]


@dataclass(frozen=True)
class _Body:
    """Where the table lies among the rows of a file: places of the first header row, the first row and the end."""

    header: int
    first: int
    end: int


def laid_out(path: Path, rows: Sequence[Row], dialect: dict[str, Any], why: dict[str, str]) -> Table:
    """Return the table that lies in the `rows` of a file, none of which is blank, and what `dialect` says of it.

    Raises:
        LeftOut: no profile can say how it is laid out; says why.
    """
    width = _usual_width(rows)
    body = _body(rows, width)
    names = _joined([cells for _, cells in rows[body.header : body.first]], width)
    blank = [f"ohne_namen_{place + 1}" for place, name in enumerate(names) if not name]
    if blank:
        dialect["blank_headers"] = blank
        why["blank_headers"] = "columns without a header are given these names"
        fill = iter(blank)
        names = [name or next(fill) for name in names]
    if body.first - body.header > 1:
        dialect["header_rows"] = body.first - body.header
        why["header_rows"] = f"their texts are joined with ' / ', such as {names[-1]!r}"
    if (above := rows[body.header][0] - 1) > 0:
        dialect["preamble"] = above
        why["preamble"] = "lines above the header" + (f", such as {rows[0][1][0]!r}" if body.header else ", all blank")
    table = Table(
        path, dialect, why, names, list(rows[body.first : body.end]),
        above=[text for _, cells in rows[: body.header] for text in cells if text],
    )  # fmt: skip
    _end_at_notes(table, rows, body)
    _say_how_figures_are_written(table)
    return table


def _usual_width(rows: Sequence[Row]) -> int:
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not widths:
        raise LeftOut("no table was found in it: no row has two columns")
    return widths.most_common(1)[0][0]


def _body(rows: Sequence[Row], width: int) -> _Body:
    places = [place for place, (_, cells) in enumerate(rows) if len(cells) == width]
    numeric = [
        column for column in range(width)
        if has_figures([rows[place][1][column] for place in places[len(places) // 3 :]])
    ]  # fmt: skip
    first = next((place for place in places if _is_row(rows[place][1], numeric)), None)
    if first is None or not numeric:
        first = places[1] if len(places) > 1 else None
    if first is None:
        raise LeftOut("it has a header and no rows")
    years = [cell for column in numeric if is_figure(cell := rows[first][1][column])]
    if are_years(years) and len(places) > 1 and not are_years([rows[places[-1]][1][column] for column in numeric]):
        raise LeftOut(
            f"its columns are years ({years[0]} to {years[-1]}); make one source for each of them by hand, with the "
            "others in `ignore`"
        )
    header = _header_above(rows, first, width)
    end = len(rows)
    while end > first + 1 and not _is_row(rows[end - 1][1], numeric, width):
        end -= 1
    if wrong := next((line for line, cells in rows[first:end] if len(cells) != width), None):
        raise LeftOut(f"line {wrong} has another number of columns than the header ({width})")
    return _Body(header, first, end)


def _is_row(cells: Sequence[str], numeric: Sequence[int], width: int | None = None) -> bool:
    """Say whether a row is one of the table: as many cells, and a figure, or a sign for one, where figures are."""
    if width is not None and len(cells) != width:
        return False
    if not numeric:
        return all(cells[:2])
    found = [cells[column] for column in numeric]
    return any(map(is_figure, found)) and all(is_figure(cell) or len(cell) <= 4 for cell in found)


def _header_above(rows: Sequence[Row], first: int, width: int) -> int:
    """Return the place of the first row of the header: the row above the table, and more where names are not enough."""
    if first == 0 or len(rows[first - 1][1]) != width:
        raise LeftOut(f"line {rows[first][0]} is its first row, and no header stands above it")
    for header in range(first - 1, max(first - 1 - _MOST_HEADER_ROWS, -1), -1):
        if len(rows[header][1]) != width:
            break
        names = _joined([cells for _, cells in rows[header:first]], width)
        filled = [name.casefold() for name in names if name]
        if len(set(filled)) == len(filled):
            return header
    names = rows[first - 1][1]
    twice = next(name for name in names if [n.casefold() for n in names].count(name.casefold()) > 1)
    raise LeftOut(f"its header (line {rows[first - 1][0]}) has {twice!r} more than once")


def _joined(header: Sequence[Sequence[str]], width: int) -> list[str]:
    return [" / ".join(row[place] for row in header if row[place]) for place in range(width)]


def _end_at_notes(table: Table, rows: Sequence[Row], body: _Body) -> None:
    """Say with which text the notes begin that stand below the table."""
    if body.end == len(rows):
        return
    line, cells = rows[body.end]
    begins = cells[0][:30]
    if not begins or any(row[0].startswith(begins) for _, row in table.rows):
        raise LeftOut(f"line {line} is no row of the table any more, and no text says where it ends")
    table.dialect["footer"] = begins
    table.why["footer"] = f"the notes from line {line} on"


def _say_how_figures_are_written(table: Table) -> None:
    columns = [cells for column in table.columns if has_figures(cells := table.cells(column))]
    style = style_of(columns)
    for key, default in (("decimal", ","), ("thousands", "")):
        if (sign := getattr(style, key)) != default:
            table.dialect[key] = sign
            table.why[key] = style.doubt or "as its figures show"
            if style.doubt:
                table.doubts[key] = style.doubt
    if signs := signs_in(columns):
        table.dialect["missing"] = {sign: status for sign, (status, _) in signs.items()}
        table.doubts["missing"] = ", ".join(f"{sign!r} stands {rows} times" for sign, (_, rows) in signs.items())
