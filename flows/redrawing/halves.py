"""Residents split at random into halves: what is found on one half is judged on the other, which the search never saw.

Most of what a search gains on the residents that it sees is chance; the other half has another chance, but the same
neighbourhood. A half is drawn trait by trait: of those whom the denominator counts about every second one, and of the
cases among them as many as chance has it (hypergeometric), so that both halves add up to the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.redrawing.ground import Floats, Ground
from flows.redrawing.sums import Sums, sums_of


@dataclass(frozen=True)
class Halves:
    """What is added up of each half, on the scale of the whole."""

    one: Sums
    other: Sums
    chance: float
    """What a unit more has between units in a half by chance alone."""


def split_in_halves(ground: Ground, seed: int) -> Halves:
    """Return the residents of `ground` split in two at random; the same seed splits them in the same way."""
    random = np.random.default_rng([seed, 2])
    first_below, first_above = ground.denominators / 2, ground.numerators / 2
    for column, trait in enumerate(ground.traits):
        if trait.counted:
            below = np.rint(ground.denominators[:, column]).astype(np.int64)
            above = np.minimum(np.rint(ground.numerators[:, column]).astype(np.int64), below)
            half = random.binomial(below, 0.5)
            first_below[:, column] = half
            first_above[:, column] = random.hypergeometric(above, below - above, half)
    halves = [
        sums_on_scale(ground, first_above, first_below),
        sums_on_scale(ground, ground.numerators - first_above, ground.denominators - first_below),
    ]
    return Halves(halves[0], halves[1], chance_of_a_unit(ground) * 2)


def sums_on_scale(ground: Ground, numerators: Floats, denominators: Floats) -> Sums:
    """Return the sums of a part of the residents, with mean, spread and weights of all of them."""
    whole = sums_of(ground)
    share = denominators.sum(axis=0) / np.where(ground.denominators.sum(axis=0) > 0, ground.denominators.sum(axis=0), 1)
    mean, spread = _scale(ground)
    weight = np.divide(whole.mass, ground.denominators, out=np.zeros_like(whole.mass), where=ground.denominators > 0)
    weight = weight.max(axis=0) / np.where(share > 0, share, 1.0)
    return Sums(
        residents=whole.residents, mass=denominators * weight,
        moment=(numerators - denominators * mean) / spread * weight,
    )  # fmt: skip


def chance_of_a_unit(ground: Ground) -> float:
    """Return what one unit more has between units by chance alone, in shares of the sum of squares.

    By the binomial noise of its counted traits: a unit's rate of a share p varies by p (1 - p) / N, which gives each
    unit the same part of the sum of squares, however large it is.
    """
    total = ground.denominators.sum(axis=0)
    weights = np.array([trait.weight for trait in ground.traits])
    noise = noise_of_one(ground) / np.where(total > 0, total, 1.0)
    return float((weights * noise).sum() / weights.sum())


def noise_of_one(ground: Ground) -> Floats:
    """Return the binomial variance of each trait of one person, in variances of the city; 0 where it counts nobody."""
    mean, spread = _scale(ground)
    counted = np.array([trait.counted for trait in ground.traits])
    return np.asarray(np.where(counted, mean * (1 - mean), 0.0) / spread**2)


def _scale(ground: Ground) -> tuple[Floats, Floats]:
    """Return mean and spread of each trait over the city, weighted by its denominator."""
    total = np.where(ground.denominators.sum(axis=0) > 0, ground.denominators.sum(axis=0), 1.0)
    mean = ground.numerators.sum(axis=0) / total
    known = ground.denominators > 0
    rate = np.divide(ground.numerators, ground.denominators, out=np.zeros_like(mean + ground.numerators), where=known)
    spread = np.sqrt((ground.denominators * np.where(known, rate - mean, 0.0) ** 2).sum(axis=0) / total)
    return mean, np.where(spread > 0, spread, 1.0)
