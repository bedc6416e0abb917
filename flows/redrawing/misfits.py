"""Base units that would fit a neighbouring Sozialraum better than their own, and whether that is more than chance.

A base unit with rates p is nearer to the neighbour's rates b than to those a of its own unit (without itself) by

    D = sum_t w_t / tau2_t ((p_t - a_t)^2 - (p_t - b_t)^2)

which is linear in p (the discriminant of Fisher 1936, Ann. Eugenics 7, with traits taken as independent), so that its
standard error follows from the chance in p alone. With some thousand pairs tried, three standard errors would name
several by chance: SURE leaves about one in two thousand.

A base unit is strange where it differs from the rest of its unit by more than chance (the sum of squared standard
scores of its traits, chi-squared) and by much: its squared distance beyond chance, in units of the city's variance, is
at least FAR.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

from flows.redrawing.ground import Flags, Ground, Ints
from flows.redrawing.heterogeneity import Noise, by_unit, rates

SURE = 3.3
FAR = 0.75
_BY_CHANCE = 1e-4


class Misfit(NamedTuple):
    """A base unit (position) that fits the unit `better` (position) better, by so many standard errors."""

    base_unit: int
    better: int
    sigmas: float


def misfits(ground: Ground, by_chance: Noise) -> list[Misfit]:
    """Return the base units that surely fit a neighbour better, each with its best neighbour, the surest first."""
    one, other = _across(ground)
    if not len(one):
        return []
    p, n = rates(ground)[one], ground.denominators[one]
    cases, people = by_unit(ground.numerators, ground), by_unit(ground.denominators, ground)
    home, away = ground.today[one], other
    with np.errstate(invalid="ignore", divide="ignore"):
        a = (cases[home] - ground.numerators[one]) / (people[home] - n)
        b = cases[away] / people[away]
        importance = np.array([trait.weight for trait in ground.traits]) / by_chance.city
        nearer = importance * (b - a) * (2 * p - a - b)
        spread = (2 * importance * (b - a)) ** 2 * by_chance.of((a + b) / 2) / n
    known = np.isfinite(nearer) & np.isfinite(spread)
    total = np.where(known, nearer, 0).sum(axis=1)
    error = np.sqrt(np.where(known, spread, 0).sum(axis=1))
    sigmas = np.divide(total, error, out=np.zeros_like(total), where=error > 0)
    best: dict[int, Misfit] = {}
    for place in np.argsort(-sigmas, kind="stable"):
        if sigmas[place] < SURE:
            break
        best.setdefault(int(one[place]), Misfit(int(one[place]), int(other[place]), float(sigmas[place])))
    return list(best.values())


def strange(ground: Ground, by_chance: Noise) -> Flags:
    """Return which base units surely and clearly have another character than the rest of their unit."""
    p, n = rates(ground), ground.denominators
    rest = by_unit(n, ground)[ground.today] - n
    with np.errstate(invalid="ignore", divide="ignore"):
        a = (by_unit(ground.numerators, ground)[ground.today] - ground.numerators) / rest
        variance = by_chance.of(a) * (1 / n + 1 / rest)
        squares = (p - a) ** 2
        weights = np.array([trait.weight for trait in ground.traits])
        far = weights / by_chance.city * (squares - variance)
        scores = squares / variance
    known = np.isfinite(far) & np.isfinite(scores) & (n > 0)
    distance = np.where(known, far, 0).sum(axis=1)
    traits = known.sum(axis=1)
    chance = chdtrc(np.maximum(traits, 1), np.where(known, scores, 0).sum(axis=1))
    found: Flags = (traits > 0) & (distance >= FAR) & (chance < _BY_CHANCE)
    return found


def _across(ground: Ground) -> tuple[Ints, Ints]:
    """Return each base unit beside another unit, and that unit, once a pair; none that nesting or a barrier parts."""
    edges = ground.edges[~ground.barrier] if len(ground.barrier) else ground.edges
    ends = np.concatenate([edges, edges[:, ::-1]])
    if len(ground.nest):
        ends = ends[ground.nest[ends[:, 0]] == ground.nest[ends[:, 1]]]
    pairs = np.column_stack([ends[:, 0], ground.today[ends[:, 1]]])
    pairs = np.unique(pairs[ground.today[ends[:, 0]] != pairs[:, 1]], axis=0)
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
