"""Counts persons by base unit and class, and makes of the classes the Merkmale of a register.

A class is all that the Merkmale ask of a person: a band of ages, the groups that matter, a band of Wohndauer. The
counts of a Stichtag are a dense table of base units by classes (a cube), to which a person adds 1 at one place; the
Merkmale are then its product with a matrix that says which class belongs to which Merkmal. Merkmale that ask different
things have cubes of their own, so that the classes stay few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from flows.stage.register_merkmale import OLDEST, REGISTER_MERKMALE, Persons

Integers: TypeAlias = NDArray[np.int64]

BAD = -(1 << 60)
"""Stands for a text that the contract does not permit: added to whatever, the sum stays below zero."""
_BITS = 16
_AT_ONCE = 8192  # base units of which Merkmale are computed


@dataclass(frozen=True)
class Classes:
    """The classes that some Merkmale need; the class of a person is the sum of what each of its fields adds."""

    merkmale: tuple[str, ...]
    of_age: Integers
    of_duration: Integers
    of_group: Mapping[str, int]
    matrix: NDArray[np.float64]
    """Row: class; column: Merkmal; 1 where the Merkmal counts the class."""

    @property
    def size(self) -> int:
        """How many classes there are."""
        return len(self.matrix)


def classes(merkmale: Mapping[str, Persons]) -> Classes:
    """Return the fewest classes that tell apart what these Merkmale tell apart."""
    asked = list(merkmale.values())
    ages = sorted({0, *(each.youngest for each in asked), *(each.oldest + 1 for each in asked)} - {OLDEST + 1})
    durations = sorted({0, *(each.resident_years for each in asked)})
    groups = sorted({each.group for each in asked if each.group})
    every = list(product(ages, durations, *([(False, True)] * len(groups))))
    matrix = np.zeros((len(every), len(merkmale)))
    for row, (age, duration, *flags) in enumerate(every):
        member = {name for name, flag in zip(groups, flags, strict=True) if flag}
        for column, each in enumerate(asked):
            matrix[row, column] = (
                each.youngest <= age <= each.oldest
                and duration >= each.resident_years
                and (each.group is None or each.group in member)
            )
    step = len(every) // len(ages)
    years = np.arange(OLDEST + 2)
    return Classes(
        tuple(merkmale),
        (np.searchsorted(ages, years, side="right") - 1) * step,
        (np.searchsorted(durations, years, side="right") - 1) * (step // len(durations)),
        {name: 1 << (len(groups) - 1 - place) for place, name in enumerate(groups)},
        matrix,
    )


BY_AGE = classes(
    {name: of for name, of in REGISTER_MERKMALE.items() if of.group in (None, "migrant") and not of.resident_years}
)
OTHERS = classes({name: each for name, each in REGISTER_MERKMALE.items() if name not in BY_AGE.merkmale})
_ORDER = [(BY_AGE.merkmale + OTHERS.merkmale).index(name) for name in REGISTER_MERKMALE]


def _both(by_age: Integers, others: Integers) -> Integers:
    return by_age + (others << _BITS)


OF_AGE = _both(BY_AGE.of_age, OTHERS.of_age)
"""What an age adds to the class of a person, in both cubes at once."""
OF_DURATION = _both(BY_AGE.of_duration, OTHERS.of_duration)
"""What a Wohndauer adds; one year more than the highest age is possible."""


def of_group(name: str) -> int:
    """Return what belonging to a group adds to the class of a person."""
    return BY_AGE.of_group.get(name, 0) + (OTHERS.of_group.get(name, 0) << _BITS)


class Cube:
    """The persons of a Stichtag by base unit and class. Base units have numbers, which begin at 0."""

    def __init__(self) -> None:
        self._by_age, self._others = (np.zeros((0, each.size), dtype=np.int64) for each in (BY_AGE, OTHERS))

    def add(self, units: Integers, packed: Integers) -> None:
        """Count persons: the number of the base unit of each, and the sum of what its fields add."""
        if not len(units):
            return
        last = int(units.max())
        if last >= len(self._by_age):
            more = max(1024, last + 1, 2 * len(self._by_age)) - len(self._by_age)
            self._by_age, self._others = (
                np.concatenate([each, np.zeros((more, each.shape[1]), dtype=np.int64)])
                for each in (self._by_age, self._others)
            )
        one = np.ones(len(units), dtype=np.int64)
        np.add.at(self._by_age.reshape(-1), units * BY_AGE.size + (packed & ((1 << _BITS) - 1)), one)
        np.add.at(self._others.reshape(-1), units * OTHERS.size + (packed >> _BITS), one)

    def merkmale(self, units: int) -> NDArray[np.float64]:
        """Return the counts of the first `units` base units: a row for each, the Merkmale in their order."""
        counts = np.zeros((units, len(REGISTER_MERKMALE)))
        for start in range(0, min(units, len(self._by_age)), _AT_ONCE):
            part = slice(start, min(units, start + _AT_ONCE))
            both = np.hstack([self._by_age[part] @ BY_AGE.matrix, self._others[part] @ OTHERS.matrix])
            counts[start : start + len(both)] = both[:, _ORDER]
        return counts
