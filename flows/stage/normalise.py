"""Turns a file of any dialect into plain text columns with exact line numbers.

The result is a CSV in UTF-8 with the columns ``datei`` (the delivered file's name) and ``zeile`` (the
line in it) before the delivered columns. Encoding, archive, spreadsheet, preamble and footer are dealt
with here, once, so that everything after reads one kind of file. Nothing is interpreted: a text stays
the text it was.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from flows.errors import SourceUnavailable
from flows.extract.archive import unpack
from flows.profile.contract import Drop
from flows.profile.dialect import SHEETS, Dialect
from flows.stage.corrections import Row
from flows.stage.long import LONG_COLUMNS, long_cell, refuse_absent_columns
from flows.stage.sheet import Line, cell_name, left_edge, sheet_rows

_C1 = re.compile(rb"[\x80-\x9f]")  # control characters of latin-1, letters and signs of cp1252


@dataclass(frozen=True)
class PlainFile:
    """A normalised file: where it lies, its columns, how many rows it holds, and which rules left out how many."""

    name: str
    path: Path
    columns: list[str]
    rows: int
    left_out: dict[str, int]
    header_line: int = 1

    @property
    def dropped(self) -> int:
        """How many rows a rule left out."""
        return sum(self.left_out.values())


@dataclass
class _Sieve:
    """Says of each row which rule leaves it out, and counts them by the rule's name."""

    columns: Sequence[str]
    drop: Sequence[Drop]
    only: Mapping[str, Collection[str]]
    counted: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = {column: place for place, column in enumerate(self.columns)}
        self._unwanted = [
            (rule.rule, places[rule.column], set(rule.equals)) for rule in self.drop if rule.column in places
        ]
        self._only = [(places[column], set(texts)) for column, texts in self.only.items() if column in places]

    def keeps(self, cells: Sequence[str]) -> bool:
        """Say whether no rule leaves the row out."""
        for rule, place, texts in self._unwanted:
            if cells[place] in texts:
                self.count(rule)
                return False
        if any(cells[place] not in texts for place, texts in self._only):
            self.count(OTHER_ROWS)
            return False
        return True

    def count(self, rule: str, rows: int = 1) -> None:
        """Note that the rule left out so many rows."""
        if rows:
            self.counted[rule] = self.counted.get(rule, 0) + rows


@dataclass(frozen=True)
class Wanted:
    """What of a file is written, and under which names.

    `rename` gives the contract's columns the names that SQL knows them by, `called` before that columns of a variant
    the contract's names; those in `leave_out` are not written. Rows that a `drop` rule names, or that are not those
    of `only`, are counted and left out; `mend` applies registered corrections to the rows before.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    leave_out: Collection[str] = ()
    drop: Sequence[Drop] = ()
    only: Mapping[str, Collection[str]] = field(default_factory=dict)
    mend: Callable[[list[Row]], list[Row]] | None = None


EVERYTHING = Wanted()


def normalise(delivered: Path, name: str, dialect: Dialect, target: Path, wanted: Wanted = EVERYTHING) -> PlainFile:
    """Write `delivered` (called `name` by its source) to `target` as plain CSV and describe it.

    Of a long file only the columns of `wanted.rename` and flows.stage.long.LONG_COLUMNS are written. The described
    columns are those of the contract.

    Raises:
        SourceUnavailable: wrong encoding, no header, two columns of one name, a row of another length, or no row.
    """
    rows = sheet_rows(delivered, name, dialect) if dialect.format in SHEETS else _text_rows(delivered, name, dialect)
    header_line, columns = _header(name, rows, dialect)
    columns = [wanted.called.get(column, column) for column in columns]
    _refuse_bad_header(name, header_line, columns, dialect)
    long = dialect.long
    kept = [
        (index, wanted.rename.get(column, column)) for index, column in enumerate(columns)
        if column not in wanted.leave_out and (long is None or column in wanted.rename)
    ]  # fmt: skip
    written = ["datei", "zeile", *(column for _, column in kept), *(LONG_COLUMNS if long else ())]
    _refuse_bad_header(name, header_line, written, dialect)
    sieve = _Sieve(columns, wanted.drop, wanted.only)
    long_part = long_cell(long, columns) if long else None
    counted = _Counted(_of_one_length(rows, name, len(columns)))
    taken, of_column = 0, dict[str, int]()
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")  # so that either of them inside a cell is quoted
        out.writerow(written)
        for line, cells in _mended(counted, columns, wanted.mend) if wanted.mend else counted:
            if not sieve.keeps(cells):
                continue
            more: list[str] | None = []
            if long_part:
                more = long_part(cells)
                if more is None:
                    sieve.count(OTHER_ROWS)
                    continue
                of_column[more[0]] = of_column.get(more[0], 0) + 1
            taken += 1
            out.writerow([name, line, *(cells[index] for index, _ in kept), *(more or ())])
    sieve.count("correction", counted.count - taken - sum(sieve.counted.values()))
    if long and counted.count and not set(long.reads) - set(columns):
        refuse_absent_columns(name, long, of_column)
    if not taken:
        raise SourceUnavailable(
            f"File {name}: expected rows below the header in line {header_line}, found "
            f"{'none' if not counted.count else 'only rows that a rule leaves out'}. Is the file cut short? "
            "Ask the supplier for it again."
        )
    return PlainFile(name, target, columns, counted.count, sieve.counted, header_line)


def _header(name: str, rows: Iterator[Line], dialect: Dialect) -> tuple[int, list[str]]:
    """Return the line of the header's last row, and the columns: its rows joined, blank ones named by the profile."""
    read = list(islice(rows, dialect.header_rows))
    line = read[-1][0] if read else 0
    width = max((len(cells) for _, cells in read), default=0)
    columns = []
    for place in range(width):
        parts = [cells[place].strip() for _, cells in read if place < len(cells)]
        columns.append(" / ".join(part for part in parts if part))
    blank = [place for place, column in enumerate(columns) if not column]
    if dialect.blank_headers:
        if len(blank) != len(dialect.blank_headers):
            raise SourceUnavailable(
                f"File {name}, line {line}: expected {len(dialect.blank_headers)} columns without a header "
                f"(`blank_headers`), found {len(blank)}. Has the layout changed? Adapt sources.toml."
            )
        for place, column in zip(blank, dialect.blank_headers, strict=True):
            columns[place] = column
    return line, columns


OTHER_ROWS = "other rows"
"""The rule under which rows are counted that the contract does not ask for (`only`, `long.columns`)."""


class _Counted:
    """Rows, and how many there were once all have gone by."""

    def __init__(self, rows: Iterator[Line]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Line]:
        for row in self.rows:
            self.count += 1
            yield row


def _of_one_length(rows: Iterator[Line], name: str, length: int) -> Iterator[Line]:
    for line, row in rows:
        if len(row) != length:
            raise SourceUnavailable(
                f"File {name}, line {line}: expected {length} columns as in the header, found {len(row)}. "
                "Is the delimiter right, is a quote missing, is the file cut short?"
            )
        yield line, [cell.strip() for cell in row]


def _mended(rows: Iterable[Line], columns: list[str], mend: Callable[[list[Row]], list[Row]]) -> Iterator[Line]:
    """Yield the rows after registered corrections; the line number travels under a name that no column has."""
    for row in mend([{"": str(line), **dict(zip(columns, cells, strict=True))} for line, cells in rows]):
        yield int(row[""]), [row[column] for column in columns]


def unpacked(delivered: Path, name: str, dialect: Dialect, target: Path) -> Path:
    """Return the file itself, or the one member of the archive that the dialect names, written to `target`.

    Raises:
        SourceUnavailable: the archive is damaged, encrypted, too large, or holds no such member or several.
    """
    if dialect.member is None:
        return delivered
    unpack(delivered, name, dialect.member, target)
    return target


def _text_rows(delivered: Path, name: str, dialect: Dialect) -> Iterator[Line]:
    """Yield (line number, cells) of the header and the rows below it, up to the footer."""
    refuse_wrong_mark(delivered, name, dialect)
    try:
        with delivered.open(encoding=dialect.encoding, newline="") as file:
            text = file.read()
    except (UnicodeDecodeError, UnicodeError) as problem:
        raise SourceUnavailable(
            f"File {name}: expected {dialect.encoding} as sources.toml says, found bytes that are not: {problem}. "
            "Correct `encoding` in sources.toml or ask the supplier."
        ) from problem
    _refuse_another_encoding(delivered, name, dialect)
    if "\x00" in text:
        raise SourceUnavailable(f"File {name}: expected text, found zero bytes. Ask the supplier for it again.")
    lines = io.StringIO(text, newline="")
    for _ in range(dialect.preamble):
        next(lines, None)
    reader = csv.reader(
        lines, delimiter=dialect.delimiter, quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE, strict=True,
    )  # fmt: skip
    try:
        started = dialect.preamble + 1
        for row in reader:
            if dialect.footer and row and row[0].startswith(dialect.footer):
                return
            if any(cell.strip() for cell in row):
                yield started, row
            started = dialect.preamble + reader.line_num + 1
    except csv.Error as problem:
        line = dialect.preamble + reader.line_num
        raise SourceUnavailable(f"File {name}, line {line}: expected a CSV row, found {problem}.") from problem


def refuse_wrong_mark(delivered: Path, name: str, dialect: Dialect) -> None:
    """Stop when the file's byte order mark says another encoding than the profile.

    Raises:
        SourceUnavailable: names both.
    """
    with delivered.open("rb") as file:
        head = file.read(3)
    utf8, utf16 = head == b"\xef\xbb\xbf", head[:2] in (b"\xff\xfe", b"\xfe\xff")
    found = "utf-8-sig" if utf8 else "utf-16" if utf16 else None
    if found and found != dialect.encoding:
        raise SourceUnavailable(
            f"File {name}: expected {dialect.encoding} as sources.toml says, found the mark of {found}. "
            f"Set `encoding = {found!r}` in sources.toml if the supplier changed it."
        )


def _refuse_another_encoding(delivered: Path, name: str, dialect: Dialect) -> None:
    """Stop when bytes that every single-byte encoding takes are plainly of another one.

    Raises:
        SourceUnavailable: names both encodings.
    """
    if dialect.encoding not in ("cp1252", "latin-1"):
        return
    content = delivered.read_bytes()
    if content.isascii():
        return
    found = None
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        found = "utf-8"
    if found is None and dialect.encoding == "latin-1" and _C1.search(content):
        found = "cp1252"
    if found:
        raise SourceUnavailable(
            f"File {name}: expected {dialect.encoding} as sources.toml says, found bytes that are {found}. "
            f"Set `encoding = {found!r}` in sources.toml if the supplier changed it."
        )


def _refuse_bad_header(name: str, line: int, columns: list[str], dialect: Dialect) -> None:
    known = [column.casefold() for column in columns]  # SQL does not tell upper from lower case
    twice = sorted({column for column in columns if known.count(column.casefold()) > 1})
    if columns and not twice and "" not in columns:
        return
    found = "nothing" if not columns else "a column without a name"
    if twice:
        found = f"{', '.join(map(repr, twice))} more than once"
    place = f"line {line}"
    if dialect.format in SHEETS and columns:
        wrong = columns.index("") if not twice else max(known.index(text.casefold()) for text in twice)
        place = f"cell {cell_name(left_edge(dialect) + wrong, line)}"
    raise SourceUnavailable(f"File {name}, {place}: expected a header of different column names, found {found}.")
