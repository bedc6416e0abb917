"""The sums that nobody may learn: counts that are too small, wherever they can be distinguished.

Of a unit and of a *piece* that no unit is made of alone; of what a share leaves over ("all but two"); and of several
small ones together, whose sum would bound each of them (three suppressed counts that add up to 3 are each 1).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, islice

import numpy as np
from numpy.typing import NDArray

from flows.protect.blocks import Day
from flows.protect.classes import Vector, less
from flows.protect.town import Numbers

MOST_TOGETHER = 600
"""Pairs, and triples, of small counts that are looked at in a unit or a place; what is beyond is left to the audit."""
LARGEST = 3
MAY_BE_0 = ("piece", "rest")
"""Small counts that may be 0, for all that is published."""


@dataclass(frozen=True)
class Sum:
    """Classes of people in pieces of the city: what a figure counts."""

    classes: tuple[tuple[int, int], ...]
    pieces: Numbers
    weights: Numbers | None
    """Of each piece, if they are not taken whole."""
    value: float
    at_least: int
    kind: str
    """Why it is protected: it is small, of a ``unit``, of a ``piece`` or the ``rest`` of a share; small ones
    ``together``; the ``saldo`` between two stocks of which one is small; a ``group`` of whom a share would say the
    same; ``kept`` for the sake of another, or by a rule; or ``known`` to everybody."""
    cell: int = -1
    """The cell of which it is the count."""

    soft: bool = False
    """Whether it only helps to protect others: an audit wants it, or it is of small ones that may each be 0."""

    @cached_property
    def key(self) -> Hashable:
        """All that tells it from other sums of its day."""
        weights = b"" if self.weights is None else self.weights.tobytes()
        return (self.kind, self.cell, self.classes, self.pieces.tobytes(), weights, self.value, self.soft)


def small_sums(figures: Day) -> list[Sum]:
    """Return the sums of a day that are too small: of units, of pieces, and of what shares leave over."""
    town, found = figures.town, list[Sum]()
    values, at_least = town.cells.value[figures.cells], town.cells.at_least[figures.cells]
    for cell in figures.cells[(values > 0) & (values < at_least)]:
        unit, side = int(town.cells.unit[cell]), int(town.cells.side[cell])
        pieces, weights = figures.pieces_of(unit, side)
        if len(pieces):
            found.append(Sum(items(figures.vectors[side]), pieces, weights, float(town.cells.value[cell]),
                             int(town.cells.at_least[cell]), "unit", int(cell)))  # fmt: skip
    for side, vector in figures.vectors.items():
        found += _in_pieces(figures.in_pieces[side], figures.at_least[side], vector, "piece")
    for above, below, at_least_left in town.shares:
        if above in figures.vectors and below in figures.vectors:
            found += _rests(figures, above, below, at_least_left)
    return found


def items(vector: Vector) -> tuple[tuple[int, int], ...]:
    """Return a sum of classes as a sum of people has it."""
    return tuple(sorted(vector.items()))


def _in_pieces(counts: NDArray[np.float64], at_least: int, vector: Vector, kind: str) -> Iterator[Sum]:
    for piece in np.flatnonzero((counts > 0) & (counts < at_least)):
        yield Sum(items(vector), np.array([piece]), None, float(counts[piece]), at_least, kind)


def _rests(figures: Day, above: int, below: int, at_least: int) -> Iterator[Sum]:
    vector = less(figures.vectors[below], figures.vectors[above])
    part, whole = figures.index[:, above], figures.index[:, below]
    units = np.flatnonzero((part >= 0) & (whole >= 0))
    rest = figures.town.cells.value[whole[units]] - figures.town.cells.value[part[units]]
    for unit, left in zip(units, rest, strict=True):
        if 0 < left < at_least:
            pieces, weights = figures.pieces_of(int(unit), below)
            if weights is None and len(pieces):
                yield Sum(items(vector), pieces, weights, float(left), at_least, "rest")
    yield from _in_pieces(figures.in_pieces[below] - figures.in_pieces[above], at_least, vector, "rest")


def together(small: Sequence[Sum], coarse: Sequence[Numbers]) -> Iterator[Sum]:
    """Return the unions of small sums of one kind of people that would bound each of them.

    k counts, each of them at least 1, that add up to S are each at most S - k + 1: too small as long as S is below
    their threshold + k - 1. Pieces may be 0; together they are a count of their own. What is taken together are pairs,
    triples and all of the small ones inside each of the `coarse` units, given by their pieces.
    """
    by_people: dict[tuple[tuple[int, int], ...], dict[frozenset[int], Sum]] = {}
    for one in small:
        if one.kind in ("unit", "piece", "rest", "group") and one.weights is None:
            by_people.setdefault(one.classes, {}).setdefault(frozenset(one.pieces.tolist()), one)  # units come first
    around = [frozenset(pieces.tolist()) for pieces in coarse]
    for alike in by_people.values():
        least = sorted(alike.items(), key=lambda each: (len(each[0]), sorted(each[0])))
        groups: dict[frozenset[frozenset[int]], tuple[tuple[frozenset[int], Sum], ...]] = {}
        for inside in around:
            within = [each for each in least if each[0] <= inside]
            some = [tuple(_disjoint(within))] if len(within) > LARGEST else []
            for size in range(2, LARGEST + 1):
                some += islice(combinations(within, size), MOST_TOGETHER)
            groups |= {frozenset(pieces for pieces, _ in each): each for each in some}
        yield from filter(None, map(_union, groups.values()))
    yield from _beside(small)


def _beside(small: Sequence[Sum]) -> Iterator[Sum]:
    """Return the unions of small counts of different people in one place that bound each other (65-79 and 80+)."""
    by_place: dict[frozenset[int], list[Sum]] = {}
    for one in small:
        if one.kind in ("unit", "piece") and one.weights is None:
            by_place.setdefault(frozenset(one.pieces.tolist()), []).append(one)
    for alike in by_place.values():
        different = list({each.classes: each for each in alike[::-1]}.values())
        for size in range(2, LARGEST + 1):
            yield from filter(None, map(_mixed, islice(combinations(different, size), MOST_TOGETHER)))


def _mixed(sums: Sequence[Sum]) -> Sum | None:
    """Return the sum of small counts of different people if it is small enough to bound them, else None."""
    at_least, value = min(one.at_least for one in sums), sum(one.value for one in sums)
    whole = all(one.kind == "unit" for one in sums)
    if value >= at_least + (len(sums) - 1 if whole else 0):
        return None
    soft = all(one.kind in MAY_BE_0 for one in sums)
    classes = dict(chain.from_iterable(one.classes for one in sums))
    if len(classes) < sum(len(one.classes) for one in sums):
        return None
    return Sum(tuple(sorted(classes.items())), sums[0].pieces, None, value, at_least, "together", soft=soft)


def _disjoint(sums: Sequence[tuple[frozenset[int], Sum]]) -> list[tuple[frozenset[int], Sum]]:
    taken: set[int] = set()
    chosen = []
    for pieces, one in sums:
        if not taken & pieces:
            taken |= pieces
            chosen.append((pieces, one))
    return chosen


def _union(some: Sequence[tuple[frozenset[int], Sum]]) -> Sum | None:
    """Return the sum of disjoint small ones if it is small enough to bound them, else None."""
    sums = [one for _, one in some]
    at_least, value = min(one.at_least for one in sums), sum(one.value for one in sums)
    whole = all(one.kind == "unit" for one in sums)
    if value >= at_least + (len(sums) - 1 if whole else 0):
        return None
    pieces = frozenset().union(*(pieces for pieces, _ in some))
    if len(pieces) < sum(len(each) for each, _ in some):
        return None
    numbers, soft = np.array(sorted(pieces), dtype=np.int64), all(one.kind in MAY_BE_0 for one in sums)
    return Sum(sums[0].classes, numbers, None, value, at_least, "together", soft=soft)
