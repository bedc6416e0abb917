"""Counts of base units at the Stichtage that are pooled, from the tables of sql/redrawing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np

from flows.base.db import set_variables
from flows.base.years_before import years_before
from flows.redrawing.ground import Floats


def pooled_days(con: duckdb.DuckDBPyConnection, stichtag: dt.date, zuschnitt: str, years: int) -> list[dt.date]:
    """Return the Stichtage to pool: `stichtag` and those a year apart before it that count the same base units."""
    set_variables(con, zuschnitt=zuschnitt)
    rows = con.execute(
        "SELECT DISTINCT stichtag FROM stage.zaehlung SEMI JOIN katalog.zuschnitt "
        "ON zaehlung.basis = zuschnitt.basis AND zuschnitt.zuschnitt = getvariable('zuschnitt') "
        "WHERE merkmal = 'einwohner'"
    ).fetchall()
    counted = {day for (day,) in rows}
    wanted = [years_before(stichtag, back) for back in range(years)]
    return [day for day in wanted if day in counted]


def counted_at(con: duckdb.DuckDBPyConnection, merkmal: str, position: Mapping[str, int], day: dt.date) -> Floats:
    """Return a Merkmal at one of the pooled Stichtage, added by position; what is unknown adds nothing."""
    counts = np.zeros(max(position.values()) + 1)
    for name, value in _values_at(con, merkmal, day):
        counts[position[name]] += value or 0
    return counts


def known_at(con: duckdb.DuckDBPyConnection, merkmal: str, position: Mapping[str, int], day: dt.date) -> Floats:
    """Return a Merkmal at one of the pooled Stichtage by position; NaN where it is unknown, or nobody counted it."""
    places = max(position.values()) + 1
    counts, counted = np.zeros(places), np.zeros(places, dtype=np.bool_)
    for name, value in _values_at(con, merkmal, day):
        counts[position[name]] += np.nan if value is None else value
        counted[position[name]] = True
    return np.where(counted, counts, np.nan)


def _values_at(con: duckdb.DuckDBPyConnection, merkmal: str, day: dt.date) -> list[tuple[str, float | None]]:
    set_variables(con, stichtag=str(day), merkmal=merkmal)
    return con.execute(
        "SELECT basis_id, wert FROM grund_merkmal "
        "WHERE merkmal = getvariable('merkmal') AND stichtag = getvariable('stichtag')::DATE ORDER BY ALL"
    ).fetchall()


def trait_counts(
    con: duckdb.DuckDBPyConnection, position: Mapping[str, int], traits: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return numerators and denominators of traits over the pooled Stichtage, added by position."""
    shape = (max(position.values()) + 1, len(traits))
    numerators, denominators = np.zeros(shape), np.zeros(shape)
    place = {name: column for column, name in enumerate(traits)}
    for name, basis_id, above, below in con.execute(
        "SELECT indikator_id, basis_id, zaehler, nenner FROM grund_indikator ORDER BY ALL"
    ).fetchall():
        if name in place:
            numerators[position[basis_id], place[name]] += above
            denominators[position[basis_id], place[name]] += below
    return numerators, denominators
