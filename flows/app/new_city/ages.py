"""Age bands in headers and labels, and the Merkmale that are a band or several of them together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.app.new_city.words import plain

OPEN = 999
"""The upper end of a band that has none, such as 65 and older."""
_OLDEST = 100
"""From here on an upper end is that of everybody."""
_BETWEEN = re.compile(
    r"(\d{1,3})(?: (?:jahre?|years?))?(?: (?:bis|to|u|unter))? (?:(?:unter|under|below|u) )?(\d{1,3})"
)
_UNDER = re.compile(r"(?:unter|under|below|u) (\d{1,3})")
_FROM = re.compile(
    r"(?:ab|ueber|above|over|from) (\d{1,3})|(\d{1,3})(?: (?:jahre?|years?))? "
    r"(?:plus|und (?:aelter|mehr)|u ae|and (?:over|older|more))"
)
_HALF_OPEN = re.compile(r"\b(?:unter|under|below|u)\b")
_ABOUT_AGE = frozenset(
    [
        "age",
        "alter",
        "aged",
        "jahre",
        "jahr",
        "years",
        "year",
        "bis",
        "to",
        "unter",
        "under",
        "below",
        "u",
        "ab",
        "ueber",
        "above",
        "over",
        "from",
        "plus",
        "und",
        "and",
        "aelter",
        "older",
        "mehr",
        "more",
        "von",
        "ae",
        "im",
    ]
)


@dataclass(frozen=True)
class Band:
    """Completed years of life, both ends included; `stated` where a word says whether the upper end is."""

    first: int
    last: int
    stated: bool


def band_in(text: str) -> tuple[Band, str] | None:
    """Return the age band in a text, and the words beside it; None where there is none."""
    words = plain(text.replace("+", " plus "))
    found = _band(words)
    if found is None:
        return None
    rest = " ".join(word for word in words.split() if not word.isdigit() and word not in _ABOUT_AGE)
    return found, rest


def _band(words: str) -> Band | None:
    if between := _BETWEEN.search(words):
        first, last, below = int(between[1]), int(between[2]), _HALF_OPEN.search(between[0]) is not None
        if first > last or (below and first == last):
            return None
        return Band(first, OPEN if last >= _OLDEST else last - below, below)
    if upwards := _FROM.search(words):
        return Band(int(upwards[1] or upwards[2]), OPEN, stated=True)
    if under := _UNDER.search(words):
        return Band(0, int(under[1]) - 1, stated=True)
    return None


def true_bands(bands: Mapping[str, Band]) -> tuple[dict[str, Band], str]:
    """Return the bands of a file's columns with both ends included, and how that follows from their neighbours.

    Where the next band begins with the number that one ends with (6 to 15, 15 to 18), the end is not included.
    """
    starts = {band.first for band in bands.values()}
    unclear = [band for band in bands.values() if not band.stated and band.last not in (OPEN, band.first)]
    touching = sum(band.last in starts for band in unclear)
    if touching * 2 <= len(unclear) or any(band.last + 1 in starts and band.last not in starts for band in unclear):
        return dict(bands), "both ends of an age band are included"
    shortened = {
        column: band if band.stated or band.last in (OPEN, band.first) else Band(band.first, band.last - 1, stated=True)
        for column, band in bands.items()
    }
    return shortened, "the upper end of an age band is not included: the next one begins with it"


def covering(bands: Mapping[str, Band], first: int, last: int) -> list[str] | None:
    """Return the columns whose bands make up `first` to `last` exactly, or None."""
    columns, at = list[str](), first
    while at <= last:
        fitting = [(band.last, column) for column, band in bands.items() if band.first == at and band.last <= last]
        if not fitting:
            return None
        end, column = max(fitting)
        columns.append(column)
        at = end + 1
    return columns


def bounds_of(merkmale: Iterable[str], of: str) -> dict[str, tuple[int, int]]:
    """Return the ages of those Merkmale that are an age band of the Merkmal `of`, by its id in the codebook."""
    found = {}
    for name in merkmale:
        if match := re.fullmatch(rf"{of}_(\d+)_(\d+|plus)", name):
            found[name] = (int(match[1]), OPEN if match[2] == "plus" else int(match[2]))
    return found
