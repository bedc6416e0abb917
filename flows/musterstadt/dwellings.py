"""The dwellings of every Baublockseite by year: what is built, pulled down, and falls out of subsidy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.musterstadt.quarters import ALWAYS, Quarters
from flows.musterstadt.random_numbers import Ints, random_numbers, shared_out, whole

BASE_YEAR = 2007
SUBSIDY_COUNTED_FROM = 2014
"""The year before the first Stichtag; from then on subsidies run out year by year."""


@dataclass(frozen=True)
class Dwellings:
    """The stock on one 31.12., one entry per Baublockseite; every part is at most `total`."""

    total: Ints
    own_houses: Ints
    subsidised: Ints
    before_1949: Ints
    from_2010: Ints
    floor_space: Ints
    """Hundredths of a square metre."""
    largest: Ints
    """The floor space of the largest dwelling, in hundredths of a square metre."""


class HousingStock:
    """All dwellings of the city, of which `dwellings(year)` are standing."""

    def __init__(self, quarters: Quarters, households: int, seed: int) -> None:
        """Build for `households` in the base year, with four in a hundred dwellings empty."""
        rng = random_numbers(seed, "dwellings")
        n = quarters.density.size
        old = quarters.first_year == ALWAYS
        self._quarters = quarters
        self._base = np.where(
            old,
            shared_out(households * 103 // 100, np.where(old, quarters.density, 0)),
            quarters.density * 45 // 100,
        )
        self._infill = whole(rng, 1, 10, n)
        self._size = np.clip(
            5_200 + quarters.standing * 3 + quarters.own_houses * 38 + whole(rng, -700, 700, n), 3_800, 16_000
        )
        self._odd = whole(rng, 0, 99, n)
        self._largest = whole(random_numbers(seed, "largest dwellings"), 115, 240, n)

    def dwellings(self, year: int) -> Dwellings:
        """The stock on 31.12. of a year; an estate that is being pulled down counts as empty already."""
        q = self._quarters
        standing = (q.first_year <= year) & (year < q.emptied)
        base = np.where(standing, self._base, 0)
        new_area = q.first_year > ALWAYS
        phase = np.clip(year - q.first_year + 1, 0, 2)
        base = np.where(new_area, base * phase // 2, base)
        infill = np.where(new_area, 0, base * self._infill * max(year - 2009, 0) // 1_000)
        total = base + infill
        bound = np.where(new_area, 30, q.subsidised * np.maximum(100 - 3 * (year - SUBSIDY_COUNTED_FROM), 40) // 100)
        space = total * self._size + infill * 1_200 + np.where(total > 0, self._odd, 0)
        return Dwellings(
            total=total,
            own_houses=np.where(new_area, total * 20 // 100, base * q.own_houses // 100),
            subsidised=total * bound // 100,
            before_1949=np.where(new_area, 0, base * q.before_1949 // 100),
            from_2010=np.where(new_area, total, infill),
            floor_space=space,
            largest=self._largest_of(space, total),
        )

    def _largest_of(self, space: Ints, total: Ints) -> Ints:
        """The largest dwelling: somewhat above the mean, and so that each of the others has at least 20 m²."""
        mean, others = space // np.maximum(total, 1), np.maximum(total - 1, 0)
        least = -(-space // np.maximum(total, 1))
        largest: Ints = np.maximum(np.minimum(mean * self._largest // 100, space - others * 2_000), least)
        return largest
