"""Groups of whom a share says the same: 0 or 100 % of too few people, so that everybody's own status is known.

Unlike a small count, a 0 is secret here. Elimination takes it for granted that a reader knows where nobody is; where
such a 0 must not be known it is an unknown like any other. What a larger group tells anyway stays known: where 0 of
500 receive a benefit, it is known of each part of the 500.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.protect.blocks import Day
from flows.protect.classes import Vector, less, parts_within
from flows.protect.given import Given
from flows.protect.protected import Sum, items


@dataclass(frozen=True)
class Groups:
    """What must not be known of the small groups of a Stichtag."""

    sums: list[Sum]
    """Counts above the line that are 0, and rests that are 0."""
    silent: frozenset[int]
    """Cells above the line that are not published."""
    hidden: NDArray[np.bool_]
    """Class by piece: where nobody is, and nobody may know it."""
    known: list[Sum]
    """Rests of which everybody knows that they are 0, in pieces of larger groups."""


def groups_of(day: Day, given: Given) -> Groups:
    """Return the small groups of a day, of units and of pieces, but for those that a larger one tells."""
    inside = [(cell, below) for cell, below in given.groups if day.town.cells.day[cell] == day.day]
    pairs = [pair for pair in day.town.groups if pair[0] in day.vectors and pair[1] in day.vectors]
    value, side = day.town.cells.value, day.town.cells.side
    nobody = {cell for cell, _ in inside if value[cell] == 0}
    everybody = {(cell, below) for cell, below in inside if value[cell] > 0}
    hidden = _hidden(day, pairs, nobody)
    found = [Sum(items(day.vectors[int(side[cell])]), pieces, None, 0.0, 1, "group", cell)
             for cell in sorted(nobody) if (pieces := _whole(day, cell)) is not None
             and hidden[_at(day.vectors[int(side[cell])], pieces)].any()]  # fmt: skip
    estimated = {cell for cell, _ in inside if _whole(day, cell) is None}
    known = list[Sum]()
    for above, below, at_least in pairs:
        rest = items(less(day.vectors[below], day.vectors[above]))
        many, all_of = day.in_pieces[below], day.in_pieces[below] == day.in_pieces[above]
        told = _told_everybody(day, above, below, everybody)
        known += [Sum(rest, np.array([piece]), None, 0.0, 0, "known") for piece in np.flatnonzero(told & (many > 0))]
        for cell, of in sorted(everybody):
            pieces = _whole(day, cell)
            if (int(side[cell]), of) == (above, below) and pieces is not None and (~told & (many > 0))[pieces].any():
                found.append(Sum(rest, pieces, None, 0.0, 1, "group", cell))
        small = (many > 0) & (many < at_least)
        found += [
            Sum(rest, np.array([piece]), None, 0.0, 1, "group") for piece in np.flatnonzero(small & all_of & ~told)
        ]
        vector = items(day.vectors[above])
        found += [Sum(vector, np.array([piece]), None, 0.0, 1, "group") for piece in _empty(day, above, small, hidden)]
    return Groups(found, frozenset(one.cell for one in found if one.cell >= 0) | estimated, hidden, known)


def _at(vector: Vector, pieces: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return where the classes of a sum stand in a table of class by piece."""
    return np.ix_(np.fromiter(vector, dtype=np.int64), pieces)


def _whole(day: Day, cell: int) -> NDArray[np.int64] | None:
    """Return the pieces of a cell's unit; None where it gets shares of some."""
    pieces, weights = day.pieces_of(int(day.town.cells.unit[cell]), int(day.town.cells.side[cell]))
    return pieces if weights is None else None


def _hidden(day: Day, pairs: list[tuple[int, int, int]], nobody: set[int]) -> NDArray[np.bool_]:
    """Say of each class and piece whether nobody is there and it must not be known."""
    hidden = np.zeros(day.classes_in_pieces.shape, dtype=bool)
    for above, below, at_least in pairs:
        many = day.in_pieces[below]
        small = (many > 0) & (many < at_least) & (day.in_pieces[above] == 0)
        hidden[_at(day.vectors[above], np.flatnonzero(small))] = True
        for cell in nobody:
            if int(day.town.cells.side[cell]) == above and (pieces := _whole(day, cell)) is not None:
                hidden[_at(day.vectors[above], pieces[many[pieces] > 0])] = True
    if not hidden.any():
        return hidden
    hidden &= day.classes_in_pieces == 0
    parts = [(above, below) for above, below, _ in day.town.shares]
    for cell in day.cells[day.town.cells.value[day.cells] == 0].tolist():
        if cell not in nobody and (pieces := _whole(day, cell)) is not None:
            for part in parts_within(int(day.town.cells.side[cell]), parts):
                hidden[_at(day.vectors.get(part, {}), pieces)] = False
    return hidden


def _told_everybody(day: Day, above: int, below: int, everybody: set[tuple[int, int]]) -> NDArray[np.bool_]:
    """Say of each piece whether it lies in a unit of which a share of 100 % is published."""
    told = np.zeros(len(day.in_pieces[below]), dtype=bool)
    part, whole = day.index[:, above], day.index[:, below]
    for unit in np.flatnonzero((part >= 0) & (whole >= 0)).tolist():
        cell, count = int(part[unit]), float(day.town.cells.value[whole[unit]])
        if count > 0 and count == day.town.cells.value[cell] and (cell, below) not in everybody:
            pieces = _whole(day, cell)
            if pieces is not None:
                told[pieces] = True
    return told


def _empty(day: Day, above: int, small: NDArray[np.bool_], hidden: NDArray[np.bool_]) -> Iterator[int]:
    """Yield the pieces with a small group of which nobody counts above the line, which must not be known."""
    secret = hidden[np.fromiter(day.vectors[above], dtype=np.int64)].any(axis=0)
    yield from np.flatnonzero(small & secret & (day.in_pieces[above] == 0)).tolist()
