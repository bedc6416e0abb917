"""Searches see base units less chance: what is noise goes, what is a border stays, and unseen residents gain by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flows.redrawing.ground import Ground
from flows.redrawing.halves import split_in_halves
from flows.redrawing.less_chance import less_chance
from flows.redrawing.search import Effort, Search, usable_borders
from flows.redrawing.sums import Rules, Sums, sums_of
from tests.redrawing.grounds import squares

SIDE = 24
RULES = Rules(300, 5000)


def town(seed: int, truth: np.ndarray) -> Ground:
    """A town of 24 x 24 squares of 40 residents, cut into units of 4 x 4; cases come by chance from true rates."""
    rows = ["".join(chr(65 + column // 4 + 6 * (row // 4)) for column in range(SIDE)) for row in range(SIDE)]
    ground = squares(*rows, residents=40)
    cases = np.random.default_rng(seed).binomial(40, truth.ravel())
    return replace(ground, numerators=cases[:, None].astype(float))


def rates(sums: Sums) -> np.ndarray:
    return (sums.moment / sums.mass).ravel()


def test_what_is_chance_goes_and_a_border_stays() -> None:
    truth = np.where(np.arange(SIDE) < SIDE // 2, 0.1, 0.4) * np.ones((SIDE, 1))
    ground = town(1, truth)
    before = rates(sums_of(ground)).reshape(SIDE, SIDE)
    after = rates(less_chance(ground, sums_of(ground))).reshape(SIDE, SIDE)
    far = slice(0, SIDE // 2 - 1)
    assert after[:, far].var() < before[:, far].var() / 3
    assert after[:, SIDE // 2 :].mean() - after[:, : SIDE // 2].mean() > 0.9 * (
        before[:, SIDE // 2 :].mean() - before[:, : SIDE // 2].mean()
    )


def test_a_trait_that_counts_nobody_is_left_as_it_is() -> None:
    ground = town(1, np.full((SIDE, SIDE), 0.2))
    ground = replace(ground, traits=[replace(ground.traits[0], counted=False)])
    assert np.allclose(less_chance(ground, sums_of(ground)).moment, sums_of(ground).moment)


@pytest.mark.slow
def test_more_is_gained_on_unseen_residents_with_less_than_half_of_the_moves() -> None:
    """The rival is the optimum of the counts as they are, without a price."""
    ramp = 0.1 + 0.3 * (np.add.outer(np.arange(SIDE), np.arange(SIDE)) // 7 % 2)
    gains = []
    for seed in range(3):
        ground = town(seed, ramp)
        drawn = split_in_halves(ground, seed)
        plain = _searched(ground, drawn.one, RULES)
        priced = _searched(ground, less_chance(ground, drawn.one, 0.5), replace(RULES, price=0.2))
        gains.append([_on(drawn.other, ground, plain), _on(drawn.other, ground, priced)])
    (plain_gain, plain_moved), (gain, moved) = np.mean(gains, axis=0).tolist()
    assert gain >= plain_gain > 0
    assert moved < plain_moved / 2


def _searched(ground: Ground, seen: Sums, rules: Rules) -> np.ndarray:
    search = Search(usable_borders(ground), seen, ground.today, rules, homes=ground.today, seed=1)
    return search.run(Effort(100, warm=0.02)).copy()


def _on(unseen: Sums, ground: Ground, labels: np.ndarray) -> tuple[float, float]:
    gain = unseen.within_share(ground.today) - unseen.within_share(labels)
    return gain, float(ground.residents[labels != ground.today].sum() / ground.residents.sum())
