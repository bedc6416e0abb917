"""What a file of rows looks like: its header, its rows, what stands above and below, and how a profile says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.app.new_city.dates import are_years, date_format, day_in_header, last_day
from flows.app.new_city.figures import has_figures, is_figure, signs_in, style_of
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.words import titles_of
from flows.stage.read.filled_rows import run_on
from flows.stage.read.header import HEADER_ROWS

Row = tuple[int, list[str]]
"""A row with the number of the line in which it begins; its cells have no blanks at their ends."""

_MOST_HEADER_ROWS = 3
FIGURE = "Werte"
"""What the one figure is called whose columns say nothing but their day."""


@dataclass(frozen=True)
class HeaderDays:
    """The days by which columns of a table are called: how they are written, their texts, and all columns of the file.

    The table itself is then that of the last day, with its columns called by their figures.
    """

    format: str
    texts: list[str]
    delivered: list[str]


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
    titles: dict[str, list[str]] = field(default_factory=dict)
    """What columns are called elsewhere in the file, or by its name, that say too little themselves."""
    header_days: HeaderDays | None = None

    @property
    def delivered(self) -> list[str]:
        """The columns that the file has, also those that are called by a day."""
        return self.header_days.delivered if self.header_days else self.columns

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
    merged: bool
    """Whether the texts of its upper header rows run on to the right."""


def laid_out(
    path: Path, rows: Sequence[Row], dialect: dict[str, Any], why: dict[str, str], *, sheet: bool = False
) -> Table:
    """Return the table that lies in the `rows` of a file, none of which is blank, and what `dialect` says of it.

    In a `sheet` the texts of upper header rows always run on to the right, as merged cells do.

    Raises:
        LeftOut: no profile can say how it is laid out; says why.
    """
    width = _usual_width(rows)
    body = _body(rows, width, sheet=sheet)
    names = _joined([cells for _, cells in rows[body.header : body.first]], width, merged=body.merged)
    blank = [f"ohne_namen_{place + 1}" for place, name in enumerate(names) if not name]
    if blank:
        dialect["blank_headers"] = blank
        why["blank_headers"] = "columns without a header are given these names"
        fill = iter(blank)
        names = [name or next(fill) for name in names]
    if body.first - body.header > 1:
        dialect["header_rows"] = body.first - body.header
        why["header_rows"] = f"their texts are joined with ' / ', such as {names[-1]!r}"
        if body.merged and not sheet:
            dialect["merged_headers"] = True
            why["merged_headers"] = "a text of the upper header rows holds for the blank cells to its right too"
    if (above := rows[body.header][0] - 1) > 0:
        dialect["preamble"] = above
        why["preamble"] = "lines above the header" + (f", such as {rows[0][1][0]!r}" if body.header else ", all blank")
    table = Table(
        path, dialect, why, names, list(rows[body.first : body.end]),
        above=[text for _, cells in rows[: body.header] for text in cells if text],
    )  # fmt: skip
    _end_at_notes(table, rows, body)
    _say_how_figures_are_written(table)
    return of_last_day(table)


def with_signs(table: Table) -> Table:
    """Return a table whose figures are numbers already, with the signs that stand in place of some."""
    columns = [cells for column in table.columns if has_figures(cells := table.cells(column))]
    _say_which_signs(table, columns)
    return of_last_day(table)


def _usual_width(rows: Sequence[Row]) -> int:
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not widths:
        raise LeftOut("no table was found in it: no row has two columns")
    return widths.most_common(1)[0][0]


def _body(rows: Sequence[Row], width: int, *, sheet: bool) -> _Body:
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
    header, merged = None, sheet
    if _is_header_of_years(rows, places, first, numeric):
        above = rows[first - 1][1] if first and len(rows[first - 1][1]) == width else [""] * width
        named = any(above[each] for each in numeric if is_figure(rows[first][1][each]))
        header, merged = (first - 1, True) if named else (first, sheet)
        first = places[places.index(first) + 1]
    if header is None:
        header, merged = _header_above(rows, first, width, sheet=sheet)
    end = len(rows)
    while end > first + 1 and not _is_row(rows[end - 1][1], numeric, width):
        end -= 1
    if wrong := next((line for line, cells in rows[first:end] if len(cells) != width), None):
        raise LeftOut(f"line {wrong} has another number of columns than the header ({width})")
    return _Body(header, first, end, merged)


def _is_header_of_years(rows: Sequence[Row], places: Sequence[int], first: int, numeric: Sequence[int]) -> bool:
    """Say whether what looks like the first row is a header whose columns are called by years.

    Then the cell of its unit is blank, or no other header stands above it.
    """
    cells, last = rows[first][1], rows[places[-1]][1]
    years, others = ([row[column] for column in numeric if is_figure(row[column])] for row in (cells, last))
    if len(places) < 2 or not are_years(years) or are_years(others):
        return False
    above = rows[first - 1][1] if first else []
    return not cells[0] or len(above) != len(cells) or sum(map(bool, above)) * 2 < len(above)


def _is_row(cells: Sequence[str], numeric: Sequence[int], width: int | None = None) -> bool:
    """Say whether a row is one of the table: as many cells, and a figure, or a sign for one, where figures are."""
    if width is not None and len(cells) != width:
        return False
    if not numeric:
        return all(cells[:2])
    found = [cells[column] for column in numeric]
    return any(map(is_figure, found)) and all(is_figure(cell) or len(cell) <= 4 for cell in found)


def _header_above(rows: Sequence[Row], first: int, width: int, *, sheet: bool) -> tuple[int, bool]:
    """Return the place of the first row of the header, and whether its texts run on to the right.

    It is the row above the table, and more where names are not enough to tell columns apart.
    """
    if first == 0 or len(rows[first - 1][1]) != width:
        raise LeftOut(f"line {rows[first][0]} is its first row, and no header stands above it")
    for merged in (True,) if sheet else (False, True):
        for header in range(first - 1, max(first - 1 - _MOST_HEADER_ROWS, -1), -1):
            if len(rows[header][1]) != width:
                break
            names = _joined([cells for _, cells in rows[header:first]], width, merged=merged)
            filled = [name.casefold() for name in names if name]
            if len(set(filled)) == len(filled):
                return header, merged
    names = rows[first - 1][1]
    twice = next(name for name in names if [n.casefold() for n in names].count(name.casefold()) > 1)
    raise LeftOut(f"its header (line {rows[first - 1][0]}) has {twice!r} more than once")


def _joined(header: Sequence[Sequence[str]], width: int, *, merged: bool) -> list[str]:
    rows = [run_on(row) if merged and number < len(header) - 1 else row for number, row in enumerate(header)]
    return [HEADER_ROWS.join(row[place] for row in rows if row[place]) for place in range(width)]


def of_last_day(table: Table) -> Table:
    """Return a table whose columns are called by days as that of the last day; any other as it is.

    Raises:
        LeftOut: a figure lacks a day that another has.
    """
    parted = {column: day_in_header(column.split(HEADER_ROWS)) for column in table.columns}
    called = {column: each for column, each in parted.items() if each}
    form = date_format("Jahr", [day for _, day in called.values()]) if called else None
    if form is None or len(called) < 2:
        return table
    figures = list(dict.fromkeys(figure for figure, _ in called.values()))
    days = sorted({day for _, day in called.values()}, key=lambda day: last_day(day, form))
    places = {each: table.columns.index(column) for column, each in called.items()}
    lacking = next(((figure, day) for figure in figures for day in days if (figure, day) not in places), None)
    if lacking or len(places) < len(called) or ("" in figures and len(figures) > 1):
        raise LeftOut(
            "its columns are figures by days, and not each figure has each day once; make a source of each figure by "
            "hand, with the others in `ignore`"
        )
    kept = [place for place, column in enumerate(table.columns) if column not in called]
    chosen = [*kept, *(places[figure, days[-1]] for figure in figures)]
    name = figures[0] or FIGURE
    return replace(
        table, columns=[*(table.columns[place] for place in kept), *(figures if figures[0] else [name])],
        rows=[(line, [cells[place] for place in chosen]) for line, cells in table.rows],
        titles=table.titles if figures[0] else {name: titles_of(table.path.stem, table.above)},
        header_days=HeaderDays(form, days, table.columns),
    )  # fmt: skip


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
    style = style_of(columns, comma_delimited=table.dialect.get("delimiter") == ",")
    for key, default in (("decimal", ","), ("thousands", "")):
        if (sign := getattr(style, key)) != default:
            table.dialect[key] = sign
            shown = any(sign in cell for cells in columns for cell in cells if is_figure(cell))
            table.why[key] = style.doubt or (
                "as its figures show" if shown else "as is usual where a comma parts cells"
            )
            if style.doubt:
                table.doubts[key] = style.doubt
    _say_which_signs(table, columns)


def _say_which_signs(table: Table, columns: Sequence[Sequence[str]]) -> None:
    if signs := signs_in(columns):
        table.dialect["missing"] = {sign: status for sign, (status, _) in signs.items()}
        table.doubts["missing"] = ", ".join(f"{sign!r} stands {rows} times" for sign, (_, rows) in signs.items())
