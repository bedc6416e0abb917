"""The header of a table: its rows joined, and each column by the name that the contract calls it by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from flows.base.cell_names import cell_name
from flows.base.composed import composed
from flows.base.errors import ContractBroken
from flows.profile.dialect import SHEETS, Dialect
from flows.stage.read.filled_rows import run_on
from flows.stage.read.sheet import left_edge
from flows.stage.read.text import Line

HEADER_ROWS = " / "
"""What stands between the texts of several header rows that name one column."""


def header(
    name: str, rows: Iterator[Line], dialect: Dialect, called: Mapping[str, str] = MappingProxyType({})
) -> tuple[int, list[str]]:
    """Return the line of the header's last row, and the columns as the contract calls them.

    The header's rows are joined, blank columns named by the profile; `called` gives a variant's columns their names.

    Raises:
        ContractBroken: no header, a column without a name, or two of one name.
    """
    read = list(islice(rows, dialect.header_rows))
    if dialect.merged_headers:
        read = [(number, run_on(cells) if number < read[-1][0] else cells) for number, cells in read]
    line = read[-1][0] if read else 0
    width = max((len(cells) for _, cells in read), default=0)
    columns = []
    for place in range(width):
        parts = [cells[place].strip() for _, cells in read if place < len(cells)]
        columns.append(composed(HEADER_ROWS.join(part for part in parts if part)))
    blank = [place for place, column in enumerate(columns) if not column]
    if dialect.blank_headers:
        if len(blank) != len(dialect.blank_headers):
            raise ContractBroken(
                f"File {name}, line {line}: expected {len(dialect.blank_headers)} columns without a header "
                f"(`blank_headers`), found {len(blank)}. Has the layout changed? Adapt sources.toml.",
                code="FS-CONTRACT-08",
            ).at(f"File {name}, line {line}")
        for place, column in zip(blank, dialect.blank_headers, strict=True):
            columns[place] = column
    if dialect.number_headers:
        columns = _numbered(columns)
    columns = [called.get(column, column) for column in columns]
    refuse_bad_header(name, line, columns, dialect)
    return line, columns


def _numbered(columns: list[str]) -> list[str]:
    """Return the columns with those of one name told apart by a number from the second on."""
    times, told = dict[str, int](), list[str]()
    for column in columns:
        times[column.casefold()] = times.get(column.casefold(), 0) + 1
        told.append(f"{column} ({times[column.casefold()]})" if times[column.casefold()] > 1 and column else column)
    return told


def refuse_bad_header(name: str, line: int, columns: list[str], dialect: Dialect) -> None:
    """Stop when a column has no name, or another one's.

    Raises:
        ContractBroken: says where, and which key of the dialect helps.
    """
    known = [column.casefold() for column in columns]  # SQL does not tell upper from lower case
    twice = sorted({column for column in columns if known.count(column.casefold()) > 1})
    if columns and not twice and "" not in columns:
        return
    found = "nothing" if not columns else "a column without a name"
    remedy = " Name it in `blank_headers` of the dialect, and in `ignore` if it is not wanted." if columns else ""
    if twice:
        remedy = "`number_headers = true` into the dialect: then the second is called 'name (2)'."
        may_run_on = dialect.header_rows > 1 and dialect.format not in SHEETS and not dialect.merged_headers
        remedy = (
            f" Do the texts of its upper rows run on to the right? Write `merged_headers = true`, else {remedy}"
            if may_run_on
            else f" Write {remedy}"
        )
        found = f"{', '.join(map(repr, twice))} more than once"
    place = f"line {line}"
    if dialect.format in SHEETS and columns:
        wrong = columns.index("") if not twice else max(known.index(text.casefold()) for text in twice)
        place = f"cell {cell_name(left_edge(dialect) + wrong, line)}"
    raise ContractBroken(
        f"File {name}, {place}: expected a header of different column names, found {found}.{remedy}",
        code="FS-CONTRACT-08",
    ).at(f"File {name}, {place}")
