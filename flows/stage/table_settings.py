"""What the SQL of staging must know of how the files of a source are written, before it reads their cells."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping

import duckdb

from flows.base.db import Value, insert, set_variables
from flows.base.errors import ContractBroken
from flows.profile.dialect import SHEETS, Dialect
from flows.profile.source import Source
from flows.profile.stichtag import StichtagRule, day_in_name
from flows.profile.vocabulary import vocabulary
from flows.stage.corrections import marked
from flows.stage.expected_columns import TableContract
from flows.stage.read.digit_cell import marked_figures, number


def write_settings(
    con: duckdb.DuckDBPyConnection, source: Source, contract: TableContract, rule: StichtagRule
) -> None:  # fmt: skip
    """Make the tables and set the variables by which sql/stage knows missing signs, marks, factors, totals and ids."""
    dialect = source.dialect
    signs = dialect.missing | {marked(status): status for status in vocabulary().signs}
    con.execute("CREATE OR REPLACE TEMP TABLE fehlzeichen (zeichen VARCHAR, status VARCHAR)")
    insert(con, "fehlzeichen", [{"zeichen": sign, "status": status} for sign, status in signs.items()])
    con.execute("CREATE OR REPLACE TEMP TABLE marke (muster VARCHAR, status VARCHAR)")
    patterns = marked_figures(dialect)
    insert(
        con, "marke",
        [{"muster": patterns[mark], "status": None if stated in vocabulary().mark else stated}
         for mark, stated in dialect.marks.items()],
    )  # fmt: skip
    con.execute("CREATE OR REPLACE TEMP TABLE faktor (spalte VARCHAR, einheit VARCHAR, faktor DOUBLE)")
    insert(con, "faktor", _factors(source))
    con.execute("CREATE OR REPLACE TEMP TABLE kontrollzeile (basis_text VARCHAR, raumebene VARCHAR, raum_id VARCHAR)")
    insert(
        con, "kontrollzeile",
        [{"basis_text": text, "raumebene": level, "raum_id": unit}
         for level, units in contract.totals.items() for text, unit in units.items()],
    )  # fmt: skip
    set_variables(
        con, quelle=source.id, lang=dialect.long is not None,
        einheit_in_zeile=dialect.long is not None and dialect.long.unit is not None,
        teile=math.prod(map(len, dialect.long.parts.values())) if dialect.long else 1,
        einheiten=contract.unit is not None, stellen_id=contract.digits,
        muster_id=rf"^(?:{contract.pattern})$" if contract.pattern else None,
        spalte_basis=contract.unit, spalte_stichtag=rule.column if rule.source == "column" else None,
        zahl_muster=number(dialect), abweichung=source.cell_deviation,
        tausender=dialect.thousands_signs, dezimal=dialect.decimal,
        **stichtag_variables(dialect, rule),
    )  # fmt: skip


def stichtag_variables(dialect: Dialect, rule: StichtagRule) -> dict[str, str | int | bool | None]:
    """Return what sql/schema/lesen.sql must know to read a Stichtag of a file."""
    return {"stichtag_auch_datum": dialect.format in (*SHEETS, "parquet"), **rule.variables}


def _factors(source: Source) -> list[Mapping[str, Value]]:
    """Return what figures are multiplied by: by column, and in a long file by the unit in the row."""
    dialect = source.dialect
    factors: list[Mapping[str, Value]] = [
        {"spalte": name, "einheit": None, "faktor": by} for name, by in dialect.units.items()
    ]
    long = dialect.long
    return factors + [
        {"spalte": None, "einheit": unit, "faktor": by} for unit, by in (long.units if long else {}).items()
    ]


def write_fixed_stichtage(
    con: duckdb.DuckDBPyConnection, source: Source, rule: StichtagRule, names: Iterable[str]
) -> None:
    """Make ``datei_stichtag``: the Stichtag of each file, where it stands in no column.

    Raises:
        ContractBroken: a file's name says no day.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE datei_stichtag (datei VARCHAR, stichtag DATE)")
    if rule.source != "column":
        dates = {name: rule.fixed or stichtag_in_name(source, name) for name in names}
        insert(con, "datei_stichtag", [{"datei": name, "stichtag": str(date)} for name, date in dates.items()])


def stichtag_in_name(source: Source, name: str) -> dt.date:
    """Return the Stichtag that a file's name carries (flows.profile.stichtag).

    Raises:
        ContractBroken: the name says no day.
    """
    match, year = re.fullmatch(source.file, name), source.year_in(name)
    if match is None or year is None or source.stichtag is None:
        raise ContractBroken(
            f"Source {source.id}: expected a year in the file name {name} (group `year` of the pattern {source.file}), "
            "found none. Correct `file` or the `stichtag` rule in sources.toml.",
            code="FS-CONTRACT-12",
        )
    try:
        return day_in_name(match.groupdict(), source.stichtag)
    except ValueError as problem:
        raise ContractBroken(
            f"Source {source.id}: expected a day in the file name {name}, found {problem}. Correct `file` in "
            "sources.toml, or ask the supplier.",
            code="FS-CONTRACT-12",
        ) from problem
