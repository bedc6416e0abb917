"""Stages tables of counts: one row a base unit (matrix) or one row a Stichtag of the whole city (official)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from flows.errors import SourceUnavailable
from flows.extract.drop_folder import year_in
from flows.extract.models import Lieferung
from flows.profile.source import Correction, Drop, Source, StichtagRule
from flows.stage.contract import refuse_other_columns
from flows.stage.corrections import Row, corrected, record_corrections, registered
from flows.stage.database import insert, set_variables, sql
from flows.stage.normalise import PlainFile, normalise, unpacked


@dataclass(frozen=True)
class TableContract:
    """What a table of counts must hold, whichever kind of source it comes from."""

    unit: str | None
    digits: int | None
    wanted: list[str]
    ignore: list[str]
    drop: Sequence[Drop]
    target: str


def stage_table(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
    corrections: Sequence[Correction] = (),
) -> None:
    """Read all files of a table source into stage.zaehlung or stage.amtlich, bad rows into stage.quarantaene.

    Raises:
        SourceUnavailable: a file is not of its dialect, or its columns are not those of the contract.
        ConfigError: a registered correction no longer matches.
    """
    contract = table_contract(source)
    rule = source.stichtag
    assert rule is not None  # noqa: S101 -- the model asks for it
    column = rule.column if rule.source == "column" else None
    rename = {name: canonical for name, canonical in ((contract.unit, "basis_text"), (column, "stichtag_text")) if name}
    plain, known_errors = [], registered(source, lieferungen, corrections)
    for lieferung in lieferungen:
        folder = run / "plain" / source.id
        folder.mkdir(parents=True, exist_ok=True)
        delivered = unpacked(
            lieferung.path_in(landing), lieferung.name, source.dialect, folder / f"{lieferung.name}.unpacked"
        )
        entries = known_errors[lieferung.name]
        file = normalise(
            delivered, lieferung.name, source.dialect, folder / f"{lieferung.name}.csv",
            rename=rename, leave_out=contract.ignore, drop=contract.drop,
            mend=partial(_mend, source.id, lieferung.name, entries) if entries else None,
        )  # fmt: skip
        record_corrections(con, source, lieferung.name, entries)
        needed = [*contract.wanted, *rename]
        refuse_other_columns(source.id, lieferung.name, file.columns, needed, contract.ignore)
        plain.append(file)
    _load(con, plain, rename)
    _set_dialect(con, source, contract, rule)
    _write_fixed_stichtage(con, source, rule, plain)
    con.execute(f"CREATE OR REPLACE TEMP VIEW zelle AS {sql('stage/zelle')}")
    for step in ("zelle_gelesen", "zeile_gelesen", "zeile_verletzt"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {sql(f'stage/{step}')}")
    con.execute(f"INSERT INTO stage.{contract.target} BY NAME {sql(f'stage/{contract.target}')}")
    con.execute("INSERT INTO stage.quarantaene BY NAME SELECT * FROM zeile_verletzt")
    _account(con, source, lieferungen, plain)


def _mend(source: str, name: str, entries: Sequence[Correction], rows: list[Row]) -> list[Row]:
    return corrected(source, name, rows, entries)


def table_contract(source: Source) -> TableContract:
    """Return the table contract of a matrix or official source."""
    if source.matrix:
        m = source.matrix
        wanted = [column for parts in m.merkmale.values() for column in source.expand(parts)]
        return TableContract(m.unit, m.unit_digits, wanted, source.expand(m.ignore), m.drop, "zaehlung")
    assert source.official is not None  # noqa: S101 -- the only other kind that is staged here
    o = source.official
    return TableContract(None, None, list(o.merkmale.values()), source.expand(o.ignore), (), "amtlich")


def _load(con: duckdb.DuckDBPyConnection, plain: list[PlainFile], rename: dict[str, str]) -> None:
    set_variables(con, dateien=[str(file.path) for file in plain])
    absent = {"basis_text", "stichtag_text"} - set(rename.values())
    extra = "".join(f", NULL::VARCHAR AS {column}" for column in sorted(absent))
    con.execute(f"CREATE OR REPLACE TEMP TABLE roh AS SELECT *{extra} FROM ({sql('stage/roh')})")  # noqa: S608 -- two fixed names


def _set_dialect(con: duckdb.DuckDBPyConnection, source: Source, contract: TableContract, rule: StichtagRule) -> None:
    dialect = source.dialect
    grouped = rf"\d{{1,3}}({re.escape(dialect.thousands)}\d{{3}}){{1,4}}|" if dialect.thousands else ""
    set_variables(
        con, quelle=source.id, einheiten=contract.unit is not None, stellen=contract.digits,
        spalte_basis=contract.unit, spalte_stichtag=rule.column if rule.source == "column" else None,
        zahl_muster=rf"-?({grouped}\d{{1,15}})({re.escape(dialect.decimal)}\d+)?",
        tausender=dialect.thousands, dezimal=dialect.decimal,
        stichtag_format=rule.format, stichtag_genauigkeit=granularity(rule.format),
    )  # fmt: skip


def granularity(date_format: str) -> str:
    """Return how fine a date format is: a day ('tag'), the end of a month ('monat') or of a year ('jahr')."""
    return "tag" if "%d" in date_format else "monat" if "%m" in date_format else "jahr"


def _write_fixed_stichtage(
    con: duckdb.DuckDBPyConnection, source: Source, rule: StichtagRule, plain: list[PlainFile]
) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE datei_stichtag (datei VARCHAR, stichtag DATE)")
    if rule.source != "column":
        dates = {file.name: rule.fixed or stichtag_in_name(source, file.name) for file in plain}
        insert(con, "datei_stichtag", [{"datei": name, "stichtag": str(date)} for name, date in dates.items()])


def stichtag_in_name(source: Source, name: str) -> dt.date:
    """Return the Stichtag that a file's name carries: the end of its year, half-year or month.

    Raises:
        SourceUnavailable: when the pattern finds no year in the name.
    """
    match, year = re.fullmatch(source.file, name), year_in(source, name)
    if match is None or year is None:
        raise SourceUnavailable(
            f"Source {source.id}: expected a year in the file name {name} (group `year` of the pattern {source.file}), "
            "found none. Correct `file` or the `stichtag` rule in sources.toml."
        )
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else 6 * int(parts.get("half") or 2)
    if not 1 <= month <= 12:
        raise SourceUnavailable(
            f"Source {source.id}: expected a month or half-year in the file name {name}, found one that no year has. "
            "Correct `file` in sources.toml, or ask the supplier."
        )
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def _account(
    con: duckdb.DuckDBPyConnection, source: Source, lieferungen: Sequence[Lieferung], plain: list[PlainFile]
) -> None:
    """Write what became of every row of every file: taken over, quarantined, or dropped by a named rule."""
    bad = dict(con.execute("SELECT datei, count(*) FROM zeile_verletzt GROUP BY datei").fetchall())
    good = dict(
        con.execute(
            "SELECT datei, count(*) FROM zeile_gelesen ANTI JOIN zeile_verletzt USING (datei, zeile) GROUP BY datei"
        ).fetchall()
    )
    lost = [f.name for f in plain if f.rows != good.get(f.name, 0) + bad.get(f.name, 0) + f.dropped]
    if lost:
        raise SourceUnavailable(
            f"Source {source.id}: expected every row taken over, in quarantine or left out by a rule, found others in "
            f"{', '.join(lost)}. Nothing was published; please report this with the file."
        )
    insert(
        con, "stage.datei",
        [{"quelle": source.id, "datei": one.name, "sha256": one.sha256, "bytes": one.bytes, "zeilen": file.rows,
          "uebernommen": good.get(one.name, 0), "quarantaene": bad.get(one.name, 0), "entfallen": file.dropped}
         for one, file in zip(lieferungen, plain, strict=True)],
    )  # fmt: skip
