"""Reads the plain lines of wide tables all at once; other lines are left to be read cell by cell.

A line is plain when every figure in it is digits, as the dialect groups them, and zero is written in one way in the
whole line: as 0, or by the sign for nothing. Plain lines can break no rule about figures, so DuckDB adds them up
without looking at single cells, and a line without a figure in doubt costs no more than its bytes. All other lines are
read cell by cell (normalise.py), from the same file, under the same line numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.composed import is_composed
from flows.base.db import one_file, set_variables, sql
from flows.profile.correction import Correction
from flows.profile.source import Source
from flows.stage.expected_columns import TableContract
from flows.stage.read.digit_cell import figure_cell, ignored_figure_cell, sign_for_nothing, text_cell, unless_it_divides
from flows.stage.read.header import header
from flows.stage.read.notes import NOTES, RowBelow
from flows.stage.read.text import Delimited

_BETWEEN = "\x1f"  # parts number, texts and figures of a numbered line
_LONGEST = csv.field_size_limit()  # characters; so what is too long for a cell read by itself is so in a line
_AT_ONCE = 10_000  # lines
_NEVER = r"[^\s\S]"


@dataclass(frozen=True)
class NumberedLines:
    """A delivered file as numbered lines in UTF-8, each cut in two: the columns before `cut`, and those from it on."""

    name: str
    path: Path
    columns: tuple[str, ...]
    header_line: int
    cut: int
    held: int
    """How many lines lie below the header, by their numbers."""
    notes: int
    """How many of them stand at and below the footer."""
    written: int
    first: str
    """The first line that is written, from the cut on."""
    left_out: frozenset[int]
    """Lines that are not written: those that end before the cut, that have letters in another way, or that a rule may
    leave out."""


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
        and source.matrix.unit_by_name is None
        and dialect.format == "csv"
        and dialect.long is None
        and not (contract.only or contract.totals or dialect.units or corrections)
        and not (dialect.carry_down or dialect.section)
        and all(text for rule in contract.drop for text in rule.equals)
        and all(rule.matches is None for rule in contract.drop)
        and dialect.delimiter not in (dialect.footer or "")
        and not any(re.fullmatch(figure_cell(dialect, whole=False, sign=None), sign) for sign in dialect.missing)
    )


def numbered_lines(
    delivered: Path, name: str, source: Source, contract: TableContract, target: Path
) -> NumberedLines | None:
    """Write the lines below the header to `target`; None where one of them must not be taken for a row.

    So it is too where a row seems to stand below the notes, which may be part of a quoted cell. Reading by cell tells.

    Raises:
        ContractBroken: wrong encoding, or no header or one with two columns of one name.
    """
    with suppress(RowBelow):
        return _numbered(delivered, name, source, contract, target)
    return None


def _numbered(
    delivered: Path, name: str, source: Source, contract: TableContract, target: Path
) -> NumberedLines | None:
    dialect, rule = source.dialect, source.stichtag
    text = Delimited(delivered, name, dialect)
    header_line, found = header(name, text.rows(), dialect, source.renamed)
    texts = [found.index(name) for name in (contract.unit, rule.column if rule else None) if name in found]
    cut = max(texts, default=-1) + 1
    if any(column in contract.wanted for column in found[:cut]):
        cut = 0
    dropped = [text for drop in contract.drop for text in drop.equals]
    written, first, left_out, waiting = 0, "", set[int](), list[str]()
    with target.open("w", encoding="utf-8", newline="") as file:
        for number, line in text.lines():
            if len(line) > _LONGEST or _BETWEEN in line:
                return None
            parts = line.split(dialect.delimiter, cut)
            if len(parts) <= cut or not is_composed(line) or (dropped and any(each in line for each in dropped)):
                if dialect.quote and dialect.quote in line:
                    return None
                left_out.add(number)
                continue
            head = line[: len(line) - len(parts[cut]) - 1] if cut else line
            first = first or parts[cut]
            waiting.append(f"{number}{_BETWEEN}{head}{_BETWEEN}{parts[cut]}\n")
            if len(waiting) == _AT_ONCE:
                file.write("".join(waiting))
                written, waiting = written + len(waiting), []
        file.write("".join(waiting))
    return NumberedLines(
        name, target, tuple(found), header_line, cut, text.held, text.left_out.get(NOTES, 0), written + len(waiting),
        first, frozenset(left_out),
    )  # fmt: skip


def read_digit_lines(
    con: duckdb.DuckDBPyConnection, source: Source, contract: TableContract, files: Sequence[NumberedLines]
) -> dict[str, PlainlyRead]:
    """Fill the table zeile_zahlen with the plain lines of all files, and return what was read of each.

    A file with a quotation mark in a line that is not plain is not among them: a cell of it may run over several
    lines, so that it must be read by cell as a whole.
    """
    con.execute(sql("schema/zeile_zahlen"))
    whole = _whole_figures(con, source)
    alike: dict[tuple[str, ...], list[NumberedLines]] = {}
    for file in files:
        alike.setdefault(file.columns, []).append(file)
    for group in alike.values():
        _set_layout(con, source, contract, group[0], whole)
        renamed = {file.path.stem: file.name for file in group if file.path.stem != file.name}
        set_variables(
            con,
            dateien=[one_file(file.path) for file in group],
            kurze_namen=[*renamed],
            lange_namen=[*renamed.values()],
        )
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


def _set_layout(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    contract: TableContract,
    like: NumberedLines,
    whole: Mapping[str, bool],
) -> None:
    """Say to SQL how the lines of files with one header are made: `like` is one of them."""
    dialect, rule = source.dialect, source.stichtag
    head, rest = list(like.columns[: like.cut] or like.columns), like.columns[like.cut :]
    text, ignored, sign = text_cell(dialect), ignored_figure_cell(dialect), sign_for_nothing(dialect)
    first = zip(rest, like.first.split(dialect.delimiter), strict=False)
    also = {column for column, cell in first if column not in whole and re.fullmatch(ignored, cell)}
    figures = [column for column in rest if column in whole or column in also]

    def pattern(zero: str | None) -> str:
        cells = (
            ignored if c in also else figure_cell(dialect, whole=whole[c], sign=zero) if c in whole else text
            for c in rest
        )  # fmt: skip
        return re.escape(dialect.delimiter).join(cells)

    parts = {name: source.expand(columns) for name, columns in source.matrix.merkmale.items()} if source.matrix else {}
    set_variables(
        con, trenner=dialect.delimiter, anfuehrung=dialect.quote, nichts_zeichen=sign,
        tausender=unless_it_divides(dialect, dialect.thousands_signs),
        dezimal=unless_it_divides(dialect, dialect.decimal),
        muster_kopf=re.escape(dialect.delimiter).join([text] * len(head)),
        muster_ziffern=pattern(None), muster_zeichen=pattern(sign) if sign else _NEVER,
        stelle_basis=_place(head, contract.unit), stelle_stichtag=_place(head, rule.column if rule else None),
        stellen=[place for place, column in enumerate(rest, start=1) if column in figures],
        nur_figuren=len(figures) == len(rest),
        masken=[[int(column in columns) for column in figures] for columns in parts.values()],
    )  # fmt: skip


def _place(columns: list[str], column: str | None) -> int:
    """Return where a column stands, from 1; 0 is a place where SQL finds nothing."""
    return columns.index(column) + 1 if column in columns else 0


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
