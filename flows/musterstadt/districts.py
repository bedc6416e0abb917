"""Raumebenen: blocks gathered into Sozialräume, these into Stadtteile, these into Stadtbezirke.

A parent is cut along streets into children of about equal weight, each with a block for every Sozialraum in it; what
a cut leaves as an island joins the neighbour across the street, so that every unit is in one piece (unless a unit of a
very small city could not spare those blocks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.musterstadt.random_numbers import Ints, RandomNumbers, random_numbers
from flows.musterstadt.scale import Scale
from flows.musterstadt.street_plan import StreetPlan


@dataclass(frozen=True)
class Districts:
    """The unit of each block on every Raumebene, as running numbers from 0; children nest in parents."""

    stadtbezirk: Ints
    stadtteil: Ints
    sozialraum: Ints
    stadtteil_id: tuple[str, ...]
    """Three digits: Stadtbezirk and place within it."""

    def stadtteil_of(self, sozialraum: int) -> int:
        """The Stadtteil that a Sozialraum lies in."""
        return int(self.stadtteil[np.flatnonzero(self.sozialraum == sozialraum)[0]])


def districts(plan: StreetPlan, scale: Scale, seed: int) -> Districts:
    """Divide the blocks of a street plan."""
    rng = random_numbers(seed, "districts")
    stadtteile = _numbers_of_children(scale.stadtteile, scale.stadtbezirke, 2, 9, rng)
    sozialraeume = _numbers_of_children(scale.sozialraeume, scale.stadtteile, 2, 7, rng)
    weight_of_stadtteil = np.array(sozialraeume)
    owner = np.repeat(np.arange(scale.stadtbezirke), stadtteile)
    weight_of_bezirk = [int(weight_of_stadtteil[owner == b].sum()) for b in range(scale.stadtbezirke)]

    near = plan.neighbours()
    everywhere = np.zeros(plan.row.size, dtype=np.int64)
    bezirk = _divided(plan, near, everywhere, [weight_of_bezirk], rng)
    teil = _divided(
        plan, near, bezirk, [weight_of_stadtteil[owner == b].tolist() for b in range(scale.stadtbezirke)], rng
    )
    raum = _divided(plan, near, teil, [[1] * n for n in sozialraeume], rng)
    ids = [f"{b + 1:02d}{place}" for b, n in enumerate(stadtteile) for place in range(1, n + 1)]
    return Districts(bezirk, teil, raum, tuple(ids))


def _numbers_of_children(children: int, parents: int, least: int, most: int, rng: RandomNumbers) -> list[int]:
    """How many children each parent gets: least to most, adding up."""
    numbers = [max(least, children // parents - 1)] * parents
    for _ in range(children - sum(numbers)):
        open_parents = [p for p in range(parents) if numbers[p] < most] or list(range(parents))
        numbers[open_parents[int(rng.random() * len(open_parents))]] += 1
    return numbers


def _divided(
    plan: StreetPlan, near: list[list[int]], parent: Ints, weights: list[list[int]], rng: RandomNumbers
) -> Ints:
    """Divide every parent into as many children as it has weights, the numbers of Sozialräume in them.

    Children count through the whole city.
    """
    child = np.full(parent.size, -1, dtype=np.int64)
    first = 0
    for number, shares in enumerate(weights):
        members = np.flatnonzero(parent == number)
        _cut_apart(plan, members, list(enumerate(shares, start=first)), child, rng)
        first += len(shares)
    _join_islands(child, parent, near, [share for shares in weights for share in shares])
    return child


def _cut_apart(plan: StreetPlan, members: Ints, units: list[tuple[int, int]], child: Ints, rng: RandomNumbers) -> None:
    """Halve `members` along their longer axis until each (unit, share) has its part."""
    if len(units) == 1:
        child[members] = units[0][0]
        return
    half = len(units) // 2
    x, y = plan.x[members] // 100, plan.y[members] // 100
    tilt = int(rng.random() * 61) - 30
    wide = int(np.ptp(x)) > int(np.ptp(y))
    along = x * 100 + y * tilt if wide else y * 100 + x * tilt
    order = members[np.argsort(along, kind="stable")]
    mass = np.cumsum(plan.sides[order])
    wanted = int(mass[-1]) * sum(s for _, s in units[:half]) // sum(s for _, s in units)
    at = int(np.searchsorted(mass, wanted)) + 1
    at = min(max(at, sum(s for _, s in units[:half])), len(order) - sum(s for _, s in units[half:]))
    _cut_apart(plan, order[:at], units[:half], child, rng)
    _cut_apart(plan, order[at:], units[half:], child, rng)


def _join_islands(child: Ints, parent: Ints, near: list[list[int]], least: list[int]) -> None:
    """Give each detached piece of a unit to the neighbouring unit of the same parent, if `least` blocks stay."""
    for _ in range(4):
        moved = False
        for unit in range(int(child.max()) + 1):
            for piece in _pieces(np.flatnonzero(child == unit).tolist(), near)[1:]:
                across = sorted(
                    int(child[n]) for b in piece for n in near[b] if child[n] != unit and parent[n] == parent[b]
                )
                if across and int((child == unit).sum()) - len(piece) >= least[unit]:
                    child[piece] = max(set(across), key=lambda u: (across.count(u), -u))
                    moved = True
        if not moved:
            return


def _pieces(members: list[int], near: list[list[int]]) -> list[list[int]]:
    """Connected pieces of a set of blocks, the largest first."""
    left = set(members)
    pieces: list[list[int]] = []
    for start in members:
        if start not in left:
            continue
        left.discard(start)
        piece, frontier = [start], [start]
        while frontier:
            for block in near[frontier.pop()]:
                if block in left:
                    left.discard(block)
                    piece.append(block)
                    frontier.append(block)
        pieces.append(sorted(piece))
    return sorted(pieces, key=lambda p: (-len(p), p[0]))
