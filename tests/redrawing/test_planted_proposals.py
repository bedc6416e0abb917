"""In towns with known mixed Sozialräume, proposals find those and leave the homogeneous ones alone."""

from __future__ import annotations

import numpy as np
import pytest

from flows.musterstadt.planted import planted
from flows.redrawing.proposals import Proposing
from flows.redrawing.sums import Rules


@pytest.mark.thorough
@pytest.mark.parametrize("seeds", [[1], pytest.param(range(20), marks=pytest.mark.nightly)])
def test_mixed_units_are_found_and_homogeneous_ones_left_alone(seeds):
    found = mixed = wrong = homogeneous = 0
    for seed in seeds:
        town = planted(seed)
        ground = town.ground
        made = Proposing(ground, Rules(town.least, town.most, 0.2)).proposed()
        place = {name: at for at, name in enumerate(ground.ids)}
        for unit, second in town.mixed.items():
            half = np.array([place[name] for name in second])
            rest = np.setdiff1d(np.flatnonzero(ground.today == ground.units.index(unit)), half)
            found += _mostly(made.labels[half]) != _mostly(made.labels[rest])
        mixed += len(town.mixed)
        touched = {ground.units[unit] for each in made.proposals for unit in each.units}
        wrong += len(touched & set(town.homogeneous))
        homogeneous += len(town.homogeneous)
    assert found >= 0.9 * mixed
    assert wrong <= 0.05 * homogeneous


def _mostly(labels: np.ndarray) -> int:
    return int(np.bincount(labels).argmax())
