"""Which positions hang together, by the pairs that connect them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from flows.redrawing.ground import Flags, Ground, Ints


def components(count: int, pairs: Ints) -> Ints:
    """Return the part that each of `count` positions lies in, where pairs of them are connected."""
    ones = np.ones(len(pairs))
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    found: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return found


def parts(ground: Ground, kept: Flags | None = None) -> Ints:
    """Return the connected part that each base unit lies in, by the borders between them, or those `kept`."""
    return components(len(ground), ground.edges if kept is None else ground.edges[kept])
