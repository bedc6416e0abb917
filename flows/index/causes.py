"""Why a score and a class changed since the Stichtag before: unit, chance, city, Zuschnitt, definition.

With S0 and S1 as the scales of the two Stichtage (what the city was measured by) and x0 and x1 as the figures of a
unit, its own part is the mean of S0(x1) - S0(x0) and S1(x1) - S1(x0), and the part of the city that of S1(x0) - S0(x0)
and S1(x1) - S0(x1): both orders count alike, and the parts add up. A class is split by the same formulas. Of the own
part, as much as chance alone makes in 90 % of all cases is called chance. Where the Zuschnitt or the version of the
index in force was another at the Stichtag before, what that alone makes of the score comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flows.index.chance import Z_90, together
from flows.index.scale import Numbers, Scale, class_of
from flows.index.standing import Standing

CHANCE = "zufall"


@dataclass(frozen=True)
class Measured:
    """The figures of units, with the scale and the limits of classes that they are measured by."""

    scale: Scale
    figures: Numbers
    error: Numbers

    @classmethod
    def of(cls, standing: Standing, units: NDArray[np.int64] | None = None) -> Measured:
        """Return what an index is computed from, for its units or those at the places `units`; none at -1."""
        assert standing.scored is not None  # noqa: S101 -- only such standings are compared
        figures, error = np.where(standing.panel.placed[:, None], standing.panel.figures, np.nan), standing.panel.error
        if units is not None:
            figures, error = np.where(units[:, None] < 0, np.nan, figures[units]), error[units]
        return cls(standing.scored.scale, figures, error)

    @cached_property
    def score(self) -> Numbers:
        """The scores."""
        return self.scale.score(self.figures)

    @cached_property
    def classes(self) -> NDArray[np.int64]:
        """The classes; 0 without a score."""
        return class_of(self.score, self.scale.limits)


@dataclass(frozen=True)
class Split:
    """A change in two parts, in all and by component (units x components)."""

    own: Numbers
    city: Numbers
    own_by: Numbers
    city_by: Numbers
    own_class: Numbers
    city_class: Numbers


def split(before: Measured, after: Measured) -> Split:
    """Return the change between two states of the same units and components as own part and part of the city."""
    first, second, x0, x1 = before.scale, after.scale, before.figures, after.figures
    own_by = (_by_component(first, x0, x1) + _by_component(second, x0, x1)) / 2
    city_by = (_by_scale(first, second, x0) + _by_scale(first, second, x1)) / 2
    class00, class01 = before.classes, _class(first, x1)
    class10, class11 = _class(second, x0), after.classes
    return Split(
        own_by.sum(axis=1), city_by.sum(axis=1), own_by, city_by,
        (class01 - class00 + class11 - class10) / 2, (class10 - class00 + class11 - class01) / 2,
    )  # fmt: skip


def _class(scale: Scale, figures: Numbers) -> NDArray[np.int64]:
    return class_of(scale.score(figures), scale.limits)


def _by_component(scale: Scale, before: Numbers, after: Numbers) -> Numbers:
    """Return what the change of each component's figure does to the score on one scale."""
    return _one_after_the_other(scale, scale.parts(before), scale.parts(after))


def _by_scale(before: Scale, after: Scale, figures: Numbers) -> Numbers:
    """Return what another scale of each component does to the score of the same figures.

    What comes of weights and of rescaling, which no component has to itself, is shared by all of them alike.
    """
    parts = after.parts(figures)
    moved = _one_after_the_other(before, before.parts(figures), parts)
    shared = after.score_of_parts(parts) - before.score_of_parts(parts)
    return np.asarray(moved + shared[:, None] / parts.shape[1])


def _one_after_the_other(scale: Scale, before: Numbers, after: Numbers) -> Numbers:
    """Return what each column of `after` does to a score, put in one after the other: from the left and from the right.

    The mean of both; where the score is a sum it is the same in any order. Both are standardised figures.
    """
    if scale.per_part is not None:
        return np.asarray((after - before) * scale.per_part)
    count, score = before.shape[1], scale.score_of_parts
    steps = np.zeros(before.shape)
    for order in (range(count), reversed(range(count))):
        mixed, last = before.copy(), score(before)
        for place in order:
            mixed[:, place] = after[:, place]
            then = score(mixed)
            steps[:, place] += (then - last) / 2
            last = then
    return steps


def margin(before: Measured, after: Measured, stay: float) -> Numbers:
    """Return half of the interval that holds 90 % of the own changes which chance alone would make.

    `stay` is the share of the people counted who were counted before as well.
    """
    error = np.sqrt(np.maximum(before.error**2 + after.error**2 - 2 * stay * before.error * after.error, 0))
    middle = (before.figures + after.figures) / 2
    moved = (_moved(before.scale, middle, error) + _moved(after.scale, middle, error)) / 2
    return Z_90 * together(moved, after.scale.definition.overlap)


def _moved(scale: Scale, middle: Numbers, error: Numbers) -> Numbers:
    """Return what a shift of each component's figure by its `error` around the `middle` makes of the score."""
    if scale.per_figure is not None:
        return np.where(np.isnan(middle).any(axis=1, keepdims=True), np.nan, error * scale.per_figure)
    return np.stack(
        [scale.score(middle + error * each / 2) - scale.score(middle - error * each / 2)
         for each in np.eye(error.shape[1])], axis=1,
    )  # fmt: skip


@dataclass(frozen=True)
class Before:
    """What a change starts from: an index at the Stichtag before, and what was in force then, if it was another."""

    standing: Standing
    redrawn: tuple[Standing, NDArray[np.int64]] | None = None
    """The same index on the Zuschnitt in force then, and the place of each unit there; -1 if its line was another."""
    ended: Standing | None = None
    """The version of the index that ended with that Stichtag."""
    ended_redrawn: Standing | None = None
    """That version on the Zuschnitt in force then."""


@dataclass(frozen=True)
class Causes:
    """The parts of the change of each unit; NaN where one of the two scores is not known."""

    raum: Numbers
    zufall: Numbers
    stadt: Numbers
    zuschnitt: Numbers
    definition: Numbers
    eigen_by: Numbers
    stadt_by: Numbers
    zuschnitt_by: Numbers
    class_before: NDArray[np.int64]
    class_after: NDArray[np.int64]
    class_cause: list[str | None]
    moved_unit: NDArray[np.bool_]
    """Whether the change starts on the Zuschnitt in force then."""
    moved_version: NDArray[np.bool_]
    """Whether the change starts from the version that ended."""

    @property
    def total(self) -> Numbers:
        """The change of the score."""
        return self.raum + self.zufall + self.stadt + self.zuschnitt + self.definition


def causes_of(before: Before, after: Standing) -> Causes:
    """Return why the scores and classes of `after` are not those of `before`."""
    start, end = Measured.of(before.standing), Measured.of(after)
    found = split(start, end)
    dynamics = after.index.definition.dynamics
    within = margin(start, end, dynamics.stay if dynamics else 0)
    chance = np.sign(found.own) * np.minimum(np.abs(found.own), within)
    redrawn_by, there, unit = _redraw(before, start)
    scores = np.where(unit, there.score, start.score)
    classes = np.where(unit, there.classes, start.classes)
    first_scores, first_classes, version = _former(before, unit, scores, classes)
    parts = {
        "raum": (found.own, found.own_class), "stadt": (found.city, found.city_class),
        "zuschnitt": (redrawn_by.sum(axis=1), start.classes - classes),
        "definition": (scores - first_scores, classes - first_classes),
    }  # fmt: skip
    main: list[str | None] = [None] * len(first_classes)
    for at in np.flatnonzero((first_classes != end.classes) & (first_classes > 0) & (end.classes > 0)):
        weights = {name: (float(part[at]), float(by[at])) for name, (part, by) in parts.items()}
        main[at] = _main(up=end.classes[at] > first_classes[at], parts=weights, within=float(within[at]))
    return Causes(
        found.own - chance, chance, found.city, parts["zuschnitt"][0], parts["definition"][0],
        found.own_by, found.city_by, redrawn_by, first_classes, end.classes, main, unit, version,
    )  # fmt: skip


def _redraw(before: Before, start: Measured) -> tuple[Numbers, Measured, NDArray[np.bool_]]:
    """Return what the redraw did to scores by component, the units as they were before it, and which of them were."""
    if before.redrawn is None:
        return np.zeros(start.figures.shape), start, np.zeros(len(start.figures), dtype=bool)
    there = Measured.of(*before.redrawn)
    found = split(there, start)
    known = ~np.isnan(there.score) & ~np.isnan(start.score)
    return np.where(known[:, None], found.own_by + found.city_by, 0), there, known


def _former(
    before: Before, unit: NDArray[np.bool_], scores: Numbers, classes: NDArray[np.int64]
) -> tuple[Numbers, NDArray[np.int64], NDArray[np.bool_]]:
    """Return scores and classes by the version that ended, if one did, and for which units."""
    if before.ended is None:
        return scores, classes, np.zeros(len(scores), dtype=bool)
    former = Measured.of(before.ended)
    first, first_classes = former.score, former.classes
    if before.redrawn is not None and before.ended_redrawn is not None:
        there = Measured.of(before.ended_redrawn, before.redrawn[1])
        first, first_classes = np.where(unit, there.score, first), np.where(unit, there.classes, first_classes)
    known = ~np.isnan(first) & ~np.isnan(scores)
    return np.where(known, first, scores), np.where(known, first_classes, classes), known


def _main(*, up: bool, parts: dict[str, tuple[float, float]], within: float) -> str:
    """Return the cause with the largest part in a change of class; of equal ones the largest in that of the score."""
    sign = 1 if up else -1
    name = max(parts, key=lambda each: (sign * parts[each][1], sign * parts[each][0]))
    return CHANCE if name == "raum" and abs(parts["raum"][0]) <= within else name
