"""Tables with a column for each Stichtag: each is read as a table of that day alone.

Above or below the Stichtage a second header row may name figures, whose columns then are figure x Stichtag. A row is
judged and counted once for each Stichtag, and everything after sees tables of one day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from flows.base.db import NOTHING_ASIDE, connect, literal, set_variables, sql
from flows.base.errors import ConfigError, ContractBroken
from flows.profile.correction import Correction
from flows.profile.source import Source, Variant
from flows.profile.stichtag import SERIALS, StichtagRule
from flows.stage.read.header import HEADER_ROWS, header
from flows.stage.read.sheet import Sheet
from flows.stage.read.table import table_in
from flows.stage.reconciliation import Reconciliation
from flows.stage.table_settings import stichtag_variables

Days = Mapping[dt.date, Mapping[str, str]]
"""The columns of a file by Stichtag: column, as the variant calls it, = the figure by its name in the contract."""


def days_in_header(
    con: duckdb.DuckDBPyConnection, source: Source, name: str, path: Path, ignored: Collection[str]
) -> Days:
    """Return the columns of a file that are called by a Stichtag, as the variables of its rule say.

    Where several header rows are joined, one of them is the Stichtag, and the others name the figure.

    Raises:
        ContractBroken: none is, two are the same figure and day, one names two days or no figure, a day lacks a figure,
            or a workbook counts its days from another day.
    """
    dialect = source.dialect
    read = table_in(path, name, dialect)
    line, columns = header(name, read.rows(), dialect, source.renamed)
    if source.stichtag:
        refuse_other_day_zero(name, source.stichtag, read.since_1904 if isinstance(read, Sheet) else None)
    place = f"File {name}, line {line}"
    found: dict[dt.date, dict[str, str]] = {}
    asked = [column for column in columns if column not in ignored]
    days = _days(con, [*asked, *(part for column in asked for part in column.split(HEADER_ROWS))])
    called = {column: each for column in asked if (each := _day_and_figure(days, source, column, place))}
    _refuse_days_without_a_figure(source, called, place)
    for column, (day, named) in called.items():
        figure = named or source.figure_columns[0]
        of_day = found.setdefault(day, {})
        if twice := next((other for other, known in of_day.items() if known == figure), None):
            raise ContractBroken(
                f"{place}: expected columns called by different Stichtage, found {twice!r} and {column!r}. Ask the "
                "supplier, or let `variant.columns` give one another name.",
                code="FS-CONTRACT-12",
            ).at(place)
        of_day[column] = figure
    if not found:
        raise ContractBroken(
            f"{place}: expected columns called by a Stichtag (stichtag.format = "
            f"{source.stichtag.format if source.stichtag else ''!r}), found {', '.join(map(repr, columns))}. Correct "
            "`format` in sources.toml, or ask the supplier.",
            code="FS-CONTRACT-12",
        ).at(place)
    _refuse_days_that_lack_a_figure(source, found, place)
    return found


def days_of_columns(source: Source, name: str, path: Path, ignored: Collection[str]) -> Days:
    """Return what `days_in_header` does, of a file alone.

    Raises:
        ContractBroken: see there.
    """
    assert source.stichtag is not None  # noqa: S101 -- asked of sources whose rule it is
    with connect(config=NOTHING_ASIDE) as con:
        con.execute(sql("schema/lesen"))
        set_variables(con, **stichtag_variables(source.dialect, source.stichtag))
        return days_in_header(con, source, name, path, ignored)


def _day_and_figure(
    known: Mapping[str, dt.date], source: Source, column: str, place: str
) -> tuple[dt.date, str] | None:
    """Return the Stichtag by which a column is called, and the figure that it names, which may be none.

    Raises:
        ContractBroken: it names two Stichtage.
    """
    if day := known.get(column):
        return day, ""
    parts = column.split(HEADER_ROWS) if source.dialect.header_rows > 1 else []
    days = [each for each, part in enumerate(parts) if part in known]
    if not days:
        return None
    if len(days) > 1:
        raise ContractBroken(
            f"{place}: expected one Stichtag in the header rows of a column, found {column!r}. Name the column in "
            "`ignore`, or correct `format` or `header_rows` in sources.toml.",
            code="FS-CONTRACT-12",
        ).at(place)
    return known[parts[days[0]]], HEADER_ROWS.join(part for each, part in enumerate(parts) if each != days[0])


def _refuse_days_without_a_figure(source: Source, called: Mapping[str, tuple[dt.date, str]], place: str) -> None:
    """Stop when nobody knows which figure a column has: there are several, or other columns name theirs.

    Raises:
        ContractBroken: names the column.
    """
    unnamed = next((column for column, (_, figure) in called.items() if not figure), None)
    if unnamed and (len(source.figure_columns) > 1 or any(figure for _, figure in called.values())):
        raise ContractBroken(
            f"{place}: expected in a header row which figure the column {unnamed!r} has, found only its Stichtag. Is "
            "`merged_headers = true` missing, or `header_rows` wrong? Correct sources.toml, or ask the supplier.",
            code="FS-CONTRACT-12",
        ).at(place)


def _days(con: duckdb.DuckDBPyConnection, texts: Sequence[str]) -> dict[str, dt.date]:
    """Return the Stichtage that some of the texts say."""
    if not texts:
        return {}
    rows = con.execute(
        f"SELECT zeittext, gelesener_stichtag(zeittext) FROM (SELECT unnest({literal(list(texts))}) AS zeittext)"  # noqa: S608 -- escaped
    ).fetchall()
    return {text: day for text, day in rows if day is not None}


def _refuse_days_that_lack_a_figure(source: Source, found: Days, place: str) -> None:
    """Stop when a figure of the contract has a column at some Stichtage and none at others.

    Raises:
        ContractBroken: names the figure and the first Stichtag without it.
    """
    for figure in source.figure_columns:
        days = [day for day, columns in found.items() if figure in columns.values()]
        lacking = sorted(set(found) - set(days))
        if days and lacking:
            raise ContractBroken(
                f"{place}: expected the figure {figure!r} at each Stichtag, found no column of it at {lacking[0]}. Ask "
                "the supplier; where the office does not have it, let it be a source of its own, and name it in "
                "`ignore` here.",
                code="FS-CONTRACT-12",
            ).at(place)


def corrections_of_day(
    entries: Sequence[Correction], columns: Mapping[str, str], of_any_day: Collection[str], figures: Collection[str]
) -> list[Correction]:
    """Return the corrections of the `columns` of one Stichtag, called by their figures, and those of no Stichtag.

    Raises:
        ConfigError: one names a figure, which is a column of the contract but not of the file.
    """
    found = []
    for entry in entries:
        named = {*entry.where, *entry.expect, *([entry.column] if entry.column else [])}
        if strange := sorted(named & set(figures) - set(of_any_day)):
            raise ConfigError(
                f"corrections.toml, source {entry.source}: expected the column of a Stichtag "
                f"({', '.join(sorted(of_any_day)[:3])} ...), found {strange[0]!r}, by which the contract calls all of "
                f"them. Name the column as the file does (reason was: {entry.reason}).",
                code="FS-CONFIG-11",
            )
        if named & set(of_any_day) <= set(columns):
            update = {"expect": {columns.get(each, each): text for each, text in entry.expect.items()},
                      "where": {columns.get(each, each): text for each, text in entry.where.items()},
                      "column": columns.get(entry.column, entry.column) if entry.column else None}  # fmt: skip
            found.append(entry.model_copy(update=update))
    return found


def refuse_other_day_zero(name: str, rule: StichtagRule, since_1904: bool | None) -> None:
    """Stop when the numbers of days of a workbook are counted from another day than the profile says.

    Raises:
        ContractBroken: says which it is.
    """
    right = "excel_1904" if since_1904 else "excel"
    in_cells = rule.source in ("column", "header")
    if in_cells and rule.format in SERIALS and since_1904 is not None and rule.format != right:
        raise ContractBroken(
            f"File {name}: expected days in numbers as stichtag.format = {rule.format!r} says, found a workbook that "
            f"counts them from another day. Set `format = {right!r}` in sources.toml, or ask the supplier.",
            code="FS-CONTRACT-12",
        ).at(f"File {name}")


def source_of_day(source: Source, day: dt.date, columns: Mapping[str, str], others: Iterable[str]) -> Source:
    """Return the source as one of this day: its `columns` are called by their figures, `others` are of other days."""
    called = {delivered: columns.get(name, name) for delivered, name in source.renamed.items()}
    called |= {column: figure for column, figure in columns.items() if column not in source.renamed.values()}
    variant = Variant(file=".*", columns=called, ignore=[*source.ignored_here, *others])
    return source.model_copy(
        update={"variant": [variant], "stichtag": StichtagRule(source="fixed", fixed=day)},
    )


def added_up(parts: Sequence[Reconciliation]) -> Reconciliation:
    """Return what became of the rows of one file that was read once for each Stichtag."""
    left_out: dict[str, int] = {}
    for rule, rows in (each for part in parts for each in part.left_out.items()):
        left_out[rule] = left_out.get(rule, 0) + rows
    return replace(
        parts[0], held=sum(part.held for part in parts), staged=sum(part.staged for part in parts),
        quarantined=sum(part.quarantined for part in parts), left_out=left_out,
        padded=sum(part.padded for part in parts), stichtage=sorted({day for part in parts for day in part.stichtage}),
    )  # fmt: skip


def by_day(days: Mapping[str, Days]) -> dict[dt.date, dict[str, Mapping[str, str]]]:
    """Return for each Stichtag the columns that are called by it, by file."""
    found: dict[dt.date, dict[str, Mapping[str, str]]] = {}
    for name, of_file in days.items():
        for day, columns in of_file.items():
            found.setdefault(day, {})[name] = columns
    return dict(sorted(found.items()))
