"""Counts a register extract in one pass over its bytes, where they prove that every line is a row of the contract.

A block of whole lines is an array of bytes. The places of delimiters and line breaks show whether each line has as
many cells as the header; each cell is then a number (its bytes, as many as it has), looked up in a table of all texts
that the contract allows. What is in no table (a bad cell, blanks around one, a new Stichtag, an age over 99) is judged
row by row as the general way does it, with the line that it stands in; so a bad row costs no more than itself.

The lines are counted by their line breaks, apart from the cells: a row that was lost shows in the reconciliation.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from flows.base.composed import composed
from flows.profile.dialect import Dialect
from flows.stage.read.header import header
from flows.stage.read.notes import BLANK
from flows.stage.register_contract import FIELDS, Day, RegisterContract
from flows.stage.register_counts import DayCounts, RegisterCounts
from flows.stage.register_cube import BAD, OF_AGE, OF_DURATION, Integers

Bytes: TypeAlias = NDArray[np.uint8]

_BLOCK = 1 << 19
_MARK = b"\xef\xbb\xbf"
_BREAK, _RETURN = ord("\n"), ord("\r")
_WORD = 8  # bytes of the longest cell that is one number
_DIRECT = 2  # bytes of the longest text that is the place of its value
_MASKS = np.array([0, *((1 << 8 * size) - 1 for size in range(1, _WORD)), -1], dtype=np.int64)
_HIGH_BITS = np.frombuffer(b"\x80" * _WORD, dtype=np.int64)[0]
_SLOTS = 18  # bits
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 / golden ratio: neighbouring ids come apart
_YEARS = 40  # bits below the years of an age or Wohndauer, which hold what it adds to a class
_CLASS = (1 << _YEARS) - 1
_FEW, _MANY = 1000, 0.1  # rows of a block that are judged one by one
_FEW_DAYS = 64


class NotProved(Exception):  # noqa: N818 -- no error: the general way reads the file
    """The bytes do not show that every line is a row."""


def can_be_proved(dialect: Dialect) -> bool:
    """Say whether a file may be one whose lines are its rows, in an encoding whose ASCII is one byte each."""
    plain = dialect.format == "csv" and dialect.encoding in ("utf-8", "utf-8-sig") and dialect.delimiter.isascii()
    return plain and not (dialect.preamble or dialect.footer or dialect.header_rows > 1 or dialect.blank_headers)


def columns_of_first_line(path: Path, name: str, dialect: Dialect, called: Mapping[str, str]) -> list[str]:
    """Return the columns that the first line names, as the contract calls them.

    Raises:
        NotProved: the line is blank, quoted, or no text.
        ContractBroken: a column has no name, or two have one.
    """
    with path.open("rb") as file:
        line = file.readline(_BLOCK).removeprefix(_MARK).rstrip(b"\r\n")
    if not line.strip() or b"\r" in line or b"\0" in line or (dialect.quote and dialect.quote.encode() in line):
        raise NotProved
    try:
        cells = line.decode("utf-8").split(dialect.delimiter)
    except UnicodeDecodeError as problem:
        raise NotProved from problem
    return header(name, iter([(1, cells)]), dialect, called)[1]


def count_bytes(path: Path, dialect: Dialect, columns: list[str], contract: RegisterContract) -> RegisterCounts:
    """Count the persons of a file, whose header is its first line.

    Raises:
        NotProved: the bytes do not show that every line is a row.
    """
    reading = _Reading(dialect, columns, contract)
    with path.open("rb", buffering=0) as file:
        for block in _whole_lines(file):
            reading.block(block)
    return reading.counts


def _whole_lines(file: RawIOBase) -> Iterator[bytes]:
    """Yield the bytes of a file in blocks that end with a line break, the last of them too."""
    rest = b""
    while chunk := file.read(_BLOCK):
        end = chunk.rfind(b"\n") + 1
        if end:
            yield b"".join((rest, memoryview(chunk)[:end]))
            rest = chunk[end:]
        elif len(rest) > _BLOCK:
            raise NotProved  # a line that long is none
        else:
            rest += chunk
    if rest:
        yield rest + b"\n"


class _Table:
    """What each of some short texts stands for; BAD is what any other cell does."""

    def __init__(self, values: Mapping[str, int]) -> None:
        short = {text.encode(): value for text, value in values.items() if 0 < len(text.encode()) < _WORD}
        self._width = max((len(text) for text in short), default=1)
        self._kind = np.dtype(np.uint8 if self._width == 1 else np.uint16 if self._width == _DIRECT else np.uint64)
        self._masks = np.zeros(self._width + 2, dtype=self._kind)  # an empty or longer cell is 0, which no text is
        self._masks[1:-1] = [(1 << 8 * size) - 1 for size in range(1, self._width + 1)]
        found = sorted((int.from_bytes(text, "little"), value) for text, value in short.items()) or [(0, BAD)]
        self._texts = np.array([text for text, _ in found], dtype=np.uint64)
        self._values = np.array([value for _, value in found], dtype=np.int64)
        self._direct = None
        if self._width <= _DIRECT:
            self._direct = np.full(1 << 8 * self._width, BAD, dtype=np.int64)
            self._direct[self._texts.astype(np.int64)] = self._values

    def of(self, data: Bytes, starts: Integers, lengths: Integers) -> Integers:
        """Return what each cell stands for."""
        key = data[starts].astype(self._kind, copy=False)
        for place in range(1, self._width):
            key |= data[starts + place].astype(self._kind) << self._kind.type(8 * place)
        key &= self._masks.take(lengths, mode="clip")
        if self._direct is not None:
            return self._direct[key]
        at = np.minimum(np.searchsorted(self._texts, key), len(self._texts) - 1)
        return np.where(self._texts[at] == key, self._values[at], BAD)


class _Units:
    """The numbers of base units of a Stichtag, by the bytes of their ids: a hash table whose every hit is compared."""

    def __init__(self, day: Day, counted: DayCounts, contract: RegisterContract) -> None:
        self._day, self._counted, self._contract = day, counted, contract
        self._keys = np.full(1 << _SLOTS, -1, dtype=np.int64)
        self._numbers = np.full(1 << _SLOTS, BAD, dtype=np.int64)

    def of(self, keys: Integers) -> Integers:
        """Return the number of each base unit, and BAD for what is the id of none; a new one gets the next number."""
        begins = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        if len(begins) > len(keys) // 4:
            return self._looked_up(keys)
        begins = np.concatenate([np.zeros(min(1, len(keys)), dtype=np.int64), begins])  # persons of a unit are together
        return np.repeat(self._looked_up(keys[begins]), np.diff(begins, append=len(keys)))

    def _looked_up(self, keys: Integers) -> Integers:
        slots = ((keys.view(np.uint64) * _SPREAD) >> np.uint64(64 - _SLOTS)).astype(np.int64)
        numbers = self._numbers[slots]
        missed = np.flatnonzero(self._keys[slots] != keys)
        if len(missed):
            new, first, place = np.unique(keys[missed], return_index=True, return_inverse=True)
            found = self._new(new)
            numbers[missed] = found[place]
            at = slots[missed[first]]
            free = (found >= 0) & (self._keys[at] == -1)
            self._keys[at[free]] = new[free]
            own = free & (self._keys[at] == new)  # where two new ids ask for one slot, the last of them has it
            self._numbers[at[own]] = found[own]
        return numbers

    def _new(self, keys: Integers) -> Integers:
        numbers = np.full(len(keys), BAD, dtype=np.int64)
        ascii_only = (keys & _HIGH_BITS) == 0
        units = keys[ascii_only].view("S8").astype("U8").tolist()
        known, number = self._contract.has, self._counted.number
        numbers[ascii_only] = [number(unit) if known(self._day, unit) else BAD for unit in units]
        return numbers


@dataclass(frozen=True)
class _Cells:
    """The cells of a block of lines: where each line begins, where its cells end, and which lines they are."""

    data: Bytes
    text: bytes
    begins: Integers
    ends: Integers
    """By column."""
    lines: Integers
    blank: int

    def column(self, place: int) -> tuple[Integers, Integers]:
        """Return where the cells of a column begin, and how long they are."""
        starts = self.ends[place - 1] + 1 if place else self.begins
        return starts, self.ends[place] - starts

    def row(self, number: int) -> list[str]:
        """Return the texts of a row without blanks around them, and with letters in one way."""
        ends = self.ends[:, number].tolist()
        starts = [int(self.begins[number]), *(end + 1 for end in ends[:-1])]
        texts = (self.text[start:end].decode("utf-8") for start, end in zip(starts, ends, strict=True))
        return [composed(text.strip()) for text in texts]


def _cells(text: bytes, start: int, columns: int, dialect: Dialect, before: int) -> _Cells:
    """Return the cells of whole lines, which begin at `start`, below so many lines.

    Raises:
        NotProved: a line has another number of cells, a quote, an odd line break, or bytes that are no text.
    """
    if b"\0" in text or (dialect.quote and dialect.quote.encode() in text):
        raise NotProved
    if not text.isascii():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise NotProved from problem
    data = np.frombuffer(text, dtype=np.uint8)
    found = data == _BREAK
    breaks = np.count_nonzero(found[start:])
    found |= data == ord(dialect.delimiter)
    ends = np.flatnonzero(found[start:])
    ends += start
    lines = np.arange(before + 1, before + 1 + breaks)
    whole = len(ends) == breaks * columns and bool((data[ends[columns - 1 :: columns]] == _BREAK).all())
    line_ends = ends[columns - 1 :: columns] if whole else ends[data[ends] == _BREAK]
    begins = np.concatenate([[start], line_ends[:-1] + 1])[:breaks]
    if not whole:
        length = line_ends - begins
        blank = (length == 0) | ((length == 1) & (data[begins] == _RETURN))
        ends, begins, lines = ends[~np.isin(ends, line_ends[blank])], begins[~blank], lines[~blank]
        if len(ends) != len(lines) * columns or (data[ends[columns - 1 :: columns]] != _BREAK).any():
            raise NotProved
    ends = np.ascontiguousarray(ends.reshape(-1, columns).T)
    if b"\r" in text:
        before_break = data[line_ends - 1] == _RETURN
        if np.count_nonzero(before_break) != np.count_nonzero(data[start:] == _RETURN):
            raise NotProved  # one stands elsewhere
        ends[-1] -= data[ends[-1] - 1] == _RETURN
    if len(lines) and (ends[-1] - begins).max() > csv.field_size_limit():
        raise NotProved
    return _Cells(data, text, begins, ends, lines, int(breaks - len(lines)))


class _Reading:
    """A file while it is read, block by block."""

    def __init__(self, dialect: Dialect, columns: list[str], contract: RegisterContract) -> None:
        self.counts = RegisterCounts()
        self._dialect, self._columns, self._contract = dialect, len(columns), contract
        self._places = {name: columns.index(contract.columns[name]) for name in FIELDS}
        two_digits = [f"{number:0{size}d}" for size in (1, 2) for number in range(10**size)]
        self._tables = {
            "age": _Table({text: int(OF_AGE[int(text)]) | int(text) << _YEARS for text in two_digits}),
            "duration": _Table({text: int(OF_DURATION[int(text)]) | int(text) << _YEARS for text in two_digits}),
            **{name: _Table(codes) for name, codes in contract.codes.items()},
        }
        self._days: dict[bytes, tuple[Day, _Units]] = {}
        self._lines = 0

    def block(self, text: bytes) -> None:
        """Count the persons of a block of whole lines."""
        start = 0 if self._lines else text.index(b"\n") + 1
        self._lines += bool(start)
        cells = _cells(text + b" " * _WORD, start, self._columns, self._dialect, self._lines)
        self._lines += len(cells.lines) + cells.blank
        self.counts.held = self._lines - 1
        self._leave_out(cells.blank)
        packed, keys = self._packed(cells), self._keys(cells)
        proved = np.zeros(len(packed), dtype=bool)
        for (day, units), same in self._rows_by_day(cells):
            rows = np.flatnonzero(same & (packed >= 0))
            every = len(rows) == len(packed)  # as it should be
            numbers = units.of(keys if every else keys[rows])
            classes = packed if every else packed[rows]
            known = numbers >= 0
            if not known.all():
                rows, numbers, classes = rows[known], numbers[known], classes[known]
            self.counts.of(day).cube.add(numbers, classes)
            proved[rows] = True
        odd = np.flatnonzero(~proved).tolist()
        if len(odd) > max(_FEW, len(packed) * _MANY):
            raise NotProved
        self._judge(cells, odd)

    def _packed(self, cells: _Cells) -> Integers:
        """Return what the fields of each row add to the class of a person, below zero where one is in no table."""
        age, duration = (self._tables[name].of(cells.data, *self._column(cells, name)) for name in ("age", "duration"))
        good = (age | duration) >= 0
        good &= duration >> _YEARS <= (age >> _YEARS) + 1
        packed = (age & _CLASS) + (duration & _CLASS)
        for name in self._contract.codes:
            packed += self._tables[name].of(cells.data, *self._column(cells, name))
        lengths = self._column(cells, "unit")[1]
        good &= (lengths > 0) & (lengths <= _WORD)
        packed[~good] = BAD
        return packed

    def _column(self, cells: _Cells, name: str) -> tuple[Integers, Integers]:
        return cells.column(self._places[name])

    def _keys(self, cells: _Cells) -> Integers:
        """Return the bytes of the id of each base unit as one number."""
        starts, lengths = self._column(cells, "unit")
        return _words(cells.data)[starts] & _MASKS.take(lengths, mode="clip")

    def _rows_by_day(self, cells: _Cells) -> Iterator[tuple[tuple[Day, _Units], NDArray[np.bool_]]]:
        """Yield the rows of each Stichtag; those that have none, or whose text is too odd, are never yielded."""
        starts, lengths = self._column(cells, "stichtag")
        tail = _words(cells.data)[np.maximum(starts + lengths - _WORD, 0)]
        left = np.ones(len(starts), dtype=bool)
        known = list(self._days)
        while left.any():
            if not known:
                first = int(left.argmax())
                text = cells.text[int(starts[first]) : int(starts[first] + lengths[first])]
                if not self._learn(text):
                    return
                known.append(text)
            text = known.pop(0)
            same = tail == int.from_bytes(text[-_WORD:], "little")
            same &= lengths == len(text)
            for place, byte in enumerate(text[:-_WORD]):
                same &= cells.data[np.minimum(starts + place, len(cells.data) - 1)] == byte
            yield self._days[text], same
            left &= ~same

    def _learn(self, text: bytes) -> bool:
        """Say whether the text is a Stichtag, written as most write it, and know it from now on."""
        day = self._contract.day(text.decode()) if _WORD <= len(text) <= 2 * _WORD and text.isascii() else None
        if day is None or len(self._days) >= _FEW_DAYS:
            return False
        self._days[text] = (day, _Units(day, self.counts.of(day), self._contract))
        return True

    def _judge(self, cells: _Cells, odd: list[int]) -> None:
        rows = []
        for number in odd:
            row = cells.row(number)
            if any(row):
                rows.append((int(cells.lines[number]), [row[self._places[name]] for name in FIELDS]))
            else:
                self._leave_out(1)
        self.counts.judge(self._contract, rows)

    def _leave_out(self, blank: int) -> None:
        if blank:
            self.counts.left_out[BLANK] = self.counts.left_out.get(BLANK, 0) + blank


def _words(data: Bytes) -> Integers:
    """Return the eight bytes from each place on as one number."""
    return np.ndarray((len(data) - _WORD + 1,), dtype="<i8", buffer=data, strides=(1,))
