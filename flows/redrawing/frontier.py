"""What a better cut gains at ten prices: on residents that the search saw, and on those that it did not see.

From dear to cheap, each search goes on from the cut before. Where the gain on unseen residents no longer grows while
more and more residents are moved, a lower price buys chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from flows.redrawing.ground import Flags, Ground, sums
from flows.redrawing.halves import split_in_halves
from flows.redrawing.less_chance import less_chance
from flows.redrawing.search import Effort, Search, usable_borders
from flows.redrawing.sums import Rules
from flows.redrawing.tree_cuts import out_of_bounds

PRICES = (4.0, 2.0, 1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015, 0.0)
"""Shares of the sum of squares for each share of the residents who move."""


@dataclass(frozen=True)
class Price:
    """What the search found at one price."""

    price: float
    gain_seen: float
    gain_unseen: float
    moved: float
    """The share of the city's residents whose unit is another one."""
    units_changed: int
    out_of_bounds: int
    """Inhabited units out of bounds, those left aside included."""


def frontier(
    ground: Ground, rules: Rules, fixed: Flags, *, seed: int = 1, rounds: int = 60,
    progress: Callable[[int, int], bool] = lambda _done, _of: True,
) -> list[Price]:  # fmt: skip
    """Return what is gained and what it costs at each of ten prices, dear ones first.

    Args:
        ground: the base units; today's cut is where the search begins.
        rules: bounds; their price is not used.
        fixed: shape (units,), units that stay as they are.
        seed: the beginning of chance.
        rounds: how long is searched at each price.
        progress: called with the prices done and to do; False ends the frontier where it is.
    """
    drawn = split_in_halves(ground, seed)
    seen = less_chance(ground, drawn.one, 0.5)
    borders, labels = usable_borders(ground), ground.today
    before = drawn.one.within_share(labels), drawn.other.within_share(labels)
    found = []
    for number, price in enumerate(PRICES):
        priced = replace(rules, price=price)
        search = Search(borders, seen, labels, priced, homes=ground.today, fixed=fixed, seed=seed + number)
        labels = search.run(Effort(rounds, warm=0.02)).copy()
        moved = labels != ground.today
        sizes = sums(labels, ground.residents, len(ground.units))
        found.append(Price(
            price, before[0] - drawn.one.within_share(labels), before[1] - drawn.other.within_share(labels),
            float(ground.residents[moved].sum() / ground.residents.sum()),
            len(np.union1d(ground.today[moved], labels[moved])),
            int((out_of_bounds(sizes[sizes > 0], rules) > 0).sum()),
        ))  # fmt: skip
        if not progress(number + 1, len(PRICES)):
            break
    return found
