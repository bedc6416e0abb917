"""What each Baublockseite is like: rich or poor, old or new, dense or green, and what becomes of it.

The pattern is smooth in space, as in a real city: a gradient from the market place, two landscapes of
standing, and on it the things that planners must see: new building areas, an estate that is pulled down,
parks, a harbour without residents, and homes for the old.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.musterstadt.districts import Districts
from flows.musterstadt.random_numbers import Flags, Ints, random_numbers, ranked, relief, whole
from flows.musterstadt.street_plan import StreetPlan

ALWAYS, FOREVER = 0, 9999
NEW_AREA_YEARS = (2018, 2019, 2021, 2022, 2023)
"""First Stichtag of each new building area; the one of 2021 is a Sozialraum of its own."""
ESTATE_YEARS = (2019, 2020, 2021)
"""The estate is emptied in three steps; emptied houses are listed once more and then are gone."""


@dataclass(frozen=True)
class Quarters:
    """One entry per Baublockseite."""

    standing: Ints
    """0 poorest to 999 richest surroundings."""
    distance: Ints
    """0 market place to 999 rim."""
    density: Ints
    """Weight of its share in the city's dwellings; 0 where nobody lives."""
    own_houses: Ints
    """Per cent of dwellings in one- and two-family houses."""
    before_1949: Ints
    """Per cent of the oldest dwellings."""
    subsidised: Ints
    """Per cent of subsidised dwellings at the first Stichtag."""
    first_year: Ints
    """First Stichtag on which it is listed (ALWAYS where it was always there)."""
    emptied: Ints
    """Year in which its residents must leave (FOREVER where they stay)."""
    beds: Ints
    """Places in a home for the old."""
    harbour: int
    """The Sozialraum without residents."""
    new_area: int
    """The Sozialraum that is built after the redraw."""
    estate: int
    """The Sozialraum of the estate that is pulled down."""

    def listed(self, year: int) -> Flags:
        """The Baublockseiten that exist on 31.12. of a year."""
        return (self.first_year <= year) & (year <= self.emptied)


def quarters(plan: StreetPlan, areas: Districts, einwohner: int, seed: int) -> Quarters:
    """Give every Baublockseite its character."""
    rng = random_numbers(seed, "quarters")
    block = plan.side_block
    n = block.size
    u = plan.column[block] / (plan.column.max() + 1)
    v = plan.row[block] / (plan.row.max() + 1)
    distance = plan.distance[block]

    standing = ranked(
        relief(rng, u, v, 3) * 0.9 + relief(rng, u, v, 7) * 0.5 + distance * 0.0005 + rng.random(n) * 0.12
    )
    age = ranked(relief(rng, u, v, 5) * 0.5 - distance * 0.0009 + rng.random(n) * 0.1)
    height = np.clip(150 - distance // 9 - standing // 20 + whole(rng, -18, 18, n), 18, None)
    own_houses = np.clip(distance // 9 + standing // 25 - 55 + whole(rng, -12, 12, n), 0, 96)
    subsidised = np.clip(34 - standing // 16 + whole(rng, -9, 9, n), 0, 70)

    unit = areas.sozialraum[block]
    harbour, new_area, estate = _special_units(plan, areas, unit, standing)
    first_year = _first_years(plan, unit, distance, (harbour, new_area, estate), rng.random(n))
    in_estate = np.flatnonzero(unit == estate)
    in_estate = in_estate[: max(in_estate.size * 3 // 5, 3)]
    emptied = np.full(n, FOREVER, dtype=np.int64)
    emptied[in_estate] = np.array(ESTATE_YEARS)[np.arange(in_estate.size) * 3 // in_estate.size]

    green = (rng.random(n) < 0.035) & (first_year == ALWAYS) & (emptied == FOREVER)
    density = np.where(green | (unit == harbour), 0, height)
    density[in_estate] += 90
    own_houses[in_estate] = 0
    return Quarters(
        standing=np.where(unit == estate, standing // 4, standing),
        distance=distance,
        density=density,
        own_houses=own_houses,
        before_1949=np.where(unit == estate, 0, np.clip(age // 10 - 22, 0, 92)),
        subsidised=np.where(unit == estate, 75, subsidised),
        first_year=first_year,
        emptied=emptied,
        beds=_beds(density, first_year, emptied, einwohner, rng.random(n)),
        harbour=harbour,
        new_area=new_area,
        estate=estate,
    )


def _special_units(plan: StreetPlan, areas: Districts, unit: Ints, standing: Ints) -> tuple[int, int, int]:
    """Harbour and new area at the rim, the estate where standing is lowest; each in another Stadtteil if it can be."""
    units = int(unit.max()) + 1
    members = np.bincount(unit, minlength=units)
    rim = np.bincount(unit, weights=plan.distance[plan.side_block], minlength=units).astype(np.int64) // members
    poor = np.bincount(unit, weights=standing, minlength=units).astype(np.int64) // members
    taken: list[int] = []
    for order in (
        np.argsort(-rim, kind="stable"),
        np.argsort(-rim, kind="stable"),
        np.argsort(poor, kind="stable"),
    ):
        parents = {areas.stadtteil_of(t) for t in taken}
        free = [u for u in order.tolist() if u not in taken]
        taken.append(next((u for u in free if areas.stadtteil_of(u) not in parents), free[0]))
    return taken[0], taken[1], taken[2]


def _first_years(
    plan: StreetPlan,
    unit: Ints,
    distance: Ints,
    special: tuple[int, int, int],
    key: np.typing.NDArray[np.float64],
) -> Ints:
    """New building areas: some blocks at the edge of outer Sozialräume, and one Sozialraum as a whole.

    Only a Sozialraum of several blocks grows, so that it was there before. A small city may run out of them.
    """
    first_year = np.zeros(unit.size, dtype=np.int64)
    outer = np.unique(unit[distance > 450])
    outer = outer[~np.isin(outer, special)]
    order = [
        u for u in outer[np.argsort(key[: outer.size], kind="stable")].tolist()
        if np.unique(plan.side_block[unit == u]).size > 1
    ]  # fmt: skip
    for year in NEW_AREA_YEARS:
        if year == 2021:
            blocks = np.unique(plan.side_block[unit == special[1]])
            later = np.arange(blocks.size) * 2 // blocks.size
            for block, wait in zip(blocks.tolist(), later.tolist(), strict=True):
                first_year[plan.side_block == block] = year + wait
            continue
        if not order:
            continue
        members = np.flatnonzero(unit == order.pop())
        blocks = np.unique(plan.side_block[members])
        far = blocks[np.argsort(-plan.distance[blocks], kind="stable")][: max(blocks.size // 3, 1)]
        first_year[np.isin(plan.side_block, far)] = year
    return first_year


def _beds(density: Ints, first_year: Ints, emptied: Ints, einwohner: int, key: np.typing.NDArray[np.float64]) -> Ints:
    """Homes for the old: about one place for a hundred residents, 40 to 120 in a house."""
    beds = np.zeros(density.size, dtype=np.int64)
    fit = np.flatnonzero((density > 0) & (first_year == ALWAYS) & (emptied == FOREVER))
    fit = fit[np.argsort(key[fit], kind="stable")]
    homes = fit[: max(einwohner // 8_000, 1)]
    beds[homes] = 40 + (key[homes] * 10_000).astype(np.int64) % 81
    return beds
