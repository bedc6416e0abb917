"""Reads the lines of wide tables that are written plainly, all at once; whatever else there is, is left to be told.

A line is plain when every figure in it is digits, as the dialect groups them, and zero is written in one way in the
whole line: as 0, or by the sign for nothing. Plain lines can break no rule about figures, so DuckDB adds them up
without looking at single cells, and a line without a figure in doubt costs no more than its bytes. All other lines are
read cell by cell (normalise.py), from the same file, under the same line numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.profile.source import Correction, Dialect, Source
from flows.stage.contract import TableContract
from flows.stage.database import set_variables, sql
from flows.stage.normalise import header
from flows.stage.text import Delimited

_BETWEEN = "\x1f"  # parts number, texts and figures of a numbered line
_LONGEST = 500_000  # characters; DuckDB reads lines of up to 2 MB
_NEVER = r"[^\s\S]"


@dataclass(frozen=True)
class NumberedLines:
    """A delivered file as numbered lines in UTF-8, each cut in two: the columns before `cut`, and those from it on."""

    name: str
    path: Path
    columns: tuple[str, ...]
    header_line: int
    cut: int
    written: int
    left_out: frozenset[int]
    """Lines that are not written: those that end before the cut, and those that a rule may leave out."""


@dataclass(frozen=True)
class PlainlyRead:
    """What plain lines brought of a file, and which other lines must still be read by cell."""

    file: NumberedLines
    rows: int
    left: frozenset[int]


def can_be_plain(source: Source, contract: TableContract, corrections: Sequence[Correction]) -> bool:
    """Say whether plain lines may be looked for in a file: nothing in the contract needs every cell of it."""
    dialect = source.dialect
    return (
        source.matrix is not None
        and dialect.format == "csv"
        and dialect.long is None
        and not (contract.only or dialect.units or corrections)
        and all(text for rule in contract.drop for text in rule.equals)
        and dialect.delimiter not in (dialect.footer or "")
    )


def numbered_lines(
    delivered: Path, name: str, source: Source, contract: TableContract, target: Path
) -> NumberedLines | None:
    """Write the lines below the header to `target`; None where one of them must not be taken for a row.

    Raises:
        SourceUnavailable: wrong encoding, or no header or one with two columns of one name.
    """
    dialect, rule = source.dialect, source.stichtag
    text = Delimited(delivered, name, dialect)
    header_line, found = header(name, text.rows(), dialect, source.renamed)
    texts = [found.index(name) for name in (contract.unit, rule.column if rule else None) if name in found]
    cut = max(texts, default=-1) + 1
    if any(column in contract.wanted for column in found[:cut]):
        cut = 0
    dropped = [text for drop in contract.drop for text in drop.equals]
    divides, written, left_out = dialect.delimiter, 0, set[int]()
    with target.open("w", encoding="utf-8", newline="") as file:
        for number, line in text.lines():
            if _BETWEEN in line or len(line) > _LONGEST:
                return None
            at = _place_of(divides, line, cut)
            if at is None or any(each in line for each in dropped):
                if dialect.quote and dialect.quote in line:
                    return None
                left_out.add(number)
                continue
            head, rest = (line[:at], line[at + 1 :]) if cut else (line, line)
            file.write(f"{number}{_BETWEEN}{head}{_BETWEEN}{rest}\n")
            written += 1
    return NumberedLines(name, target, tuple(found), header_line, cut, written, frozenset(left_out))


def _place_of(divides: str, line: str, count: int) -> int | None:
    """Return where the `count`-th delimiter stands in the line, or None where it ends before."""
    at = -1
    for _ in range(count):
        at = line.find(divides, at + 1)
        if at < 0:
            return None
    return at


def read_plain_lines(
    con: duckdb.DuckDBPyConnection, source: Source, contract: TableContract, files: Sequence[NumberedLines]
) -> dict[str, PlainlyRead]:
    """Fill the table zeile_zahlen with the plain lines of all files, and return what was read of each.

    A file with a quotation mark in a line that is not plain is not among them: a cell of it may run over several
    lines, so that it must be read by cell as a whole.
    """
    con.execute(sql("schema/zeile_zahlen"))
    whole = _whole_figures(con, source)
    alike: dict[tuple[tuple[str, ...], int], list[NumberedLines]] = {}
    for file in files:
        alike.setdefault((file.columns, file.cut), []).append(file)
    for (columns, cut), group in alike.items():
        _set_layout(con, source, contract, _Layout(columns, cut, whole))
        set_variables(con, dateien=[str(file.path) for file in group])
        con.execute(f"INSERT INTO zeile_zahlen BY NAME {sql('stage/zeile_zahlen')}")
    return _taken_out(con, files)


def _whole_figures(con: duckdb.DuckDBPyConnection, source: Source) -> dict[str, bool]:
    """Return the columns with figures, and whether these are whole numbers."""
    set_variables(con, quelle=source.id)
    return dict(
        con.execute(
            "SELECT spalte, bool_and(ganzzahlig) FROM katalog.spalte_merkmal INNER JOIN katalog.merkmal "
            "USING (merkmal) WHERE quelle = getvariable('quelle') GROUP BY spalte"
        ).fetchall()
    )


@dataclass(frozen=True)
class _Layout:
    """Where texts and figures stand in the lines of files with one header."""

    columns: Sequence[str]
    cut: int
    whole: dict[str, bool]

    @property
    def head(self) -> Sequence[str]:
        return self.columns[: self.cut] or self.columns

    @property
    def rest(self) -> Sequence[str]:
        return self.columns[self.cut :]


def _set_layout(con: duckdb.DuckDBPyConnection, source: Source, contract: TableContract, layout: _Layout) -> None:
    dialect, rule, head = source.dialect, source.stichtag, list(layout.head)
    sign = _sign_for_nothing(dialect)
    text, figures = _text(dialect), [column for column in layout.rest if column in layout.whole]
    parts = {name: source.expand(columns) for name, columns in source.matrix.merkmale.items()} if source.matrix else {}

    def pattern(columns: Sequence[str], zero: str | None) -> str:
        cells = (_figure(dialect, layout.whole[c], zero) if zero and c in layout.whole else text for c in columns)
        return re.escape(dialect.delimiter).join(cells)

    set_variables(
        con, trenner=dialect.delimiter, anfuehrung=dialect.quote, nichts_zeichen=sign,
        tausender=_unless_it_divides(dialect, dialect.thousands), dezimal=_unless_it_divides(dialect, dialect.decimal),
        muster_kopf=pattern(head, None), muster_ziffern=pattern(layout.rest, "0"),
        muster_zeichen=pattern(layout.rest, sign) if sign else _NEVER,
        stelle_basis=_place(head, contract.unit), stelle_stichtag=_place(head, rule.column if rule else None),
        stellen=[place for place, column in enumerate(layout.rest, start=1) if column in layout.whole],
        nur_figuren=len(figures) == len(layout.rest),
        merkmale=list(parts), masken=[[columns.count(column) for column in figures] for columns in parts.values()],
    )  # fmt: skip


def _place(columns: list[str], column: str | None) -> int:
    """Return where a column stands, from 1; 0 is a place where SQL finds nothing."""
    return columns.index(column) + 1 if column in columns else 0


def _sign_for_nothing(dialect: Dialect) -> str:
    """Return the sign that a plain line may have for nothing: none that could be part of a number."""
    others = {*"0123456789", *dialect.thousands, *dialect.decimal, dialect.delimiter, *dialect.quote}
    signs = (sign for sign, status in dialect.missing.items() if status == "nichts")
    return next((sign for sign in signs if sign and not set(sign) & others), "")


def _text(dialect: Dialect) -> str:
    """Return the pattern of a cell with text: without space at its ends, and without quotation marks in it."""
    divides = re.escape(dialect.delimiter) + re.escape(dialect.quote)
    end = rf"[^{divides}\s\pZ\x0b\x1c-\x1f\x{{85}}]"
    return _perhaps_quoted(dialect, rf"(?:{end}(?:[^{divides}]*{end})?)?")


def _unless_it_divides(dialect: Dialect, sign: str) -> str:
    """Return a sign within numbers, or nothing where it is the delimiter: such a cell is quoted, and no plain one."""
    return "" if sign == dialect.delimiter else sign


def _figure(dialect: Dialect, whole: bool, zero: str) -> str:
    """Return the pattern of a cell with a figure, of which zero is written in one way: 0, or the sign for nothing."""
    first = r"\d" if zero == "0" else "[1-9]"
    thousands, decimal = (_unless_it_divides(dialect, each) for each in (dialect.thousands, dialect.decimal))
    grouped = rf"{first}\d{{0,2}}(?:{re.escape(thousands)}\d{{3}}){{1,4}}|" if thousands else ""
    fraction = rf"(?:{re.escape(decimal)}\d{{1,9}})?" if decimal and not whole else ""
    number = rf"(?:{grouped}{first}\d{{0,14}}){fraction}"
    return _perhaps_quoted(dialect, number if zero == "0" else rf"(?:{number}|{re.escape(zero)})")


def _perhaps_quoted(dialect: Dialect, cell: str) -> str:
    quote = re.escape(dialect.quote)
    return rf"(?:{cell}|{quote}{cell}{quote})" if quote else cell


def _taken_out(con: duckdb.DuckDBPyConnection, files: Sequence[NumberedLines]) -> dict[str, PlainlyRead]:
    """Take lines that are not plain out of zeile_zahlen, and return what that leaves of each file."""
    found = con.execute(
        "SELECT datei, list(zeile), bool_or(mit_anfuehrung) FROM zeile_zahlen WHERE werte IS NULL GROUP BY datei"
    ).fetchall()
    other = {name: frozenset(lines) for name, lines, _ in found}
    whole = [name for name, _, quoted in found if quoted]
    if found:
        con.execute(
            "DELETE FROM zeile_zahlen WHERE werte IS NULL OR datei IN "
            "(SELECT datei FROM zeile_zahlen WHERE werte IS NULL AND mit_anfuehrung)"
        )
    return {
        file.name: PlainlyRead(file, file.written - len(lines), file.left_out | lines)
        for file in files
        if file.name not in whole
        for lines in [other.get(file.name, frozenset[int]())]
    }
