"""The overlap fit: residents of old and of new units, known at different dates, say together who went where.

The table of flows between old and new units starts from area times density and is scaled in turn to the old and to
the new counts, until both agree (iterative proportional fitting, Deming and Stephan 1940). Pairs that do not touch
stay empty. The new counts are of another date, so each connected component of units is first scaled to its own old
total: what changed in one part of the city between the dates is not carried into another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from flows.space.links import Flags, Floats, Ints, Links, components_of, quotient, sums_of
from flows.space.scaling import Margins, scaled_in_turn

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
    """A unit whose counts the fit cannot meet, and by how many residents."""

    trouble: Trouble
    unit: str
    residents: float

    def __str__(self) -> str:
        return f"Unit {self.unit} {self.trouble.value} ({self.residents:,.1f} residents)."


@dataclass(frozen=True)
class Fit:
    """The fitted flows, and how well they meet both counts."""

    links: Links
    flow: Floats
    """Of each pair; sums to the old counts exactly, except for stranded units."""
    fitted: Flags
    """The old units whose shares the fit has found."""
    deviation: float
    """The largest difference between a new unit's fitted and scaled counts, in residents."""
    findings: tuple[Finding, ...]


def overlap_fit(links: Links, seed: Floats, old_counts: Floats, new_counts: Floats, *, tolerance: float = 1e-10) -> Fit:
    """Return the flows nearest to `seed` that sum to `old_counts` by old unit and to the scaled `new_counts` by new.

    Args:
        links: The pairs of old and new units that may share residents.
        seed: A first idea of the residents of each pair; only the proportions count.
        old_counts: Residents of the old units.
        new_counts: Residents of the new units, at any other date.
        tolerance: When to stop: the largest deviation as a share of the component's residents.
    """
    (fit,) = overlap_fits(links, seed[None], old_counts[None], new_counts[None], tolerance=tolerance)
    return fit


def overlap_fits(
    links: Links, seeds: Floats, old_counts: Floats, new_counts: Floats, *, tolerance: float = 1e-10
) -> list[Fit]:
    """Return a fit for each row of `seeds`, `old_counts` and `new_counts`, each as :func:`overlap_fit` finds it.

    All are one large fit of units side by side, since a round of many costs little more than a round of one.
    """
    many, olds, news = len(seeds), len(links.old), len(links.new)
    beside = np.arange(many)[:, None]
    old_of, new_of = (links.old_of + olds * beside).ravel(), (links.new_of + news * beside).ravel()
    seed, old, new = seeds.ravel(), old_counts.ravel(), new_counts.ravel()

    live = (seed > 0) & (old[old_of] > 0) & (new[new_of] > 0)
    start = np.where(live, seed, 0.0).astype(np.float64)
    island_of_old, island_of_new = components_of(old_of[live], new_of[live], many * olds, many * news)
    reached_old = sums_of(old_of, start, many * olds) > 0
    reached_new = sums_of(new_of, start, many * news) > 0
    old_margin = np.where(reached_old, old, 0.0)
    new_margin = _scaled(np.where(reached_new, new, 0.0), island_of_new, old_margin, island_of_old)
    margins = Margins(old_of, new_of, old_margin, new_margin, island_of_new, np.repeat(np.arange(many), news))
    flow, off = scaled_in_turn(margins, start, tolerance)

    stranded = np.where(reached_old, 0.0, old).reshape(many, olds)
    unreached = np.where(reached_new, 0.0, new).reshape(many, news)
    inconsistent = np.where(off > NOTEWORTHY * new_margin, off, 0.0).reshape(many, news)
    return [
        Fit(
            links=links,
            flow=flow.reshape(many, len(links))[row],
            fitted=reached_old.reshape(many, olds)[row],
            deviation=float(off.reshape(many, news)[row].max(initial=0.0)),
            findings=(
                *_findings(Trouble.STRANDED, links.old, stranded[row]),
                *_findings(Trouble.UNREACHED, links.new, unreached[row]),
                *_findings(Trouble.INCONSISTENT, links.new, inconsistent[row]),
            ),
        )
        for row in range(many)
    ]


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
    bands = [band for band in old_counts if band != total and band in new_counts]
    if not bands:
        return {total: first}
    old, new = (np.array([counts[band] for band in bands]) for counts in (old_counts, new_counts))
    share = quotient(new, np.broadcast_to(new_counts[total], new.shape))
    fits = overlap_fits(links, first.flow * share[:, links.new_of], old, new)
    return {total: first, **dict(zip(bands, fits, strict=True))}


def _scaled(new: Floats, island_of_new: Ints, old: Floats, island_of_old: Ints) -> Floats:
    """Return the new counts scaled so that each island has its old total."""
    size = int(max(island_of_old.max(initial=-1), island_of_new.max(initial=-1))) + 1
    before = sums_of(island_of_old, old, size)
    after = sums_of(island_of_new, new, size)
    scaled: Floats = new * quotient(before, after)[island_of_new]
    return scaled


def _findings(trouble: Trouble, units: tuple[str, ...], residents: Floats) -> list[Finding]:
    return [Finding(trouble, units[place], float(residents[place])) for place in np.flatnonzero(residents > 0)]
