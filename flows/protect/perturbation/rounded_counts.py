"""The counts of one Stichtag, rounded piece by piece and class by class, so that everything above is their sum.

What is rounded are the *elementary* counts: age bands between all limits of age, the parts of a division, and every
other Merkmal for itself. Bands, wholes and units are sums of these, so they add up as they did before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flows.protect.classes import Classes
from flows.protect.perturbation.keyed_draw import Draws
from flows.protect.perturbation.piece_tree import Node
from flows.protect.perturbation.safe_values import Limits, SafeValues, Whole, shared_out

Counts = Mapping[int, int]
"""Piece -> count."""


@dataclass(frozen=True)
class Elementary:
    """Something that is rounded: its name in draws, its counts by piece, and what it counts a part of."""

    name: str
    counts: Counts
    base: int
    wholes: tuple[str, ...] = ()
    """Merkmale, which come before it."""


@dataclass(frozen=True)
class Rounding:
    """How the Merkmale of a day are made of what is rounded."""

    elementary: tuple[Elementary, ...]
    """In an order in which wholes come before their parts."""
    sums: Mapping[str, tuple[str, ...]]
    """Merkmal -> the elementary counts of which it is the sum."""
    left: Mapping[str, Counts] = field(default_factory=dict)
    """Counts of Merkmale that are not rounded, where a rounded one counts a part of them."""


class RoundedDay:
    """The rounded counts of a Stichtag."""

    def __init__(self, day: str, tree: Sequence[Node], rounding: Rounding, draws: Draws) -> None:
        self._day, self._draws, self._rounding = day, draws, rounding
        self._found: dict[str, dict[str, Limits]] = {one.name: {} for one in rounding.elementary}
        self._left = {name: _of_nodes(counts, tree) for name, counts in rounding.left.items()}
        for one in rounding.elementary:
            true = _of_nodes(one.counts, tree)
            for root in tree:
                self._round(one, root, true)

    def merkmal(self, name: str, node: Node) -> Limits:
        """Return what a Merkmal is replaced by in a node."""
        if name in self._left:
            count = self._left[name][node.name]
            return Limits(count, count, count)
        parts = [self._found[each][node.name] for each in self._rounding.sums[name]]
        return Limits(sum(one.value for one in parts), sum(one.low for one in parts), sum(one.high for one in parts))

    def _round(self, one: Elementary, root: Node, true: Mapping[str, int]) -> None:
        safe = self._safe(one, root, true)
        count = true[root.name]
        value = safe.instead_of(count, 0.0 if safe.has(count) else self._draw(one, root))
        self._found[one.name][root.name] = safe.limits(value)
        self._share_out(one, root, value, true)

    def _share_out(self, one: Elementary, node: Node, total: int, true: Mapping[str, int]) -> None:
        if not node.parts:
            return
        counts = [true[part.name] for part in node.parts]
        safe = [self._safe(one, part, true) for part in node.parts]
        draws = [self._draw(one, part) for part in node.parts]
        plain = [SafeValues(one.base)] * len(counts)
        largest = sum(counts) + total
        for values, reach in (*((safe, reach) for reach in _reaches(one.base, largest)),
                              *((plain, reach) for reach in _reaches(one.base, largest))):  # fmt: skip
            if (found := shared_out(total, counts, values, reach, draws)) is not None:
                break
        else:  # cannot be: the whole of it may stand in any one part
            message = f"nothing adds up to {total}"
            raise AssertionError(message)
        for part, value in zip(node.parts, found, strict=True):
            self._found[one.name][part.name] = Limits(value, max(0, value - reach), value + reach)
            self._share_out(one, part, value, true)

    def _safe(self, one: Elementary, node: Node, true: Mapping[str, int]) -> SafeValues:
        """Return the safe counts in a node, by the wholes that are published there, and are wholes indeed."""
        wholes = [self.merkmal(name, node) for name in one.wholes]
        return SafeValues(one.base, tuple(
            Whole(whole.value, whole.high) for whole in wholes
            if (whole.value == 0 or whole.value >= one.base) and true[node.name] <= whole.high
        ))  # fmt: skip

    def _draw(self, one: Elementary, node: Node) -> float:
        return self._draws.of(self._day, node.name, one.name)


def _reaches(base: int, largest: int) -> Iterator[int]:
    """Yield how far the parts of what is shared out may lie from their counts: little first."""
    reach = base - 1
    while reach < largest:
        yield reach
        reach *= 2
    yield max(reach, largest)


def _of_nodes(counts: Counts, tree: Sequence[Node]) -> dict[str, int]:
    found: dict[str, int] = {}
    waiting = [*tree]
    while waiting:
        node = waiting.pop()
        found[node.name] = sum(counts.get(piece, 0) for piece in node.pieces)
        waiting += node.parts
    return found


def age_bands(classes: Classes, merkmale: Sequence[str], counts: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return how many people of each class live in each piece, from the counts of Merkmale (Merkmal by piece).

    None where the Merkmale do not tell it.
    """
    size = max(each for name in merkmale for each in classes.of_merkmal[name]) + 1
    system = np.zeros((len(merkmale), size))
    for row, name in enumerate(merkmale):
        for each, count in classes.of_merkmal[name].items():
            system[row, each] = count
    inverse = np.linalg.pinv(system)
    if not np.isclose(np.diagonal(inverse @ system), 1)[system.any(axis=0)].all():
        return None
    return np.round(inverse @ counts).astype(np.int64)
