"""A town whose mixed Sozialräume are known: on Musterstadt's street plan, with what a review has to find planted in it.

Most Sozialräume are homogeneous: their block faces differ by binomial chance alone. In some, two characters meet along
a street; in some others a few blocks were built anew and other people live there. No register is made: the counts are
drawn at once, so that a town takes a tenth of a second and a test can try twenty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from flows.musterstadt.districts import districts
from flows.musterstadt.random_numbers import Flags, Floats, Ints, RandomNumbers, random_numbers, whole
from flows.musterstadt.scale import Scale
from flows.musterstadt.street_plan import StreetPlan, street_plan
from flows.redrawing.ground import Ground, Trait

TOWN = Scale(baublockseiten=960, einwohner=72_000, stadtbezirke=3, stadtteile=12, sozialraeume=48)
LEAST, MOST = 500, 2_500
"""Bounds of residents that every Sozialraum keeps; each half of a planted one has LEAST residents as well."""


@dataclass(frozen=True)
class Kind:
    """A trait: its mean over the town, how Sozialräume differ in it, and how many a resident it is about."""

    id: str
    mean: float
    spread: float
    about: float


KINDS = (
    Kind("sgb2_quote", 0.16, 0.10, 0.8),
    Kind("anteil_einwohner_0_17", 0.17, 0.05, 1.0),
    Kind("anteil_einwohner_65_plus", 0.21, 0.06, 1.0),
    Kind("anteil_migrationshintergrund", 0.38, 0.15, 1.0),
    Kind("anteil_wohnungen_ein_zweifamilienhaus", 0.35, 0.22, 0.5),
    Kind("anteil_wohnungen_baujahr_vor_1949", 0.33, 0.20, 0.5),
    Kind("anteil_wohnungen_gefoerdert", 0.14, 0.10, 0.5),
)
APART = 1.5
"""Characters that meet in a unit differ by so many standard deviations of Sozialräume in each trait, up or down."""


@dataclass(frozen=True)
class Planted:
    """The town as reviews and proposals see it, and what was planted."""

    ground: Ground
    least: int
    most: int
    mixed: dict[str, tuple[str, ...]]
    """Sozialraum of two characters -> the base units of the second."""
    rebuilt: dict[str, tuple[str, ...]]
    """Sozialraum in which a few blocks were built anew -> those."""

    @property
    def homogeneous(self) -> tuple[str, ...]:
        """The Sozialräume in which nothing was planted."""
        return tuple(unit for unit in self.ground.units if unit not in self.mixed and unit not in self.rebuilt)


def planted(seed: int, *, scale: Scale = TOWN, mixed: int = 6, rebuilt: int = 3) -> Planted:
    """Draw the town of this seed: so many Sozialräume have two characters, in so many a few blocks were built anew."""
    rng = random_numbers(seed, "planted")
    plan = street_plan(scale, seed)
    areas = districts(plan, scale, seed)
    block = plan.side_block
    unit, nest = areas.sozialraum[block], areas.stadtteil[block]
    edges, lengths = _borders(plan)
    residents = _residents(unit, rng)
    second, kinds = _planted_in(unit, residents, edges, mixed, rebuilt, rng)
    rate = _rates(unit, second, rng)
    people = np.maximum(np.rint(residents[:, None] * [each.about for each in KINDS]), 1)
    cases = _cases(people.astype(np.int64), rate, rng)
    names = [f"{number:04d}" for number in range(int(unit.max()) + 1)]
    ids = [f"{names[of]}{place:04d}" for place, of in enumerate(unit.tolist())]
    ground = Ground(
        ids=ids, residents=residents.astype(np.float64),
        traits=[Trait(each.id, 1 / len(KINDS)) for each in KINDS],
        numerators=cases, denominators=people.astype(np.float64),
        edges=edges, lengths=lengths, units=names, today=unit, nest=nest,
    )  # fmt: skip
    found = {
        kind: {
            names[u]: tuple(ids[place] for place in np.flatnonzero((unit == u) & second)) for u in sorted(kinds[kind])
        }
        for kind in ("mixed", "rebuilt")
    }
    return Planted(ground, LEAST, MOST, found["mixed"], found["rebuilt"])


def _borders(plan: StreetPlan) -> tuple[Ints, Floats]:
    """Return pairs of block faces with a common outline, and its length in metres; their corners are the same."""
    first: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    metres: dict[tuple[int, int], float] = {}
    for side, ring in enumerate(plan.rings):
        for start, end in pairwise(ring):
            other = first.pop((end, start), None)
            if other is None:
                first[start, end] = side
                continue
            pair = (other, side)
            east, north = end[0] - start[0], end[1] - start[1]
            metres[pair] = metres.get(pair, 0.0) + float(np.sqrt(float(east * east + north * north))) / 100
    pairs = sorted(metres)
    return np.array(pairs, dtype=np.int64), np.array([metres[pair] for pair in pairs])


def _residents(unit: Ints, rng: RandomNumbers) -> Ints:
    """Return residents of block faces so that each unit has between LEAST and MOST, and a few hundred to spare."""
    units = int(unit.max()) + 1
    wanted = whole(rng, 1_100, MOST - 400, units)
    share = whole(rng, 40, 160, unit.size)
    total = np.bincount(unit, share, units).astype(np.int64)
    residents: Ints = np.maximum(share * wanted[unit] // total[unit], 1)
    return residents


def _planted_in(
    unit: Ints, residents: Ints, edges: Ints, mixed: int, rebuilt: int, rng: RandomNumbers
) -> tuple[Flags, dict[str, set[int]]]:
    """Return which block faces have a second character, and the units by what was planted in them."""
    near: list[list[int]] = [[] for _ in range(unit.size)]
    for one, other in edges.tolist():
        if unit[one] == unit[other]:
            near[one].append(other)
            near[other].append(one)
    second = np.zeros(unit.size, dtype=np.bool_)
    kinds: dict[str, set[int]] = {"mixed": set(), "rebuilt": set()}
    wanted = {"mixed": mixed, "rebuilt": rebuilt}
    for u in np.argsort(rng.random(int(unit.max()) + 1)).tolist():
        open_kinds = [kind for kind in kinds if len(kinds[kind]) < wanted[kind]]
        if not open_kinds:
            break
        kind = open_kinds[0]
        members = np.flatnonzero(unit == u).tolist()
        part = _half(members, near, residents) if kind == "mixed" else _corner(members, near)
        if part:
            second[part] = True
            kinds[kind].add(u)
    return second, kinds


def _half(members: Sequence[int], near: Sequence[Sequence[int]], residents: Ints) -> list[int]:
    """Return one of two connected halves with LEAST residents each, the most equal ones; none if there are not two."""
    whole_unit, best = int(residents[members].sum()), list[int]()
    balance = whole_unit
    for start in members:
        reached = _from(start, near)
        taken, counted = list[int](), 0
        for each in reached:
            taken.append(each)
            counted += int(residents[each])
            if abs(whole_unit - 2 * counted) < balance and _connected(set(members) - set(taken), near):
                best, balance = list(taken), abs(whole_unit - 2 * counted)
    counted = int(residents[best].sum()) if best else 0
    return best if min(counted, whole_unit - counted) >= LEAST else []


def _corner(members: Sequence[int], near: Sequence[Sequence[int]]) -> list[int]:
    """Return the sixth of the unit that lies nearest to its first block face."""
    return _from(members[0], near)[: max(2, len(members) // 6)]


def _from(start: int, near: Sequence[Sequence[int]]) -> list[int]:
    """Return the block faces that can be reached from one, the nearest first."""
    order, seen, waiting = list[int](), {start}, deque([start])
    while waiting:
        each = waiting.popleft()
        order.append(each)
        for other in near[each]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return order


def _connected(members: set[int], near: Sequence[Sequence[int]]) -> bool:
    if not members:
        return False
    seen, waiting = {next(iter(members))}, [next(iter(members))]
    while waiting:
        for other in near[waiting.pop()]:
            if other in members and other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen == members


def _rates(unit: Ints, second: Flags, rng: RandomNumbers) -> Floats:
    """Return the rate of each trait of each block face: its unit's, or the one of the second character in it."""
    units, spread = int(unit.max()) + 1, np.array([each.spread for each in KINDS])
    own = np.array([each.mean for each in KINDS]) + spread * _uneven(rng, units, len(KINDS))
    way = np.where(rng.random((units, len(KINDS))) < 0.5, -APART, APART) * spread
    other = own + way
    beyond = (other < _LOWEST) | (other > _HIGHEST)
    other = np.where(beyond, own - way, other)
    return np.clip(np.where(second[:, None], other[unit], own[unit]), _LOWEST, _HIGHEST)


_LOWEST, _HIGHEST = 0.02, 0.95


def _uneven(rng: RandomNumbers, rows: int, columns: int) -> Floats:
    """Return numbers around 0 with a standard deviation of 1, from uniform ones."""
    drawn = sum(rng.random((rows, columns)) for _ in range(4))
    found: Floats = (np.asarray(drawn) - 2.0) * np.sqrt(3.0)
    return found


def _cases(people: Ints, rate: Floats, rng: RandomNumbers) -> Floats:
    """Return how many of so many people each rate meets, person by person."""
    flat, chance = people.ravel(), rate.ravel()
    owner = np.repeat(np.arange(flat.size), flat)
    met = rng.random(owner.size) < chance[owner]
    return np.bincount(owner, met, flat.size).reshape(people.shape).astype(np.float64)
