"""The type of a unit: the nearest centroid, how far the next type is, and what is not known about it.

Figures are transformed, standardised by the base year's mean and spread, and weighted; a distance of 1 is then one
standard deviation in every trait. Between two types lies a plane. How far a unit is from the nearest of them is the
least shift that would make it another type: where that is short, the unit is borderline, and nothing else changes type
by a small shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.index.chance import ANOTHER_TIME, drawn, furthest
from flows.index.panel import Panel
from flows.profile.typology import TypeTrait, Typology
from flows.typology.kmeans import Points, squares

Possible = NDArray[np.bool_]
_NOISE = 1e-12
_REACHED = 1.001
"""Of the way to a border, for the rounding of draws."""


def transformed(how: str, figures: Points) -> Points:
    """Return figures as they are compared."""
    return np.log1p(figures) if how == "log" else figures


def weighted(points: Points, weights: Sequence[float]) -> Points:
    """Return standardised figures (units x traits) so that their distances count each trait by its weight."""
    return np.asarray(points * np.sqrt(np.array(weights) / sum(weights)))


@dataclass(frozen=True)
class Space:
    """Where figures and types lie."""

    traits: tuple[TypeTrait, ...]
    centroids: Points
    """Types x traits."""

    @classmethod
    def of(cls, definition: Typology) -> Space:
        """Return the space of a typology as its file has it."""
        traits = tuple(definition.trait)
        empty = cls(traits, np.empty((0, len(traits))))
        middles = [[each.centroid[trait.indikator] for trait in traits] for each in definition.type]
        return cls(traits, empty.points(np.array(middles, dtype=float)))

    def points(self, figures: Points) -> Points:
        """Return where `figures` (units x traits, in the units of the Indikatoren) lie."""
        columns = [
            (transformed(trait.transform, figures[:, place]) - trait.mean) / trait.spread
            for place, trait in enumerate(self.traits)
        ]
        return weighted(np.stack(columns, axis=1), [trait.weight for trait in self.traits])

    def errors(self, figures: Points, error: Points) -> Points:
        """Return the standard errors of figures where they lie, to the first order."""
        steep = [
            1 / (1 + figures[:, place]) if trait.transform == "log" else np.ones(len(figures))
            for place, trait in enumerate(self.traits)
        ]
        scaled = error * np.stack(steep, axis=1) / np.array([trait.spread for trait in self.traits])
        return weighted(scaled, [trait.weight for trait in self.traits])


@dataclass(frozen=True)
class Assigned:
    """The types of units; rows of units that have none are False, NaN or -1."""

    possible: Possible
    """Units x types: which types the published figures leave."""
    own: NDArray[np.int64]
    """The type; -1 where more than one is possible, or none."""
    second: NDArray[np.int64]
    """The second nearest; -1 where a figure is not known."""
    distance: Points
    """To the own centroid; NaN where a figure is not known."""
    second_distance: Points
    border: Points
    """The least shift that makes it another type; of a suppressed figure, wherever in its interval it is."""
    sure: Points
    """The share of draws in which it is of its type."""


def assigned(space: Space, panel: Panel) -> Assigned:
    """Return the types of the units of `panel`, whose columns are the traits."""
    placed, centroids = panel.placed, space.centroids
    low, high = (space.points(np.where(placed[:, None], end, np.nan)) for end in (panel.low, panel.high))
    known = placed & ~np.isnan(panel.figures).any(axis=1)
    away = np.where(known[:, None], squares(space.points(panel.figures), centroids), np.nan)
    order = np.argsort(away, axis=1, kind="stable")
    rows = np.arange(len(placed))
    least, most = _lead(low, high, centroids)
    possible = _possible(low, high, centroids, most, placed & ~known)
    possible[known] = np.arange(len(centroids)) == order[known, :1]
    own = np.where(possible.sum(axis=1) == 1, possible.argmax(axis=1), -1)
    first, second = (np.sqrt(away[rows, order[:, place]]) for place in (0, 1))
    border = np.where(own >= 0, least[rows, own].min(axis=1), np.nan)
    return Assigned(
        possible, own, np.where(known, order[:, 1], -1), first, second, np.maximum(border, 0),
        _certainty(space, panel, (low, high), own, border),
    )  # fmt: skip


def _lead(low: Points, high: Points, centroids: Points) -> tuple[Points, Points]:
    """Return how far on the side of a type, from the plane to another one, a unit is at least and at most.

    Units x types x other types; infinite to the type itself, NaN for units that are not placed.
    """
    apart = centroids[:, None, :] - centroids[None, :, :]
    length = np.sqrt(np.square(apart).sum(axis=-1))
    towards = apart / np.where(length > 0, length, 1)[:, :, None]
    middle = (centroids[:, None, :] + centroids[None, :, :]) / 2
    at = (towards * middle).sum(axis=-1)
    ahead, behind = np.maximum(towards, 0), np.minimum(towards, 0)
    same = np.where(np.eye(len(centroids), dtype=bool), np.inf, 0)
    ends = [
        np.einsum("uj,kmj->ukm", one, ahead) + np.einsum("uj,kmj->ukm", other, behind) - at + same
        for one, other in ((low, high), (high, low))
    ]
    return ends[0], ends[1]


def _possible(low: Points, high: Points, centroids: Points, most: Points, within: Possible) -> Possible:
    """Return which types are nearest somewhere in the intervals of the units `within`."""
    possible = np.zeros((len(low), len(centroids)), dtype=bool)
    possible[within] = (most[within] >= -_NOISE).all(axis=2)
    for unit in np.flatnonzero(possible.sum(axis=1) > 2):  # two others together may leave nothing to a third
        for place in np.flatnonzero(possible[unit]):
            possible[unit, place] = _nearest_somewhere(low[unit], high[unit], centroids, int(place))
    return possible


def _nearest_somewhere(low: Points, high: Points, centroids: Points, place: int) -> bool:
    """Return whether a centroid is the nearest one anywhere between `low` and `high`."""
    from scipy.optimize import linprog  # noqa: PLC0415 -- few units need it

    others = np.delete(centroids, place, axis=0)
    apart = others - centroids[place]
    limits = (np.square(others).sum(axis=1) - np.square(centroids[place]).sum()) / 2
    found = linprog(np.zeros(len(low)), A_ub=apart, b_ub=limits, bounds=np.stack([low, high], axis=1))
    return bool(found.status == 0)


def _certainty(
    space: Space, panel: Panel, box: tuple[Points, Points], own: NDArray[np.int64], border: Points
) -> Points:  # fmt: skip
    """Return the share of draws in which each unit with a type is of that type.

    A unit whose `border` no draw reaches is of it in all of them, without drawing.
    """
    sure, typed = np.full(len(own), np.nan), own >= 0
    if not typed.any():
        return sure
    error = space.errors(panel.figures, panel.error)
    shift = np.sqrt(ANOTHER_TIME * np.square(np.nan_to_num(error)).sum(axis=1))
    near = typed & ~(border > _REACHED * shift * furthest(len(space.traits), int(typed.sum())))
    sure[typed] = 1
    if near.any():
        low, high = (end[near] for end in box)
        points = space.points(panel.figures[near])
        here = Panel(points, low, high, error[near], np.ones(len(low), dtype=bool))
        draws = drawn(here, ANOTHER_TIME, among=near[typed])
        sure[near] = (_nearest_of_draws(draws, space.centroids) == own[near]).mean(axis=0)
    return sure


def _nearest_of_draws(draws: NDArray[np.float32], centroids: Points) -> NDArray[np.int64]:
    """Return the nearest centroid of each draw (draws x units x traits).

    It is added up trait by trait, since a product of matrices does not come out the same on every machine.
    """
    nearer = np.empty((len(centroids), *draws.shape[:2]), dtype=np.float32)
    for place, centroid in enumerate(centroids):
        nearer[place] = -np.square(centroid).sum()
        for trait, at in enumerate(centroid):
            nearer[place] += draws[..., trait] * np.float32(2 * at)
    return np.asarray(nearer.argmax(axis=0), dtype=np.int64)
