"""The residents: a table of people, one entry per person, and the households they live in."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from flows.musterstadt.random_numbers import Flags, Ints, tally

MAN, WOMAN, DIVERSE = 0, 1, 2
IN_A_HOME = -1
"""The household of people in a home for the old."""


@dataclass
class People:
    """Columns of equal length, one entry per person."""

    side: Ints
    """Baublockseite."""
    household: Ints
    """Number of the household, or IN_A_HOME."""
    birth: Ints
    """Year of birth."""
    sex: Ints
    moved: Ints
    """Year of moving to the address (the year of birth for those born there)."""
    foreign: Flags
    migrant: Flags
    """With migration background; everybody foreign is."""
    child: Flags
    """Lives in the household as son or daughter, of whatever age."""

    def __len__(self) -> int:
        """Number of people."""
        return self.side.size

    def only(self, which: Flags | Ints) -> People:
        """Some of the people."""
        return People(*(getattr(self, f.name)[which] for f in fields(self)))

    def with_more(self, others: People) -> People:
        """These people and others."""
        return People(*(np.concatenate([getattr(self, f.name), getattr(others, f.name)]) for f in fields(self)))

    def age(self, year: int) -> Ints:
        """Age on 31.12. of a year."""
        return np.clip(year - self.birth, 0, 110)


@dataclass
class Households:
    """Columns of equal length, one entry per household."""

    side: Ints
    income: Ints
    """0 poorest to 999 richest."""

    def with_more(self, others: Households) -> Households:
        """These households and others."""
        return Households(np.concatenate([self.side, others.side]), np.concatenate([self.income, others.income]))


@dataclass
class Residents:
    """Everybody who lives in the city."""

    people: People
    households: Households

    def count_in_household(self, which: Flags) -> Ints:
        """For each household, how many of `which` live in it."""
        return tally(self.people.household[which & (self.people.household >= 0)], self.households.side.size)

    def youngest_adult(self, year: int) -> Ints:
        """For each household, the age of its youngest adult (110 where there is none)."""
        grown = np.flatnonzero(~self.people.child & (self.people.household >= 0))
        age = np.full(self.households.side.size, 110, dtype=np.int64)
        np.minimum.at(age, self.people.household[grown], self.people.age(year)[grown])
        return age

    def without_empty_households(self) -> Residents:
        """The same people, households numbered anew without those that nobody is left in."""
        alive = self.count_in_household(np.ones(len(self.people), dtype=np.bool_)) > 0
        number = np.where(alive, np.cumsum(alive) - 1, IN_A_HOME)
        household = self.people.household
        self.people.household = np.where(household >= 0, number[household], IN_A_HOME)
        return Residents(self.people, Households(self.households.side[alive], self.households.income[alive]))
