"""The town through the years: residents at each 31.12. and what moved them there.

For every Baublockseite and year it holds exactly: residents = residents a year before + births - deaths
+ moves in - moves out. Moves count across the city boundary and within the city.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flows.musterstadt import life, moves
from flows.musterstadt.dwellings import BASE_YEAR, Dwellings, HousingStock
from flows.musterstadt.households import SETTLERS, Newcomers, new_households
from flows.musterstadt.people import IN_A_HOME, Residents
from flows.musterstadt.quarters import Quarters
from flows.musterstadt.random_numbers import Flags, Ints, RandomNumbers, random_numbers, tally

# Residents in thousandths of the size of the city: growth, refuge, pandemic, war.
SIZE = {
    2007: 950,
    2012: 958,
    2014: 972,
    2015: 988,
    2016: 997,
    2018: 1_004,
    2019: 1_009,
    2020: 1_005,
    2021: 1_003,
}
SURPRISES = 7
"""Seed of the years' small deviations from that line."""
SIZE |= {2022: 1_024, 2023: 1_029, 2024: 1_033}


@dataclass(frozen=True)
class YearEnd:
    """The town on one 31.12., and the movements of that year, one entry per Baublockseite."""

    year: int
    residents: Residents
    dwellings: Dwellings
    moved_in: Ints
    moved_out: Ints
    born: Ints
    died: Ints


class _Movements:
    """Counts the movements of a year by Baublockseite."""

    def __init__(self, sides: int) -> None:
        self._sides = sides
        self.moved_in, self.moved_out, self.born, self.died = (np.zeros(sides, dtype=np.int64) for _ in range(4))

    def into(self, side: Ints) -> None:
        self.moved_in += tally(side, self._sides)

    def out_of(self, side: Ints) -> None:
        self.moved_out += tally(side, self._sides)

    def births(self, side: Ints) -> None:
        self.born += tally(side, self._sides)

    def deaths(self, side: Ints) -> None:
        self.died += tally(side, self._sides)


def wanted_size(year: int, einwohner: int) -> int:
    """How many residents the city should have at the end of a year."""
    before = max((y for y in SIZE if y <= year), default=BASE_YEAR)
    after = min((y for y in SIZE if y >= year), default=before)
    step = (SIZE[after] - SIZE[before]) * (year - before) // max(after - before, 1)
    surprise = int(random_numbers(SURPRISES, "size", year).random() * 40) - 20
    return einwohner * ((SIZE[before] + step) * 10 + surprise) // 10_000


def years_of(quarters: Quarters, einwohner: int, until: int, seed: int) -> Iterator[YearEnd]:
    """Settle the town, let it live, and hand out each year's end, the settling year excepted.

    The residents that are handed out go on living: use them before asking for the next year.
    """
    town = _Town(quarters, einwohner, seed)
    for year in range(BASE_YEAR + 1, until + 1):
        yield town.year_end(year)


class _Town:
    """The residents and their houses as time goes by."""

    def __init__(self, quarters: Quarters, einwohner: int, seed: int) -> None:
        """Settle the first residents, households that have been here for years, and house them all."""
        self._quarters, self._einwohner, self._seed = quarters, einwohner, seed
        wanted = wanted_size(BASE_YEAR, einwohner)
        who = Newcomers(mix=SETTLERS, foreign_percent=19, migrant_percent=19, settled=True)
        crowd = new_households(random_numbers(seed, "settlers"), wanted, BASE_YEAR, who)
        settlers = moves.first_households(crowd, int(crowd.people.household[wanted]))
        self._stock = HousingStock(quarters, settlers.households.side.size, seed)

        rng = random_numbers(seed, "housed")
        searching = np.arange(settlers.households.side.size)
        total = self._stock.dwellings(BASE_YEAR).total
        every = np.repeat(np.arange(total.size), total)
        dwellings = every[np.argsort(rng.random(every.size), kind="stable")]
        dwellings = moves.enough_dwellings(dwellings, searching.size, quarters, rng)
        settlers.households.side = moves.matched(settlers, searching, dwellings, quarters, rng)
        settlers.people.side = settlers.households.side[settlers.people.household]
        self._residents = settlers
        self._moved = _Movements(quarters.density.size)

    def year_end(self, year: int) -> YearEnd:
        """Everything that happens until 31.12. of the year that follows."""
        self._moved = _Movements(self._quarters.density.size)
        self._births_and_deaths(year, random_numbers(self._seed, "births and deaths", year))
        rng = random_numbers(self._seed, "households", year)
        self._leave(life.grow_up(self._residents, year))
        self._into_homes(year, rng)
        self._leave(life.grow_up(self._residents, year))
        founded = self._new_households_within(year, rng)
        self._pairs(year, rng)

        rng = random_numbers(self._seed, "moves", year)
        go = moves.leaving_the_city(self._residents, year, rng)
        household = self._residents.people.household
        self._leave((household >= 0) & go[np.maximum(household, 0)])
        search = moves.moving_within(self._residents, year, self._quarters, rng)
        search[founded] = True
        self._resettle(search, year, rng)
        life.naturalise(self._residents, year, rng)
        life.drift_of_income(self._residents, rng)
        self._residents = self._residents.without_empty_households()
        moved = self._moved
        return YearEnd(
            year=year,
            residents=self._residents,
            dwellings=self._stock.dwellings(year),
            moved_in=moved.moved_in,
            moved_out=moved.moved_out,
            born=moved.born,
            died=moved.died,
        )

    def _births_and_deaths(self, year: int, rng: RandomNumbers) -> None:
        residents = self._residents
        children = life.newborn(residents, year, rng)
        self._moved.births(children.side)
        residents.people = residents.people.with_more(children)
        dying = life.dying(residents, year, rng)
        self._moved.deaths(residents.people.side[dying])
        residents.people = residents.people.only(~dying)

    def _leave(self, going: Flags) -> None:
        """Take people out of the city."""
        self._moved.out_of(self._residents.people.side[going])
        self._residents.people = self._residents.people.only(~going)

    def _into_homes(self, year: int, rng: RandomNumbers) -> None:
        """Fill the free beds of the homes for the old."""
        people, beds = self._residents.people, self._quarters.beds
        occupied = tally(people.side[people.household == IN_A_HOME], beds.size)
        free = np.repeat(np.arange(beds.size), np.maximum(beds - occupied, 0))
        free = free[np.argsort(rng.random(free.size), kind="stable")]
        going = life.going_into_a_home(self._residents, year, free.size, rng)
        self._move(going, free[: going.size], year)
        people.household[going] = IN_A_HOME
        people.child[going] = False

    def _new_households_within(self, year: int, rng: RandomNumbers) -> Ints:
        """Grown children and parted adults: some leave the city, the others found households and search."""
        leaving = life.leaving_home(self._residents, year, rng)
        away = leaving & (rng.random(leaving.size) < 0.35)
        self._leave(away)
        young = life.found_households(self._residents, np.flatnonzero(leaving[~away]), 110, rng)
        parted = life.found_households(self._residents, life.parting(self._residents, rng), 60, rng)
        return np.concatenate([young, parted])

    def _pairs(self, year: int, rng: RandomNumbers) -> None:
        """Couples move in together."""
        moving = life.pair_up(self._residents, year, rng)
        household = self._residents.people.household[moving]
        self._move(moving, self._residents.households.side[household], year)

    def _move(self, who: Ints, where: Ints, year: int) -> None:
        """Move residents within the city."""
        people = self._residents.people
        self._moved.out_of(people.side[who])
        people.side[who] = where
        self._moved.into(where)
        people.moved[who] = year

    def _resettle(self, search: Flags, year: int, rng: RandomNumbers) -> None:
        """House those who search within the city and those who arrive."""
        quarters, stock = self._quarters, self._stock.dwellings(year).total
        before = self._residents
        inhabited = before.count_in_household(np.ones(len(before.people), dtype=np.bool_)) > 0
        within = np.flatnonzero(search & inhabited)
        free = moves.free_dwellings(before, within, stock, rng, quarters)
        wanted = wanted_size(year, self._einwohner) - len(before.people)
        arriving = moves.arrivals(wanted, year, rng)
        room = max(free.size - within.size, 0)
        if arriving.households.side.size > room:
            arriving = moves.first_households(arriving, room)

        first_new = before.households.side.size
        arriving.people.household = arriving.people.household + first_new
        residents = Residents(
            before.people.with_more(arriving.people), before.households.with_more(arriving.households)
        )
        searching = np.concatenate([within, np.arange(first_new, residents.households.side.size)])
        dwellings = moves.enough_dwellings(free, searching.size, quarters, rng)
        residents.households.side[searching] = moves.matched(residents, searching, dwellings, quarters, rng)

        self._residents = residents
        household = residents.people.household
        moving = (household >= 0) & np.isin(household, searching)
        arrived = np.arange(household.size) >= len(before.people)
        within_city = np.flatnonzero(moving & ~arrived)
        self._move(within_city, residents.households.side[household[within_city]], year)
        residents.people.side[arrived] = residents.households.side[household[arrived]]
        self._moved.into(residents.people.side[arrived])
