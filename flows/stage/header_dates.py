"""Tables with a column for each Stichtag: each is read as a table of that day alone, with one column of figures.

So a row is judged and counted once for each Stichtag, and everything after sees tables of one day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from flows.base.errors import ContractBroken
from flows.profile.dialect import SHEETS
from flows.profile.source import Source, Variant
from flows.profile.stichtag import StichtagRule
from flows.stage.read.normalise import header
from flows.stage.read.sheet import Sheet
from flows.stage.read.text import Delimited
from flows.stage.reconciliation import Reconciliation


def days_in_header(con: duckdb.DuckDBPyConnection, source: Source, name: str, path: Path) -> dict[dt.date, str]:
    """Return the columns of a file that are called by a Stichtag, as the variables of its rule say.

    Raises:
        ContractBroken: none is, or two are the same day.
    """
    dialect = source.dialect
    read = Sheet(path, name, dialect) if dialect.format in SHEETS else Delimited(path, name, dialect)
    line, columns = header(name, read.rows(), dialect, source.renamed)
    found: dict[dt.date, str] = {}
    for column in columns:
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


def source_of_day(source: Source, day: dt.date, columns: Iterable[str], others: Iterable[str]) -> Source:
    """Return the source as one of this day: its `columns` are the figure, `others` those of other days."""
    (figure,) = source.figure_columns
    variant = Variant(
        file=".*", columns=source.renamed | dict.fromkeys(columns, figure), ignore=[*source.ignored_here, *others]
    )
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
