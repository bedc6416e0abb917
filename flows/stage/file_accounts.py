"""What became of the rows of each file, and what its source adds up to, for the person who tries a profile."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from flows.base.db import insert, sql
from flows.profile.load import Profile
from flows.profile.source import Source

RESIDENTS = "einwohner"


class Total(BaseModel):
    """What the files of a source add up to on a Stichtag, and how many units have no figure."""

    model_config = ConfigDict(frozen=True)

    stichtag: str
    value: float | None
    without: int


class FileAccount(BaseModel):
    """One file: how many of its rows were taken over, left out by which rule or quarantined, and totals by Stichtag.

    `merkmal` is the one that the totals are of: residents, or the first that the source brings. Files of one source and
    Stichtag are totalled together.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    file: str
    rows: int
    taken: int
    quarantined: int
    left_out: dict[str, int] = Field(default_factory=dict)
    stichtage: list[str] = Field(default_factory=list)
    merkmal: str | None = None
    totals: list[Total] = Field(default_factory=list)


FileAccounts = TypeAdapter(list[FileAccount])


def write_file_accounts(con: duckdb.DuckDBPyConnection, profile: Profile, target: Path) -> None:
    """Write what became of each file that was staged, as JSON; a file that was not reached is not in it."""
    with suppress(duckdb.Error):  # staging ended before the tables were there
        target.write_bytes(FileAccounts.dump_json(file_accounts(con, profile), indent=1))


def file_accounts(con: duckdb.DuckDBPyConnection, profile: Profile) -> list[FileAccount]:
    """Return what became of each staged file, in the order of the profile."""
    shown = {source.id: merkmal for source in profile.sources if (merkmal := _shown(source))}
    totals = _totals(con, shown)
    rules: dict[tuple[str, str], dict[str, int]] = {}
    for source, file, rule, rows in con.execute(
        "SELECT quelle, datei, regel, zeilen FROM stage.entfallen ORDER BY ALL"
    ).fetchall():
        rules.setdefault((source, file), {})[rule] = rows
    order = {source.id: place for place, source in enumerate(profile.sources)}
    found = con.execute(
        "SELECT quelle, datei, zeilen, uebernommen, quarantaene, stichtage FROM stage.datei ORDER BY datei"
    ).fetchall()
    return [
        FileAccount(
            source=source, file=file, rows=rows, taken=taken, quarantined=quarantined,
            left_out=rules.get((source, file), {}), stichtage=days, merkmal=shown.get(source),
            totals=[totals[source, day] for day in sorted(days) if (source, day) in totals],
        )
        for source, file, rows, taken, quarantined, days in sorted(found, key=lambda row: order[row[0]])
    ]  # fmt: skip


def _shown(source: Source) -> str | None:
    """Return the Merkmal that a source is totalled by: residents, or the first that it brings."""
    contract = source.matrix or source.official
    brought = list(contract.merkmale) if contract else []
    return RESIDENTS if RESIDENTS in brought or source.register_ else next(iter(brought), None)


def _totals(con: duckdb.DuckDBPyConnection, shown: dict[str, str]) -> dict[tuple[str, str], Total]:
    con.execute("CREATE OR REPLACE TEMP TABLE gezeigt (quelle VARCHAR, merkmal VARCHAR)")
    insert(con, "gezeigt", [{"quelle": source, "merkmal": merkmal} for source, merkmal in shown.items()])
    rows = con.execute(sql("stage/datei_summe")).fetchall()
    return {
        (source, str(day)): Total(stichtag=str(day), value=value, without=without)
        for source, day, value, without in rows
    }
