"""Which counts may be published as they are, and by which others are replaced.

A count is *safe* if it is 0 or not small, and with it what it leaves over of each whole of which it counts a part. Safe
counts stay; any other becomes one of the two safe ones beside it, by a draw that keeps the mean. So what is published
could always be the truth itself: nobody can tell that a count is small, however much is added and subtracted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Whole:
    """A count of which another one counts a part, as it is published, and how large it may be in truth."""

    value: int
    most: int


@dataclass(frozen=True)
class Limits:
    """What a count is replaced by, and between what the counted one lies, as far as a reader can tell."""

    value: int
    low: int
    high: int


@dataclass(frozen=True)
class SafeValues:
    """The counts that may be published of some people in one place."""

    base: int
    wholes: tuple[Whole, ...] = ()

    def has(self, count: int) -> bool:
        """Say whether a count is safe."""
        if count < 0 or 0 < count < self.base:
            return False
        return all(left == 0 or left >= self.base for left in (whole.value - count for whole in self.wholes))

    def below(self, count: int) -> int | None:
        """Return the next safe count below; None if there is none."""
        return next((each for each in range(count - 1, -1, -1) if self.has(each)), None)

    def above(self, count: int) -> int | None:
        """Return the next safe count above; None if there is none."""
        most = min((whole.value for whole in self.wholes), default=max(self.base, count + 1))
        return next((each for each in range(count + 1, most + 1) if self.has(each)), None)

    def instead_of(self, count: int, draw: float) -> int:
        """Return a safe count in place of another; `draw` (0 to 1) decides between the two beside it."""
        if self.has(count):
            return count
        low, high = self.below(count), self.above(count)
        if low is None or high is None:
            return high if high is not None else low if low is not None else 0
        return high if draw < (count - low) / (high - low) else low

    def limits(self, value: int) -> Limits:
        """Return between what the count lies that a safe one stands for: between its neighbours."""
        low, high = self.below(value), self.above(value)
        most = min((whole.most for whole in self.wholes), default=value)
        return Limits(value, 0 if low is None else low + 1, max(value, most) if high is None else high - 1)


def shared_out(total: int, counts: Sequence[int], safe: Sequence[SafeValues], reach: int,
               draws: Sequence[float]) -> list[int] | None:  # fmt: skip
    """Return safe counts that add up to `total`, each at most `reach` from its own; None if there are none.

    Of all that do, those that differ least, as the `draws` weigh the differences.
    """
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for count, values, draw in zip(counts, safe, draws, strict=True):
        options = [each for each in range(max(0, count - reach), count + reach + 1) if values.has(each)]
        grown: dict[int, tuple[float, list[int]]] = {}
        for so_far, (cost, chosen) in best.items():
            for each in options:
                dearer = cost + abs(each - count) * (0.5 + draw)
                if so_far + each not in grown or dearer < grown[so_far + each][0]:
                    grown[so_far + each] = (dearer, [*chosen, each])
        best = {reached: found for reached, found in grown.items() if reached <= total}
    return best[total][1] if total in best else None
