"""How alike the base units of a unit are: the within share of the sum of squares, from sums that add up.

Of each trait, base units are weighted by its denominator, and the city's sum of squares is 1. So what lies between
units is a sum over them, and a base unit that changes sides changes two addends (Fisher 1958, "On grouping for maximum
homogeneity"; SKATER and REDCAP have the same objective, there with a weight of 1 each).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from flows.base.errors import ConfigError
from flows.redrawing.ground import Floats, Ground, Ints


@dataclass(frozen=True)
class Rules:
    """What every unit must hold, and what a change costs."""

    least: float = 0.0
    """Least residents of a unit."""
    most: float = float("inf")
    """Most residents of a unit."""
    price: float = 0.0
    """How much within share a proposal must win by for each share of the city's residents that changes its unit."""
    compactness: float = 0.0
    """How much within share each share of the length of all borders costs that lies between units."""


@dataclass(frozen=True)
class Sums:
    """What is added up of each base unit: residents, and of each trait its weight and its weighted deviation."""

    residents: Floats
    """Shape (n,)."""
    mass: Floats
    """Shape (n, k): the part of the trait's denominator; adds up to the weight of the trait."""
    moment: Floats
    """Shape (n, k): mass times deviation from the city, in standard deviations of the city."""

    @cached_property
    def columns(self) -> Floats:
        """Everything side by side, shape (n, 1 + 2 k)."""
        return np.column_stack([self.residents, self.mass, self.moment])

    @cached_property
    def city(self) -> float:
        """All residents."""
        return float(self.residents.sum())

    @property
    def traits(self) -> int:
        """The number of traits."""
        return int(self.mass.shape[1])

    def of_units(self, labels: Ints, units: int) -> Floats:
        """Return the sums of each unit, shape (units, 1 + 2 k)."""
        return np.stack([np.bincount(labels, column, units) for column in self.columns.T], axis=1)

    def between(self, sums: Floats) -> Floats:
        """Return what each row of sums has of the sum of squares between units, shape (rows,)."""
        mass, moment = sums[:, 1 : 1 + self.traits], sums[:, 1 + self.traits : 1 + 2 * self.traits]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = moment * moment / mass
        part[~(mass > 1e-15)] = 0.0
        return np.asarray(part.sum(axis=1), dtype=np.float64)

    def within_share(self, labels: Ints) -> float:
        """Return the share of the sum of squares that lies within units: 0 if all are alike inside."""
        return 1.0 - float(self.between(self.of_units(labels, int(labels.max()) + 1)).sum())


def gain_of(sums: Sums, inside: Ints, before: Ints, after: Ints) -> float:
    """Return how much more lies between units after a change of the base units `inside`, shape (m,)."""
    part = replace(sums, residents=sums.residents[inside], mass=sums.mass[inside], moment=sums.moment[inside])
    units = int(max(before.max(), after.max())) + 1
    return float(part.between(part.of_units(after, units)).sum() - part.between(part.of_units(before, units)).sum())


def sums_of(ground: Ground, numerators: Floats | None = None, denominators: Floats | None = None) -> Sums:
    """Return what is added up, from the counts of `ground` or from others in their place (a half of its residents).

    Raises:
        ConfigError: a trait is the same everywhere or nobody has it, or no trait has a weight.
    """
    numerators = ground.numerators if numerators is None else numerators
    denominators = ground.denominators if denominators is None else denominators
    weights = np.array([trait.weight for trait in ground.traits])
    if weights.sum() <= 0:
        raise ConfigError("Expected traits with a weight above 0 to judge a cut by, found none.")
    total = denominators.sum(axis=0)
    known = denominators > 0
    rate = np.divide(numerators, denominators, out=np.zeros_like(numerators), where=known)
    mean = np.divide(numerators.sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    away = np.where(known, rate - mean, 0.0)
    spread = np.divide((denominators * away**2).sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    for trait, deviation, size in zip(ground.traits, spread, mean, strict=True):
        if trait.weight > 0 and not deviation > 1e-18 * max(1.0, size * size):
            raise ConfigError(
                f"Trait {trait.id}: expected base units that differ, found the same figure everywhere; leave it out."
            )
    part = weights / weights.sum() * denominators / np.where(total > 0, total, 1.0)
    return Sums(
        residents=ground.residents.astype(np.float64), mass=part,
        moment=part * away / np.sqrt(np.where(spread > 0, spread, 1.0)),
    )  # fmt: skip
