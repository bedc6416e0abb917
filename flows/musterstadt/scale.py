"""How large the synthetic city is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flows.base.errors import ConfigError

YEARS = tuple(range(2015, 2025))
"""The Stichtage are 31.12. of these years."""

REGISTER_FROM = 2022
"""From this year on the register office delivers one row per person instead of tables by Baublockseite."""


@dataclass(frozen=True)
class Scale:
    """Size of Musterstadt; the default is the city that `make run` refreshes.

    With `register_years="all"` every year is delivered as an uncompressed person extract and only the
    files of raum/ come with it: that is what a benchmark of the register needs.
    """

    baublockseiten: int = 3_000
    einwohner: int = 200_000
    stadtbezirke: int = 10
    stadtteile: int = 50
    sozialraeume: int = 180
    register_years: Literal["newest", "all"] = "newest"

    def __post_init__(self) -> None:
        """Refuse a city whose units could not all have blocks, or whose ids would not fit their digits."""
        fits = (
            1 <= self.stadtbezirke <= 99
            and self.stadtbezirke * 2 <= self.stadtteile <= self.stadtbezirke * 9
            and self.stadtteile * 2 <= self.sozialraeume
            and self.sozialraeume * 6 <= self.baublockseiten
            and self.einwohner >= self.baublockseiten
        )
        if not fits:
            raise ConfigError(
                "A synthetic city needs 2 to 9 Stadtteile a Stadtbezirk, at least 2 Sozialräume a Stadtteil, "
                "6 Baublockseiten a Sozialraum and one resident a Baublockseite; "
                f"found {self}. Choose a scale with more of what is missing."
            )


BENCHMARK = Scale(baublockseiten=10_000, einwohner=650_000, register_years="all")
"""A city of the size of Düsseldorf, for `make bench`."""
