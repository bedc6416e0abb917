"""Tables with a column for each Stichtag: each is read as a table of that day alone, with one column of figures.

So a row is judged and counted once for each Stichtag, and everything after sees tables of one day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from flows.base.errors import ConfigError, ContractBroken
from flows.profile.correction import Correction
from flows.profile.dialect import SHEETS
from flows.profile.source import Source, Variant
from flows.profile.stichtag import SERIALS, StichtagRule
from flows.stage.read.normalise import header
from flows.stage.read.sheet import Sheet
from flows.stage.read.text import Delimited
from flows.stage.reconciliation import Reconciliation


def days_in_header(
    con: duckdb.DuckDBPyConnection, source: Source, name: str, path: Path, ignored: Collection[str]
) -> dict[dt.date, str]:
    """Return the columns of a file that are called by a Stichtag, as the variables of its rule say.

    Raises:
        ContractBroken: none is, two are the same day, or a workbook counts its days from another day.
    """
    dialect = source.dialect
    read = Sheet(path, name, dialect) if dialect.format in SHEETS else Delimited(path, name, dialect)
    line, columns = header(name, read.rows(), dialect, source.renamed)
    if source.stichtag:
        refuse_other_day_zero(name, source.stichtag, read.since_1904 if isinstance(read, Sheet) else None)
    found: dict[dt.date, str] = {}
    for column in columns:
        if column in ignored:
            continue
        answer = con.execute("SELECT gelesener_stichtag($1)", [column]).fetchone()
        day = answer[0] if answer else None
        if day in found:
            raise ContractBroken(
                f"File {name}, line {line}: expected columns called by different Stichtage, found {found[day]!r} and "
                f"{column!r}. Ask the supplier, or let `variant.columns` give one another name."
            ).at(f"File {name}, line {line}")
        if day is not None:
            found[day] = column
    if not found:
        raise ContractBroken(
            f"File {name}, line {line}: expected columns called by a Stichtag (stichtag.format = "
            f"{source.stichtag.format if source.stichtag else ''!r}), found {', '.join(map(repr, columns))}. Correct "
            "`format` in sources.toml, or ask the supplier."
        ).at(f"File {name}, line {line}")
    return found


def corrections_of_day(
    entries: Sequence[Correction], column: str | None, columns: Collection[str], figure: str
) -> list[Correction]:
    """Return the corrections of the `column` of one Stichtag, which is called `figure` there, and those of no Stichtag.

    Raises:
        ConfigError: one names the figure, which is a column of the contract but not of the file.
    """
    found = []
    for entry in entries:
        named = {*entry.where, *entry.expect, *([entry.column] if entry.column else [])}
        if figure in named and figure not in columns:
            raise ConfigError(
                f"corrections.toml, source {entry.source}: expected the column of a Stichtag "
                f"({', '.join(sorted(columns)[:3])} ...), found {figure!r}, by which the contract calls all of them. "
                f"Name the column as the file does (reason was: {entry.reason})."
            )
        if named & set(columns) <= {column}:
            update = {"expect": {figure if each == column else each: text for each, text in entry.expect.items()},
                      "where": {figure if each == column else each: text for each, text in entry.where.items()},
                      "column": figure if entry.column == column else entry.column}  # fmt: skip
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
            f"counts them from another day. Set `format = {right!r}` in sources.toml, or ask the supplier."
        ).at(f"File {name}")


def source_of_day(source: Source, day: dt.date, columns: Collection[str], others: Iterable[str]) -> Source:
    """Return the source as one of this day: its `columns` are the figure, `others` those of other days."""
    (figure,) = source.figure_columns
    called = {delivered: figure if name in columns else name for delivered, name in source.renamed.items()}
    called |= {column: figure for column in columns if column not in source.renamed.values()}
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


def by_day(days: Mapping[str, Mapping[dt.date, str]]) -> dict[dt.date, dict[str, str]]:
    """Return for each Stichtag the column that is called by it, by file."""
    found: dict[dt.date, dict[str, str]] = {}
    for name, columns in days.items():
        for day, column in columns.items():
            found.setdefault(day, {})[name] = column
    return dict(sorted(found.items()))
