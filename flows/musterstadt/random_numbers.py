"""RandomNumbers that falls the same way on every machine.

Only the raw uniform stream of PCG64 is used, and everything decided from it is decided with sums, products
and comparisons: no exponentials, no library sampler, no sum whose order the processor chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
RandomNumbers = np.random.Generator


def random_numbers(seed: int, purpose: str, year: int = 0) -> RandomNumbers:
    """An independent stream for one purpose and year, so that a change in one leaves the others alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, year, *purpose.encode()])))


def whole(rng: RandomNumbers, low: int, high: int, n: int) -> Ints:
    """`n` whole numbers from low to high, both included."""
    numbers: Ints = low + (rng.random(n) * (high - low + 1)).astype(np.int64)
    return numbers


def drawn(rng: RandomNumbers, weights: Sequence[int] | Ints, n: int) -> Ints:
    """`n` positions in `weights`, each as likely as its weight."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.int64))
    position: Ints = np.searchsorted(bounds, (rng.random(n) * bounds[-1]).astype(np.int64), side="right").astype(
        np.int64
    )
    return position


def happens(rng: RandomNumbers, per_100k: Ints) -> Flags:
    """For each rate per 100,000: does it happen."""
    return rng.random(per_100k.size) * 100_000 < per_100k


def bell(rng: RandomNumbers, n: int, width: int) -> Ints:
    """Whole numbers around zero, rarely beyond `width`, in the shape of a bell (a sum of uniforms)."""
    uniform = rng.random(n) + rng.random(n) + rng.random(n) + rng.random(n) - 2.0
    return np.rint(uniform * width).astype(np.int64)


def ramp(*anchors: tuple[int, int]) -> Ints:
    """A table by single year of age, 0 to 110: straight lines between (age, value) anchors, whole numbers."""
    table = np.zeros(111, dtype=np.int64)
    for (start, low), (end, high) in pairwise(anchors):
        for age in range(start, end + 1):
            table[age] = low + (high - low) * (age - start) // (end - start)
    last_age, last_value = anchors[-1]
    table[last_age:] = last_value
    return table


def relief(rng: RandomNumbers, u: Floats, v: Floats, cells: int) -> Floats:
    """A smooth random landscape of heights 0 to 1 over the unit square, `cells` hills wide."""
    heights = rng.random((cells + 2, cells + 2))
    x = np.clip(u, 0.0, 1.0) * cells
    y = np.clip(v, 0.0, 1.0) * cells
    column, row = x.astype(np.int64), y.astype(np.int64)
    x, y = x - column, y - row
    x, y = x * x * (3.0 - 2.0 * x), y * y * (3.0 - 2.0 * y)
    near = heights[row, column] * (1.0 - x) + heights[row, column + 1] * x
    far = heights[row + 1, column] * (1.0 - x) + heights[row + 1, column + 1] * x
    return np.round(near * (1.0 - y) + far * y, 9)


def ranked(values: Floats) -> Ints:
    """Each value's place among all, from 0 (lowest) to 999 (highest)."""
    place = np.empty(values.size, dtype=np.int64)
    place[np.argsort(np.round(values, 9), kind="stable")] = np.arange(values.size)
    return place * 1000 // max(values.size, 1)


def shared_out(total: int, weights: Ints) -> Ints:
    """`total` whole things shared out in proportion to `weights`, none lost to rounding."""
    mass = max(int(weights.sum()), 1)
    bounds = np.cumsum(weights) * total // mass
    return np.diff(bounds, prepend=0)


def tally(places: Ints, size: int) -> Ints:
    """How many of `places` name each of 0..size-1."""
    return np.bincount(places, minlength=size).astype(np.int64)
