"""What no unit gets more of than it has today: pieces, sides of a barrier, larger units that it lies in.

A search may use borders that a unit of today lies on both sides of (flows.redrawing.search.usable_borders), so that a
unit that breaks a rule today may stay as it is. A neighbour could grow through it, over the same railway or out of its
Stadtteil. So every cut is counted here before it is made.
"""

from __future__ import annotations

import numpy as np

from flows.redrawing.connected import components
from flows.redrawing.ground import Flags, Ground, Ints


def rifts_of(ground: Ground, labels: Ints, units: int, which: Flags | None = None) -> Ints:
    """Return of each unit how many pieces, sides of barriers and larger units it has, shape (units, 3).

    Args:
        ground: n base units.
        labels: shape (n,), the unit of each base unit.
        units: the number of units.
        which: shape (units,), the units to look at; others have 0.
    """
    edges = ground.edges
    members = np.arange(len(labels)) if which is None else np.flatnonzero(which[labels])
    one, other = labels[edges[:, 0]], labels[edges[:, 1]]
    inside = one == other if which is None else (one == other) & which[one]
    open_ones = edges[inside & ~ground.barrier] if len(ground.barrier) else edges[inside]
    pieces, sides = _pieces(members, (edges[inside], open_ones), labels, units)
    larger = (pieces > 0).astype(np.int64)
    if len(ground.nest):
        pairs = np.unique(labels[members] * (int(ground.nest.max()) + 1) + ground.nest[members])
        larger = np.bincount(pairs // (int(ground.nest.max()) + 1), minlength=units)
    return np.stack([pieces, sides, larger], axis=1)


def _pieces(members: Ints, by: tuple[Ints, Ints], labels: Ints, units: int) -> list[Ints]:
    """Return into how many pieces, connected by the first and by the second pairs, the `members` of each unit fall."""
    count = len(members)
    place = np.zeros(len(labels), dtype=np.int64)
    place[members] = np.arange(count)
    piece = components(2 * count, np.concatenate([place[by[0]], place[by[1]] + count]))  # both at once: half the time
    first = np.unique(piece, return_index=True)[1]
    return [
        np.bincount(labels[members[some]], minlength=units).astype(np.int64)
        for some in (first[first < count], first[first >= count] - count)
    ]
