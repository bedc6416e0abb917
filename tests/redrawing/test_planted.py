"""Towns with units of two characters, planted from a seed: they are found, and homogeneous units are left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flows.redrawing.ground import Ground, Trait
from flows.redrawing.proposals import Proposing
from flows.redrawing.sums import Rules
from tests.redrawing.grounds import squares

SIDE, UNIT, TRAITS = 24, 4, 6


def planted(seed: int) -> tuple[Ground, dict[int, np.ndarray]]:
    """Return a town of 36 units of 16 base units, and of each planted unit the base units of its second character."""
    random = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    unit = row // UNIT * (SIDE // UNIT) + column // UNIT
    flat = squares(*["A" * SIDE] * SIDE)
    level = random.normal(-1, 0.6, (unit.max() + 1, TRAITS))[unit] + random.normal(0, 0.15, (SIDE * SIDE, TRAITS))
    halves = {}
    for one in random.choice(unit.max() + 1, 5, replace=False).tolist():
        half = np.flatnonzero((unit == one) & ((row if random.random() < 0.5 else column) % UNIT < UNIT // 2))
        level[half] += random.choice([-1, 1], TRAITS) * 0.9
        halves[one] = half
    people = random.integers(60, 160, SIDE * SIDE).astype(float)
    below = np.repeat(people[:, None], TRAITS, axis=1)
    cases = random.binomial(below.astype(int), 1 / (1 + np.exp(-level))).astype(float)
    return replace(
        flat, residents=people, numerators=cases, denominators=below, units=[f"{one:02d}" for one in range(36)],
        today=unit, traits=[Trait(f"t{number}") for number in range(TRAITS)],
    ), halves  # fmt: skip


@pytest.mark.parametrize("seeds", [[1], pytest.param(range(20), marks=pytest.mark.nightly)])
def test_planted_units_are_found_and_homogeneous_ones_left_alone(seeds):
    found = planted_units = wrong = homogeneous = 0
    for seed in seeds:
        ground, halves = planted(seed)
        made = Proposing(ground, Rules(least=500, most=3000, price=0.2)).proposed()
        for one, half in halves.items():
            rest = np.setdiff1d(np.flatnonzero(ground.today == one), half)
            found += _mostly(made.labels[half]) != _mostly(made.labels[rest])
        planted_units += len(halves)
        alone = [each for each in made.proposals if not set(each.units.tolist()) & set(halves)]
        wrong += sum(len(each.units) for each in alone)
        homogeneous += len(ground.units) - len(halves)
    assert found >= 0.9 * planted_units
    assert wrong <= 0.05 * homogeneous


def _mostly(labels: np.ndarray) -> int:
    return int(np.bincount(labels).argmax())
