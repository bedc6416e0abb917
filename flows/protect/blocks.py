"""The counts of one Stichtag as sums over unknowns, and which of them have to be looked at together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.protect.classes import Vector, components
from flows.protect.elimination import Row
from flows.protect.town import Numbers, Town

Node = tuple[int, int]
"""A group of classes in a component of pieces."""


class Day:
    """The cells of a Stichtag by unit and side, what is counted in each piece, and how units overlap."""

    def __init__(self, town: Town, day: int) -> None:
        self.town, self.day = town, day
        self.cells = np.flatnonzero(town.cells.day == day)
        self.index = np.full((len(town.units), len(town.sides)), -1)
        self.index[town.cells.unit[self.cells], town.cells.side[self.cells]] = self.cells
        self.vectors: dict[int, Vector] = {
            side: town.classes.side(town.sides[side]) for side in np.unique(town.cells.side[self.cells]).tolist()
        }
        self.at_least = {
            side: int(town.cells.at_least[self.index[:, side][self.index[:, side] >= 0]].max()) for side in self.vectors
        }
        self.in_pieces = {side: self._in_pieces(side) for side in self.vectors}
        self.classes_in_pieces = self._classes_in_pieces()
        self.ranks = sorted({unit.rank for unit in town.units})
        self.rank = np.array([unit.rank for unit in town.units])
        split: dict[int, list[Numbers]] = {}
        for (on, of, _), (pieces, _weights) in town.split.items():
            if on == day:
                split.setdefault(of, []).append(pieces)
        self.pieces = {
            unit: np.unique(np.concatenate(split[unit])) if unit in split else town.pieces(day, unit)
            for unit in np.unique(town.cells.unit[self.cells]).tolist()
        }
        self.split = frozenset(split)
        self.component = {rank: self._components(rank) for rank in self.ranks}
        group = np.array(town.classes.group)
        self.group = {side: int(group[next(iter(vector))]) for side, vector in self.vectors.items()}
        self._by_node: dict[int, dict[Node, list[int]]] = {}
        self._cells_of: dict[tuple[int, frozenset[Node]], list[int]] = {}

    def pieces_of(self, unit: int, side: int) -> tuple[Numbers, Numbers | None]:
        """Return the pieces of a unit, and their weights in millionths if they are not taken whole."""
        if unit in self.split and (self.day, unit, self.town.sides[side]) in self.town.split:
            return self.town.split[self.day, unit, self.town.sides[side]]
        return self.pieces[unit], None

    def _in_pieces(self, side: int) -> NDArray[np.float64]:
        merkmale = [self.town.merkmale.index(each) for each in self.town.sides[side].split("+")]
        found: NDArray[np.float64] = self.town.counted[self.day, merkmale].sum(axis=0)
        return found

    def _classes_in_pieces(self) -> NDArray[np.float64]:
        """Return the count of each class in each piece; NaN where the day's Merkmale do not tell it."""
        town, size = self.town, len(self.town.classes.names)
        counted = [m for m in range(len(town.merkmale)) if town.counted[self.day, m].any()]
        system = np.zeros((len(counted), size))
        for row, merkmal in enumerate(counted):
            for each, count in town.classes.of_merkmal[town.merkmale[merkmal]].items():
                system[row, each] = count
        inverse = np.linalg.pinv(system) if counted else np.zeros((size, 0))
        told = np.isclose(np.diagonal(inverse @ system), 1) if counted else np.zeros(size, dtype=bool)
        found: NDArray[np.float64] = np.round(inverse @ town.counted[self.day, counted], 6)
        found[~told] = np.nan
        found[~system.any(axis=0)] = 0  # nobody counts it that day
        for of, merkmal in zip(system > 0, counted, strict=True):
            empty = town.counted[self.day, merkmal] == 0
            found[of[:, None] & empty] = 0  # where nobody is, nobody of any age is
        return found

    def _components(self, rank: int) -> Numbers:
        """Return the component of each piece: units of at most `rank` connect theirs, coarser units hold whole ones."""
        size = self.town.counted.shape[2]
        inner = [pieces.tolist() for unit, pieces in self.pieces.items() if self.rank[unit] <= rank]
        outer = [pieces.tolist() for unit, pieces in self.pieces.items() if self.rank[unit] > rank]
        while True:
            found = components(size, inner)
            sizes = Counter(found)
            broken = [
                pieces for pieces in outer
                if any(sizes[at] != count for at, count in Counter(found[p] for p in pieces).items())
            ]  # fmt: skip
            if not broken or len(sizes) == 1:
                return np.array(found, dtype=np.int64)
            inner += broken
            outer = [pieces for pieces in outer if pieces not in broken]

    def nodes(self, classes: Iterable[tuple[int, int]], pieces: Numbers, rank: int) -> set[Node]:
        """Return the groups and components that a sum touches."""
        groups = {self.town.classes.group[each] for each, _ in classes}
        return {(group, part) for part in set(self.component[rank][pieces].tolist()) for group in groups}

    def cells_of(self, rank: int, nodes: Iterable[Node]) -> list[int]:
        """Return the cells of units of at most `rank` in these groups and components."""
        asked = (rank, frozenset(nodes))
        if asked in self._cells_of:
            return self._cells_of[asked]
        if rank not in self._by_node:
            part_of = {unit: int(self.component[rank][pieces[0]]) for unit, pieces in self.pieces.items()
                       if len(pieces) and self.rank[unit] <= rank}  # fmt: skip
            by_node: dict[Node, list[int]] = {}
            for unit, part in part_of.items():
                for side, group in self.group.items():
                    if (cell := int(self.index[unit, side])) >= 0:
                        by_node.setdefault((group, part), []).append(cell)
            self._by_node[rank] = by_node
        found = [cell for node in sorted(asked[1]) for cell in self._by_node[rank].get(node, [])]
        self._cells_of[asked] = found
        return found


class Unknowns:
    """The columns of a block: each class in each of its pieces where there is somebody, or may be."""

    def __init__(self, day: Day, nodes: Iterable[Node], rank: int, hidden: NDArray[np.bool_]) -> None:
        """Take the nodes of a block, and (class by piece) where nobody is and a reader must not know it."""
        truth = day.classes_in_pieces
        group = np.array(day.town.classes.group)
        self.place: dict[int, dict[int, int]] = {}
        size = 0
        self.pieces_of: dict[int, list[int]] = {}
        for at, part in sorted(nodes):
            pieces = self.pieces_of.setdefault(part, np.flatnonzero(day.component[rank] == part).tolist())
            for each in np.flatnonzero(group == at).tolist():
                for piece in pieces:
                    if truth[each, piece] != 0 or hidden[each, piece]:  # an unknown count (NaN) is one, too
                        self.place.setdefault(each, {})[piece] = size
                        size += 1
        self.size = size

    def row(self, classes: Iterable[tuple[int, int]], pieces: Numbers, weights: Numbers | None = None) -> Row:
        """Return a sum as a row over the unknowns; whole pieces need no weights."""
        row: Row = {}
        numbers: Sequence[int] = pieces.tolist()
        for each, count in classes:
            place = self.place.get(each)
            if not place:
                continue
            if weights is None:
                for piece in numbers:
                    if (at := place.get(piece)) is not None:
                        row[at] = count
            else:
                for piece, weight in zip(numbers, weights.tolist(), strict=True):
                    if (at := place.get(piece)) is not None:
                        row[at] = row.get(at, 0) + count * weight
        return row
