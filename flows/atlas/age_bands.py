"""The age structure that a release can show: the finest bands of age that follow each other from birth to old age."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

OLDEST = 100
"""Where the last band, which is open, ends in a picture."""
_BAND = re.compile(r"einwohner_(\d+)_(\d+|plus)")


class AgeBand(NamedTuple):
    """Residents from one age to before another, counted by an Indikator."""

    indikator_id: str
    begin: int
    end: int


def age_bands(indikatoren: Iterable[str]) -> list[AgeBand]:
    """Return the most bands that cover all ages without gap or overlap; none where they leave a gap."""
    longest: dict[int, list[AgeBand]] = {0: []}
    for band in sorted(filter(None, map(_band, indikatoren)), key=lambda each: (each.begin, each.end)):
        before = longest.get(band.begin)
        if before is not None and len(before) >= len(longest.get(band.end, ())):
            longest[band.end] = [*before, band]
    return longest.get(OLDEST, [])


def _band(indikator: str) -> AgeBand | None:
    found = _BAND.fullmatch(indikator)
    if found is None:
        return None
    first, last = found.groups()
    return AgeBand(indikator, int(first), OLDEST if last == "plus" else int(last) + 1)
