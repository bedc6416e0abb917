"""What follows from published sums, by exact elimination: which sums are combinations of others.

The method is that of GaussSuppression (Langsrud, Secondary Cell Suppression by Gaussian Elimination, 2024): a figure
may be published unless a protected sum would become a combination of published ones. Arithmetic is modulo the prime
2^61 - 1, so it is exact and the same on every machine; a sum could look dependent which is not only where a determinant
of these small systems is a multiple of the prime.

Known sums are not subtracted from each other, which would fill them up in a large city. Instead two *solutions* are
kept: a number for each column, random but so that every known sum is 0. A sum follows if it is 0 in both, and a
protected sum would follow with another if the two have the same ratio between the solutions (after Freivalds,
Probabilistic Machines Can Use Less Running Time, 1977). Others have that by a chance of 2^-60 each.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

PRIME = (1 << 61) - 1
SEED = 61
"""Of the random numbers, so that every run decides the same."""
Row = dict[int, int]
"""A sum: column -> factor, without zeros."""


class Known:
    """The sums that a reader knows, and the protected sums that do not follow from them."""

    def __init__(self, protected: Iterable[Row], size: int) -> None:
        """Take the protected sums, over `size` columns."""
        drawn = random.Random(SEED)  # noqa: S311 -- no secret
        self._one, self._two = ([drawn.getrandbits(61) % PRIME for _ in range(size)] for _ in range(2))
        self._rows: list[Row] = []  # known sums less those known before; each without its pivot, which has the factor 1
        self._pivots: list[int] = []
        self._at: dict[int, int] = {}  # pivot -> the known sum that has it
        self._used: dict[int, list[int]] = {}  # column -> the known sums that have it, not as pivot
        self._having: dict[int, list[tuple[int, int]]] = {}  # column -> protected sums that have it, and the factor
        keys = [tuple(sorted(row.items())) for row in protected]
        numbers = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        self._number = [numbers[key] for key in keys]  # of each protected sum; equal ones are one
        self._values = [self._value(dict(key)) for key in numbers]
        self._ratio = _ratios(self._values)
        self._ratios = Counter(self._ratio)
        for key, at in numbers.items():
            for column, factor in key:
                self._having.setdefault(column, []).append((at, factor))

    @property
    def hidden(self) -> list[bool]:
        """Of each protected sum, whether it does not follow."""
        return [self._values[at] != (0, 0) for at in self._number]

    def published(self, row: Row) -> bool:
        """Let a sum be known, unless a protected sum that is still hidden would follow; say whether it is known."""
        value = self._value(row)
        if value == (0, 0):
            return True
        if self._ratios[_ratios([value])[0]]:
            return False
        self._add(row, value)
        return True

    def telling(self, row: Row) -> list[int]:
        """Return the numbers of the protected sums, still hidden, that would follow if a sum were known."""
        value = self._value(row)
        if value == (0, 0) or not self._ratios[ratio := _ratios([value])[0]]:
            return []
        return [number for number, at in enumerate(self._number) if self._ratio[at] == ratio]

    def add(self, row: Row) -> None:
        """Let a sum be known, whatever follows."""
        value = self._value(row)
        if value != (0, 0):
            self._add(row, value)

    def _add(self, row: Row, value: tuple[int, int]) -> None:
        new = self._reduced(row)
        pivot = min(new, key=lambda column: (len(self._used.get(column, ())), column))
        inverse = pow(new.pop(pivot), -1, PRIME)
        self._move(self._direction(pivot), value[0] * inverse % PRIME, value[1] * inverse % PRIME)
        number = self._at[pivot] = len(self._rows)
        self._pivots.append(pivot)
        self._rows.append({column: factor * inverse % PRIME for column, factor in new.items()})
        for column in new:
            self._used.setdefault(column, []).append(number)

    def _value(self, row: Row) -> tuple[int, int]:
        """Return what a sum is in the two solutions."""
        one, two, first, second = self._one, self._two, 0, 0
        for column, factor in row.items():
            first += factor * one[column]
            second += factor * two[column]
        return first % PRIME, second % PRIME

    def _move(self, direction: Row, first: int, second: int) -> None:
        """Change the solutions so that what has just become known is 0 in them, too."""
        changed: dict[int, int] = {}
        for column, step in direction.items():
            self._one[column] = (self._one[column] - first * step) % PRIME
            self._two[column] = (self._two[column] - second * step) % PRIME
            for at, factor in self._having.get(column, ()):
                changed[at] = changed.get(at, 0) + factor * step
        moved = [at for at, change in changed.items() if change % PRIME]
        for at in moved:
            one, two = self._values[at]
            self._values[at] = ((one - first * changed[at]) % PRIME, (two - second * changed[at]) % PRIME)
        for at, ratio in zip(moved, _ratios([self._values[at] for at in moved]), strict=True):
            self._ratios[self._ratio[at]] -= 1
            self._ratios[ratio] += 1
            self._ratio[at] = ratio

    def _reduced(self, row: Row) -> Row:
        """Return a sum less what is known of it: without the pivots of known sums."""
        new = {column: factor % PRIME for column, factor in row.items()}
        waiting = [self._at[column] for column in row if column in self._at]
        heapify(waiting)  # a known sum has no pivots but of later ones
        while waiting:
            number = heappop(waiting)
            factor = new.pop(self._pivots[number], 0)
            if not factor:
                continue
            for column, value in self._rows[number].items():
                before = new.get(column)
                if before is None and column in self._at:
                    heappush(waiting, self._at[column])
                new[column] = ((before or 0) - factor * value) % PRIME
        return {column: factor for column, factor in new.items() if factor}

    def _direction(self, column: int) -> Row:
        """Return how all columns must change when a free one grows by 1, so that the known sums stay 0."""
        found, due = {column: 1}, dict[int, int]()
        waiting: list[int] = []
        self._push(column, 1, due, waiting)
        while waiting:
            number = -heappop(waiting)
            value = -due.pop(number) % PRIME
            if value:
                found[self._pivots[number]] = value
                self._push(self._pivots[number], value, due, waiting)
        return found

    def _push(self, column: int, value: int, due: dict[int, int], waiting: list[int]) -> None:
        for number in self._used.get(column, ()):
            if number not in due:
                heappush(waiting, -number)
                due[number] = 0
            due[number] += self._rows[number][column] * value


def _ratios(values: Sequence[tuple[int, int]]) -> list[int | None]:
    """Return the ratios between the two solutions; -1 where the second is 0, None where both are.

    All are divided by the inverse of one product, since an inverse costs as much as fifty multiplications.
    """
    product, before = 1, list[int]()
    for _, second in values:
        before.append(product)
        if second:
            product = product * second % PRIME
    inverse = pow(product, -1, PRIME)
    found: list[int | None] = []
    for (first, second), so_far in zip(reversed(values), reversed(before), strict=True):
        if second:
            found.append(first * inverse % PRIME * so_far % PRIME)
            inverse = inverse * second % PRIME
        else:
            found.append(-1 if first else None)
    return found[::-1]
