"""Stages tables of counts: one row a base unit (matrix) or one row a Stichtag of the whole city (official)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import duckdb

from flows.errors import SourceUnavailable
from flows.extract.drop_folder import year_in
from flows.extract.models import Lieferung
from flows.profile.contract import Drop
from flows.profile.correction import Correction
from flows.profile.dialect import Sign
from flows.profile.source import Source, StichtagRule
from flows.stage.contract import refuse_other_columns
from flows.stage.corrections import Row, corrected, marked, record_corrections, registered
from flows.stage.database import Value, insert, set_variables, sql
from flows.stage.long import known_by_format
from flows.stage.normalise import PlainFile, Wanted, normalise, unpacked


@dataclass(frozen=True)
class TableContract:
    """What a table of counts must hold, whichever kind of source it comes from."""

    unit: str | None
    digits: int | None
    wanted: list[str]
    ignore: list[str]
    drop: Sequence[Drop]
    only: Mapping[str, Sequence[str]]
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

    Files that are written in the same way (the source's dialect, or the same variant) are read together.

    Raises:
        SourceUnavailable: a file is not of its dialect, or its columns are not those of the contract.
        ConfigError: a registered correction no longer matches.
    """
    known_errors = registered(source, lieferungen, corrections)
    alike: list[tuple[Source, list[Lieferung]]] = []
    for lieferung in lieferungen:
        written = source.as_written_in(lieferung.name)
        group = next((files for other, files in alike if other == written), None)
        if group is None:
            alike.append((written, group := []))
        group.append(lieferung)
    for written, files in alike:
        _stage_alike(con, written, files, landing, run, known_errors)


def _stage_alike(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
    known_errors: Mapping[str, Sequence[Correction]],
) -> None:
    contract, rule, dialect = table_contract(source), source.stichtag, source.dialect
    assert rule is not None  # noqa: S101 -- the model asks for it
    column = rule.column if rule.source == "column" else None
    rename = {name: canonical for name, canonical in ((contract.unit, "basis_text"), (column, "stichtag_text")) if name}
    plain = []
    for lieferung in lieferungen:
        folder = run / "plain" / source.id
        folder.mkdir(parents=True, exist_ok=True)
        delivered = unpacked(lieferung.path_in(landing), lieferung.name, dialect, folder / f"{lieferung.name}.unpacked")
        entries = known_errors[lieferung.name]
        file = normalise(
            delivered, lieferung.name, dialect, folder / f"{lieferung.name}.csv",
            Wanted(rename, source.renamed, contract.ignore, contract.drop, contract.only,
                   partial(_mend, source, lieferung.name, entries) if entries else None),
        )  # fmt: skip
        record_corrections(con, source, lieferung.name, entries)
        ignored = [*contract.ignore, *(known_by_format(file.columns) if dialect.format == "ffcsv" else ())]
        refuse_other_columns(source.id, lieferung.name, file.columns, [*contract.wanted, *rename], ignored)
        plain.append(file)
    _load(con, plain, rename, long=dialect.long is not None)
    _set_dialect(con, source, contract, rule)
    _write_fixed_stichtage(con, source, rule, plain)
    con.execute(f"CREATE OR REPLACE TEMP VIEW zelle AS {sql('stage/zelle_lang' if dialect.long else 'stage/zelle')}")
    for step in ("zelle_gelesen", "zeile_gelesen", "zeile_verletzt"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {sql(f'stage/{step}')}")
    con.execute(f"INSERT INTO stage.{contract.target} BY NAME {sql(f'stage/{contract.target}')}")
    con.execute("INSERT INTO stage.quarantaene BY NAME SELECT * FROM zeile_verletzt")
    _account(con, source, lieferungen, plain)


def _mend(source: Source, name: str, entries: Sequence[Correction], rows: list[Row]) -> list[Row]:
    return corrected(source, name, rows, entries)


def table_contract(source: Source) -> TableContract:
    """Return the table contract of a matrix or official source."""
    kind = source.matrix or source.official
    assert kind is not None  # noqa: S101 -- the two kinds that are staged here
    if source.matrix:
        figures = [column for parts in source.matrix.merkmale.values() for column in source.expand(parts)]
    else:
        figures = list(source.official.merkmale.values()) if source.official else []
    long = source.dialect.long
    ignore = [*source.expand(kind.ignore), *source.ignored_here]
    matrix = source.matrix
    return TableContract(
        unit=matrix.unit if matrix else None, digits=matrix.unit_digits if matrix else None,
        wanted=[*(long.reads if long else figures), *kind.only], ignore=ignore,
        drop=matrix.drop if matrix else (), only=kind.only, target="zaehlung" if matrix else "amtlich",
    )  # fmt: skip


def _load(con: duckdb.DuckDBPyConnection, plain: list[PlainFile], rename: dict[str, str], *, long: bool) -> None:
    set_variables(con, dateien=[str(file.path) for file in plain])
    absent = {"basis_text", "stichtag_text", *(() if long else ("spalte_lang",))} - set(rename.values())
    extra = "".join(f", NULL::VARCHAR AS {column}" for column in sorted(absent))
    con.execute(f"CREATE OR REPLACE TEMP TABLE roh AS SELECT *{extra} FROM ({sql('stage/roh')})")  # noqa: S608 -- two fixed names


def _set_dialect(con: duckdb.DuckDBPyConnection, source: Source, contract: TableContract, rule: StichtagRule) -> None:
    dialect = source.dialect
    signs = dialect.missing | {marked(status): status for status in get_args(Sign)}
    con.execute("CREATE OR REPLACE TEMP TABLE fehlzeichen (zeichen VARCHAR, status VARCHAR)")
    insert(con, "fehlzeichen", [{"zeichen": sign, "status": status} for sign, status in signs.items()])
    con.execute("CREATE OR REPLACE TEMP TABLE faktor (spalte VARCHAR, einheit VARCHAR, faktor DOUBLE)")
    insert(con, "faktor", _factors(source))
    grouped = rf"\d{{1,3}}({re.escape(dialect.thousands)}\d{{3}}){{1,4}}|" if dialect.thousands else ""
    set_variables(
        con, quelle=source.id, lang=dialect.long is not None,
        einheiten=contract.unit is not None, stellen=contract.digits,
        spalte_basis=contract.unit, spalte_stichtag=rule.column if rule.source == "column" else None,
        zahl_muster=rf"-?({grouped}\d{{1,15}})({re.escape(dialect.decimal)}\d+)?",
        tausender=dialect.thousands, dezimal=dialect.decimal,
        stichtag_format=rule.format, stichtag_genauigkeit=granularity(rule.format),
    )  # fmt: skip


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
    found = con.execute(
        "SELECT datei, count(*), count_if(coalesce(basis_id <> basis_text, FALSE)), "
        "string_agg(DISTINCT stichtag::VARCHAR, ',') "
        "FROM zeile_gelesen ANTI JOIN zeile_verletzt USING (datei, zeile) GROUP BY datei"
    ).fetchall()
    good, padded = {name: rows for name, rows, *_ in found}, {name: ids for name, _, ids, _ in found}
    dates = {name: stichtage for name, *_, stichtage in found}
    lost = [f.name for f in plain if f.rows != good.get(f.name, 0) + bad.get(f.name, 0) + f.dropped]
    if lost:
        raise SourceUnavailable(
            f"Source {source.id}: expected every row taken over, in quarantine or left out by a rule, found others in "
            f"{', '.join(lost)}. Nothing was published; please report this with the file."
        )
    insert(
        con, "stage.datei",
        [{"quelle": source.id, "datei": one.name, "sha256": one.sha256, "bytes": one.bytes, "zeilen": file.rows,
          "uebernommen": good.get(one.name, 0), "quarantaene": bad.get(one.name, 0), "entfallen": file.dropped,
          "kennungen_ergaenzt": padded.get(one.name, 0), "stichtage": sorted((dates.get(one.name) or "").split(","))}
         for one, file in zip(lieferungen, plain, strict=True)],
    )  # fmt: skip
    insert(
        con, "stage.entfallen",
        [{"quelle": source.id, "datei": file.name, "regel": rule, "zeilen": rows}
         for file in plain for rule, rows in file.left_out.items()],
    )  # fmt: skip
