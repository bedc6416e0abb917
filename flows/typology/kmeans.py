"""k-means: groups of points around centroids, from many starts, the same for the same seed.

Each start places its first centroids far apart (k-means++) and lets them move until no point changes its group; the
start with the least sum of squares is taken. Nothing here knows what a point is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]
Labels = NDArray[np.int64]
_ROUNDS = 200


@dataclass(frozen=True)
class Groups:
    """Points in groups."""

    centroids: Points
    labels: Labels
    """Of each point the row of its centroid."""
    within: float
    """The sum of squares around the centroids."""


def squares(points: Points, centroids: Points) -> Points:
    """Return the squared distance of each point to each centroid."""
    return np.asarray(np.square(points[:, None, :] - centroids[None, :, :]).sum(axis=-1))


def nearest(points: Points, centroids: Points) -> Labels:
    """Return for each point the row of its nearest centroid; of equally near ones the first."""
    return np.asarray(squares(points, centroids).argmin(axis=1), dtype=np.int64)


def grouped(points: Points, count: int, rng: np.random.Generator, starts: int = 30) -> Groups:
    """Return `points` in so many groups; there are at least as many different ones."""
    found = [_settled(points, _spread_out(points, count, rng)) for _ in range(starts)]
    return min(found, key=lambda each: each.within)


def _spread_out(points: Points, count: int, rng: np.random.Generator) -> Points:
    """Return first centroids: each next one a point, by chance, the likelier the farther it is from those before."""
    chosen = [points[rng.integers(len(points))]]
    away = squares(points, chosen[0][None])[:, 0]
    while len(chosen) < count:
        far = away / away.sum() if away.sum() > 0 else None
        chosen.append(points[rng.choice(len(points), p=far)])
        away = np.minimum(away, squares(points, chosen[-1][None])[:, 0])
    return np.array(chosen)


def _settled(points: Points, centroids: Points) -> Groups:
    """Move centroids to the middle of their points until no point changes its group."""
    labels = nearest(points, centroids)
    for _ in range(_ROUNDS):
        centroids = _middles(points, labels, centroids)
        moved = nearest(points, centroids)
        if (moved == labels).all():
            break
        labels = moved
    return Groups(centroids, labels, float(np.square(points - centroids[labels]).sum()))


def _middles(points: Points, labels: Labels, centroids: Points) -> Points:
    """Return the middle of each group; an empty one begins again at the point that is farthest from its own."""
    member = np.equal.outer(np.arange(len(centroids)), labels).astype(float)
    sizes = member.sum(axis=1)
    middles = member @ points / np.maximum(sizes, 1)[:, None]
    away = np.square(points - centroids[labels]).sum(axis=1)
    for empty, point in zip(np.flatnonzero(sizes == 0), np.argsort(-away, kind="stable"), strict=False):
        middles[empty] = points[point]
    return np.asarray(middles)
