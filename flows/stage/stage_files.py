"""Station stage: every Lieferung into the typed tables of the working database."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.base.db import create_stage, literal, set_variables
from flows.base.errors import ContractBroken, FortschreibungError
from flows.base.home import limits
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.catalogue import write_catalogue
from flows.stage.count_tables import stage_table
from flows.stage.kept_results import KeptResults
from flows.stage.register import stage_register
from flows.stage.shown_files import show
from flows.stage.space import space_files, stage_space

FIGURES = ("register", "matrix", "official")
"""The kinds of sources that bring figures; the others describe space."""

_UNREADABLE = (duckdb.DataError, duckdb.InvalidInputException, duckdb.IntegrityError, duckdb.IOException)


def stage(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    lieferungen: list[Lieferung],
    landing: Path,
    run: Path,
    *,
    until: dt.date | None = None,
    kept: KeptResults | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Create and fill the schemas katalog and stage; rows later than `until` are left out as asked for.

    Files whose result is `kept` are not read; without it every file is, and nothing is kept.

    Raises:
        ContractBroken: a file is not of its dialect or its columns not those of its contract.
        ConfigError: a registered correction no longer matches.
    """
    write_catalogue(con, profile, until)
    create_stage(con)
    delivered = [(source, [one for one in lieferungen if one.source == source.id]) for source in profile.sources]
    if kept:
        kept.in_use(delivered, space_files(profile, lieferungen))
    figures = [(source, own) for source, own in delivered if own and source.kind in FIGURES]
    if any(own for source, own in delivered if source.kind not in FIGURES):
        _stage_space(con, profile, lieferungen, landing, run, kept)
        progress("space")
    for source, own in (each for each in figures if each[0].kind == "register"):
        _stage_one(con, profile, source, own, landing, run, kept=kept)
        progress(f"{source.id}: {len(own)} files")
    tables = [each for each in figures if each[0].kind != "register"]
    with _side_by_side(con, len(tables)) as pool:
        under_way = [
            pool.submit(_stage_one, con.cursor(), profile, source, own, landing, run, kept=kept)
            for source, own in tables
        ]
        for (source, own), staged in zip(tables, under_way, strict=True):
            staged.result()
            progress(f"{source.id}: {len(own)} files")
    if until is not None:
        set_variables(con, bis=until.isoformat())
        for table in (
            "zaehlung_reihe",
            "reihe_datei",
            "zaehlung_einzeln",
            "kontrollsumme",
            "ungewiss",
            "entfallen_einheit",
            "amtlich",
        ):
            con.execute(f"DELETE FROM stage.{table} WHERE stichtag > getvariable('bis')::DATE")  # noqa: S608
    show(con, until)
    _write_quarantine(con, run)
    if kept:
        kept.sweep()


@contextmanager
def _side_by_side(con: duckdb.DuckDBPyConnection, sources: int) -> Iterator[ThreadPoolExecutor]:
    """Give each of so many sources a thread of its own, and DuckDB what is left for each of them.

    Tables are many small files: one thread for each source is faster than several for one after the other.
    """
    threads = limits().threads
    con.execute(f"SET threads = {max(1, threads // max(1, sources))}")
    try:
        with ThreadPoolExecutor(threads) as pool:
            yield pool
    finally:
        con.execute(f"SET threads = {threads}")


def _stage_space(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    lieferungen: list[Lieferung],
    landing: Path,
    run: Path,
    kept: KeptResults | None = None,
) -> None:
    try:
        stage_space(con, profile, lieferungen, landing, run, kept)
    except _UNREADABLE as problem:
        names = ", ".join(source.id for source in profile.sources if source.drawn)
        raise ContractBroken(
            f"Sources {names}: expected outlines in the coordinate system that sources.toml names, found others: "
            f"{str(problem).splitlines()[0]}. Correct `crs`, or ask the supplier for the file again.",
            code="FS-CONTRACT-11",
        ).at(f"Sources {names}") from problem


def _stage_one(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    source: Source,
    own: list[Lieferung],
    landing: Path,
    run: Path,
    *,
    kept: KeptResults | None = None,
) -> None:
    try:
        if source.kind == "register":
            stage_register(con, source, own, landing, run, kept=kept)
        else:
            stage_table(con, source, own, landing, run, profile.corrections, kept=kept)
    except FortschreibungError as problem:
        problem.within(f"Source {source.id}")
        raise
    except _UNREADABLE as problem:
        names = ", ".join(one.name for one in own[:3]) + (" ..." if len(own) > 3 else "")
        raise ContractBroken(
            f"Source {source.id}: expected files as sources.toml describes them, found that {names} cannot be read: "
            f"{str(problem).splitlines()[0]}",
            code="FS-CONTRACT-02",
        ).at(f"Source {source.id}, {names}") from problem


def _write_quarantine(con: duckdb.DuckDBPyConnection, run: Path) -> None:
    """Keep what was set aside as quarantine.csv and, where there is any, as quarantine.duckdb."""
    rows = con.execute(
        "SELECT quelle, datei, zeile, spalte, wert, regel FROM stage.quarantaene ORDER BY ALL"
    ).fetchall()
    with (run / "quarantine.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["quelle", "datei", "zeile", "spalte", "wert", "regel"])
        out.writerows(rows)
    database = run / "quarantine.duckdb"
    database.unlink(missing_ok=True)
    if rows:
        con.execute(f"ATTACH {literal(str(database))} AS kept (STORAGE_VERSION 'v1.0.0')")
        con.execute("CREATE TABLE kept.quarantaene AS FROM stage.quarantaene ORDER BY ALL")
        con.execute("DETACH kept")
