"""What to say when no row came through: which rows are in quarantine and why, not that there is none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from flows.base.errors import ContractBroken
from flows.base.visible import visible
from flows.profile.load import Profile
from flows.profile.source import Source


def refuse_nothing(
    con: duckdb.DuckDBPyConnection, profile: Profile, files: int, run: Path, until: dt.date | None
) -> None:
    """Stop where neither a count nor an official total was staged.

    Raises:
        ContractBroken: says how many rows are in quarantine, and of the first one the line, the rule and, where it is a
            unit's id or a day, what stands there.
    """
    if con.execute("SELECT 1 WHERE EXISTS (FROM stage.zaehlung) OR EXISTS (FROM stage.amtlich)").fetchone():
        return
    found = f"found no row up to {until or 'today'} in {files} files"
    first = con.execute(
        "SELECT quelle, datei, zeile, spalte, wert, regel, (SELECT count(*) FROM stage.quarantaene), "
        "(SELECT sum(zeilen) FROM stage.datei SEMI JOIN stage.quarantaene USING (quelle)) "
        "FROM stage.quarantaene ORDER BY quelle, datei, zeile LIMIT 1"
    ).fetchone()
    where, advice = "", "Is the Stichtag right, are the files those of sources.toml?"
    if first:
        source, name, line, column, value, rule, bad, rows = first
        given = next(one for one in profile.sources if one.id == source)
        shown = f": {visible(value or '')}" if _is_harmless(given, column) else ""
        found = (
            f"found {bad} of {rows} rows in quarantine and no other. The first: source {source}, file {name}, line "
            f"{line}, column {column}{shown}, expected {rule}{_as_declared(profile, given, rule)}"
        )
        where = f"Source {source}, file {name}, line {line}"
        advice = f"Correct the contract in sources.toml, or ask the supplier; all rows are in {run / 'quarantine.csv'}."
    raise ContractBroken(
        f"{profile.city.id}: expected counts of residents, or official totals, {found}. {advice}", code="FS-CONTRACT-17"
    ).at(where)


def _is_harmless(source: Source, column: str | None) -> bool:
    """Say whether the text of a column tells of nobody: a unit's id or a day, not a count, and nothing of a person."""
    named = {source.matrix.unit if source.matrix else None, source.stichtag.column if source.stichtag else None}
    return source.kind != "register" and column in named - {None}


def _as_declared(profile: Profile, source: Source, rule: str) -> str:
    if rule.startswith("a Stichtag in the format") and source.stichtag:
        return f" ({source.stichtag.format})"
    if rule.startswith("the id of a base unit"):
        return f" ({' or '.join(sorted({base.id_pattern for base in profile.city.base.values()}))})"
    return ""
