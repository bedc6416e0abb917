"""Stages register extracts of one row per person: counted by base unit while they are read, never stored.

A file is read in one of two ways, with one contract (flows.stage.register_contract): by its bytes, where these prove
that every line is a row (flows.stage.read.register_bytes), else row by row (flows.stage.read.register_rows). Either
sets bad rows aside with line, column and rule, without reading the file again.

That no person is lost is proved by counting twice. How many rows a file holds is counted in its line breaks (or, row by
row, in its line numbers); how many were taken over are the persons of its base units, after all sums were made. Rows in
the file = persons taken over + rows in quarantine + blank rows; and all persons must stand in stage.zaehlung_reihe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import duckdb
import numpy as np

from flows.base.db import insert, set_variables, sql
from flows.base.errors import ContractBroken, ProgramDefect
from flows.base.home import limits
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.expected_columns import refuse_other_columns
from flows.stage.file_rows import FileRows
from flows.stage.kept_results import KeptResults
from flows.stage.read.normalise import refuse_no_row, unpacked
from flows.stage.read.plain_path import plain_path
from flows.stage.read.register_bytes import NotProved, can_be_proved, columns_of_first_line, count_bytes
from flows.stage.read.register_rows import count_rows
from flows.stage.read.text import refuse_wrong_mark
from flows.stage.reconciliation import Reconciliation, write_reconciliations
from flows.stage.register_contract import RegisterContract, register_contract
from flows.stage.register_counts import RegisterCounts
from flows.stage.register_merkmale import REGISTER_MERKMALE

_BETWEEN = "\x1f"  # ids


def stage_register(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
    *,
    kept: KeptResults | None = None,
) -> None:
    """Count all extracts of a register source into stage.zaehlung_reihe, bad rows into stage.quarantaene.

    Files whose result is `kept` are not read.

    Raises:
        ContractBroken: a file is not of its dialect, its columns are not those of the contract, or two files hold
            persons of one base unit at one Stichtag.
    """
    folder = run / "plain" / source.id
    folder.mkdir(parents=True, exist_ok=True)

    def counted(one: Lieferung) -> RegisterCounts:
        dialect = source.as_written_in(one.name).dialect
        path = unpacked(one.path_in(landing), one.name, dialect, plain_path(folder, one.name, ".unpacked"))
        with con.cursor() as cursor:
            return count_register(path, one.name, register_contract(cursor, source))

    set_variables(con, quelle=source.id)
    rows = FileRows(con, source, kept)
    reconciled = rows.load_kept(lieferungen)
    new = [one for one in lieferungen if one.name not in reconciled]
    with ThreadPoolExecutor(limits().threads) as pool:
        for one, counts in zip(new, pool.map(counted, new), strict=True):
            _insert_counts(con, one.name, counts)
            _insert_bad_rows(con, source, one.name, counts)
            reconciled[one.name] = _reconciled(con, one, counts)
    _refuse_counted_twice(con, source)
    rows.keep(new, reconciled)
    rows.join()
    _refuse_lost_persons(con, source, rows, reconciled)
    write_reconciliations(con, source, [reconciled[one.name] for one in lieferungen])


def count_register(path: Path, name: str, contract: RegisterContract) -> RegisterCounts:
    """Count the persons of one file (called `name` by its source) and note its bad rows; nothing else is looked at.

    Raises:
        ContractBroken: the file is not of its dialect, its columns are not those of the contract, or it has no row.
    """
    written = contract.source.as_written_in(name)
    ignored = [*contract.ignored, *written.ignored_here]

    def refuse_others(columns: Sequence[str]) -> None:
        refuse_other_columns(contract.source.id, name, columns, list(contract.columns.values()), ignored)

    counts, header_line = None, 1
    if can_be_proved(written.dialect):
        refuse_wrong_mark(path, name, written.dialect)
        with suppress(NotProved):
            columns = columns_of_first_line(path, name, written.dialect, written.renamed)
            refuse_others(columns)
            counts = count_bytes(path, written.dialect, columns, contract)
    if counts is None:
        header_line, counts = count_rows(path, name, written, contract, refuse_others)
    refuse_no_row(name, header_line, counts.held, counts.held - sum(counts.left_out.values()))
    return counts


def _insert_counts(con: duckdb.DuckDBPyConnection, name: str, counts: RegisterCounts) -> None:
    """Append the counts of a file to those of flows.stage.file_rows.

    DuckDB takes arrays of numbers as they are; for texts in an array it would import pandas.
    """
    merkmale = [f"merkmal_{place}" for place in range(len(REGISTER_MERKMALE))]
    for day, units, figures in counts.by_day():
        set_variables(con, datei=name, stichtag=day.tag, basis=day.basis, einheiten=_BETWEEN.join(units))
        columns = dict(zip(merkmale, np.ascontiguousarray(figures.T), strict=True))
        con.register("register_spalten", {"nummer": np.arange(1, len(units) + 1), **columns})
        con.execute(
            "CREATE OR REPLACE TEMP VIEW register_zahl AS "  # noqa: S608 -- our own names
            f"SELECT nummer, [{', '.join(merkmale)}] AS werte FROM register_spalten"
        )
        con.execute(f"INSERT INTO je_datei_zaehlung_reihe BY NAME {sql('stage/register_gezaehlt')}")
        con.unregister("register_spalten")


def _insert_bad_rows(con: duckdb.DuckDBPyConnection, source: Source, name: str, counts: RegisterCounts) -> None:
    """Set the bad rows of a file aside; of the base units that they name every Merkmal is unknown."""
    insert(
        con, "je_datei_quarantaene",
        [{"quelle": source.id, "datei": name, "zeile": bad.line, "spalte": bad.column, "wert": bad.value,
          "regel": bad.rule} for bad in counts.bad],
    )  # fmt: skip
    insert(
        con, "je_datei_ungewiss",
        [{"quelle": source.id, "datei": name, "stichtag": tag, "basis": basis, "basis_id": unit, "merkmal": merkmal}
         for tag, basis, unit in sorted(counts.unknown) for merkmal in REGISTER_MERKMALE],
    )  # fmt: skip


def _reconciled(con: duckdb.DuckDBPyConnection, lieferung: Lieferung, counts: RegisterCounts) -> Reconciliation:
    """Return what became of every row of a file: `held` was counted in the file, the others in its staged rows."""
    set_variables(con, datei=lieferung.name)
    staged = con.execute(
        "SELECT coalesce(sum(werte[1]), 0), string_agg(DISTINCT stichtag::VARCHAR, ',') "
        "FROM je_datei_zaehlung_reihe WHERE datei = getvariable('datei')"
    ).fetchone()
    bad = con.execute("SELECT count(*) FROM je_datei_quarantaene WHERE datei = getvariable('datei')").fetchone()
    persons, days = staged or (0, None)
    return Reconciliation(
        lieferung, counts.held, int(persons), int(bad[0]) if bad else 0, counts.left_out,
        stichtage=sorted((days or "").split(",")),
    )  # fmt: skip


def _refuse_counted_twice(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Stop when two extracts hold persons of one base unit at one Stichtag: they would be counted twice.

    Raises:
        ContractBroken: names the files, and a unit and Stichtag that both hold.
    """
    twice = con.execute(sql("stage/register_doppelt")).fetchone()
    if twice:
        unit, stichtag, files = twice
        raise ContractBroken(
            f"Source {source.id}: expected each base unit and Stichtag in one file, found {unit} at {stichtag} in "
            f"{files}. Is one of them an older edition, or misnamed? Leave one of them out.",
            code="FS-CONTRACT-15",
        )


def _refuse_lost_persons(
    con: duckdb.DuckDBPyConnection, source: Source, rows: FileRows, reconciled: Mapping[str, Reconciliation]
) -> None:
    """Stop when stage.zaehlung_reihe does not hold all persons that were counted from the files.

    A kept file that it shows need not be read for that: its bytes are those that were written.

    Raises:
        ProgramDefect: names both numbers.
    """
    counted = sum(each.staged for name, each in reconciled.items() if name not in rows.shown_as_kept)
    found = con.execute(
        f"SELECT coalesce(sum(werte[list_position(merkmale, 'einwohner')]), 0) FROM ({rows.joined}) "  # noqa: S608
        "INNER JOIN katalog.quelle_reihe USING (quelle) WHERE quelle = getvariable('quelle')"
    ).fetchone()
    staged = int(found[0]) if found else 0
    if staged != counted:
        raise ProgramDefect(
            f"Source {source.id}: expected the {counted} persons of its files in stage.zaehlung_reihe, found {staged}. "
            "Nothing was published; please report this with the files."
        )
