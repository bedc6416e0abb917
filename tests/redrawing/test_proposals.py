"""What is proposed for a town of squares: splits, merges and transfers that unseen residents confirm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flows.redrawing.frontier import PRICES, frontier
from flows.redrawing.halves import chance_of_a_unit, split_in_halves
from flows.redrawing.proposals import Proposing
from flows.redrawing.sums import Rules, sums_of
from tests.redrawing.grounds import squares


def proposed(ground, rules, keep=(), rounds=60):
    return Proposing(ground, rules, keep=keep, rounds=rounds).proposed()


def cut(found, width):
    return ["".join("ABCDEFG"[label] for label in row) for row in found.labels.reshape(-1, width)]


LIKE = {"A": 0.1, "B": 0.5, "C": 0.9}


@pytest.mark.thorough
def test_a_unit_of_two_characters_is_split():
    shares = [[0.5] * 4 + [0.1] * 4 + [0.9] * 4] * 4
    ground = squares(*["AAAAAAAACCCC"] * 4, shares=shares)
    found = proposed(ground, Rules(least=800, most=4000, price=0.2))
    assert [(each.kind, each.units.tolist()) for each in found.proposals] == [("split", [0])]
    assert sorted({row[:4] + row[4:8] for row in cut(found, 12)}) in (["AAAACCCC"], ["CCCCAAAA"])
    split = found.proposals[0]
    assert split.moved == 1600
    assert split.p_value == pytest.approx(0.005)
    assert 0 < split.gain.low <= split.gain.unseen <= split.gain.high


@pytest.mark.thorough
def test_base_units_that_fit_the_neighbour_are_transferred():
    shares = [[0.1] * 6 + [0.9] * 6] * 4
    ground = squares(*["AAAAAAABBBBB"] * 4, shares=shares)
    found = proposed(ground, Rules(least=800, most=4000, price=0.2))
    assert [each.kind for each in found.proposals] == ["transfer"]
    assert cut(found, 12) == ["AAAAAABBBBBB"] * 4
    assert found.proposals[0].moved == 400
    assert found.proposals[0].agreed == 1


def test_a_unit_far_too_small_is_merged_with_the_neighbour_it_fits():
    ground = squares("AAAABCCCC", "AAAABCCCC", shares=[[0.1] * 4 + [0.15] + [0.9] * 4] * 2)
    found = proposed(ground, Rules(least=600, most=2000, price=0.2))
    assert [(each.kind, each.mends) for each in found.proposals] == [("merge", (1,))]
    assert cut(found, 9) == ["AAAAACCCC"] * 2


def merged(ground, rules, width):
    return ["".join("ABCDEFG"[label] for label in row) for row in Proposing(ground, rules)._merged().reshape(-1, width)]


def test_two_units_far_too_small_that_are_enough_together_take_in_no_third():
    ground = squares("AABCDDDD", "AABCDDDD", shares=[[0.1, 0.1, 0.3, 0.3, 0.5, 0.55, 0.55, 0.55]] * 2)
    assert merged(ground, Rules(least=401, most=5000), 8) == ["AACCDDDD"] * 2


def test_no_unit_takes_in_one_that_lies_in_another_larger_unit_as_well():
    ground = squares("AABBCC", "AABBCC", shares=[[0.1, 0.1, 0.3, 0.3, 0.5, 0.55]] * 2, residents=200)
    ground.residents[ground.today == 1] = 20
    within, across = (np.array(row * 2) for row in ([0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1]))
    assert merged(replace(ground, nest=within), Rules(least=400, most=5000), 6) == ["AACCCC"] * 2
    assert merged(replace(ground, nest=across), Rules(least=400, most=5000), 6) == ["AABBCC"] * 2


@pytest.mark.slow
def test_where_everybody_is_alike_nothing_is_proposed():
    random = np.random.default_rng(5)
    ground = squares(*["AAAABBBB"] * 6, shares=(random.binomial(100, 0.3, (6, 8)) / 100).tolist())
    found = proposed(ground, Rules(least=800, most=4000, price=0.2))
    assert found.proposals == []
    assert found.labels.tolist() == ground.today.tolist()


@pytest.mark.slow
def test_base_units_that_are_each_unlike_make_no_split():
    random = np.random.default_rng(7)
    mixed = random.permutation([0.1] * 16 + [0.6] * 16).reshape(4, 8)
    ground = squares(*["AAAAAAAACCCC"] * 4, shares=np.hstack([mixed, np.full((4, 4), 0.9)]).tolist())
    found = proposed(ground, Rules(least=800, most=4000, price=0.2))
    assert all(each.kind != "split" for each in found.proposals)


@pytest.mark.slow
def test_what_is_too_dear_is_not_proposed():
    shares = [[0.1] * 6 + [0.9] * 6] * 4
    ground = squares(*["AAAAAAABBBBB"] * 4, shares=shares)
    assert proposed(ground, Rules(least=800, most=4000, price=20)).proposals == []


@pytest.mark.thorough
def test_units_to_keep_and_units_without_residents_stay():
    shares = [[0.1] * 6 + [0.9] * 6] * 4
    ground = squares(*["AAAAAAABBBBB"] * 4, shares=shares)
    assert proposed(ground, Rules(least=800, most=4000), keep=[1]).proposals == []
    park = squares("AAPP", "AAPP", shares=[[0.1, 0.2, 0.5, 0.5]] * 2)
    park.residents[park.today == 1] = 0
    assert proposed(park, Rules(least=100, most=1000)).proposals == []


def test_halves_add_up_to_the_whole_and_chance_is_what_homogeneous_units_gain():
    ground = squares(*["AAAABBBB"] * 6, shares={"A": 0.3, "B": 0.5}, residents=400)
    halves = split_in_halves(ground, seed=3)
    whole = sums_of(ground)
    both = (halves.one.moment + halves.other.moment) / 2
    assert both == pytest.approx(whole.moment, rel=0.02)
    gains, random = [], np.random.default_rng(9)
    for seed in range(200):  # A cut in two where everybody is alike: more between units by chance alone
        drawn = random.binomial(400, np.where(ground.today == 0, 0.3, 0.5))[:, None].astype(float)
        one, labels = split_in_halves(replace(ground, numerators=drawn), seed).one, ground.today.copy()
        labels[(labels == 0) & (np.arange(48) % 8 < 2)] = 2
        gains.append(one.within_share(ground.today) - one.within_share(labels))
    assert np.mean(gains) == pytest.approx(2 * chance_of_a_unit(ground), rel=0.5)


def test_the_frontier_counts_no_unit_where_nobody_lives_as_out_of_bounds():
    ground = squares("AABBPP", "AABBPP", shares=[[0.1, 0.2, 0.6, 0.7, 0.5, 0.5]] * 2)
    ground.residents[ground.today == 2] = 0
    found = frontier(ground, Rules(least=500, most=6000), np.array([True, True, True]), rounds=1)
    assert {each.out_of_bounds for each in found} == {2}


@pytest.mark.slow
def test_the_frontier_goes_from_dear_to_cheap_and_moves_ever_more():
    random = np.random.default_rng(2)
    ground = squares(*["AAAABBBBCCCC"] * 8, shares=random.beta(2, 2, (8, 12)).tolist())
    found = frontier(ground, Rules(least=1600, most=6000), np.zeros(3, dtype=bool))
    assert [each.price for each in found] == list(PRICES)
    assert found[0].moved <= found[-1].moved
    assert found[0].gain_seen <= found[-1].gain_seen
    assert found[-1].gain_unseen <= found[-1].gain_seen
