"""What a register extract holds, once read: counts by Stichtag and base unit, and the rows that break its contract.

Both ways of reading a file fill it: persons by the thousand, or one row after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows.stage.register_contract import Day, Person, RegisterContract
from flows.stage.register_cube import Cube


class BadRow(NamedTuple):
    """A row that breaks the contract: where it stands, and which rule it breaks."""

    line: int
    column: str
    value: str | None
    rule: str


class UnitCounts(NamedTuple):
    """The Merkmale of some base units at a Stichtag: a row of `counts` for each of `units`."""

    day: Day
    units: list[str]
    counts: NDArray[np.float64]


@dataclass
class DayCounts:
    """The persons of a Stichtag, by the number of their base unit."""

    day: Day
    numbers: dict[str, int] = field(default_factory=dict)
    cube: Cube = field(default_factory=Cube)

    def number(self, unit: str) -> int:
        """Return the number of a base unit; a new one gets the next."""
        return self.numbers.setdefault(unit, len(self.numbers))


@dataclass
class RegisterCounts:
    """The rows of one file. `held` is how many lie below the header, counted by another way than those in `by_day`."""

    held: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    unknown: set[tuple[str, str, str]] = field(default_factory=set)
    """Stichtag, numbering and id of the base units that bad rows name: nobody knows their counts."""
    _days: dict[Day, DayCounts] = field(default_factory=dict)

    def of(self, day: Day) -> DayCounts:
        """Return what is counted of a Stichtag."""
        return self._days.setdefault(day, DayCounts(day))

    def judge(self, contract: RegisterContract, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Count the persons of some rows, given as line and texts of the FIELDS, and note those that are bad."""
        good: dict[Day, list[tuple[int, int]]] = {}
        for line, cells in rows:
            found = contract.judge(cells)
            if isinstance(found, Person):
                number = self.of(found.day).number(found.unit)
                good.setdefault(found.day, []).append((number, found.packed))
                continue
            self.bad.append(BadRow(line, found.column, found.value, found.rule))
            if found.day and found.unit is not None:
                self.unknown.add((found.day.tag, found.day.basis, found.unit))
        for day, persons in good.items():
            units, packed = np.array(persons, dtype=np.int64).T
            self.of(day).cube.add(units, packed)

    def by_day(self) -> Iterator[UnitCounts]:
        """Yield the Merkmale of the base units where somebody was counted, by Stichtag."""
        for each in self._days.values():
            counts = each.cube.merkmale(len(each.numbers))
            inhabited = counts[:, 0] > 0
            units = [unit for unit, kept in zip(each.numbers, inhabited, strict=True) if kept]
            if units:
                yield UnitCounts(each.day, units, counts[inhabited])
