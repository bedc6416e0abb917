"""Which rules a Sozialraum breaks today: size, nesting, one piece, no holes, no barrier across it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from flows.redrawing.city_ground import CityGround
from flows.redrawing.connected import components, parts
from flows.redrawing.ground import Flags, Ground, sums

Rule = Literal["too_small", "too_large", "nesting", "pieces", "hole", "barrier"]


class Breach(NamedTuple):
    """A rule that a unit (position) breaks, and by how much: residents, units, base units, or a share of residents."""

    unit: int
    rule: Rule
    amount: float


def breaches(ground: CityGround, *, barrier: float) -> list[Breach]:
    """Return what breaks the rules; of barriers, only what cuts off at least a share `barrier` of the residents.

    A unit where nobody lives, a park or a harbour, is not too small: it has no size that the bounds are about.
    """
    found = []
    residents = np.bincount(ground.today, ground.residents, len(ground.units))
    for unit, people in enumerate(residents.tolist()):
        if 0 < people < ground.least:
            found.append(Breach(unit, "too_small", people))
        elif people > ground.most:
            found.append(Breach(unit, "too_large", people))
    if len(ground.nest):
        for unit in range(len(ground.units)):
            across = len(np.unique(ground.nest[ground.today == unit]))
            found += [Breach(unit, "nesting", across)] if across > 1 else []
    within = ground.today[ground.edges[:, 0]] == ground.today[ground.edges[:, 1]]
    found += [Breach(unit, "pieces", share) for unit, share in _cut_off(ground, within, lambda share: share > 0)]
    found += [Breach(unit, "hole", inside) for unit, inside in _holes(ground)]
    if len(ground.barrier):
        crossing = within & ~ground.barrier
        whole = {breach.unit for breach in found if breach.rule == "pieces"}
        found += [
            Breach(unit, "barrier", share)
            for unit, share in _cut_off(ground, crossing, lambda share: share >= barrier)
            if unit not in whole
        ]
    return sorted(found)


def _cut_off(ground: Ground, kept: Flags, counts: Callable[[float], bool]) -> list[tuple[int, float]]:
    """Return the units whose base units do not hang together by the borders `kept`: the share of residents cut off.

    A unit without residents is judged by its base units.
    """
    part = parts(ground, kept)
    found = []
    for unit in range(len(ground.units)):
        members = np.flatnonzero(ground.today == unit)
        people = ground.residents[members] if ground.residents[members].sum() else np.ones(len(members))
        in_part = np.bincount(np.unique(part[members], return_inverse=True)[1].ravel(), people)
        inhabited = in_part[in_part > 0]
        share = 1 - inhabited.max() / people.sum()
        if len(inhabited) > 1 and counts(share):
            found.append((unit, float(share)))
    return found


def _holes(ground: CityGround) -> list[tuple[int, int]]:
    """Return the units that others lie in, with how many base units: nothing but the unit lies around those."""
    if not len(ground.inside):
        return []
    units = len(ground.units)
    pairs = np.unique(np.sort(ground.today[ground.edges], axis=1), axis=0)
    enclosed = sums(ground.today, (~ground.inside).astype(np.float64), units) == 0
    base_units = np.bincount(ground.today, minlength=units)
    found = []
    for unit in range(units):
        part = components(units, pairs[(pairs != unit).all(axis=1)])
        at_the_rim = sums(part, (~enclosed).astype(np.float64))
        inside = (at_the_rim[part] == 0) & (np.arange(units) != unit)
        if inside.any():
            found.append((unit, int(base_units[inside].sum())))
    return found
