"""The classes of a map: which figures have one colour, so that a map does not say what its figures do not.

Shares run from pale to dark. Changes have two colours that part at zero. Zero stands alone where many figures are zero;
equal limits make one class, so that no class is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.base.german_numbers import number

CLASSES = ("#dfeaee", "#b9d5de", "#8bbccb", "#4791a8", "#0b5a6f")
FEWER, SAME, MORE = ("#8a4b08", "#cb8a3c", "#ecd0a5"), "#f4f4f4", ("#b9d5de", "#4791a8", "#0b5a6f")
ZERO = "#f6f3ea"
FREQUENT = 0.2
"""From this part of all figures on zero is a class of its own: as many as one of five classes holds."""


@dataclass(frozen=True)
class MapClass:
    """The figures from `low` to `high`; None is without end. Each end is inside or not."""

    low: float | None
    high: float | None
    colour: str
    low_inside: bool = False
    high_inside: bool = True

    def holds(self, figure: float) -> bool:
        """Say whether a figure is of this class."""
        above = self.low is None or figure > self.low or (self.low_inside and figure == self.low)
        below = self.high is None or figure < self.high or (self.high_inside and figure == self.high)
        return above and below

    def words(self, decimals: int, unit: str) -> str:
        """Return the figures of this class in German: über 4,2 bis 11,7 %."""
        low, high = (None if end is None else number(end, decimals) for end in (self.low, self.high))
        if low == high:
            return f"{low} {unit}"
        if low is None:
            return f"{'bis' if self.high_inside else 'unter'} {high} {unit}"
        if high is None:
            return f"über {low} {unit}"
        return f"{'' if self.low_inside else 'über '}{low} bis {'' if self.high_inside else 'unter '}{high} {unit}"


def classes_of(kind: str, figures: Sequence[float]) -> list[MapClass]:
    """Return the classes of an Indikator of this type (typ of the codebook)."""
    return classes_of_changes(figures) if kind == "veraenderung" else classes_of_shares(figures)


def classes_of_shares(figures: Sequence[float]) -> list[MapClass]:
    """Return up to five classes of about equally many figures, the smallest first."""
    zeros = [figure for figure in figures if figure == 0]
    if figures and min(figures) == 0 and len(zeros) >= FREQUENT * len(figures):
        rest = [figure for figure in figures if figure > 0]
        return [MapClass(0, 0, ZERO, low_inside=True), *_between(0.0, _limits(rest, 4), CLASSES[1:])]
    return list(_between(None, _limits(figures, 5), CLASSES))


def classes_of_changes(figures: Sequence[float]) -> list[MapClass]:
    """Return classes on both sides of zero with the same limits, from the largest decrease to the largest increase."""
    near, far = _limits([abs(figure) for figure in figures if figure], 3)[:2] or [0.0, 0.0]
    found = [
        MapClass(None, -far, FEWER[0], high_inside=False),
        MapClass(-far, -near, FEWER[1], low_inside=True, high_inside=False),
        MapClass(-near, 0, FEWER[2], low_inside=True, high_inside=False),
        MapClass(0, 0, SAME, low_inside=True),
        MapClass(0, near, MORE[0]),
        MapClass(near, far, MORE[1]),
        MapClass(far, None, MORE[2]),
    ]
    return [each for each in found if any(each.holds(figure) for figure in figures)]


def classes_reached(classes: Sequence[MapClass], figure: float, around: float) -> int:
    """Return how many classes the interval from `around` below a figure to as much above it reaches into."""

    def place(value: float) -> int:
        found = next((at for at, each in enumerate(classes) if each.holds(value)), None)
        if found is None:
            below = classes[0].high is None or value <= classes[0].high
            return 0 if below else len(classes) - 1
        return found

    return abs(place(figure + around) - place(figure - around)) + 1


def _limits(figures: Sequence[float], classes: int) -> list[float]:
    """Return the upper limits of classes of about equally many figures; the largest figure is the last."""
    ordered = sorted(figures)
    return (
        [ordered[max(0, -(-len(ordered) * part // classes) - 1)] for part in range(1, classes + 1)] if ordered else []
    )


def _between(lowest: float | None, limits: Sequence[float], colours: Sequence[str]) -> Iterator[MapClass]:
    distinct = sorted(set(limits))
    for (low, high), colour in zip(pairwise([lowest, *distinct]), colours[len(colours) - len(distinct) :], strict=True):
        yield MapClass(low, high, colour)


def class_colours(count: int) -> list[str]:
    """Return as many colours from pale to dark, for classes that somebody else defined, as an index does."""
    return _spread(CLASSES, count)


def change_colours(count: int) -> list[str]:
    """Return as many colours from the one of a decrease to the one of an increase, the middle one of no change."""
    return _spread((*FEWER, SAME, *MORE), count)


def _spread(colours: Sequence[str], count: int) -> list[str]:
    """Return `count` colours at equal steps along `colours`, mixed where a step falls between two."""
    steps = [(len(colours) - 1) * each / max(1, count - 1) for each in range(count)]
    return [_mixed(colours[int(step)], colours[min(int(step) + 1, len(colours) - 1)], step % 1) for step in steps]


def _mixed(one: str, other: str, part: float) -> str:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * part) for a, b in pairs).hex()
