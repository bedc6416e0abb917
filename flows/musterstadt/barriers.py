"""A railway and a river through Musterstadt, which the Sozialräume of today respect nearly everywhere.

Each goes through the streets from one rim to the other, along borders of Sozialräume where it can and through one
where that saves a long way round: there a review has something to find. No number is drawn for it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from flows.musterstadt.street_plan import StreetPlan

Crossing = tuple[int, int]
_ALONG, _ACROSS, _OUTSIDE = 1, 3, 9
"""What a street costs on the way: between two Sozialräume, within one, and where no city is on either side."""


def barriers(plan: StreetPlan, unit: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """The points of the railway and the river in centimetres; `unit` is the Sozialraum of each Baublockseite."""
    at: dict[Crossing, str] = {}
    for block, home in zip(plan.side_block.tolist(), unit, strict=True):
        at.setdefault((int(plan.row[block]), int(plan.column[block])), home)
    rows, columns = sorted({row for row, _ in at}), sorted({column for _, column in at})
    middle_row, third = rows[len(rows) // 2], columns[len(columns) // 3]
    in_row = sorted(column for row, column in at if row == middle_row)
    in_column = sorted(row for row, column in at if column == third)
    return {
        "Bahn": _points(plan, _way(at, (middle_row, in_row[0]), (middle_row, in_row[-1] + 1))),
        "Fluss": _points(plan, _way(at, (in_column[0], third), (in_column[-1] + 1, third))),
    }


def _way(at: dict[Crossing, str], start: Crossing, end: Crossing) -> list[Crossing]:
    """The cheapest way through the streets (Dijkstra 1959); of ways that cost the same, always the same one."""
    reached: dict[Crossing, tuple[int, Crossing]] = {start: (0, start)}
    frontier = [(0, start)]
    while frontier:
        cost, here = heapq.heappop(frontier)
        if here == end:
            break
        if cost > reached[here][0]:
            continue
        for there, sides in _streets(here):
            homes = {at.get(side) for side in sides}
            price = cost + (_OUTSIDE if homes == {None} else _ALONG if len(homes) == 2 else _ACROSS)
            if (price, here) < reached.get(there, (price + 1, here)):
                reached[there] = (price, here)
                heapq.heappush(frontier, (price, there))
    way = [end]
    while way[-1] != start:
        way.append(reached[way[-1]][1])
    return way[::-1]


def _streets(here: Crossing) -> Iterator[tuple[Crossing, tuple[Crossing, Crossing]]]:
    """Where the four streets of a crossing lead to, and the blocks on both sides of each."""
    row, column = here
    yield (row, column + 1), ((row - 1, column), (row, column))
    yield (row + 1, column), ((row, column - 1), (row, column))
    yield (row, column - 1), ((row - 1, column - 1), (row, column - 1))
    yield (row - 1, column), ((row - 1, column - 1), (row - 1, column))


def _points(plan: StreetPlan, way: Sequence[Crossing]) -> list[tuple[int, int]]:
    """The crossings of a way, and the bends halfway between them."""
    points = [_place(plan.corners[way[0]])]
    for before, after in pairwise(way):
        first = min(before, after)
        points.append(_place(plan.bends[0 if before[0] == after[0] else 1][first]))
        points.append(_place(plan.corners[after]))
    return points


def _place(corner: np.typing.NDArray[np.int64]) -> tuple[int, int]:
    return int(corner[0]), int(corner[1])
