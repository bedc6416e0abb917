"""Who moves, and where to: across the city boundary, within the city, and into which dwelling.

Dwellings are few: who looks for one is matched with those that are free, the better-off with the better
address. That alone makes rich and poor quarters, as it does elsewhere.
"""

from __future__ import annotations

import numpy as np

from flows.musterstadt.households import ARRIVALS, Newcomers, new_households
from flows.musterstadt.people import Households, Residents
from flows.musterstadt.quarters import Quarters
from flows.musterstadt.random_numbers import Flags, Ints, RandomNumbers, bell, drawn, happens, ramp, tally

# Rates per 100,000 households and year, by age of the youngest adult.
LEAVING_THE_CITY = ramp(
    (18, 7_000), (24, 10_000), (29, 11_500), (37, 9_000), (48, 3_900), (58, 2_300), (66, 1_300), (85, 900)
)
MOVING_WITHIN = ramp((18, 9_000), (27, 15_500), (38, 8_800), (50, 4_400), (65, 2_100), (85, 1_200))
FOREIGN_PERCENT_OF_ARRIVALS = {2014: 34, 2015: 46, 2016: 43, 2017: 38, 2022: 50, 2023: 42, 2024: 38}


def leaving_the_city(residents: Residents, year: int, rng: RandomNumbers) -> Flags:
    """Households that leave the city; foreigners and the young more often, in 2020 fewer."""
    people = residents.people
    foreign = residents.count_in_household(people.foreign) > 0
    rate = LEAVING_THE_CITY[residents.youngest_adult(year)]
    rate = np.where(foreign, rate * 14 // 10, rate)
    return happens(rng, rate * 9 // 10 if year == 2020 else rate)


def moving_within(residents: Residents, year: int, quarters: Quarters, rng: RandomNumbers) -> Flags:
    """Households that look for another dwelling; all of them where the estate is emptied this year."""
    willing = happens(rng, MOVING_WITHIN[residents.youngest_adult(year)])
    side = residents.households.side
    return willing | (quarters.emptied[side] <= year)


def arrivals(wanted: int, year: int, rng: RandomNumbers) -> Residents:
    """Households from outside with about `wanted` people in them."""
    percent = FOREIGN_PERCENT_OF_ARRIVALS.get(year, 34)
    mix = list(ARRIVALS)
    if year in (2015, 2016):
        mix[0] += 150
    if year == 2022:
        mix[8] += 90
        mix[9] += 70
    who = Newcomers(mix=tuple(mix), foreign_percent=percent, migrant_percent=12, settled=False)
    crowd = new_households(rng, max(wanted, 0), year, who)
    inside = np.flatnonzero(np.arange(len(crowd.people)) < wanted)
    households = int(crowd.people.household[inside[-1]]) if inside.size else 0
    return first_households(crowd, households)


def first_households(crowd: Residents, number: int) -> Residents:
    """The first `number` households of a crowd, and the people in them."""
    people = crowd.people.only(crowd.people.household < number)
    return Residents(people, Households(crowd.households.side[:number], crowd.households.income[:number]))


def free_dwellings(residents: Residents, searching: Ints, stock: Ints, rng: RandomNumbers, quarters: Quarters) -> Ints:
    """The Baublockseite of each free dwelling, those first that are let first."""
    staying = np.ones(residents.households.side.size, dtype=np.bool_)
    staying[searching] = False
    occupied = residents.count_in_household(np.ones(len(residents.people), dtype=np.bool_)) > 0
    taken = tally(residents.households.side[staying & occupied], stock.size)
    free = np.repeat(np.arange(stock.size), np.maximum(stock - taken, 0))
    wait = rng.random(free.size) - np.where(quarters.first_year[free] > 0, 0.45, 0.0)
    return free[np.argsort(wait, kind="stable")]


def matched(residents: Residents, searching: Ints, dwellings: Ints, quarters: Quarters, rng: RandomNumbers) -> Ints:
    """A Baublockseite for each searching household out of the free dwellings, as many as households."""
    people = residents.people
    size = residents.count_in_household(np.ones(len(people), dtype=np.bool_))
    foreign = residents.count_in_household(people.foreign) > 0
    n = searching.size
    means = (
        residents.households.income[searching]
        + np.minimum(size[searching], 5) * 75
        - np.where(foreign[searching], 110, 0)
        + bell(rng, n, 560)
    )
    appeal = quarters.standing[dwellings] + quarters.own_houses[dwellings] * 4 + bell(rng, n, 130)
    place = np.empty(n, dtype=np.int64)
    place[np.argsort(means, kind="stable")] = dwellings[np.argsort(appeal, kind="stable")]
    return place


def enough_dwellings(free: Ints, needed: int, quarters: Quarters, rng: RandomNumbers) -> Ints:
    """Exactly `needed` dwellings: the free ones first, then rooms let out in crowded houses."""
    if free.size >= needed:
        return free[:needed]
    lived_in = np.where((quarters.first_year == 0) & (quarters.emptied == 9999), quarters.density, 0)
    return np.concatenate([free, drawn(rng, lived_in, needed - free.size)])
