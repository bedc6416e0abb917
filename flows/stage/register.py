"""Stages register extracts of one row per person: counted by base unit while they are read, never stored.

The usual way is one pass of DuckDB over the files. Only when a row breaks the contract, or a file is in
a dialect that DuckDB does not read, is it read once more with line numbers, and the bad rows are set
aside with file, line, column and rule. Both ways go through the same SQL.

That no person is lost is proved without a second parse. On the usual way the lines of the file are counted in its
bytes: a row takes at least one line, so as many rows as lines below the header means that none is missing. Where
the two differ (empty lines, line breaks in quoted cells) the lines that begin a row are counted instead; and where
that number is not DuckDB's either, the file is read the slow way, whose rows Python's csv module counts. In the end the
persons in stage.zaehlung_reihe must be those that were counted from the files.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.db import insert, one_file, set_variables, sql
from flows.base.errors import ContractBroken, ProgramDefect
from flows.profile.dialect import Dialect
from flows.profile.source import Source
from flows.profile.source_contract import Register
from flows.pull.models import Lieferung
from flows.stage.expected_columns import refuse_other_columns
from flows.stage.read.normalise import Wanted, normalise, unpacked
from flows.stage.read.notes import BLANK
from flows.stage.read.row_counts import lines, rows_of_text
from flows.stage.read.text import refuse_wrong_mark
from flows.stage.reconciliation import Reconciliation, write_reconciliations
from flows.stage.register_merkmale import REGISTER_MERKMALE

NATIVE = ("utf-8", "utf-8-sig")


@dataclass(frozen=True)
class _Held:
    """How many persons a file holds, and how many more of its rows are blank or notes, by rule."""

    rows: int
    left_out: dict[str, int]

    @property
    def all(self) -> int:
        return self.rows + sum(self.left_out.values())


def stage_register(
    con: duckdb.DuckDBPyConnection, source: Source, lieferungen: Sequence[Lieferung], landing: Path, run: Path
) -> None:
    """Count all extracts of a register source into stage.zaehlung_reihe, bad rows into stage.quarantaene.

    Raises:
        ContractBroken: a file is not of its dialect, or its columns are not those of the contract.
    """
    contract, rule = source.register_, source.stichtag
    assert contract is not None and rule is not None  # noqa: S101, PT018 -- the model asks for both
    folder = run / "plain" / source.id
    folder.mkdir(parents=True, exist_ok=True)
    set_variables(
        con, quelle=source.id, stichtag_format=rule.format,
        geschlechter=contract.sexes, weiblich=contract.female,
        nationen=contract.nationalities, nichtdeutsch=contract.foreign,
        migrationen=contract.migrations, migriert=contract.migrant,
    )  # fmt: skip
    files = {
        one.name: unpacked(
            one.path_in(landing), one.name, source.as_written_in(one.name).dialect, folder / f"{one.name}.unpacked"
        )
        for one in lieferungen
    }
    names = _names(source, contract)
    set_variables(con, felder=list(names.values()), feld_spalten=list(names))
    held = _count_fast(con, source, contract, files)
    if held is None:
        held = _count_by_line(con, source, contract, files, folder)
    _refuse_counted_twice(con, source)
    columns = ", ".join(REGISTER_MERKMALE)
    con.execute(
        "INSERT INTO stage.zaehlung_reihe BY NAME SELECT quelle, stichtag, basis, basis_id, FALSE AS mit_zeichen, "  # noqa: S608
        f"[{columns}]::DOUBLE[] AS werte FROM ({sql('stage/register')})"
    )
    _reconcile(con, source, lieferungen, held)


_CANONICAL = ("basis_text", "stichtag_text", "alter_text", "geschlecht", "nation", "migration", "dauer_text")


def _names(source: Source, contract: Register) -> dict[str, str]:
    """Return delivered column -> the name that SQL knows it by."""
    column = source.stichtag.column if source.stichtag else None
    delivered = (
        contract.unit, column, contract.age, contract.sex, contract.nationality, contract.migration, contract.duration
    )  # fmt: skip
    return {name: canonical for name, canonical in zip(delivered, _CANONICAL, strict=True) if name}


def _count(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"CREATE OR REPLACE TEMP VIEW person AS {sql('stage/person')}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE register_gezaehlt AS {sql('stage/register_gezaehlt')}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE register_tag AS {sql('stage/register_tag')}")


def _count_fast(
    con: duckdb.DuckDBPyConnection, source: Source, contract: Register, files: dict[str, Path]
) -> dict[str, _Held] | None:
    """Count in one pass; return the rows of each file, or None: the slow way has to look at each of them."""
    dialect, names = source.dialect, _names(source, contract)
    if source.variant or dialect.header_rows > 1 or dialect.blank_headers:
        return None
    if dialect.format != "csv" or dialect.encoding not in NATIVE or dialect.preamble or dialect.footer:
        return None
    for name, path in files.items():
        refuse_wrong_mark(path, name, dialect)
    headers = {name: _header(path, dialect) for name, path in files.items()}
    if len({tuple(header) for header in headers.values()}) != 1 or not all(headers.values()):
        return None  # several, or a blank first line
    for name, header in headers.items():
        refuse_other_columns(source.id, name, header, list(names), contract.ignore)
    header = next(iter(headers.values()))
    set_variables(
        con, dateien=[one_file(path) for path in files.values()], trenner=dialect.delimiter, anfuehrung=dialect.quote,
        spalten={names.get(column, column): "VARCHAR" for column in header},
    )  # fmt: skip
    try:
        con.execute(f"CREATE OR REPLACE TEMP VIEW roh_person AS {sql('stage/roh_person')}")
        insert_paths(con, files)
        _count(con)
    except (duckdb.InvalidInputException, duckdb.DataError):
        return None
    con.execute(
        "UPDATE register_gezaehlt SET datei = datei_pfad.datei FROM datei_pfad WHERE register_gezaehlt.datei = pfad"
    )
    if con.execute(sql("stage/register_verletzt")).fetchone():
        return None
    counted = _counted(con)
    held = {name: _below_header(path, dialect.quote, counted.get(name, 0)) for name, path in files.items()}
    same = all(one.rows == counted.get(name, 0) for name, one in held.items())
    return held if same else None


def _below_header(path: Path, quote: str, counted: int) -> _Held:
    """Return what a file holds: its lines if they are as many as were `counted`, else those that begin a row."""
    below = lines(path) - 1
    if below == counted:
        return _Held(below, {})
    rows, empty = rows_of_text(path, quote)
    return _Held(rows - 1, {BLANK: empty})


def _counted(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = con.execute("SELECT datei, sum(einwohner) FROM register_gezaehlt WHERE gut GROUP BY datei").fetchall()
    return {name: int(rows) for name, rows in found}


def insert_paths(con: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> None:
    """Note which path on disk is which delivered file, for SQL to look up."""
    con.execute("CREATE OR REPLACE TEMP TABLE datei_pfad (datei VARCHAR, pfad VARCHAR)")
    insert(con, "datei_pfad", [{"datei": name, "pfad": str(path)} for name, path in files.items()])


def _count_by_line(
    con: duckdb.DuckDBPyConnection, source: Source, contract: Register, files: dict[str, Path], folder: Path
) -> dict[str, _Held]:
    """Read line by line, set bad rows aside and count the others; return the rows of each file."""
    names, plain, held = _names(source, contract), [], {}
    for name, path in files.items():
        written = source.as_written_in(name)
        ignored = [*contract.ignore, *written.ignored_here]
        file = normalise(path, name, written.dialect, folder / f"{name}.csv", Wanted(names, written.renamed, ignored))
        refuse_other_columns(source.id, name, file.columns, list(names), ignored)
        plain.append(one_file(file.path))
        held[name] = _Held(file.rows - file.dropped, file.left_out)
    set_variables(con, dateien=plain)
    con.execute(f"CREATE OR REPLACE TEMP TABLE roh_person_gelesen AS {sql('stage/roh')}")
    con.execute("CREATE OR REPLACE TEMP VIEW roh_person AS SELECT * FROM roh_person_gelesen")
    con.execute(f"CREATE OR REPLACE TEMP VIEW person AS {sql('stage/person')}")
    con.execute(f"INSERT INTO stage.quarantaene BY NAME {sql('stage/person_verletzt')}")
    con.execute(f"INSERT INTO stage.ungewiss BY NAME {sql('stage/person_ungewiss')}")
    con.execute(
        "CREATE OR REPLACE TEMP VIEW roh_person AS SELECT * FROM roh_person_gelesen "
        "ANTI JOIN (SELECT datei, zeile::VARCHAR AS zeile FROM stage.quarantaene "
        "WHERE quelle = getvariable('quelle')) USING (datei, zeile)"
    )
    _count(con)
    return held


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
            f"{files}. Is one of them an older edition, or misnamed? Leave one of them out."
        )


def _header(path: Path, dialect: Dialect) -> list[str]:
    """Return the columns of a file as the first row names them; what is no header shows when it is compared."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(
            file, delimiter=dialect.delimiter, quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        )  # fmt: skip
        with suppress(csv.Error):
            return [column.strip() for column in next(rows, [])]
    return []


def _reconcile(
    con: duckdb.DuckDBPyConnection, source: Source, lieferungen: Sequence[Lieferung], held: dict[str, _Held]
) -> None:
    """Write what became of every row of every file; `held` is how many each has."""
    good, bad = (
        _counted(con),
        dict(
            con.execute(
                "SELECT datei, count(*) FROM stage.quarantaene WHERE quelle = getvariable('quelle') GROUP BY datei"
            ).fetchall()
        ),
    )
    days = dict(
        con.execute(
            "SELECT datei, string_agg(DISTINCT tag::VARCHAR, ',') FROM register_gezaehlt "
            "INNER JOIN register_tag USING (stichtag_text) WHERE gut GROUP BY datei"
        ).fetchall()
    )
    for one in lieferungen:
        if not held[one.name].rows:
            raise ContractBroken(f"Source {source.id}, file {one.name}: expected one row per person, found no row.")
    _refuse_lost_persons(con, source, sum(good.values()))
    write_reconciliations(
        con, source,
        [Reconciliation(one, held[one.name].all, good.get(one.name, 0), bad.get(one.name, 0), held[one.name].left_out,
                 stichtage=sorted((days.get(one.name) or "").split(","))) for one in lieferungen],
    )  # fmt: skip


def _refuse_lost_persons(con: duckdb.DuckDBPyConnection, source: Source, counted: int) -> None:
    """Stop when stage.zaehlung_reihe does not hold all persons that were counted from the files.

    Raises:
        ProgramDefect: names both numbers.
    """
    found = con.execute(
        "SELECT coalesce(sum(werte[list_position(merkmale, 'einwohner')]), 0) FROM stage.zaehlung_reihe "
        "INNER JOIN katalog.quelle_reihe USING (quelle) WHERE quelle = getvariable('quelle')"
    ).fetchone()
    staged = int(found[0]) if found else 0
    if staged != counted:
        raise ProgramDefect(
            f"Source {source.id}: expected the {counted} persons of its files in stage.zaehlung_reihe, found {staged}. "
            "Nothing was published; please report this with the files."
        )
