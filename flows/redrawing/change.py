"""What changed in the Sozialräume of today since their cut was made: their character, and their buildings.

The same base units are counted at both dates, so that nothing here is an estimate. A change of character is measured
beside the city's own change, in standard deviations of today's Sozialräume, and less what chance makes of it:

    C2 = sum_t w_t (d_t^2 - v_t),    d_t = (change of the unit - change of the city) / sd_t

with v_t the chance in d_t. Its lower end follows from the variance of a sum of squares of normal numbers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import set_variables, sql
from flows.redrawing.city_ground import CityGround
from flows.redrawing.ground import Flags, Floats, sums
from flows.redrawing.heterogeneity import Noise, by_unit, unit_rates
from flows.redrawing.pooled_counts import counted_at, known_at, pooled_days, trait_counts

DWELLINGS = "wohnungen"
_ONE_SIDED = 1.645


@dataclass(frozen=True)
class Change:
    """What units (u) and base units (n) were when the cut was made."""

    stichtag: dt.date
    pooled: tuple[dt.date, ...]
    rates: Floats
    """Shape (u, k): the traits then; NaN where there was nobody."""
    moved: Floats
    """Shape (u,): how far the character moved beside the city's; NaN where it cannot be judged."""
    surely: Floats
    """Its lower end."""
    residents: Floats
    """Shape (u,): residents then."""
    dwellings: Floats
    """Shape (u,): dwellings then, of base units where they are known at both dates; NaN where they are of none."""
    come: Floats
    """Shape (u,): dwellings that came, added over these base units."""
    gone: Floats
    new: Flags
    """Shape (n,): base units with dwellings or residents now, and none then, as far as both are known at both dates.

    Where dwellings are compared nowhere, residents alone say it.
    """
    vanished: Flags


def made_on(con: duckdb.DuckDBPyConnection, ground: CityGround) -> dt.date | None:
    """Return the Stichtag by which the cut was made: the last before it, or else the first; None if that is today's."""
    set_variables(con, zuschnitt=ground.zuschnitt)
    rows = con.execute(
        "SELECT DISTINCT zaehlung.stichtag, zuschnitt.gueltig_ab FROM stage.zaehlung INNER JOIN katalog.zuschnitt "
        "ON zaehlung.basis = zuschnitt.basis AND zuschnitt.zuschnitt = getvariable('zuschnitt') "
        "WHERE zaehlung.merkmal = 'einwohner' ORDER BY 1"
    ).fetchall()
    before = [day for day, since in rows if day <= since]
    since = [day for day, _ in rows]
    found: dt.date = before[-1] if before else since[0]
    return found if found < ground.stichtag else None


def change(con: duckdb.DuckDBPyConnection, ground: CityGround, years: int, by_chance: Noise) -> Change | None:
    """Return what changed since the cut was made; None where nothing was counted then."""
    day = made_on(con, ground)
    if day is None:
        return None
    position = {name: place for place, members in enumerate(ground.members) for name in members}
    homes_now, people_now = (known_at(con, each, position, ground.stichtag) for each in (DWELLINGS, "einwohner"))
    days = pooled_days(con, day, ground.zuschnitt, years)
    set_variables(con, stichtage=[str(each) for each in days])
    for table in ("grund_merkmal", "grund_indikator"):
        con.execute(f"CREATE OR REPLACE TABLE {table} AS {sql(f'redrawing/{table}')}")
    numerators, denominators = trait_counts(con, position, [trait.id for trait in ground.traits])
    homes_then, people_then = (known_at(con, each, position, day) for each in (DWELLINGS, "einwohner"))
    residents = sums(ground.today, counted_at(con, "einwohner", position, day), len(ground.units))
    with np.errstate(invalid="ignore", divide="ignore"):
        then = by_unit(numerators, ground) / by_unit(denominators, ground)
        city_then = numerators.sum(axis=0) / denominators.sum(axis=0)
        city_now = ground.numerators.sum(axis=0) / ground.denominators.sum(axis=0)
    moved, surely = _moved(
        ground,
        then,
        city_now - city_then,
        by_unit(denominators, ground),
        by_unit(ground.denominators, ground),
        by_chance,
    )
    stock, come, gone = _dwellings(ground, homes_then, homes_now)
    compared = np.isfinite(homes_then) & np.isfinite(homes_now)
    judged = np.isfinite(people_then) & np.isfinite(people_now) & (compared | ~compared.any())
    before = (people_then > 0) | compared & (homes_then > 0)
    now = (people_now > 0) | compared & (homes_now > 0)
    return Change(
        day, tuple(days), then, moved, surely, residents, stock, come, gone, judged & now & ~before,
        judged & before & ~now,
    )  # fmt: skip


def _dwellings(ground: CityGround, then: Floats, now: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the dwellings of units then, and those that came and went, of base units where they are known twice."""
    known = np.isfinite(then) & np.isfinite(now)
    none = sums(ground.today, known.astype(np.float64), len(ground.units)) == 0
    counts = (then, np.maximum(now - then, 0), np.maximum(then - now, 0))
    stock, come, gone = (
        np.where(none, np.nan, sums(ground.today, np.where(known, each, 0), len(ground.units))) for each in counts
    )
    return stock, come, gone


def _moved(
    ground: CityGround, then: Floats, of_city: Floats, people_then: Floats, people_now: Floats, by_chance: Noise
) -> tuple[Floats, Floats]:
    now, weights = unit_rates(ground), np.array([trait.weight for trait in ground.traits])
    if len(now) < 2:  # nothing to measure a change by
        return np.full(len(now), np.nan), np.full(len(now), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.nanstd(now, axis=0)
        distance = (now - then - of_city) / deviation
        chance = (by_chance.of(now) / people_now + by_chance.of(then) / people_then) / deviation**2
    known = np.isfinite(distance) & np.isfinite(chance)
    squares = (weights * np.where(known, distance**2 - chance, 0)).sum(axis=1)
    variance = (weights**2 * np.where(known, 2 * chance**2 + 4 * np.maximum(distance**2 - chance, 0) * chance, 0)).sum(
        axis=1
    )
    judged = known.any(axis=1)
    lower = squares - _ONE_SIDED * np.sqrt(variance)
    return (
        np.where(judged, np.sqrt(np.maximum(squares, 0)), np.nan),
        np.where(judged, np.sqrt(np.maximum(lower, 0)), np.nan),
    )
