"""Who receives SGB II, who is unemployed, who receives Mindestsicherung: from the register's people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.musterstadt.people import Residents
from flows.musterstadt.random_numbers import Flags, Ints, bell, random_numbers, tally

POVERTY_LINE = {
    2015: 102,
    2016: 109,
    2017: 111,
    2018: 104,
    2019: 98,
    2020: 104,
    2021: 101,
    2022: 103,
    2023: 107,
}
"""Income below which a household of one adult receives SGB II; it moves with the labour market."""


@dataclass(frozen=True)
class Benefits:
    """Recipients in each Baublockseite; each is a part of the residents of the same age there."""

    sgb2: Ints
    """Aged 0 to 64."""
    sgb2_under_18: Ints
    sgb2_under_15: Ints
    unemployed: Ints
    """Aged 18 to 64."""
    basic_security_65: Ints
    """Mindestsicherung, aged 65 and older."""


def benefits(residents: Residents, year: int, sides: int, seed: int) -> Benefits:
    """Decide by household for SGB II (a Bedarfsgemeinschaft lives together), by person for the rest."""
    rng = random_numbers(seed, "benefits", year)
    people, households = residents.people, residents.households
    age = people.age(year)
    housed = people.household >= 0

    minors = residents.count_in_household(age < 18)
    foreign = residents.count_in_household(people.foreign)
    grown_up = residents.count_in_household(age >= 18)
    of_working_age = residents.count_in_household((age >= 18) & (age < 65))
    line = (
        POVERTY_LINE.get(year, 106)
        + np.where((minors > 0) & (grown_up == 1), 130, 0)
        + np.maximum(minors - 1, 0) * 35
        + np.where(foreign > 0, 45, 0)
    )
    income = households.income + bell(rng, households.income.size, 30)
    poor = (income < line) & (of_working_age > 0)
    very_poor = income < 75

    member = np.where(housed, people.household, 0)
    sgb2 = housed & poor[member] & (age < 65)
    jobless_chance = np.where(sgb2, 0.42, 0.021)
    unemployed = (age >= 18) & (age < 65) & (rng.random(age.size) < jobless_chance)
    in_a_home = ~housed & (rng.random(age.size) < 0.28)
    secured = (age >= 65) & ((housed & very_poor[member]) | in_a_home)

    def counted(which: Flags) -> Ints:
        return tally(people.side[which], sides)

    return Benefits(
        sgb2=counted(sgb2),
        sgb2_under_18=counted(sgb2 & (age < 18)),
        sgb2_under_15=counted(sgb2 & (age < 15)),
        unemployed=counted(unemployed),
        basic_security_65=counted(secured),
    )
