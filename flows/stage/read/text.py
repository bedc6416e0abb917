"""Reads a delivered text file: its lines in the encoding that the profile says and no other, its rows as CSV.

A file is read once, from the first line to the last, so that its size does not matter.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from flows.base.composed import composed
from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.notes import BLANK, NOTES, Notes, RowsAbove

Line = tuple[int, list[str]]
"""A row with the number of the line in which it begins."""

_C1 = re.compile(rb"[\x80-\x9f]")  # control characters of ISO 8859, letters and signs of Windows
_CHUNK = 1 << 20
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_WITH_SIGNS = {
    "iso8859-1": "cp1252", "iso8859-15": "cp1252", "iso8859-2": "cp1250", "iso8859-5": "cp1251", "iso8859-7": "cp1253",
    "iso8859-9": "cp1254", "iso8859-13": "cp1257", "iso8859-4": "cp1257",
}  # fmt: skip
"""What is meant where an encoding that has control characters there is said and letters or signs stand in the file."""
_NO_CHARACTER = 0xDC00
"""The first of the code points that stand for no character; the next 256 are used for bytes."""
_BAD = re.compile("[\udc00-\udcff]")
_SHOWN = 20  # characters of a line
_DOS_END = "\x1a"  # which DOS and programs from its time write behind the last line, once or until a block is full


class Delimited:
    """A delimited text file while it is read: first its rows, or some of them, then the lines that are left.

    Both end at the footer; what stands below it must be of the encoding too, and must not look like a row.
    Once all is read, `held` says how many rows lie below the header, and `left_out` how many of them were not yielded,
    by rule. The first follows from line numbers, the second is counted row by row.
    """

    def __init__(self, delivered: Path, name: str, dialect: Dialect) -> None:
        self._name, self._dialect = name, dialect
        self._lines = text_lines(delivered, name, dialect)
        for _ in range(dialect.preamble):
            next(self._lines, None)
        self._reader = csv.reader(self._lines, **_csv_rules(dialect))  # type: ignore[arg-type]
        self._heading = 0
        self._last_of_header, self._last, self._folded = 0, 0, 0
        self.left_out = dict[str, int]()

    @property
    def held(self) -> int:
        """How many rows lie below the header: lines, less those that go on within a quoted cell."""
        return self._last - self._last_of_header - self._folded

    def rows(self) -> Iterator[Line]:
        """Yield (line number, cells) of every row that is not blank, the header first.

        Raises:
            ContractBroken: a row is no CSV, or what `text_lines` refuses.
        """
        above, footer = self._dialect.preamble, self._dialect.footer
        started, seen = above + 1, RowsAbove()
        try:
            for row in self._reader:
                ended = above + self._reader.line_num
                if footer and row and composed(row[0]).startswith(footer):
                    notes = Notes(self._name, self._dialect, seen)
                    notes.refuse_footer(started, row)
                    self._count(NOTES, ended - started + 1)
                    self._read_notes(notes, ended)
                    return
                blank = not any(cell.strip() for cell in row)
                if self._heading < self._dialect.header_rows:
                    self._heading += not blank
                    self._last_of_header = ended
                else:
                    self._folded += ended - started
                    if blank:
                        self._count(BLANK)
                    elif footer:
                        seen.add(row)
                if not blank:
                    yield started, row
                self._last = ended
                started = ended + 1
        except csv.Error as problem:
            raise _no_row(self._name, above + self._reader.line_num, problem) from problem

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line number, text without its end) of the lines below the rows that were read.

        Only for files whose cells stay within their line. A footer with a quotation mark is not known as one here.
        """
        footer, quote, delimiter = self._dialect.footer, self._dialect.quote, self._dialect.delimiter
        number = above = self._dialect.preamble + self._reader.line_num
        before, seen = "", RowsAbove()
        for number, line in enumerate(self._lines, start=above + 1):
            if footer and composed(line).startswith(footer) and not (quote and quote in line):
                if before:
                    seen.add(self._cells(before))
                notes = Notes(self._name, self._dialect, seen)
                notes.refuse_footer(number, self._cells(line))
                self._count(NOTES)
                self._read_notes(notes, number)
                return
            if footer and line.replace(delimiter, " ").replace(quote, " ").strip():
                before = line
                seen.begin(line.split(delimiter, 1)[0].replace(quote, ""))
            yield number, line.rstrip("\r\n")
        self._last = number

    def rows_in(self, wanted: Collection[int]) -> Iterator[Line]:
        """Yield the rows of the `wanted` lines; to be used where every row is a line."""
        for number, line in self.lines():
            if number not in wanted:
                continue
            try:
                for row in csv.reader([line], **_csv_rules(self._dialect)):  # type: ignore[arg-type]
                    if any(cell.strip() for cell in row):
                        yield number, row
                    else:
                        self._count(BLANK)
            except csv.Error as problem:
                raise _no_row(self._name, number, problem) from problem

    def _read_notes(self, notes: Notes, footer_line: int) -> None:
        number = footer_line
        for number, line in enumerate(self._lines, start=footer_line + 1):
            notes.refuse_row(number, self._cells(line), "the footer")
            self._count(NOTES)
        self._last = number

    def _cells(self, line: str) -> list[str]:
        """Return the cells of a single line; none where it is no CSV, as notes need not be."""
        with suppress(csv.Error):
            return next(csv.reader([line.rstrip("\r\n")], **_csv_rules(self._dialect)), [])  # type: ignore[arg-type]
        return []

    def _count(self, rule: str, rows: int = 1) -> None:
        self.left_out[rule] = self.left_out.get(rule, 0) + rows


def text_lines(delivered: Path, name: str, dialect: Dialect) -> Iterator[str]:
    """Return the lines of a file with their ends, which are read as they are asked for.

    Raises:
        ContractBroken: the bytes are not of the encoding that the profile says, or there is a zero byte.
    """
    refuse_wrong_mark(delivered, name, dialect)
    _refuse_another_encoding(delivered, name, dialect)
    return chain.from_iterable(_checked(delivered, name, dialect))


def _checked(delivered: Path, name: str, dialect: Dialect) -> Iterator[list[str]]:
    read = 0
    try:
        with delivered.open(encoding=dialect.encoding, newline="") as file:
            while lines := file.readlines(_CHUNK):
                if "\x00" in "".join(lines):
                    number = read + next(place for place, line in enumerate(lines, start=1) if "\x00" in line)
                    raise ContractBroken(
                        f"File {name}, line {number}: expected text, found zero bytes. Ask the supplier for it again.",
                        code="FS-CONTRACT-04",
                    ).at(f"File {name}, line {number}")
                read += len(lines)
                if lines[-1].endswith(_DOS_END):  # a line without an end is the last one
                    lines[-1:] = filter(None, [lines[-1].rstrip(_DOS_END)])
                yield lines
    except UnicodeError as problem:
        place, byte = first_bad_byte(delivered, dialect.encoding)
        raise ContractBroken(
            f"File {name}{place}: expected {dialect.encoding} as sources.toml says, found bytes that are not: "
            f"{byte or problem}. Correct `encoding` in sources.toml or ask the supplier.",
            code="FS-CONTRACT-04",
        ).at(f"File {name}{place}") from problem


def _as_character(problem: UnicodeError) -> tuple[str, int]:
    """Let the first of some bytes that cannot be decoded stand in the text as a code point that is no character."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return chr(_NO_CHARACTER + problem.object[problem.start]), problem.end


codecs.register_error("fortschreibung.stage", _as_character)


def first_bad_byte(delivered: Path, encoding: str) -> tuple[str, str]:
    """Return the line in which the first byte stands that is not of the encoding, and the byte, in words."""
    with (
        suppress(UnicodeError),  # no byte is at fault: UTF-16 without a mark
        delivered.open(encoding=encoding, errors="fortschreibung.stage", newline="") as file,
    ):
        for number, line in enumerate(file, start=1):
            if found := _BAD.search(line):
                before = line[: found.start()][-_SHOWN:]
                return f", line {number}", f"0x{ord(found[0]) - _NO_CHARACTER:02x} after {before!r}"
    return "", ""


def refuse_wrong_mark(delivered: Path, name: str, dialect: Dialect) -> None:
    """Stop when the file's byte order mark says another encoding than the profile.

    Raises:
        ContractBroken: names both.
    """
    with delivered.open("rb") as file:
        head = file.read(4)
    found = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if found and found != codecs.lookup(dialect.encoding).name:
        raise ContractBroken(
            f"File {name}: expected {dialect.encoding} as sources.toml says, found the mark of {found}. "
            f"Set `encoding = {found!r}` in sources.toml if the supplier changed it.",
            code="FS-CONTRACT-04",
        ).at(f"File {name}")


def _refuse_another_encoding(delivered: Path, name: str, dialect: Dialect) -> None:
    """Stop when bytes that every single-byte encoding takes are clearly of another one.

    Raises:
        ContractBroken: names both encodings.
    """
    said = codecs.lookup(dialect.encoding).name
    if said.startswith("utf"):
        return
    ascii_only, control, utf8 = True, False, codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    with delivered.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if chunk.isascii() and ascii_only:
                continue
            ascii_only = False
            control = control or _C1.search(chunk) is not None
            is_utf8 = is_utf8 and _goes_on(utf8, chunk)
    if ascii_only:
        return
    found = "utf-8" if is_utf8 and _goes_on(utf8, b"", final=True) else None
    if found is None and control:
        found = _WITH_SIGNS.get(said)
    if found:
        raise ContractBroken(
            f"File {name}: expected {dialect.encoding} as sources.toml says, found bytes that are {found}. "
            f"Set `encoding = {found!r}` in sources.toml if the supplier changed it.",
            code="FS-CONTRACT-04",
        ).at(f"File {name}")


def _goes_on(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _csv_rules(dialect: Dialect) -> dict[str, object]:
    return {
        "delimiter": dialect.delimiter, "quotechar": dialect.quote or None, "strict": True,
        "quoting": csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
    }  # fmt: skip


def _no_row(name: str, line: int, problem: csv.Error) -> ContractBroken:
    return ContractBroken(f"File {name}, line {line}: expected a CSV row, found {problem}.", code="FS-CONTRACT-05").at(
        f"File {name}, line {line}"
    )
