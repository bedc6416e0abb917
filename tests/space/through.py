"""Counts taken through keys by the SQL that publishes them, on tables as small as a test wants them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb
import numpy as np

from flows.base.db import insert, sql
from flows.space.estimate import KEY_TABLE, RESIDENTS, STRIP_TABLE, Estimated, Strips, write_keys
from flows.space.umsteigeschluessel import Method, Schluessel, key_of
from flows.space.uncertainty import SPREADS, Spread

DAY = dt.date(2020, 12, 31)
STEPS = (
    "schaetzung_teil", "schaetzung_wert", "schaetzung_ziel", "schaetzung_streifen", "schaetzung_spanne",
    "merkmal_geschaetzt",
)  # fmt: skip
TABLES = (
    KEY_TABLE,
    STRIP_TABLE,
    "CREATE SCHEMA IF NOT EXISTS katalog",
    "CREATE OR REPLACE TABLE katalog.raumebene AS SELECT 'sozialraum' AS raumebene, 'base' AS zugehoerigkeit",
    "CREATE OR REPLACE TABLE katalog.methode AS FROM (VALUES "
    + ", ".join(f"({method + 1}, '{method.word}')" for method in Method)
    + ") AS v (rang, methode)",
    "CREATE OR REPLACE TABLE zu_schaetzen (stichtag DATE, von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR)",
    "CREATE OR REPLACE TABLE schaetzung_ebene (nach_zuschnitt VARCHAR, raumebene VARCHAR, ziel_ebene VARCHAR)",
    "CREATE OR REPLACE TABLE merkmal_raum (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, "
    "merkmal VARCHAR, wert DOUBLE, teile BIGINT, teile_unbekannt BIGINT, unbekannte VARCHAR[])",
    sql("schema/fehler"),
)


class Figure(NamedTuple):
    """A Merkmal of a new unit as it is published, and the estimate before it was rounded."""

    wert: float
    untergrenze: float
    obergrenze: float
    mindestens: float
    hoechstens: float
    methode: str
    genau: float


@dataclass(frozen=True)
class Case:
    """A key, the counts that go through it, and how sure it is."""

    key: Schluessel
    counts: Mapping[str, float]
    years: float = 1.0
    """Between the counts and those that the key was fitted to."""
    spreads: Mapping[Method, Spread] | None = None
    lent: bool = False
    """The counts are of a Merkmal without a key of its own."""
    strips: Strips = field(default_factory=dict)
    """Between lines that count as the same."""


def estimate(con: duckdb.DuckDBPyConnection) -> None:
    """Run the files of sql/transform that take counts through keys."""
    for step in STEPS:
        con.execute(f"CREATE OR REPLACE TABLE {step} AS {sql(f'transform/{step}')}")


def published(con: duckdb.DuckDBPyConnection, cases: Sequence[Case]) -> list[dict[str, Figure]]:
    """Return the figures of the new units for each case; `con` has the spatial extension and is overwritten."""
    con.execute(
        "CREATE OR REPLACE TABLE raum (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, geometrie BLOB, "
        "eltern MAP(VARCHAR, VARCHAR), "
        "flaeche_km2 DOUBLE GENERATED ALWAYS AS (st_area(st_geomfromwkb(geometrie)) / 1e6))"
    )
    for statement in TABLES:
        con.execute(statement)
    for number, case in enumerate(cases):
        links = case.key.links
        known = Estimated(
            keys={RESIDENTS: case.key}, stichtag=DAY, near=DAY - dt.timedelta(days=round(case.years * 365.25)),
            findings={}, spreads={RESIDENTS: {**SPREADS, **(case.spreads or {})}},
            counts={RESIDENTS: links.counts_of_old(case.counts)}, strips=case.strips,
        )  # fmt: skip
        write_keys(con, known, f"old {number}", f"new {number}", "sozialraum")
    insert(
        con, "merkmal_raum",
        [{"zuschnitt": f"old {number}", "raumebene": "sozialraum", "raum_id": unit, "stichtag": DAY.isoformat(),
          "merkmal": "anderes" if case.lent else RESIDENTS, "wert": float(count), "teile": 1, "teile_unbekannt": 0}
         for number, case in enumerate(cases) for unit, count in case.counts.items()],
    )  # fmt: skip
    con.execute(
        "INSERT INTO zu_schaetzen SELECT DISTINCT stichtag, zuschnitt, 'new' || zuschnitt[4:] FROM merkmal_raum"
    )
    con.execute(
        "INSERT INTO raum SELECT DISTINCT nach_zuschnitt, raumebene, nach_id, NULL, MAP {} FROM schluessel_geschaetzt"
    )
    estimate(con)
    found: list[dict[str, Figure]] = [{} for _ in cases]
    for zuschnitt, unit, *figure in con.execute(
        "SELECT zuschnitt, raum_id, wert, untergrenze, obergrenze, geschaetzt.mindestens, geschaetzt.hoechstens, "
        "geschaetzt.methode, genau FROM merkmal_geschaetzt AS geschaetzt "
        "INNER JOIN schaetzung_spanne USING (zuschnitt, raumebene, raum_id, stichtag, merkmal) ORDER BY ALL"
    ).fetchall():
        found[int(zuschnitt.removeprefix("new "))][unit] = Figure(*figure)
    return found


def lost(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Return what the blocking check on totals finds after :func:`published`."""
    con.execute("CREATE OR REPLACE TABLE _ebene AS SELECT 'sozialraum' AS feinste")
    return con.execute(sql("check/schaetzung_summe")).fetchall()


def counts(figures: Mapping[str, Figure]) -> dict[str, float]:
    """Return the published count of each unit."""
    return {unit: figure.wert for unit, figure in figures.items()}


def coverage(judged: Iterable[tuple[Mapping[str, Figure], Mapping[str, float]]]) -> tuple[float, int]:
    """Return the share of the estimated figures whose truth lies in the published interval, and how many there are."""
    inside = [
        figure.untergrenze - 1e-6 <= truth.get(unit, 0.0) <= figure.obergrenze + 1e-6
        for figures, truth in judged
        for unit, figure in figures.items()
        if figure.methode != "exact"
    ]
    return float(np.mean(inside)), len(inside)


def key_from_flows(flows: Mapping[tuple[str, str], float], method: Method = Method.EXACT) -> Schluessel:
    """Return the key that shares each old unit as `flows` do; one without any is shared equally."""
    total: dict[str, float] = {}
    parts: dict[str, int] = {}
    for (old, _), people in flows.items():
        total[old], parts[old] = total.get(old, 0.0) + people, parts.get(old, 0) + 1
    shares = {(i, j): n / total[i] if total[i] else 1 / parts[i] for (i, j), n in flows.items()}
    return key_of(shares, method)
