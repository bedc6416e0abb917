"""Area weighting: a unit's count is spread as if people lived evenly on its area. The last resort."""

from __future__ import annotations

from flows.space.links import Floats, Links, quotient, shares_within


def area_shares(links: Links, area: Floats) -> Floats:
    """Return each piece's share of the area of all pieces of its old unit: every person is placed."""
    return shares_within(links.old_of, area, len(links.old))


def density_seed(links: Links, area: Floats, new_area: Floats, new_counts: Floats) -> Floats:
    """Return area times density of the new unit: where people probably live, before anything is fitted."""
    seed: Floats = area * quotient(new_counts, new_area)[links.new_of]
    return seed
