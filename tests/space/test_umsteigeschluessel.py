"""The key: what it refuses, and that nobody is lost on the way."""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.base.errors import ConfigError
from flows.space.umsteigeschluessel import Method, key_from_flows, key_of

HALF = key_of({("A", "X"): 0.5, ("A", "Y"): 0.5, ("B", "Y"): 1.0}, {"A": Method.OVERLAP, "B": Method.EXACT})


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({("A", "X"): 0.5, ("A", "Y"): 0.4}, "sum to 1, found otherwise for A"),
        ({("A", "X"): 1.5, ("A", "Y"): -0.5}, "0 or more, found others for A → Y"),
        ({("A", "X"): float("nan")}, "0 or more, found others for A → X"),
    ],
)
def test_what_is_no_key_is_refused(shares, told):
    with pytest.raises(ConfigError, match=told):
        key_of(shares, Method.OVERLAP)


def test_counts_go_by_their_shares():
    rebased = HALF.apply({"A": 10, "B": 7})

    assert rebased.values == {"X": 5, "Y": 12}
    assert rebased.unmatched == {}


def test_units_without_a_partner_are_returned_with_their_counts():
    key = key_of({("A", "X"): 1.0}, {"A": Method.EXACT, "B": Method.EXACT}, old=["B"])

    rebased = key.apply({"A": 10, "B": 7, "Z": 3})

    assert key.without_partner == ("B",)
    assert rebased.values == {"X": 10}
    assert rebased.unmatched == {"B": 7, "Z": 3}
    assert rebased.lost == 10


def test_whole_counts_stay_whole_and_none_is_lost():
    thirds = key_of({("A", "X"): 1 / 3, ("A", "Y"): 1 / 3, ("A", "Z"): 1 / 3, ("B", "W"): 1.0}, Method.AREA_WEIGHTED)

    assert thirds.apply_whole({"A": 11, "B": 5}).values == {"W": 5, "X": 4, "Y": 4, "Z": 3}


def test_whole_counts_never_reach_an_empty_unit():
    key = key_of({("A", "X"): 0.5, ("A", "Y"): 0.5, ("A", "Z"): 0.0}, Method.OVERLAP)

    assert key.apply_whole({"A": 3}).values == {"X": 2, "Y": 1, "Z": 0}


def test_there_and_back_by_the_same_counts():
    back = HALF.turned({"A": 10, "B": 5})

    assert {(i, j): w for i, j, w, _ in back.rows()} == {("X", "A"): 1, ("Y", "A"): 0.5, ("Y", "B"): 0.5}
    assert back.apply(HALF.apply({"A": 10, "B": 5}).values).values == {"A": 10, "B": 5}


def test_the_way_back_is_exact_only_for_what_comes_from_one_unit():
    back = HALF.turned({"A": 10, "B": 5})

    assert dict(zip(back.links.old, back.methods, strict=True)) == {"X": Method.EXACT, "Y": Method.POPULATION_WEIGHTED}


def test_a_unit_is_as_sure_as_the_least_sure_step_on_its_way():
    further = key_of(
        {("X", "P"): 1.0, ("Y", "P"): 0.25, ("Y", "Q"): 0.75}, {"X": Method.EXACT, "Y": Method.AREA_WEIGHTED}
    )

    both = HALF.then(further)

    assert {(i, j): w for i, j, w, _ in both.rows()} == {
        ("A", "P"): 0.625, ("A", "Q"): 0.375, ("B", "P"): 0.25, ("B", "Q"): 0.75
    }  # fmt: skip
    assert set(both.methods) == {Method.AREA_WEIGHTED}


def test_a_unit_that_the_next_key_does_not_know_loses_its_partner():
    both = HALF.then(key_of({("X", "P"): 1.0}, Method.EXACT))

    assert both.without_partner == ("A", "B")
    assert both.apply({"A": 10, "B": 5}).unmatched == {"A": 10, "B": 5}


flows = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from("UVWXYZ")), st.integers(0, 500).map(float), min_size=1
)
counts = st.fixed_dictionaries({unit: st.integers(0, 10_000) for unit in "ABCDE"})


@given(flows=flows, residents=counts)
def test_shares_sum_to_1_and_mass_is_kept(flows, residents):
    key = key_from_flows(flows)
    rebased = key.apply(residents)
    whole = key.apply_whole(residents)

    assert key.links.sum_by_old(key.weights) == pytest.approx(np.ones(len(key.links.old)))
    assert sum(rebased.values.values()) + rebased.lost == pytest.approx(sum(residents.values()))
    assert sum(whole.values.values()) + whole.lost == sum(residents.values())
    assert all(abs(whole.values[unit] - value) < 1 for unit, value in rebased.values.items())


@given(flows=flows)
def test_going_by_the_flows_themselves_is_summing_them(flows):
    old, new = defaultdict(float), defaultdict(float)
    for (i, j), people in flows.items():
        old[i] += people
        new[j] += people
    key = key_from_flows(flows)

    assert key.apply(old).values == pytest.approx(new)
    assert key.turned(old).apply(new).values == pytest.approx(old)


@given(first=flows, second=flows, residents=counts)
def test_one_key_over_two_redraws_is_one_after_the_other(first, second, residents):
    one = key_from_flows({(i, j): n for (i, j), n in first.items()})
    other = key_from_flows({(j, k): n for (k, j), n in second.items()} | {(j, "K"): 1.0 for j in one.links.new})

    step_by_step = other.apply(one.apply(residents).values)
    at_once = one.then(other).apply(residents)

    reached = {unit: n for unit, n in step_by_step.values.items() if unit in at_once.values}
    assert at_once.values == pytest.approx(reached)


@given(order=st.permutations("VWXYZ"), residents=counts)
def test_renumbering_there_and_back_changes_nothing(order, residents):
    key = key_of(dict.fromkeys(zip("ABCDE", order, strict=True), 1.0), Method.EXACT)
    back = key.turned(residents)

    assert key.then(back).apply(residents).values == residents
    assert set(back.methods) == {Method.EXACT}


@pytest.mark.real
@pytest.mark.parametrize(("weight", "expected"), [("pop_conv", "pop"), ("size_conv", "size")])
def test_the_federal_conversion_of_saxony_as_r_ags_has_it(real_folder, weight, expected):
    """29 rows have no partner: they are returned, and with them nobody is missing."""
    folder = real_folder / "oracles" / "bbsr_ags_crosswalk"
    shares, elections, truth = defaultdict(dict), defaultdict(lambda: defaultdict(dict)), {}
    for row in _rows(folder / "crosswalk_xd20_saxony.csv"):
        if row[weight] != "NA":
            shares[row["year_xw"]][row["ags_xw"], row["ags20"]] = float(row[weight])
    for row in _rows(folder / "input_btw_sn.csv"):
        for column in ("voters", "valid"):
            elections[row["year"]][column][row["district"]] = float(row[column])
    for row in _rows(folder / f"expected_xwalk_{expected}.csv"):
        truth |= {(row["year"], row["ags20"], column): float(row[column]) for column in ("voters", "valid")}

    found, unmatched, placed = {}, [], 0.0
    for year, columns in elections.items():
        key = key_of(shares[year], Method.POPULATION_WEIGHTED) if shares[year] else None
        for column, values in columns.items():
            rebased = key.apply(values)
            found |= {(year, unit, column): value for unit, value in rebased.values.items() if value}
            if column == "voters":
                unmatched += [(year, unit) for unit in rebased.unmatched]
                placed += sum(rebased.values.values())
                assert sum(rebased.values.values()) + rebased.lost == pytest.approx(sum(values.values()))

    assert found == pytest.approx(truth, abs=5e-9)
    assert len(truth) == 2 * 78
    assert len(unmatched) == 29
    assert round(placed) == 20_989_985


def _rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
