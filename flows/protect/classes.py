"""How the counts of a place hang together: which of them add up to which.

Every Merkmal is a sum of *classes* that have nobody in common: the age bands between all limits of age that any
Merkmal of the register has, and for every other Merkmal a class of its own. Two ways of adding up that give the same
number are then the same sum of classes, whether or not somebody wrote down that they do (0-2 and 3-5 make 0-5).
What the codebook says beyond that (divisions, balances) are equations between classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.stage.register_merkmale import OLDEST, REGISTER_MERKMALE

Vector = dict[int, int]
"""Class -> how often it is counted."""


@dataclass(frozen=True)
class Classes:
    """The classes of a city's Merkmale."""

    names: tuple[str, ...]
    of_merkmal: Mapping[str, Vector]
    equations: tuple[Vector, ...]
    """Sums of classes that are always 0."""
    balances: tuple[tuple[str, Vector], ...]
    """A stock, and the sum of classes by which it differs from the stock a year before."""
    group: tuple[int, ...]
    """Of each class, the number of its group: figures of different groups have no sum in common."""

    def side(self, side: str) -> Vector:
        """Return the classes of a sum of Merkmale, written ``a+b``."""
        found: Vector = {}
        for merkmal in side.split("+"):
            for each, count in self.of_merkmal[merkmal].items():
                found[each] = found.get(each, 0) + count
        return found


def classes_of(
    merkmale: Sequence[str],
    divisions: Iterable[tuple[str, Sequence[str]]] = (),
    balances: Iterable[tuple[str, Mapping[str, int]]] = (),
) -> Classes:
    """Return the classes of `merkmale`; divisions are (whole, parts), balances (stock, Merkmal -> +1 or -1)."""
    ages = {merkmal: (who.youngest, who.oldest) for merkmal in merkmale
            if (who := REGISTER_MERKMALE.get(merkmal)) and who.group is None and not who.resident_years}  # fmt: skip
    limits = sorted({edge for young, old in ages.values() for edge in (young, old + 1)})
    bands = list(pairwise(limits))
    names = [f"age {young}-{end - 1}" if end <= OLDEST else f"age {young}+" for young, end in bands]
    own = [merkmal for merkmal in merkmale if merkmal not in ages]
    of_merkmal: dict[str, Vector] = {
        merkmal: {at: 1 for at, (start, end) in enumerate(bands) if young <= start and end <= old + 1}
        for merkmal, (young, old) in ages.items()
    }
    of_merkmal |= {merkmal: {len(bands) + at: 1} for at, merkmal in enumerate(own)}
    equations = [
        equation for whole, parts in divisions if {whole, *parts} <= set(merkmale)
        if (equation := _sum(of_merkmal, {whole: -1} | dict.fromkeys(parts, 1)))
    ]  # fmt: skip
    kept = [
        (stock, _sum(of_merkmal, signs)) for stock, signs in balances if {stock, *signs} <= set(merkmale)
    ]  # fmt: skip
    together = [*of_merkmal.values(), *equations, *(change for _, change in kept)]
    return Classes(
        (*names, *own), of_merkmal, tuple(equations), tuple(kept),
        components(len(bands) + len(own), [list(each) for each in together]),
    )  # fmt: skip


def _sum(of_merkmal: Mapping[str, Vector], signs: Mapping[str, int]) -> Vector:
    found: Vector = {}
    for merkmal, sign in signs.items():
        for each, count in of_merkmal[merkmal].items():
            found[each] = found.get(each, 0) + sign * count
    return {each: count for each, count in found.items() if count}


def less(whole: Vector, part: Vector) -> Vector:
    """Return a sum of classes less another, without those that it does not count."""
    left = {each: whole.get(each, 0) - part.get(each, 0) for each in {**whole, **part}}
    return {each: count for each, count in left.items() if count}


def parts_within(side: int, parts: Iterable[tuple[int, int]]) -> set[int]:
    """Return a side and all that are a part of it, or of one of its parts; `parts` are (part, whole)."""
    pairs, found, new = [*parts], {side}, {side}
    while new:
        new = {part for part, whole in pairs if whole in new} - found
        found |= new
    return found


def components(size: int, together: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Return of each of `size` things the number of its component, where those in one of `together` are connected.

    A component is called like the lowest of its things.
    """
    parent = list(range(size))

    def root(each: int) -> int:
        while parent[each] != each:
            parent[each] = parent[parent[each]]
            each = parent[each]
        return each

    for things in together:
        for other in things[1:]:
            low, high = sorted((root(things[0]), root(other)))
            parent[high] = low
    return tuple(map(root, range(size)))
