"""Turns a file of any dialect into plain text columns with exact line numbers.

The result is a CSV in UTF-8 with the columns ``datei`` (the delivered file's name) and ``zeile`` (the
line in it) before the delivered columns. Encoding, archive, spreadsheet, preamble and footer are dealt
with here, once, so that everything after reads one kind of file. Nothing is interpreted: a text stays
the text it was.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from flows.base.composed import composed
from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect, Long
from flows.profile.source_contract import Drop
from flows.pull.landing.archive import unpack
from flows.stage.corrections import Row
from flows.stage.read.filled_rows import SECTION, FilledRows
from flows.stage.read.header import header, refuse_bad_header
from flows.stage.read.long import LONG_COLUMNS, TOTAL_ROWS, Parts, long_cell, refuse_absent_columns, texts_asked_for
from flows.stage.read.sheet import Sheet
from flows.stage.read.table import table_in
from flows.stage.read.text import Delimited, Line

Named = tuple[str | None, str | None]
"""What a row is about: the texts of its unit and Stichtag, None where it has no such column."""

_TEXTS_KNOWN = 10_000  # of which a `drop` rule remembers whether it fits


@dataclass(frozen=True)
class PlainFile:
    """A normalised file: where it lies, its columns, how many rows it holds, and which rules left out how many.

    `fallen` says what the rows are about that fell out without being known as another kind of rows (`Wanted.naming`).
    """

    name: str
    path: Path
    columns: list[str]
    rows: int
    left_out: dict[str, int]
    header_line: int = 1
    fallen: frozenset[Named] = frozenset()
    since_1904: bool | None = None
    """Of a workbook: whether it counts its days from 1904."""

    @property
    def dropped(self) -> int:
        """How many rows a rule left out."""
        return sum(self.left_out.values())


@dataclass
class _Sieve:
    """Says of each row which rule leaves it out, counts them by the rule's name, and notes what they are about."""

    name: str
    columns: Sequence[str]
    wanted: Wanted
    long: Long | None
    counted: dict[str, int] = field(default_factory=dict)
    fallen: set[Named] = field(default_factory=set)
    _totals: set[Named] = field(default_factory=set)
    _parts: set[Named] = field(default_factory=set)

    def __post_init__(self) -> None:
        places = {column: place for place, column in enumerate(self.columns)}
        wanted = self.wanted
        self._unwanted = [
            (rule.rule, places[rule.column], lru_cache(_TEXTS_KNOWN)(rule.leaves_out))
            for rule in wanted.drop
            if rule.column in places
        ]
        self._only = [(places[column], set(texts)) for column, texts in wanted.only.items() if column in places]
        self._known = [
            (column, places[column], {*texts, *wanted.others.get(column, ())})
            for column, texts in texts_asked_for(self.long, wanted.only).items()
            if column in places
        ]
        named = {canonical: places.get(column) for column, canonical in wanted.rename.items()}
        self._unit, self._day = named.get("basis_text"), named.get("stichtag_text")

    def keeps(self, line: int, cells: Sequence[str]) -> bool:
        """Say whether no rule leaves the row out."""
        for rule, place, leaves_out in self._unwanted:
            if leaves_out(cells[place]):
                self.count(rule)
                self.note(cells)
                return False
        if any(cells[place] not in texts for place, texts in self._only):
            self.leave_out_as_other(line, cells)
            return False
        return True

    def leave_out_as_other(self, line: int, cells: Sequence[str]) -> None:
        """Count a row that the contract does not ask for; where it says what other rows there are, it must be one.

        Raises:
            ContractBroken: it is none; names line, column and text.
        """
        self.count(OTHER_ROWS)
        if not self.wanted.others:
            self.note(cells)
            return
        for column, place, texts in self._known:
            if cells[place] not in texts:
                raise ContractBroken(
                    f"File {self.name}, line {line}: expected in column {column} one of "
                    f"{', '.join(map(repr, sorted(texts)))}, found {cells[place]!r}. Is it written in another way now? "
                    "Correct `only` or `long.columns` in sources.toml; add it to `others` if such rows are to be left "
                    "out.",
                    code="FS-CONTRACT-07",
                ).at(f"File {self.name}, line {line}")

    def leave_out_as_total(self, cells: Sequence[str]) -> None:
        """Count a row that is a sum of others; what has no other row falls out with it."""
        self.count(TOTAL_ROWS)
        self._totals.add(self._about(cells))

    def note_part(self, cells: Sequence[str]) -> None:
        """Note what a row is about that is part of a sum."""
        self._parts.add(self._about(cells))

    @property
    def fell(self) -> frozenset[Named]:
        """What the rows are about that fell out, and what has nothing but totals."""
        return frozenset(self.fallen | (self._totals - self._parts if self.wanted.watch else set()))

    def note(self, cells: Sequence[str]) -> None:
        """Note what a row is about that falls out."""
        if self.wanted.watch:
            self.fallen.add(self._about(cells))

    def _about(self, cells: Sequence[str]) -> Named:
        unit, day = self._unit, self._day
        return None if unit is None else cells[unit], None if day is None else cells[day]

    def count(self, rule: str, rows: int = 1) -> None:
        """Note that the rule left out so many rows."""
        if rows:
            self.counted[rule] = self.counted.get(rule, 0) + rows


class _LongRows:
    """What a long file's rows say, one by one, and what they lack once all have gone by."""

    def __init__(self, name: str, columns: Sequence[str], long: Long, sieve: _Sieve) -> None:
        self._name, self._long, self._sieve = name, long, sieve
        self._has_all = not set(long.reads) - set(columns)
        self._cell = long_cell(long, columns)
        self._parts = Parts(name, long, columns) if long.sum else None
        self._of_column = dict[str, int]()

    def described(self, line: int, cells: Sequence[str]) -> list[str] | None:
        """Return the LONG_COLUMNS of a row, or None where it is left out."""
        found = self._cell(cells)
        if found is None:
            self._sieve.leave_out_as_other(line, cells)
            return None
        part = self._parts.of(line, cells) if self._parts else ""
        if part is None:
            self._sieve.leave_out_as_total(cells)
            return None
        if self._parts:
            self._sieve.note_part(cells)
        self._of_column[found[0]] = self._of_column.get(found[0], 0) + 1
        return [*found, part]

    def refuse_absent(self) -> None:
        """Stop when a column of the contract, or a part of every sum, has no row."""
        if self._has_all:
            refuse_absent_columns(self._name, self._long, self._of_column)
            if self._parts:
                self._parts.refuse_absent()


@dataclass(frozen=True)
class Wanted:
    """What of a file is written, and under which names.

    `rename` gives the contract's columns the names that SQL knows them by, `called` before that columns of a variant
    the contract's names; those in `leave_out` are not written. Rows that a `drop` rule names, or that are not those
    of `only`, are counted and left out; `mend` applies registered corrections to the rows before. Where `others` says
    which texts rows have that are not wanted, a row with any other text is refused; with `watch`, what a row is about
    that falls out all the same is noted.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    leave_out: Collection[str] = ()
    drop: Sequence[Drop] = ()
    only: Mapping[str, Collection[str]] = field(default_factory=dict)
    others: Mapping[str, Collection[str]] = field(default_factory=dict)
    watch: bool = False
    mend: Callable[[list[Row]], list[Row]] | None = None
    is_unit: Callable[[str], bool] | None = None
    """Says of a text in the unit's column whether it could be the id of a base unit."""


EVERYTHING = Wanted()


def normalise(
    delivered: Path,
    name: str,
    dialect: Dialect,
    target: Path,
    wanted: Wanted = EVERYTHING,
    lines: Collection[int] | None = None,
) -> PlainFile:
    """Write `delivered` (called `name` by its source) to `target` as plain CSV and describe it.

    Of a long file only the columns of `wanted.rename` and flows.stage.read.long.LONG_COLUMNS are written. The described
    columns are those of the contract. With `lines`, only the rows in those lines are read, which may be none; each
    row must then be a line. Blank rows and notes are counted among its rows, and as left out.

    Raises:
        ContractBroken: wrong encoding, no header, two columns of one name, a row of another length, or no row.
    """
    read = table_in(delivered, name, dialect)
    rows = read.rows()
    header_line, columns = header(name, rows, dialect, wanted.called)
    in_front = wanted.rename.get(columns[0]) == "basis_text"
    filled = FilledRows(name, dialect, columns, wanted.is_unit if in_front else None)
    width, columns = len(columns), filled.columns
    if isinstance(read, Delimited) and lines is not None:
        rows = read.rows_in(lines)
    long = dialect.long
    kept = [
        (index, wanted.rename.get(column, column)) for index, column in enumerate(columns)
        if column not in wanted.leave_out and (long is None or column in wanted.rename)
    ]  # fmt: skip
    written = ["datei", "zeile", *(column for _, column in kept), *(LONG_COLUMNS if long else ())]
    refuse_bad_header(name, header_line, written, dialect)  # a column may be called as one of ours
    sieve = _Sieve(name, columns, wanted, long)
    long_rows = _LongRows(name, columns, long, sieve) if long else None
    counted = _Counted(filled.rows(of_one_length(filled.without_headings(rows), name, width)))
    taken = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")  # so that either of them inside a cell is quoted
        out.writerow(written)
        for line, cells in _mended(counted, columns, wanted.mend, sieve) if wanted.mend else counted:
            if not sieve.keeps(line, cells):
                continue
            more = long_rows.described(line, cells) if long_rows else []
            if more is not None:
                taken += 1
                out.writerow([name, line, *(cells[index] for index, _ in kept), *more])
    sieve.count("correction", counted.count - taken - sum(sieve.counted.values()))
    if long_rows and counted.count:
        long_rows.refuse_absent()
    if lines is None:
        refuse_no_row(name, header_line, counted.count, taken)
    sieve.count(SECTION, filled.headings)
    for rule, blank_or_note in read.left_out.items():
        sieve.count(rule, blank_or_note)
    since_1904 = read.since_1904 if isinstance(read, Sheet) else None
    return PlainFile(
        name, target, columns, read.held, sieve.counted, header_line, sieve.fell, since_1904
    )  # fmt: skip


def refuse_no_row(name: str, header_line: int, rows: int, taken: int) -> None:
    """Stop when of the `rows` of a file none is `taken`.

    Raises:
        ContractBroken: says whether there were any.
    """
    if not taken:
        raise ContractBroken(
            f"File {name}: expected rows below the header in line {header_line}, found "
            f"{'only rows that a rule leaves out' if rows else 'none'}. Is the file cut short? "
            "Ask the supplier for it again.",
            code="FS-CONTRACT-06",
        ).at(f"File {name}")


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


def of_one_length(rows: Iterator[Line], name: str, length: int) -> Iterator[Line]:
    """Yield the rows with blanks around their cells taken off, and letters in one way.

    Raises:
        ContractBroken: a row is not as long as the header; names the line.
    """
    for line, row in rows:
        if len(row) != length:
            raise ContractBroken(
                f"File {name}, line {line}: expected {length} columns as in the header, found {len(row)}. "
                "Is the delimiter right, is a quote missing, is the file cut short?",
                code="FS-CONTRACT-05",
            ).at(f"File {name}, line {line}")
        yield line, [composed(cell.strip()) for cell in row]


def _mended(
    rows: Iterable[Line], columns: list[str], mend: Callable[[list[Row]], list[Row]], sieve: _Sieve
) -> Iterator[Line]:
    """Yield the rows after registered corrections; the line number travels under a name that no column has."""
    delivered = dict(rows)
    mended = mend(
        [{"": str(line), **dict(zip(columns, cells, strict=True))} for line, cells in delivered.items()]
    )  # fmt: skip
    for line in delivered.keys() - {int(row[""]) for row in mended}:
        sieve.note(delivered[line])
    for row in mended:
        yield int(row[""]), [row[column] for column in columns]


def unpacked(delivered: Path, name: str, dialect: Dialect, target: Path) -> Path:
    """Return the file itself, or the one member of the archive that the dialect names, written to `target`.

    Raises:
        ContractBroken: the archive is damaged, encrypted, too large, or holds no such member or several.
    """
    if dialect.member is None:
        return delivered
    unpack(delivered, name, dialect.member, target)
    return target
