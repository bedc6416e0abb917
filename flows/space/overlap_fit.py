"""The overlap fit: residents of old and of new units, known at different dates, say together who went where.

The table of flows between old and new units starts from area times density and is scaled in turn to the old and to
the new counts, until both hold (iterative proportional fitting, Deming and Stephan 1940). Pairs that do not touch
stay empty. The new counts are of another date, so each connected component of units is first scaled to its own old
total: what changed in one part of the city between the dates is not carried into another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from flows.space.links import Flags, Floats, Ints, Links, quotient, sums_of

NOTEWORTHY = 0.05
"""From which deviation, as a share of its count, a new unit is reported. Less is what people do between two dates:
where a unit that went whole has lost some, its old count stands."""


class Trouble(Enum):
    """Why the counts of the two dates do not go together."""

    STRANDED = "has residents, but the units that it overlaps have none at the other date"
    UNREACHED = "has residents at the other date, but no old unit with residents overlaps it"
    INCONSISTENT = "cannot have the residents of both dates: the units overlap too little"


@dataclass(frozen=True)
class Finding:
    """A unit whose counts the fit cannot hold, and by how many residents."""

    trouble: Trouble
    unit: str
    residents: float

    def __str__(self) -> str:
        return f"Unit {self.unit} {self.trouble.value} ({self.residents:,.1f} residents)."


@dataclass(frozen=True)
class Fit:
    """The fitted flows, and how well they hold both counts."""

    links: Links
    flow: Floats
    """Of each pair; sums to the old counts exactly, except for stranded units."""
    fitted: Flags
    """The old units whose shares the fit has found."""
    rounds: int
    deviation: float
    """The largest difference between a new unit's fitted and scaled counts, in residents."""
    findings: tuple[Finding, ...]


def overlap_fit(
    links: Links,
    seed: Floats,
    old_counts: Floats,
    new_counts: Floats,
    *,
    tolerance: float = 1e-10,
    max_rounds: int = 2_000,
) -> Fit:
    """Return the flows nearest to `seed` that sum to `old_counts` by old unit and to the scaled `new_counts` by new.

    Args:
        links: The pairs of old and new units that may share residents.
        seed: A first idea of the residents of each pair; only the proportions count.
        old_counts: Residents of the old units.
        new_counts: Residents of the new units, at any other date.
        tolerance: When to stop: the largest deviation as a share of the component's residents.
        max_rounds: When to give up. Where the counts of the two dates contradict each other the fit settles, with the
            old counts held, on what comes nearest to the new ones; what stays far from them is reported.
    """
    live = (seed > 0) & (old_counts[links.old_of] > 0) & (new_counts[links.new_of] > 0)
    flow = np.where(live, seed, 0.0).astype(np.float64)
    island_of_old, island_of_new = links.where(live).components()
    size = int(max(island_of_old.max(initial=-1), island_of_new.max(initial=-1))) + 1
    reached_old = links.sum_by_old(flow) > 0
    reached_new = links.sum_by_new(flow) > 0
    old_margin = np.where(reached_old, old_counts, 0.0)
    new_margin = _scaled(np.where(reached_new, new_counts, 0.0), island_of_new, old_margin, island_of_old, size)
    mass = np.maximum(sums_of(island_of_new, new_margin, size), 1e-300)[island_of_new]

    rounds = 0
    for rounds in range(1, max_rounds + 1):  # noqa: B007 -- told afterwards
        flow *= quotient(old_margin, links.sum_by_old(flow))[links.old_of]
        off = abs(links.sum_by_new(flow) - new_margin)
        if np.all(off <= tolerance * mass):
            break
        flow *= quotient(new_margin, links.sum_by_new(flow))[links.new_of]
    else:
        flow *= quotient(old_margin, links.sum_by_old(flow))[links.old_of]
        off = abs(links.sum_by_new(flow) - new_margin)
    return Fit(
        links=links,
        flow=flow,
        fitted=reached_old,
        rounds=rounds,
        deviation=float(off.max(initial=0.0)),
        findings=(
            *_findings(Trouble.STRANDED, links.old, np.where(reached_old, 0.0, old_counts)),
            *_findings(Trouble.UNREACHED, links.new, np.where(reached_new, 0.0, new_counts)),
            *_findings(Trouble.INCONSISTENT, links.new, np.where(off > NOTEWORTHY * new_margin, off, 0.0)),
        ),
    )


def band_fits(
    links: Links,
    seed: Floats,
    old_counts: Mapping[str, Floats],
    new_counts: Mapping[str, Floats],
    total: str,
) -> dict[str, Fit]:
    """Return a fit for each Merkmal in both of the counts; every one starts from the fitted flows of `total`.

    Children are not spread as the elderly are: a band's flows start where the residents went, weighted by the band's
    share in the new unit, and are fitted to the band's own counts.
    """
    first = overlap_fit(links, seed, old_counts[total], new_counts[total])
    residents = new_counts[total]
    fits = {total: first}
    for band in old_counts:
        if band != total and band in new_counts:
            share = quotient(new_counts[band], residents)
            fits[band] = overlap_fit(links, first.flow * share[links.new_of], old_counts[band], new_counts[band])
    return fits


def _scaled(new: Floats, island_of_new: Ints, old: Floats, island_of_old: Ints, size: int) -> Floats:
    """Return the new counts scaled so that each island has its old total."""
    before = sums_of(island_of_old, old, size)
    after = sums_of(island_of_new, new, size)
    scaled: Floats = new * quotient(before, after)[island_of_new]
    return scaled


def _findings(trouble: Trouble, units: tuple[str, ...], residents: Floats) -> list[Finding]:
    return [Finding(trouble, units[place], float(residents[place])) for place in np.flatnonzero(residents > 0)]
