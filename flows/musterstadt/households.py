"""Households as they come: the first settlers of the city and those who arrive later.

Also the yearly household table, counted from the very people of the register.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.musterstadt.people import DIVERSE, MAN, WOMAN, Households, People, Residents
from flows.musterstadt.random_numbers import Ints, RandomNumbers, bell, drawn, ramp, whole

# kind:            single young, middle, old, couple, old couple, +1, +2, +3, parent +1, +2, shared by 2, by 3
ADULTS = np.array([1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 2, 3])
CHILDREN = np.array([0, 0, 0, 0, 0, 1, 2, 3, 1, 2, 0, 0])
SETTLERS = (150, 170, 120, 140, 95, 82, 78, 26, 30, 16, 15, 8)
ARRIVALS = (400, 110, 12, 130, 8, 75, 55, 22, 18, 10, 45, 25)
HEAD_AGES = (
    ramp((18, 10), (23, 90), (28, 100), (39, 60), (40, 0)),
    ramp((34, 0), (35, 90), (43, 100), (50, 80), (64, 90), (65, 0)),
    ramp((64, 0), (65, 80), (73, 100), (84, 60), (98, 0)),
    ramp((21, 5), (29, 100), (42, 60), (55, 85), (64, 115), (65, 0)),
    ramp((64, 0), (65, 90), (74, 90), (92, 0)),
    ramp((21, 5), (33, 70), (46, 100), (58, 30), (59, 0)),
    ramp((23, 5), (36, 80), (46, 100), (55, 15), (56, 0)),
    ramp((25, 5), (37, 80), (45, 90), (52, 10), (53, 0)),
    ramp((19, 5), (34, 70), (46, 80), (55, 10), (56, 0)),
    ramp((23, 5), (36, 70), (45, 80), (52, 10), (53, 0)),
    ramp((18, 20), (23, 100), (32, 40), (45, 10), (46, 0)),
    ramp((18, 20), (23, 100), (31, 20), (32, 0)),
)
LESS_INCOME = np.array([120, 0, 40, -90, -40, -70, -80, 10, 190, 260, 60, 160])


@dataclass(frozen=True)
class Newcomers:
    """Who comes: the mix of kinds, the share of foreigners, and whether they have lived here for long."""

    mix: tuple[int, ...]
    foreign_percent: int
    migrant_percent: int
    settled: bool


def new_households(rng: RandomNumbers, n: int, year: int, who: Newcomers) -> Residents:
    """`n` households without an address yet (Baublockseite -1)."""
    kind = drawn(rng, who.mix, n)
    head_age = np.zeros(n, dtype=np.int64)
    for k, table in enumerate(HEAD_AGES):
        of_kind = np.flatnonzero(kind == k)
        head_age[of_kind] = drawn(rng, table, of_kind.size)
    foreign = rng.random(n) * 100 < who.foreign_percent
    migrant = foreign | (rng.random(n) * 100 < who.migrant_percent)
    income = whole(rng, 0, 999, n) - LESS_INCOME[kind] - np.where(foreign, 130, 0) - np.where(migrant, 50, 0)

    size = ADULTS[kind] + CHILDREN[kind]
    household = np.repeat(np.arange(n), size)
    place = np.arange(household.size) - np.repeat(np.cumsum(size) - size, size)
    child = place >= ADULTS[kind][household]
    partner = ~child & (place > 0)
    m = household.size
    head = head_age[household]
    grown_up = np.maximum(head + np.where(partner, bell(rng, m, 4), 0), 18)
    age = np.where(child, (rng.random(m) * np.clip(head - 19, 1, 23)).astype(np.int64), grown_up)
    german_born = child & (rng.random(m) < 0.42)
    person_foreign = foreign[household] & ~german_born
    person_migrant = migrant[household] | (partner & (rng.random(m) < 0.05))
    since = _years_here(rng, n, head_age)[household] if who.settled else np.zeros(m, dtype=np.int64)
    people = People(
        side=np.full(m, -1, dtype=np.int64),
        household=household,
        birth=year - age,
        sex=_sexes(rng, kind[household], place, child, head),
        moved=year - np.minimum(since, age),
        foreign=person_foreign,
        migrant=person_migrant | person_foreign,
        child=child,
    )
    return Residents(people, Households(np.full(n, -1, dtype=np.int64), np.clip(income, 0, 999)))


def _sexes(rng: RandomNumbers, kind: Ints, place: Ints, child: np.typing.NDArray[np.bool_], head: Ints) -> Ints:
    """Couples mostly of both sexes, single parents mostly mothers, the very old mostly women."""
    toss = (rng.random(kind.size) < 0.487).astype(np.int64)
    alone_old = (kind == 2) & (rng.random(kind.size) * 100 < 55 + np.clip(head - 65, 0, 30))
    mother = np.isin(kind, (8, 9)) & ~child & (rng.random(kind.size) < 0.88)
    couple = np.isin(kind, (3, 4, 5, 6, 7)) & ~child
    sex = np.where(couple, np.where(place == 0, MAN, WOMAN), toss)
    sex = np.where(alone_old | mother, WOMAN, sex)
    return np.where(rng.random(kind.size) < 0.0003, DIVERSE, sex)


def _years_here(rng: RandomNumbers, n: int, head_age: Ints) -> Ints:
    """How long a settled household has been at its address: longer the older its head."""
    reach = np.clip(head_age - 18, 2, 48)
    return (rng.random(n) * reach).astype(np.int64)


@dataclass(frozen=True)
class HouseholdTable:
    """Households of each Baublockseite by kind."""

    households: Ints
    one_person: Ints
    with_children: Ints
    single_parent: Ints
    persons: Ints


def household_table(residents: Residents, year: int, sides: int) -> HouseholdTable:
    """Count households and the people in them; people in homes for the old have no household."""
    people, where = residents.people, residents.households.side
    minor = people.age(year) < 18
    size = residents.count_in_household(np.ones(len(people), dtype=np.bool_))
    minors = residents.count_in_household(minor)
    adults = size - minors

    def counted(which: np.typing.NDArray[np.bool_]) -> Ints:
        return np.bincount(where[which], minlength=sides).astype(np.int64)

    return HouseholdTable(
        households=counted(size > 0),
        one_person=counted(size == 1),
        with_children=counted(minors > 0),
        single_parent=counted((minors > 0) & (adults == 1)),
        persons=np.bincount(people.side[people.household >= 0], minlength=sides).astype(np.int64),
    )
