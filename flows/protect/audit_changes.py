"""Small changes between releases: a corrected Lieferung's difference is a count of its own."""

from __future__ import annotations

import numpy as np

from flows.protect.audit import Finding
from flows.protect.audit_reading import Said

LARGE = 10_000
"""In a unit with so many residents a change of one household tells nothing about anybody."""


def changes(said: Said, days: frozenset[str] | None = None) -> list[Finding]:
    """Return the counts of which two releases tell values that differ by less than a count may be."""
    found: list[Finding] = []
    residents = said.sides.index("einwohner") if "einwohner" in said.sides else -1
    for number, later in enumerate(said.states):
        for earlier in said.states[:number]:
            if earlier.day != later.day or (days is not None and later.day not in days):
                continue
            grown = later.value - earlier.value
            small = (np.abs(grown) > 0) & (np.abs(grown) < said.at_least[None, :])
            if residents >= 0:
                people = np.nan_to_num(np.fmax(later.value[:, residents], earlier.value[:, residents]))
                small &= (people < LARGE)[:, None]
            for at, side in np.argwhere(small).tolist():
                place = said.places[at]
                found.append(Finding(
                    kind="change", stichtag=later.day, zuschnitt=place.zuschnitt, raumebene=place.level,
                    raum_id=place.id, merkmal=said.sides[side], low=round(abs(grown[at, side])),
                    high=round(abs(grown[at, side])), at_least=int(said.at_least[side]),
                    versions=(*earlier.versions, *later.versions),
                ))  # fmt: skip
    return found
