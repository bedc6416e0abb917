"""Stages tables of counts: one row per base unit (matrix) or one row per Stichtag of the whole city (official)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb

from flows.base.db import insert, one_file, set_variables, sql
from flows.base.errors import ProgramDefect
from flows.profile.correction import Correction
from flows.profile.source import Source
from flows.profile.stichtag import StichtagRule
from flows.pull.models import Lieferung
from flows.stage.corrections import Row, corrected, record_corrections, registered
from flows.stage.expected_columns import TableContract, refuse_other_columns, table_contract
from flows.stage.file_rows import FileRows
from flows.stage.header_dates import (
    added_up,
    by_day,
    corrections_of_day,
    days_in_header,
    refuse_other_day_zero,
    source_of_day,
)
from flows.stage.kept_results import KeptResults
from flows.stage.part_totals import refuse_totals_among_parts
from flows.stage.read.digit_lines import PlainlyRead, can_be_plain, numbered_lines, read_digit_lines
from flows.stage.read.long import known_by_format
from flows.stage.read.normalise import PlainFile, Wanted, normalise, refuse_no_row, unpacked
from flows.stage.read.notes import BLANK, NOTES
from flows.stage.read.plain_path import plain_path
from flows.stage.reconciliation import Reconciliation, write_reconciliations
from flows.stage.table_settings import write_fixed_stichtage, write_settings
from flows.stage.unit_names import digest_of_names, is_name_of_unit, write_unit_names


def stage_table(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
    corrections: Sequence[Correction] = (),
    *,
    kept: KeptResults | None = None,
) -> None:
    """Read all files of a table source into stage.zaehlung or stage.amtlich, bad rows into stage.quarantaene.

    Files that are written in the same way (the source's dialect, or the same variant) are read together; those whose
    result is `kept` are not read.

    Raises:
        ContractBroken: a file is not of its dialect, or its columns are not those of the contract.
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
    write_unit_names(con, source)
    by_name = partial(is_name_of_unit, con) if source.matrix and source.matrix.unit_by_name else None
    folder = run / "plain" / source.id
    folder.mkdir(parents=True, exist_ok=True)
    forms = [form for (form,) in con.execute("SELECT DISTINCT basis_muster FROM katalog.nummerierung").fetchall()]
    for written, files in alike:
        assert written.stichtag is not None  # noqa: S101 -- the model asks for it
        _stage_alike(
            con,
            _Alike(written, table_contract(written), written.stichtag, known_errors, landing, folder, forms, by_name),
            files,
            kept,
        )
        for one in files:
            record_corrections(con, source, one.name, known_errors[one.name])


@dataclass(frozen=True)
class _Alike:
    """Files of a source that are written in the same way, and what is done with them."""

    source: Source
    contract: TableContract
    rule: StichtagRule
    known_errors: Mapping[str, Sequence[Correction]]
    landing: Path
    folder: Path
    unit_forms: Sequence[str] = ()
    """The patterns of the base units' ids."""
    is_name: Callable[[str], bool] | None = None
    """Where units are called by name: says whether a text is the name of one."""

    def delivered(self, lieferungen: Iterable[Lieferung]) -> dict[str, Path]:
        """Return where the table of each file lies, taken out of its archive, by the file's name."""
        return {
            one.name: unpacked(
                one.path_in(self.landing), one.name, self.source.dialect, plain_path(self.folder, one.name, ".unpacked")
            )
            for one in lieferungen
        }

    def wanted(self, name: str) -> Wanted:
        """Return what of the file is written for SQL, cell by cell."""
        source, contract, entries = self.source, self.contract, self.known_errors[name]
        return Wanted(
            self.rename, source.renamed, contract.ignore, contract.drop, contract.only, contract.others,
            contract.leaves_out_zero, partial(_mend, source, name, entries) if entries else None, self.is_unit,
        )  # fmt: skip

    def is_unit(self, text: str) -> bool:
        """Say whether a text in the unit's column could be the id of a base unit, of any numbering, or its name."""
        found = re.fullmatch(self.contract.pattern, text) if self.contract.pattern else None
        unit = (found[1] or "") if found else text
        if self.is_name:
            return self.is_name(unit)
        return any(re.fullmatch(form, unit.zfill(self.contract.digits or 0)) for form in self.unit_forms)

    @property
    def rename(self) -> dict[str, str]:
        """Delivered column -> the name that SQL knows it by."""
        column = self.rule.column if self.rule.source == "column" else None
        named = ((self.contract.unit, "basis_text"), (column, "stichtag_text"))
        return {name: canonical for name, canonical in named if name}

    def refuse_others(self, name: str, columns: Sequence[str]) -> None:
        """Stop where the columns of a file are not those of the contract."""
        dropping = [rule.column for rule in self.contract.drop]
        needed = [*self.contract.wanted, *self.rename, *dropping]
        known = known_by_format(self.source.dialect.format, columns, [*needed, *self.contract.ignore])
        ignored = [*self.contract.ignore, *known, self.source.dialect.section or ""]
        refuse_other_columns(self.source.id, name, columns, needed, ignored)


def _stage_alike(
    con: duckdb.DuckDBPyConnection, alike: _Alike, lieferungen: Sequence[Lieferung], kept: KeptResults | None
) -> None:
    rows = FileRows(con, alike.source, kept, digest_of_names(con))
    reconciled = rows.load_kept(lieferungen)
    new = [one for one in lieferungen if one.name not in reconciled]
    reconciled |= _read(con, alike, new)
    shared = rows.shared()
    if shared and len(new) < len(lieferungen):
        rows.clear()
        reconciled = _read(con, alike, lieferungen)
    if not shared:
        rows.keep(new, reconciled)
    rows.join()
    write_reconciliations(con, alike.source, [reconciled[one.name] for one in lieferungen])


def _read(con: duckdb.DuckDBPyConnection, alike: _Alike, lieferungen: Sequence[Lieferung]) -> dict[str, Reconciliation]:
    """Read the files, once for each Stichtag where their columns are called by it; see `_read_once`."""
    if alike.rule.source != "header":
        return _read_once(con, alike, lieferungen)
    write_settings(con, alike.source, alike.contract, alike.rule)
    days = {
        name: days_in_header(con, alike.source, name, path, alike.contract.ignore)
        for name, path in alike.delivered(lieferungen).items()
    }
    parts: dict[str, list[Reconciliation]] = {}
    for day, of_files in by_day(days).items():
        columns = {column: figure for found in of_files.values() for column, figure in found.items()}
        others = {column for found in days.values() for each in found.values() for column in each} - set(columns)
        source = source_of_day(alike.source, day, columns, others)
        assert source.stichtag is not None  # noqa: S101 -- made so
        known = {
            name: corrections_of_day(
                entries, of_files.get(name, {}), {column for each in days.get(name, {}).values() for column in each},
                alike.source.figure_columns,
            )
            for name, entries in alike.known_errors.items()
        }  # fmt: skip
        of_day = replace(
            alike, source=source, contract=table_contract(source), rule=source.stichtag, known_errors=known
        )
        for name, part in _read_once(con, of_day, [one for one in lieferungen if one.name in of_files]).items():
            parts.setdefault(name, []).append(part)
    return {name: added_up(found) for name, found in parts.items()}


def _read_once(
    con: duckdb.DuckDBPyConnection, alike: _Alike, lieferungen: Sequence[Lieferung]
) -> dict[str, Reconciliation]:
    """Add the rows of the files to those of flows.stage.file_rows; return what became of them, by the file's name."""
    if not lieferungen:
        return {}
    source, contract, dialect = alike.source, alike.contract, alike.source.dialect
    delivered = alike.delivered(lieferungen)
    files = _read_by_cell(con, alike, delivered, _read_plainly(con, alike, delivered))
    write_settings(con, source, contract, alike.rule)
    write_fixed_stichtage(con, source, alike.rule, delivered)
    con.execute(f"CREATE OR REPLACE TEMP VIEW zelle AS {sql('stage/zelle_lang' if dialect.long else 'stage/zelle')}")
    _write_fallen(con, files)
    for step in ("name_gelesen", "zelle_gelesen", "zeile_gelesen", "zeile_verletzt"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {sql(f'stage/{step}')}")
    refuse_totals_among_parts(con, source)
    for step in ("ungewiss", "entfallen_einheit"):
        con.execute(f"INSERT INTO je_datei_{step} BY NAME {sql(f'stage/{step}')}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE merkmal_gelesen AS {sql('stage/merkmal_gelesen')}")
    written = [
        _written(con, f"INSERT INTO je_datei_{target} BY NAME {sql(f'stage/{target}')}")
        for target in (("zaehlung_reihe", "zaehlung_einzeln", "kontrollsumme") if source.matrix else ("amtlich",))
    ]
    con.execute("INSERT INTO je_datei_quarantaene BY NAME FROM zeile_verletzt")
    if not dialect.long:
        _refuse_lost_figures(con, source, written)
    return _reconciled(con, lieferungen, files)


def _read_plainly(
    con: duckdb.DuckDBPyConnection, alike: _Alike, delivered: Mapping[str, Path]
) -> dict[str, PlainlyRead]:
    """Fill zeile_zahlen with the plain lines of the files, and return what that leaves to be read of each."""
    numbered = []
    for name, path in delivered.items():
        if not can_be_plain(alike.source, alike.contract, alike.known_errors[name]):
            continue
        lines = numbered_lines(path, name, alike.source, alike.contract, plain_path(alike.folder, name, ".zeilen"))
        if lines:
            alike.refuse_others(name, lines.columns)
            numbered.append(lines)
    return read_digit_lines(con, alike.source, alike.contract, numbered)


def _read_by_cell(
    con: duckdb.DuckDBPyConnection, alike: _Alike, delivered: Mapping[str, Path], plainly: Mapping[str, PlainlyRead]
) -> list[PlainFile]:
    """Fill roh with what was not read plainly, and return every file with all its rows."""
    dialect, files, by_cell = alike.source.dialect, list[PlainFile](), list[PlainFile]()
    for name, path in delivered.items():
        read = plainly.get(name)
        if read and not read.left:
            file = PlainFile(name, path, list(read.file.columns), 0, {NOTES: read.file.notes}, read.file.header_line)
        else:
            target = plain_path(alike.folder, name, ".csv")
            file = normalise(path, name, dialect, target, alike.wanted(name), read.left if read else None)
            alike.refuse_others(name, file.columns)
            refuse_other_day_zero(name, alike.rule, file.since_1904)
            by_cell.append(file)
        if read:
            file = replace(file, rows=read.file.held)
            rows = file.rows - sum(file.left_out.get(rule, 0) for rule in (BLANK, NOTES))
            refuse_no_row(name, file.header_line, rows, file.rows - file.dropped)
        files.append(file)
    _load(con, by_cell, alike.rename, long=dialect.long is not None)
    return files


def _write_fallen(con: duckdb.DuckDBPyConnection, files: Iterable[PlainFile]) -> None:
    """Fill roh_entfallen with what the rows are about that rules left out."""
    con.execute("CREATE OR REPLACE TEMP TABLE roh_entfallen (datei VARCHAR, basis_text VARCHAR, stichtag_text VARCHAR)")
    insert(
        con, "roh_entfallen",
        [{"datei": file.name, "basis_text": unit, "stichtag_text": day} for file in files for unit, day in file.fallen],
    )  # fmt: skip


def _mend(source: Source, name: str, entries: Sequence[Correction], rows: list[Row]) -> list[Row]:
    return corrected(source, name, rows, entries)


def _load(con: duckdb.DuckDBPyConnection, plain: list[PlainFile], rename: dict[str, str], *, long: bool) -> None:
    if not plain:
        con.execute(sql("schema/roh"))
        return
    set_variables(con, dateien=[one_file(file.path) for file in plain])
    absent = {"basis_text", "stichtag_text", *(() if long else ("spalte_lang", "teil"))} - set(rename.values())
    extra = "".join(f", NULL::VARCHAR AS {column}" for column in sorted(absent))
    con.execute(f"CREATE OR REPLACE TEMP TABLE roh AS SELECT *{extra} FROM ({sql('stage/roh')})")  # noqa: S608 -- two fixed names


def _written(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run an INSERT and return how many rows it wrote."""
    answer = con.execute(statement).fetchone()
    return int(answer[0]) if answer else 0


def _refuse_lost_figures(con: duckdb.DuckDBPyConnection, source: Source, written: Sequence[int]) -> None:
    """Stop when the staged tables got fewer or more rows than the good rows of wide files have Merkmale.

    Raises:
        ProgramDefect: names both numbers.
    """
    counted = con.execute(
        "SELECT count(zeile_zahlen.zeile), count(*) - count(zeile_zahlen.zeile), count(raumebene) FROM zeile_gelesen "
        "ANTI JOIN zeile_verletzt USING (datei, zeile) LEFT JOIN zeile_zahlen USING (datei, zeile)"
    ).fetchone()
    at_once, by_cell, totals = counted or (0, 0, 0)
    kind = source.matrix or source.official
    merkmale = len(kind.merkmale) if kind else 0
    expected = [at_once, (by_cell - totals) * merkmale, totals * merkmale] if source.matrix else [by_cell * merkmale]
    if list(written) != expected:
        raise ProgramDefect(
            f"Source {source.id}: expected {sum(expected)} rows in the staged tables from the rows of its files, found "
            f"{sum(written)}. Nothing was published; please report this with the files."
        )


def _reconciled(
    con: duckdb.DuckDBPyConnection, lieferungen: Sequence[Lieferung], files: Sequence[PlainFile]
) -> dict[str, Reconciliation]:
    """Return what became of every row of every file: taken over, quarantined, or dropped by a named rule."""
    bad = dict(con.execute("SELECT datei, count(*) FROM zeile_verletzt GROUP BY datei").fetchall())
    found = con.execute(
        "SELECT datei, count(*), "
        "count_if(raum_id IS NULL AND getvariable('ebene_der_namen') IS NULL "
        "AND coalesce(length(basis_id) > length(kennung_im_text(basis_text)), FALSE)), "
        "string_agg(DISTINCT stichtag::VARCHAR, ',') "
        "FROM zeile_gelesen ANTI JOIN zeile_verletzt USING (datei, zeile) GROUP BY datei"
    ).fetchall()
    good = {name: (rows, padded, sorted((dates or "").split(","))) for name, rows, padded, dates in found}
    reconciled = {}
    for one, file in zip(lieferungen, files, strict=True):
        rows, padded, dates = good.get(one.name, (0, 0, [""]))
        reconciled[one.name] = Reconciliation(one, file.rows, rows, bad.get(one.name, 0), file.left_out, padded, dates)
    return reconciled
