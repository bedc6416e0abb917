"""How good a grouping is: how far its groups are apart, and whether they come back when chance decides anew.

Silhouette: Rousseeuw 1987. Adjusted Rand index: Hubert and Arabie 1985. Stability of each group as its mean Jaccard
similarity over resamples: Hennig 2007, who calls a group stable from 0.75 on and no group at all below 0.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.typology.kmeans import Labels, Points, grouped, nearest

STABLE = 0.75
"""From this mean Jaccard similarity on, a group is stable."""
_STARTS = 5
"""Of a resample: the best of few starts is near enough, since there are many resamples."""


def silhouette(points: Points, labels: Labels) -> float:
    """Return the mean silhouette of all points; a point alone in its group has 0."""
    between = np.sqrt(np.maximum(np.square(points[:, None, :] - points[None, :, :]).sum(axis=-1), 0))
    groups = np.unique(labels)
    member = np.equal.outer(labels, groups)
    sizes, own = member.sum(axis=0), np.searchsorted(groups, labels)
    sums, rows = between @ member, np.arange(len(points))
    alone = sizes[own] == 1
    inner = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outer = means.min(axis=1)
    widths = np.where(alone, 0.0, (outer - inner) / np.maximum(np.maximum(inner, outer), np.finfo(float).tiny))
    return float(widths.mean())


def adjusted_rand(one: Labels, other: Labels) -> float:
    """Return how far two groupings of the same points agree beyond chance: 1 is the same, 0 what chance gives."""
    table = _together(one, other)
    pairs, rows, columns = (_pairs(each).sum() for each in (table, table.sum(axis=1), table.sum(axis=0)))
    by_chance = rows * columns / max(float(_pairs(np.array(len(one)))), 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == by_chance else float((pairs - by_chance) / (most - by_chance))


def jaccard(one: Labels, other: Labels, count: int) -> NDArray[np.float64]:
    """Return for each of `count` groups of `one` how alike its most similar group in `other` is; NaN for empty ones."""
    table = _together(one, other, count).astype(float)
    either = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    with np.errstate(invalid="ignore"):
        best = (table / np.maximum(either, 1)).max(axis=1)
    return np.where(table.sum(axis=1) > 0, best, np.nan)


@dataclass(frozen=True)
class Stability:
    """What resamples say of a grouping."""

    groups: NDArray[np.float64]
    """Mean Jaccard similarity of each group."""
    rand: float
    """Mean adjusted Rand index of the whole."""

    @property
    def stable(self) -> bool:
        """Whether every group comes back."""
        return bool((self.groups >= STABLE).all())


def stability(
    points: Points, labels: Labels, rng: np.random.Generator, resamples: int, on: Callable[[], bool] = lambda: True
) -> Stability:
    """Return how often groups come back when points are drawn anew with replacement; ends early where `on` says so."""
    count = int(labels.max()) + 1
    similar, rand = list[NDArray[np.float64]](), list[float]()
    for _ in range(resamples):
        drawn = np.unique(drawn_at := rng.integers(len(points), size=len(points)))
        again = grouped(points[drawn_at], count, rng, _STARTS)
        found = nearest(points, again.centroids)
        similar.append(jaccard(labels[drawn], found[drawn], count))
        rand.append(adjusted_rand(labels, found))
        if not on():
            break
    return Stability(np.nan_to_num(np.nanmean(similar, axis=0)), float(np.mean(rand)))


def _together(one: Labels, other: Labels, least: int = 0) -> NDArray[np.int64]:
    """Return how many points are in each group of one and each of the other."""
    table = np.zeros((max(least, int(one.max()) + 1), int(other.max()) + 1), dtype=np.int64)
    np.add.at(table, (one, other), 1)
    return table


def _pairs(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(counts * (counts - 1) / 2)
