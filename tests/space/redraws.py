"""Redraws whose truth is known: units are drawn around seeds from small cells that carry the counts of several dates.

Old units are unions of cells; some are split, some give cells to a neighbour. The counts of both Zuschnitte at every
date are sums over the cells, so every estimate can be judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flows.space.area_weighting import density_seed
from flows.space.best_key import Evidence, best_key
from flows.space.dasymetric import ControlWeights
from flows.space.links import Floats, Links, links_between
from flows.space.overlap_fit import overlap_fit
from flows.space.umsteigeschluessel import Method, Schluessel

Strings = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Cells:
    """Small areas with their centre, area and counts by date or Merkmal."""

    x: Floats
    y: Floats
    area: Floats
    counts: dict[str, Floats]


@dataclass(frozen=True)
class KnownRedraw:
    """The units of each cell before and after."""

    cells: Cells
    old: Strings
    new: Strings

    def on_old(self, name: str) -> dict[str, float]:
        return _sums(self.old, self.cells.counts[name])

    def on_new(self, name: str) -> dict[str, float]:
        return _sums(self.new, self.cells.counts[name])

    def pieces(self) -> tuple[Links, Floats, Floats]:
        """Links of old and new units, the area of each pair, the area of each new unit."""
        links = links_between(sorted(set(zip(self.old.tolist(), self.new.tolist(), strict=True))))
        area = self._by_pair(links, self.cells.area)
        return links, area, links.sum_by_new(area)

    def _by_pair(self, links: Links, values: Floats) -> Floats:
        sums = dict.fromkeys(links.pairs(), 0.0)
        for pair, value in zip(zip(self.old.tolist(), self.new.tolist(), strict=True), values.tolist(), strict=True):
            sums[pair] += value
        return np.array([sums[pair] for pair in links.pairs()])

    def key(self, method: Method, at: str, near: str) -> Schluessel:
        """The key that `method` finds for counts of the date `at`, the cells withheld; `near` is what else it knows.

        For OVERLAP and POPULATION_WEIGHTED `near` is the date of the counts on the new units, for BUILDING_WEIGHTED
        the Merkmal that is known cell by cell, such as dwellings.
        """
        links, area, new_area = self.pieces()
        if method is Method.AREA_WEIGHTED:
            return best_key(Evidence(links, area))
        if method is Method.BUILDING_WEIGHTED:
            return best_key(Evidence(links, area, control=[
                ControlWeights(method, self._by_pair(links, self.cells.counts[near]), 0.0)
            ]))  # fmt: skip
        known = links.counts_of_new(self.on_new(near))
        seed = density_seed(links, area, new_area, known)
        if method is Method.POPULATION_WEIGHTED:
            return best_key(Evidence(links, area, density=seed))
        fit = overlap_fit(links, seed, links.counts_of_old(self.on_old(at)), known)
        return best_key(Evidence(links, area, fit, density=seed))


def known_redraw(cells: Cells, units: int, seed: int) -> KnownRedraw:
    """Draw about `units` old units; a quarter is split in two or three, a quarter gives some cells to a neighbour."""
    rng = np.random.default_rng(seed)
    place = np.column_stack([cells.x, cells.y])
    seeds = place[rng.choice(len(place), units, replace=False)]
    near = _nearest_two(place, seeds)
    old = near[:, 0]
    new = np.char.add("u", old.astype(str))
    fate = rng.random(units)
    for unit in range(units):
        mine = np.flatnonzero(old == unit)
        if fate[unit] < 0.25 and len(mine) >= 4:
            parts = place[rng.choice(mine, int(rng.integers(2, 4)), replace=False)]
            part = np.argmin(((place[mine, None] - parts[None]) ** 2).sum(axis=2), axis=1)
            new[mine] = np.char.add(np.char.add(f"s{unit}", "-"), part.astype(str))
        elif fate[unit] < 0.5 and len(mine) >= 3:
            gap = np.sqrt(((place[mine] - seeds[near[mine, 1]]) ** 2).sum(axis=1))
            given = mine[np.argsort(gap)[: max(1, len(mine) // 6)]]
            given = given[fate[near[given, 1]] >= 0.5]
            new[given] = np.char.add("u", near[given, 1].astype(str))
    return KnownRedraw(cells, np.char.add("o", old.astype(str)), new)


def _nearest_two(place: Floats, seeds: Floats) -> npt.NDArray[np.int64]:
    distance = ((place[:, None] - seeds[None]) ** 2).sum(axis=2)
    return np.argsort(distance, axis=1)[:, :2]


def _sums(units: Strings, values: Floats) -> dict[str, float]:
    names, place = np.unique(units, return_inverse=True)
    return dict(zip(names.tolist(), np.bincount(place, weights=values).tolist(), strict=True))


def misplaced(estimate: dict[str, float], truth: dict[str, float]) -> float:
    """Share of people in a wrong unit: half the sum of absolute errors over the total."""
    return sum(abs(estimate.get(unit, 0.0) - truth.get(unit, 0.0)) for unit in {*estimate, *truth}) / (
        2 * sum(truth.values())
    )


def within(estimate: dict[str, float], truth: dict[str, float], tolerance: float = 0.05) -> float:
    """Share of units whose estimate is within `tolerance` of the truth."""
    return float(np.mean([abs(estimate[unit] - truth[unit]) <= tolerance * truth[unit] for unit in truth]))
