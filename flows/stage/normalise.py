"""Turns a file of any dialect into plain text columns with exact line numbers.

The result is a CSV in UTF-8 with the columns ``datei`` (the delivered file's name) and ``zeile`` (the
line in it) before the delivered columns. Encoding, archive, spreadsheet, preamble and footer are dealt
with here, once, so that everything after reads one kind of file. Nothing is interpreted: a text stays
the text it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from flows.errors import SourceUnavailable
from flows.extract.archive import unpack
from flows.profile.source import Dialect, Drop
from flows.stage.corrections import Row

Line = tuple[int, list[str]]
"""A row with the number of the line in which it begins."""


@dataclass(frozen=True)
class PlainFile:
    """A normalised file: where it lies, its columns as delivered, and how many rows it holds."""

    name: str
    path: Path
    columns: list[str]
    rows: int
    dropped: int


def normalise(
    delivered: Path,
    name: str,
    dialect: Dialect,
    target: Path,
    *,
    rename: Mapping[str, str] = MappingProxyType({}),
    leave_out: Collection[str] = (),
    drop: Sequence[Drop] = (),
    mend: Callable[[list[Row]], list[Row]] | None = None,
) -> PlainFile:
    """Write `delivered` (called `name` by its source) to `target` as plain CSV and describe it.

    `rename` gives columns the names that SQL knows them by, those in `leave_out` are not written; rows that
    a `drop` rule names are counted and left out; `mend` applies registered corrections to the rows before.
    The described columns are those delivered.

    Raises:
        SourceUnavailable: wrong encoding, no header, two columns of one name, a row of another length, or no row.
    """
    rows = _sheet_rows(delivered, name, dialect) if dialect.format == "xlsx" else _text_rows(delivered, name, dialect)
    header_line, header = next(rows, (0, []))
    columns = [column.strip() for column in header]
    _refuse_bad_header(name, header_line, columns)
    kept = [(index, rename.get(column, column)) for index, column in enumerate(columns) if column not in leave_out]
    written = ["datei", "zeile", *(column for _, column in kept)]
    _refuse_bad_header(name, header_line, written)
    unwanted = [(columns.index(rule.column), set(rule.equals)) for rule in drop if rule.column in columns]
    counted = _Counted(_of_one_length(rows, name, len(columns)))
    taken = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")  # so that either of them inside a cell is quoted
        out.writerow(written)
        for line, cells in _mended(counted, columns, mend) if mend else counted:
            if any(cells[index] in texts for index, texts in unwanted):
                continue
            taken += 1
            out.writerow([name, line, *(cells[index] for index, _ in kept)])
    if not taken:
        raise SourceUnavailable(
            f"File {name}: expected rows below the header in line {header_line}, found "
            f"{'none' if not counted.count else 'only rows that a rule leaves out'}. Is the file cut short? "
            "Ask the supplier for it again."
        )
    return PlainFile(name, target, columns, counted.count, counted.count - taken)


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


def _sheet_rows(delivered: Path, name: str, dialect: Dialect) -> Iterator[Line]:
    """Yield (row number, cells) of the named sheet, from the header down to the footer."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 -- only spreadsheets need it

    try:
        with delivered.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            if dialect.sheet is not None and dialect.sheet not in book.sheet_names:
                raise SourceUnavailable(
                    f"Workbook {name}: expected the sheet {dialect.sheet!r}, found {', '.join(book.sheet_names)}. "
                    "Correct `sheet` in sources.toml or ask the supplier."
                )
            sheet = book.get_sheet_by_name(dialect.sheet or book.sheet_names[0])
            cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError) as problem:
        raise SourceUnavailable(f"Workbook {name} cannot be read: {problem}. Ask the supplier again.") from problem
    for number, row in enumerate(cells[dialect.preamble :], start=dialect.preamble + 1):
        texts = [_cell_text(cell, dialect) for cell in row]
        if dialect.footer and texts and texts[0].startswith(dialect.footer):
            return
        if any(texts):
            yield number, texts


def _cell_text(cell: object, dialect: Dialect) -> str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return str(cell)
    return (str(int(cell)) if cell == int(cell) else repr(cell)).replace(".", dialect.decimal)


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


def _refuse_bad_header(name: str, line: int, columns: list[str]) -> None:
    known = [column.casefold() for column in columns]  # SQL does not tell upper from lower case
    twice = sorted({column for column in columns if known.count(column.casefold()) > 1})
    if columns and not twice and "" not in columns:
        return
    found = "nothing" if not columns else "a column without a name"
    if twice:
        found = f"{', '.join(map(repr, twice))} more than once"
    raise SourceUnavailable(f"File {name}, line {line}: expected a header of different column names, found {found}.")
