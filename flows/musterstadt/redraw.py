"""The two Zuschnitte: Sozialräume as drawn for 2015, and redrawn for 2020.

Most stay. Some are split, merged, give part of their blocks to a neighbour, or only change their number.
Nothing crosses the boundary of a Stadtteil. What happens to each is returned, so that tests can know it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from flows.musterstadt.districts import Districts
from flows.musterstadt.quarters import Quarters
from flows.musterstadt.random_numbers import Flags, Ints, RandomNumbers, random_numbers
from flows.musterstadt.street_plan import StreetPlan

FIRST, SECOND = 2015, 2020
"""Years in which the Zuschnitte begin, on 1 January."""


@dataclass(frozen=True)
class Event:
    """What became of Sozialräume between the Zuschnitte."""

    kind: str
    """split, merged, transferred, renumbered, new."""
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass
class Redraw:
    """Ids of the Sozialraum of each Baublockseite in both Zuschnitte, and what happened in between."""

    before: list[str]
    after: list[str]
    in_first: Flags
    """The Baublockseiten that the Zuschnitt of 2015 knows."""
    events: list[Event] = field(default_factory=list)


def redraw(plan: StreetPlan, areas: Districts, quarters: Quarters, seed: int) -> Redraw:
    """Number the Sozialräume of 2015 and redraw them for 2020."""
    work = _Redrawing(plan, areas, quarters, random_numbers(seed, "redraw"))
    units = int(areas.sozialraum.max()) + 1
    special = {quarters.harbour, quarters.new_area}
    free = [u for u in work.shuffled(list(range(units))) if u not in special]
    used: set[int] = set()

    for first, second in work.neighbouring_pairs(units * 5 // 180 + 1, free, used):
        work.merge(first, second)
    for giver, taker in work.neighbouring_pairs(units * 9 // 180 + 1, work.divisible(free), used):
        work.transfer(giver, taker)
    rest = [u for u in free if u not in used and u != quarters.estate]
    splits, renumbered = units * 8 // 180 + 1, units * 6 // 180 + 1
    for unit in sorted(work.divisible(rest), key=lambda u: -int((work.unit == u).sum()))[:splits]:
        rest.remove(unit)
        work.split(unit)
    for unit in rest[:renumbered]:
        work.renumber(unit)
    work.build(quarters.new_area)
    return work.result


class _Redrawing:
    """Holds the numbers already given away while Sozialräume change."""

    def __init__(self, plan: StreetPlan, areas: Districts, quarters: Quarters, rng: RandomNumbers) -> None:
        self._plan, self._areas, self._rng = plan, areas, rng
        self.unit = areas.sozialraum[plan.side_block]
        self._next = dict.fromkeys(areas.stadtteil_id, 0)
        self._id: dict[int, str] = {}
        for unit in range(int(areas.sozialraum.max()) + 1):
            if unit != quarters.new_area:
                self._id[unit] = self._new_number(unit)
        self._id[quarters.new_area] = self._new_number(quarters.new_area)
        ids = [self._id[u] for u in self.unit.tolist()]
        in_first = quarters.first_year < SECOND
        self.result = Redraw(before=ids, after=list(ids), in_first=in_first)

    def shuffled(self, units: list[int]) -> list[int]:
        """The units in random order."""
        return [units[i] for i in np.argsort(self._rng.random(len(units)), kind="stable").tolist()]

    def divisible(self, units: list[int]) -> list[int]:
        """The units of more than one Baublockseite."""
        return [u for u in units if (self.unit == u).sum() > 1]

    def neighbouring_pairs(self, wanted: int, free: list[int], used: set[int]) -> list[tuple[int, int]]:
        """Pairs of unused neighbours in the same Stadtteil; they are used afterwards."""
        near = self._plan.neighbours()
        pairs: list[tuple[int, int]] = []
        for unit in free:
            if unit in used or len(pairs) == wanted:
                continue
            beside = {
                int(self._areas.sozialraum[n])
                for block in np.flatnonzero(self._areas.sozialraum == unit).tolist()
                for n in near[block]
                if self._areas.stadtteil[n] == self._areas.stadtteil[block]
            }
            for other in sorted(beside - {unit} - used):
                if other in free:
                    pairs.append((unit, other))
                    used |= {unit, other}
                    break
        return pairs

    def merge(self, first: int, second: int) -> None:
        """Two Sozialräume become one with a new number."""
        new = self._new_number(first)
        self._give(np.flatnonzero((self.unit == first) | (self.unit == second)), new)
        self._note("merged", (self._id[first], self._id[second]), (new,))

    def transfer(self, giver: int, taker: int) -> None:
        """A good quarter of a Sozialraum's block sides, those nearest to the other, goes over."""
        members = np.flatnonzero(self.unit == giver)
        there = np.flatnonzero(self.unit == taker)
        block = self._plan.side_block
        x, y = int(self._plan.x[block[there]].mean()), int(self._plan.y[block[there]].mean())
        east, north = (self._plan.x[block[members]] - x) // 100, (self._plan.y[block[members]] - y) // 100
        order = members[np.argsort(east * east + north * north, kind="stable")]
        self._give(order[: max(members.size * 3 // 10, 1)], self._id[taker])
        both = (self._id[giver], self._id[taker])
        self._note("transferred", both, both)

    def split(self, unit: int) -> None:
        """A Sozialraum becomes two with new numbers."""
        members = np.flatnonzero(self.unit == unit)
        block = self._plan.side_block[members]
        x, y = self._plan.x[block], self._plan.y[block]
        along = x if int(np.ptp(x)) > int(np.ptp(y)) else y
        order = members[np.argsort(along, kind="stable")]
        at = max(members.size * (40 + int(self._rng.random() * 20)) // 100, 1)
        new = (self._new_number(unit), self._new_number(unit))
        self._give(order[:at], new[0])
        self._give(order[at:], new[1])
        self._note("split", (self._id[unit],), new)

    def renumber(self, unit: int) -> None:
        """The same blocks, another number."""
        new = self._new_number(unit)
        self._give(np.flatnonzero(self.unit == unit), new)
        self._note("renumbered", (self._id[unit],), (new,))

    def build(self, unit: int) -> None:
        """A Sozialraum that the first Zuschnitt did not know."""
        self._note("new", (), (self._id[unit],))

    def _new_number(self, unit: int) -> str:
        teil = self._areas.stadtteil_id[self._areas.stadtteil_of(unit)]
        self._next[teil] += 1
        return f"{teil}{self._next[teil]:03d}"

    def _give(self, sides: Ints, number: str) -> None:
        for side in sides.tolist():
            self.result.after[side] = number

    def _note(self, kind: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        self.result.events.append(Event(kind, before, after))
