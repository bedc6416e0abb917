"""Which units are made of two characters that lie side by side, and where the line between them runs.

A unit is cut in two along random trees. How much that explains says little by itself: the best of many cuts explains
something of any unit. So the same cut is searched for again with the base units of the unit exchanged among their
places at random (a permutation test, Fisher 1935): what is unlike stays as unlike, only side by side it lies no
longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from flows.redrawing.ground import Flags, Ints
from flows.redrawing.halving import Halving
from flows.redrawing.sums import Sums

EXCHANGES = 199
"""So many times the base units are exchanged; the smallest p-value that can be found is one in 200."""
TREES = 6
"""So many trees are drawn through each unit, exchanged or not."""


@dataclass(frozen=True)
class Mixed:
    """One unit cut in two."""

    unit: int
    members: Ints
    """Base units of the smaller part."""
    gain: float
    """How much more of the sum of squares lies between units if it is split."""
    p_value: float
    """How often base units exchanged at random can be cut as well."""


def mixed_units(halving: Halving, labels: Ints, which: Flags, seed: int) -> list[Mixed]:
    """Return each of the units `which` cut in two, with the p-value of its cut.

    Args:
        halving: where units are cut, and by what.
        labels: shape (n,), the unit of each base unit.
        which: shape (units,), the units to look at: connected, with two base units or more.
        seed: the beginning of chance.
    """
    if not which.any():
        return []
    sums, quota = halving.sums, {int(unit): 2 for unit in np.flatnonzero(which)}
    whole = sums.between(sums.of_units(labels, len(which)))
    found = halving.best_halves(labels, quota, TREES)
    as_good = dict.fromkeys(quota, 0)
    order = np.argsort(labels, kind="stable")
    random = np.random.default_rng([seed, 3])
    for _ in range(EXCHANGES):
        exchanged = _exchanged(sums, labels, order, random)
        again = replace(halving, sums=exchanged).best_halves(labels, quota, TREES)
        for unit, half in again.items():
            as_good[unit] += half.value >= found[unit].value - 1e-15
    return [
        Mixed(unit, _smaller(half.members, np.flatnonzero(labels == unit), sums), half.value - float(whole[unit]),
              (1 + as_good[unit]) / (1 + EXCHANGES))
        for unit, half in sorted(found.items())
    ]  # fmt: skip


def _exchanged(sums: Sums, labels: Ints, order: Ints, random: np.random.Generator) -> Sums:
    """Return the sums with the inhabited base units of each unit in other places of it."""
    shuffled = np.lexsort([random.random(len(labels)), labels])
    source = np.empty(len(labels), dtype=np.int64)
    source[order] = shuffled
    return Sums(sums.residents[source], sums.mass[source], sums.moment[source])


def _smaller(part: Ints, unit: Ints, sums: Sums) -> Ints:
    rest = np.setdiff1d(unit, part)
    return part if sums.residents[part].sum() <= sums.residents[rest].sum() else rest
