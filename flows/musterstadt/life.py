"""A year in the life of the residents: births, deaths, leaving home, parting, pairing, and growing old.

Each event takes the residents and changes them; where people must find another address, the event only says
so, and `moves.py` finds it for them.
"""

from __future__ import annotations

import numpy as np

from flows.musterstadt.people import IN_A_HOME, MAN, WOMAN, Households, People, Residents
from flows.musterstadt.random_numbers import Flags, Ints, RandomNumbers, bell, happens, ramp

# Rates per 100,000 and year, by single year of age.
FERTILITY = ramp((15, 0), (16, 200), (20, 2_600), (26, 8_600), (31, 14_200), (36, 9_400), (41, 2_400), (46, 0))
LEAVING_HOME = ramp((17, 0), (18, 9_000), (20, 21_000), (24, 28_000), (30, 30_000), (34, 60_000), (35, 100_000))
GOING_INTO_A_HOME = ramp((71, 0), (72, 250), (80, 1_700), (88, 7_500), (95, 15_000))


def _mortality(per_cent_of_mean: int) -> Ints:
    """Deaths by age: a tenth more with every year from 30 on."""
    table = ramp((0, 330), (1, 15), (14, 12), (18, 40), (30, 62))
    for age in range(31, 111):
        table[age] = min(int(table[age - 1]) * 1_093 // 1_000 + 1, 60_000)
    return table * per_cent_of_mean // 100


MORTALITY = np.stack([_mortality(114), _mortality(75), _mortality(95)])


def newborn(residents: Residents, year: int, rng: RandomNumbers) -> People:
    """The children born in a year, at their mothers' addresses."""
    people = residents.people
    adults = residents.count_in_household(~people.child)
    together = adults[np.maximum(people.household, 0)] >= 2
    percent = np.where(people.child, 12, np.where(together, 138, 42))
    may = (people.sex == WOMAN) & (people.household >= 0)
    rate = np.where(may, FERTILITY[people.age(year)] * percent // 100, 0)
    mothers = people.only(happens(rng, rate))
    n = len(mothers)
    german_by_birth = rng.random(n) < 0.45
    foreign = mothers.foreign & ~german_by_birth
    return People(
        side=mothers.side,
        household=mothers.household,
        birth=np.full(n, year, dtype=np.int64),
        sex=np.where(rng.random(n) < 0.487, WOMAN, MAN),
        moved=np.full(n, year, dtype=np.int64),
        foreign=foreign,
        migrant=mothers.migrant | (rng.random(n) < 0.06) | foreign,
        child=np.ones(n, dtype=np.bool_),
    )


def dying(residents: Residents, year: int, rng: RandomNumbers) -> Flags:
    """Who dies: by age and sex, more often in homes for the old, and in the pandemic years 2020 to 2022."""
    people = residents.people
    age = people.age(year)
    rate = MORTALITY[people.sex, age]
    rate = np.where(people.household == IN_A_HOME, rate * 17 // 10, rate)
    if year in (2020, 2021, 2022):
        rate = np.where(age >= 65, rate * 106 // 100, rate)
    return happens(rng, np.where(age == 0, MORTALITY[people.sex, 0], rate))


def grow_up(residents: Residents, year: int) -> Flags:
    """Let grown children lead a household that has lost its adults; return children left alone."""
    people = residents.people
    alone = residents.count_in_household(~people.child) == 0
    at_home = people.household >= 0
    in_such = at_home & alone[np.maximum(people.household, 0)]
    people.child = people.child & ~(in_such & (people.age(year) >= 18))
    still_alone = residents.count_in_household(~people.child) == 0
    orphaned: Flags = at_home & still_alone[np.maximum(people.household, 0)]
    return orphaned


def leaving_home(residents: Residents, year: int, rng: RandomNumbers) -> Flags:
    """Grown children who leave their parents' household this year."""
    people = residents.people
    return happens(rng, np.where(people.child, LEAVING_HOME[people.age(year)], 0))


def found_households(residents: Residents, founders: Ints, lost_income: int, rng: RandomNumbers) -> Ints:
    """Give each founder (a position in people) a household of one; return the new households' numbers."""
    people, households = residents.people, residents.households
    first = households.side.size
    numbers = np.arange(first, first + founders.size)
    income = households.income[people.household[founders]] - lost_income + bell(rng, founders.size, 120)
    residents.households = households.with_more(Households(people.side[founders], np.clip(income, 0, 999)))
    people.household[founders] = numbers
    people.child[founders] = False
    return numbers


def parting(residents: Residents, rng: RandomNumbers) -> Ints:
    """From couples and shared households that part: the one adult who goes (a position in people)."""
    people = residents.people
    grown = np.flatnonzero(~people.child & (people.household >= 0))
    many = residents.count_in_household(~people.child) >= 2
    order = np.argsort(people.household[grown] * 3 + (people.sex[grown] == MAN), kind="stable")
    ordered = grown[order]
    is_last = np.append(np.diff(people.household[ordered]) != 0, True)[: ordered.size]
    last = ordered[is_last]
    rate = np.where(many[people.household[last]], 2_100, 0)
    going: Ints = last[happens(rng, rate)]
    return going


def pair_up(residents: Residents, year: int, rng: RandomNumbers) -> Ints:
    """Bring single adults of like age together; returns the positions of those who change their address.

    The second household moves in with the first and brings its children.
    """
    people = residents.people
    single = residents.count_in_household(~people.child) == 1
    age = people.age(year)
    free = ~people.child & (people.household >= 0) & (age >= 20) & (age < 66)
    free &= single[np.maximum(people.household, 0)]
    willing = free & (rng.random(age.size) * 100 < np.where(age < 42, 19, 6))
    order = np.argsort(age * 10 + bell(rng, age.size, 30), kind="stable")
    women = order[(willing & (people.sex != MAN))[order]]
    men = order[(willing & (people.sex == MAN))[order]]
    pairs = min(women.size, men.size)
    hosts, guests = people.household[women[:pairs]], people.household[men[:pairs]]
    host_of = np.arange(residents.households.side.size)
    host_of[guests] = hosts
    in_household = people.household >= 0
    moving = in_household & (host_of[np.maximum(people.household, 0)] != people.household)
    income = residents.households.income
    income[hosts] = np.minimum((income[hosts] + income[guests]) // 2 + 70, 999)
    people.household[moving] = host_of[people.household[moving]]
    return np.flatnonzero(moving)


def going_into_a_home(residents: Residents, year: int, places: int, rng: RandomNumbers) -> Ints:
    """The old who go into a home, as many as there are places."""
    people = residents.people
    rate = np.where(people.household >= 0, GOING_INTO_A_HOME[people.age(year)], 0)
    return np.flatnonzero(happens(rng, rate))[: max(places, 0)]


def naturalise(residents: Residents, year: int, rng: RandomNumbers) -> None:
    """Some foreigners become Germans; their migration background stays."""
    people = residents.people
    rate = np.where(people.foreign & (people.age(year) >= 5), 2_300 if year >= 2022 else 1_500, 0)
    people.foreign = people.foreign & ~happens(rng, rate)


def drift_of_income(residents: Residents, rng: RandomNumbers) -> None:
    """Households rise and fall a little, and come back towards the middle."""
    income = residents.households.income
    step = bell(rng, income.size, 80) + (480 - income) // 60
    residents.households.income = np.clip(income + step, 0, 999)
