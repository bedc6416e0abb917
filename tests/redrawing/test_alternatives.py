"""Other cuts that are as good as the one proposed: what they gain, what differs, and where all agree."""

from __future__ import annotations

import numpy as np
import pytest

from flows.redrawing.alternatives import Cut
from flows.redrawing.halves import split_in_halves
from flows.redrawing.proposals import Proposing
from flows.redrawing.sums import Rules, sums_of
from tests.redrawing.grounds import squares

RULES = Rules(1, 9999, 0.01)


@pytest.fixture
def mirrored():
    """A unit C of two unlike squares between units that each is like; by letter A 0, B 1, C 2."""
    ground = squares("AACCBB", shares=[[0.1, 0.1, 0.1, 0.9, 0.9, 0.9]], residents=1000)
    drawn = [split_in_halves(ground, seed) for seed in range(5)]
    halves = [half for both in drawn for half in (both.one, both.other)]
    today = ground.today
    return Cut(np.arange(6), today, np.array([0, 0, 0, 2, 1, 1]), sums_of(ground), halves, RULES)


def test_the_mirror_image_of_a_proposal_is_as_good(mirrored) -> None:
    to_the_right = np.array([0, 0, 2, 1, 1, 1])
    (found,) = mirrored.as_good([to_the_right, mirrored.proposed])
    assert found.labels.tolist() == to_the_right.tolist()
    assert (found.moved, mirrored.moved(mirrored.proposed)) == (1000, 1000)
    assert found.gain == pytest.approx(mirrored.gain(mirrored.proposed))
    assert found.low < found.better + 1e-9 < found.high + 2e-9
    assert mirrored.agreed([found]).tolist() == [True, True, False, False, True, True]


@pytest.mark.parametrize(
    "labels",
    [[0, 0, 1, 2, 1, 1], [0, 0, 2, 2, 1, 1], [0, 0, 0, 0, 1, 1]],
    ids=["worse", "today's", "no unit of two characters is mended"],
)
def test_a_cut_that_is_surely_worse_is_none(mirrored, labels) -> None:
    assert mirrored.as_good([np.array(labels)]) == ()


def test_a_cut_with_more_residents_out_of_bounds_is_none(mirrored) -> None:
    bounded = Cut(mirrored.inside, mirrored.today, mirrored.proposed, mirrored.sums, mirrored.halves, Rules(1000, 2500))
    assert bounded.as_good([np.array([0, 0, 0, 1, 1, 1])]) == ()
    assert len(bounded.as_good([np.array([0, 0, 2, 1, 1, 1])])) == 1


@pytest.mark.slow
def test_proposals_come_with_what_is_as_good() -> None:
    ground = squares("AACCBB", "AACCBB", shares=[[0.1, 0.1, 0.1, 0.9, 0.9, 0.9]] * 2, residents=300)
    found = Proposing(ground, Rules(100, 2000, 0.01), rounds=20).proposed()
    (proposal,) = found.proposals
    assert all(other.moved > 0 for other in proposal.alternatives)
    assert 0 <= proposal.core <= 1
    assert proposal.alternatives or proposal.core == 1
