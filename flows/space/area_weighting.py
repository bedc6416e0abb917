"""Area weighting: a unit's count is spread as if people lived evenly on its area. The last resort, and the yardstick.

Two conventions exist. ``sum`` shares a unit by the area that its pieces have in all: every person is placed.
``total`` shares it by its own area: what lies outside every new unit is lost, and the loss is returned.
Rates and averages are no counts; :func:`intensive` averages them by area, for characteristics that have no numerator.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flows.space.links import Floats, Links, quotient, shares_within
from flows.space.umsteigeschluessel import Rebased


def area_shares(links: Links, area: Floats) -> Floats:
    """Return each piece's share of the area of all pieces of its old unit (convention ``sum``)."""
    return shares_within(links.old_of, area, len(links.old))


def shares_of_own_area(links: Links, area: Floats, old_area: Floats) -> Floats:
    """Return each piece's share of the whole area of its old unit (convention ``total``); they may sum to below 1."""
    return quotient(area, old_area[links.old_of])


def spread_by_own_area(links: Links, area: Floats, old_area: Floats, counts: Mapping[str, float]) -> Rebased:
    """Return `counts` on the new units by convention ``total``; what lies outside every new unit is unmatched."""
    shares = shares_of_own_area(links, area, old_area)
    before = links.counts_of_old(counts)
    outside = before * (1 - links.sum_by_old(shares))
    unmatched = {links.old[place]: float(outside[place]) for place in np.flatnonzero(abs(outside) > 1e-9 * before)}
    unmatched |= {unit: count for unit, count in counts.items() if unit not in links.old}
    placed = links.sum_by_new(before[links.old_of] * shares)
    return Rebased(dict(zip(links.new, placed.tolist(), strict=True)), unmatched)


def intensive(links: Links, area: Floats, rates: Mapping[str, float]) -> dict[str, float]:
    """Return the area-weighted mean of `rates` in each new unit that a unit with a rate reaches."""
    known = np.array([unit in rates for unit in links.old])[links.old_of]
    shares = shares_within(links.new_of, np.where(known, area, 0.0), len(links.new))
    means = links.sum_by_new(shares * links.counts_of_old(rates)[links.old_of])
    reached = links.sum_by_new(shares) > 0
    return {unit: float(mean) for unit, mean, yes in zip(links.new, means, reached, strict=True) if yes}


def density_seed(links: Links, area: Floats, new_area: Floats, new_counts: Floats) -> Floats:
    """Return area times density of the new unit: where people probably live, before anything is fitted."""
    seed: Floats = area * quotient(new_counts, new_area)[links.new_of]
    return seed
