"""Looks for types among units: for each number of types how far they are apart and whether they come back.

What it proposes is the finest grouping that holds (every type comes back in resamples, none is a handful of units, the
whole is no arbitrary cut through a cloud) and is nearly as far apart as the best one. Where nothing holds, nothing is
proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.base.errors import ConfigError
from flows.base.texts import Text, text
from flows.profile.typology import Transform
from flows.typology.assign import transformed, weighted
from flows.typology.kmeans import Labels, Points, grouped
from flows.typology.quality import STABLE, Stability, silhouette, stability

STRUCTURE = 0.25
"""Below this silhouette no substantial structure was found (Kaufman and Rousseeuw 1990)."""
NEARLY = 0.8
"""This share of the best silhouette of all that hold is near enough: a tight group can be cut into stable halves."""
SMALLEST = 5
"""A type has at least so many units."""


@dataclass(frozen=True)
class TraitAsked:
    """An Indikator that types are looked for by."""

    indikator: str
    transform: Transform = "none"
    weight: float = 1.0


@dataclass(frozen=True)
class FitAsked:
    """By what, and how many types."""

    traits: Sequence[TraitAsked]
    counts: Sequence[int] = tuple(range(2, 9))
    resamples: int = 100
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Tried:
    """A grouping into so many types; they are in the order of their sizes, the largest first."""

    count: int
    silhouette: float
    stability: Stability
    labels: Labels
    centroids: Points
    """Types x traits, in the units of the Indikatoren."""

    @property
    def sizes(self) -> list[int]:
        """The number of units of each type."""
        return [int(units) for units in np.bincount(self.labels, minlength=self.count)]

    @property
    def holds(self) -> bool:
        """Whether it can be proposed."""
        return self.stability.stable and self.silhouette >= STRUCTURE and min(self.sizes) >= SMALLEST

    @property
    def why_not(self) -> list[Text]:
        """What speaks against it."""
        found = []
        if not self.stability.stable:
            lowest = float(self.stability.groups.min())
            found.append(text("one type does not come again ({found:.2f} < {wanted:.2f})", found=lowest, wanted=STABLE))
        if self.silhouette < STRUCTURE:
            found.append(text("hardly apart from each other"))
        if min(self.sizes) < SMALLEST:
            found.append(text("a type with only {units}", units=min(self.sizes)))
        return found


@dataclass(frozen=True, eq=False)
class Fitted:
    """All numbers of types that were tried, and the one that is proposed."""

    means: NDArray[np.float64]
    spreads: NDArray[np.float64]
    tried: Sequence[Tried]
    proposed: Tried | None


def fitted(figures: Points, asked: FitAsked, progress: Callable[[int, int], bool] = lambda _done, _of: True) -> Fitted:
    """Look for types of units by their figures (units x traits), all of them known.

    The order of the units does not matter. With one number of types asked for, that one is proposed, whether it holds
    or not. `progress` hears how far it is, and ends the search by False.

    Raises:
        ConfigError: a trait is the same everywhere, a figure whose logarithm is asked for is below 0, or there are more
            types than different units.
    """
    for place, trait in enumerate(asked.traits):
        if trait.transform == "log" and figures[:, place].min() < 0:
            raise ConfigError(
                f"types --fit: trait {trait.indikator}:log: expected figures from 0 on, others have no logarithm, "
                f"found {figures[:, place].min():g}. Ask for it without :log (--trait {trait.indikator}).",
                code="FS-USE-01",
            )
    order = np.lexsort(figures.T[::-1])
    compared = np.stack(
        [transformed(trait.transform, figures[order, place]) for place, trait in enumerate(asked.traits)], axis=1
    )
    means, spreads = compared.mean(axis=0), compared.std(axis=0)
    for trait, column in zip(asked.traits, compared.T, strict=True):
        if column.min() == column.max():
            raise ConfigError(
                f"types --fit: trait {trait.indikator}: expected figures that differ, found the same everywhere. "
                "Leave it out (--trait).",
                code="FS-USE-01",
            )
    different = len(np.unique(compared, axis=0))
    counts = [count for count in asked.counts if 2 <= count <= different]
    if not counts:
        raise ConfigError(
            f"types --fit: --types: expected 2 to {different}, the number of units with figures that differ, found "
            f"{asked.counts[0]}.",
            code="FS-USE-01",
        )
    points = weighted((compared - means) / spreads, [trait.weight for trait in asked.traits])
    steps = _Steps(progress, len(counts) * asked.resamples)
    tried = list[Tried]()
    for count in counts:
        tried.append(_tried(points, compared, count, asked, steps))
        if steps.ended:
            break
    holding = [each for each in tried if each.holds or len(asked.counts) == 1]
    best = max((each.silhouette for each in holding), default=0.0)
    proposed = [each for each in holding if each.silhouette >= NEARLY * best]
    found = [_in_first_order(each, order) for each in tried]
    return Fitted(means, spreads, found, found[tried.index(proposed[-1])] if proposed else None)


class _Steps:
    """Counts resamples over all numbers of types."""

    def __init__(self, progress: Callable[[int, int], bool], of: int) -> None:
        self._progress, self._of, self._done, self.ended = progress, of, 0, False

    def __call__(self) -> bool:
        self._done += 1
        self.ended = self.ended or not self._progress(self._done, self._of)
        return not self.ended


def _tried(points: Points, compared: Points, count: int, asked: FitAsked, on: Callable[[], bool]) -> Tried:
    groups = grouped(points, count, np.random.default_rng((asked.seed, count)))
    sizes = np.bincount(groups.labels, minlength=count)
    order = np.lexsort((groups.centroids[:, 0], -sizes))
    labels = np.argsort(order)[groups.labels].astype(np.int64)
    middles = np.stack([compared[labels == place].mean(axis=0) for place in range(count)])
    natural = np.stack([_back(trait.transform, middles[:, place]) for place, trait in enumerate(asked.traits)], axis=1)
    held = stability(points, labels, np.random.default_rng((asked.seed, count, 1)), asked.resamples, on)
    return Tried(count, silhouette(points, labels), held, labels, natural)


def _back(how: Transform, middles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return figures whose `transformed` ones are `middles`."""
    return np.expm1(middles) if how == "log" else middles


def _in_first_order(tried: Tried, order: NDArray[np.intp]) -> Tried:
    """Return the grouping with the labels in the order in which the units came."""
    labels = np.empty_like(tried.labels)
    labels[order] = tried.labels
    return Tried(tried.count, tried.silhouette, tried.stability, labels, tried.centroids)
