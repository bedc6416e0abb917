"""Every partition into connected parts within bounds, one after the other: what a search is measured against.

Parts are made in turn: the first holds the lowest base unit, the next the lowest of those left. A part grows by one
neighbour or leaves it out for good; a way is given up as soon as what was left out lies in more pieces than there are
parts to come. Sets are bits of whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from flows.redrawing.ground import Ground, Ints
from flows.redrawing.sums import Rules, Sums

FEW = 26
"""So many base units are searched through completely; 25 units in 3 parts without bounds are 117,688 partitions."""
STEPS = 4_000_000
"""So often something is added to a part or left out, in about 30 s of CPU, before that is given up. 25 squares in 3
parts have 709,351 partitions in 3 million steps; where corners count as borders, more than anybody waits for."""
_SHOWN_EVERY = 10_000


@dataclass(frozen=True)
class AllPartitions:
    """The number of partitions within bounds, and the best of them."""

    partitions: int
    within_share: float
    labels: Ints | None
    """The best partition; None where there is none within bounds."""


class _TooMany(Exception):  # noqa: N818 -- no error, an answer
    """There are more ways than are gone, or nobody wants to wait."""


@dataclass
class _Steps:
    """How many steps were made; ends the search where they are too many."""

    progress: Callable[[int, int], bool]
    made: int = 0

    def make(self) -> None:
        self.made += 1
        if self.made >= STEPS or (self.made % _SHOWN_EVERY == 0 and not self.progress(self.made, STEPS)):
            raise _TooMany


@dataclass(frozen=True)
class _Graph:
    near: list[int]
    """Of each base unit, its neighbours as bits."""
    residents: list[float]
    rules: Rules
    steps: _Steps

    def pieces(self, units: int, parts: int) -> list[int] | None:
        """Return the connected pieces of a set, or None as soon as they are more than `parts`."""
        found: list[int] = []
        while units:
            if len(found) == parts:
                return None
            piece = self.piece(units & -units, units)
            found.append(piece)
            units &= ~piece
        return found

    def piece(self, seed: int, units: int) -> int:
        """Return what of a set hangs together with `seed`."""
        piece = fresh = seed
        while fresh:
            lowest = fresh & -fresh
            fresh ^= lowest
            more = self.near[lowest.bit_length() - 1] & units & ~piece
            piece |= more
            fresh |= more
        return piece

    def size(self, units: int) -> float:
        """Return the residents of a set."""
        total = 0.0
        while units:
            lowest = units & -units
            total += self.residents[lowest.bit_length() - 1]
            units ^= lowest
        return total

    def partitions(self, units: int, parts: int) -> Iterator[tuple[int, ...]]:
        """Yield each partition of a set into so many connected parts within bounds."""
        if not self.rules.least * parts <= self.size(units) <= self.rules.most * parts:
            return
        pieces = self.pieces(units, parts)
        if pieces is None:
            return
        if len(pieces) == parts:
            if all(self.rules.least <= self.size(piece) <= self.rules.most for piece in pieces):
                yield tuple(pieces)
            return
        lowest = units & -units
        start = _Growing(lowest, lowest, self.near[lowest.bit_length() - 1] & units, self.size(lowest))
        for part in self._grown(start, units, parts):
            for rest in self.partitions(units & ~part, parts - 1):
                yield (part, *rest)

    def _grown(self, now: _Growing, units: int, parts: int) -> Iterator[int]:
        """Yield every connected set that holds the part so far and, of what else is decided, nothing."""
        self.steps.make()
        if now.size > self.rules.most:
            return
        near = now.near & ~now.decided
        if not near:
            if now.size >= self.rules.least and now.part != units:
                yield now.part
            return
        pick = near & -near
        position, decided = pick.bit_length() - 1, now.decided | pick
        more = now.near | self.near[position] & units
        yield from self._grown(_Growing(now.part | pick, decided, more, now.size + self.residents[position]),
                               units, parts)  # fmt: skip
        if self._can_rest(now.part, decided, units, parts):
            yield from self._grown(_Growing(now.part, decided, now.near, now.size), units, parts)

    def _can_rest(self, part: int, decided: int, units: int, parts: int) -> bool:
        """Say whether what was left out can still lie in as few pieces as there are parts to come."""
        left_out, open_units = decided & ~part, units & ~part
        for _ in range(parts - 1):
            if not left_out:
                return True
            left_out &= ~self.piece(left_out & -left_out, open_units)
        return not left_out


@dataclass(frozen=True, slots=True)
class _Growing:
    """A part while it grows: its base units, those decided on, those beside it, its residents."""

    part: int
    decided: int
    near: int
    size: float


def all_partitions(
    ground: Ground, sums: Sums, parts: int, rules: Rules, *,
    progress: Callable[[int, int], bool] = lambda _done, _of: True,
) -> AllPartitions | None:  # fmt: skip
    """Return the number of partitions of `ground` into connected parts within bounds, and the most homogeneous.

    Of equally good ones the first is taken, in the order in which they are made. None where there are too many ways to
    go them all, or `progress`, called with the steps made and those that are made at most, returned False.
    """
    near = [0] * len(ground)
    for one, other in ground.edges.tolist():
        near[one] |= 1 << other
        near[other] |= 1 << one
    graph = _Graph(near, ground.residents.tolist(), rules, _Steps(progress))
    count, best, best_parts = 0, -1.0, None
    known: dict[int, float] = {}
    try:
        for partition in graph.partitions((1 << len(ground)) - 1, parts):
            count += 1
            between = sum(known.get(part) or known.setdefault(part, _between(sums, part)) for part in partition)
            if between > best + 1e-12:
                best, best_parts = between, partition
    except _TooMany:
        return None
    if best_parts is None:
        return AllPartitions(0, float("nan"), None)
    labels = np.zeros(len(ground), dtype=np.int64)
    for number, part in enumerate(best_parts):
        labels[_positions(part)] = number
    return AllPartitions(count, sums.within_share(labels), labels)


def _between(sums: Sums, part: int) -> float:
    return float(sums.between(sums.columns[_positions(part)].sum(axis=0, keepdims=True))[0])


def _positions(part: int) -> list[int]:
    return [position for position in range(part.bit_length()) if part >> position & 1]
