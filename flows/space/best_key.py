"""Chooses for each unit the best method that the data allow, and says which one it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.space.area_weighting import area_shares
from flows.space.dasymetric import ControlWeights
from flows.space.links import Floats, Links, shares_within
from flows.space.overlap_fit import Fit
from flows.space.umsteigeschluessel import Method, Schluessel


@dataclass(frozen=True)
class Evidence:
    """What is known of where people live; everything but the area may be missing."""

    links: Links
    area: Floats
    """Of each pair."""
    fit: Fit | None = None
    control: Sequence[ControlWeights] = ()
    density: Floats | None = None
    """Area times density of each pair (area_weighting.density_seed), for units with nobody to fit."""


def best_key(evidence: Evidence) -> Schluessel:
    """Return the key in which each old unit has the surest shares that there are for it.

    One partner: exact. Else fitted to counts of both sides, else by buildings, by other people, by area.
    """
    links = evidence.links
    weights = np.zeros(len(links), dtype=np.float64)
    methods = np.full(len(links.old), Method.AREA_WEIGHTED, dtype=np.int64)
    open_units = links.partners_of_old() > 0
    for method, mass in _candidates(evidence):
        reached = open_units & (links.sum_by_old(mass) > 0)
        chosen = reached[links.old_of]
        weights[chosen] = shares_within(links.old_of, mass, len(links.old))[chosen]
        methods[reached] = method
        open_units = open_units & ~reached
    return Schluessel(links, weights, tuple(Method(number) for number in methods.tolist()))


def _candidates(evidence: Evidence) -> list[tuple[Method, Floats]]:
    """Return every method with the mass that it sees in each pair, the surest first."""
    links = evidence.links
    whole = (links.partners_of_old() == 1)[links.old_of].astype(np.float64)
    found: list[tuple[Method, Floats]] = [(Method.EXACT, whole)]
    if evidence.fit is not None:
        found.append((Method.OVERLAP, evidence.fit.flow))
    by_buildings_first = sorted(evidence.control, key=lambda one: one.method)
    found += [(control.method, control.weight) for control in by_buildings_first]
    if evidence.density is not None:
        found.append((Method.POPULATION_WEIGHTED, evidence.density))
    return [*found, (Method.AREA_WEIGHTED, area_shares(links, evidence.area))]
