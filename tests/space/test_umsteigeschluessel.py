"""The key: what it refuses, and that nobody is lost where counts are published through it."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.base.errors import ConfigError
from flows.space.umsteigeschluessel import Method, key_of
from tests.space.through import Case, counts, key_from_flows, lost

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


def test_counts_go_by_their_shares(through):
    (found,) = through(Case(HALF, {"A": 10, "B": 7}))

    assert counts(found) == {"X": 5, "Y": 12}


def test_counts_of_units_that_a_key_does_not_know_stop_the_release(through, tables):
    """The key knows nothing of Z, and B has no partner; a run sends such units to the nearest one."""
    key = key_of({("A", "X"): 1.0}, {"A": Method.EXACT, "B": Method.EXACT}, old=["B"])

    (found,) = through(Case(key, {"A": 10, "B": 7, "Z": 3}))

    assert key.without_partner == ("B",)
    assert counts(found) == {"X": 10}
    assert [(found, expected) for _, found, expected in lost(tables)] == [
        ("10.0 over all units", "20.0 on the own Zuschnitt")
    ]


def test_whole_counts_stay_whole_and_none_is_lost(through):
    thirds = key_of({("A", "X"): 1 / 3, ("A", "Y"): 1 / 3, ("A", "Z"): 1 / 3, ("B", "W"): 1.0}, Method.AREA_WEIGHTED)

    (found,) = through(Case(thirds, {"A": 11, "B": 5}))

    assert counts(found) == {"W": 5, "X": 4, "Y": 4, "Z": 3}


def test_whole_counts_never_reach_an_empty_unit(through):
    key = key_of({("A", "X"): 0.5, ("A", "Y"): 0.5, ("A", "Z"): 0.0}, Method.OVERLAP)

    (found,) = through(Case(key, {"A": 3}))

    assert counts(found) == {"X": 2, "Y": 1, "Z": 0}


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


flows = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from("UVWXYZ")), st.integers(0, 500).map(float), min_size=1
)
residents = st.fixed_dictionaries({unit: st.integers(0, 10_000) for unit in "ABCDE"})


def of(key, residents: dict[str, int]) -> dict[str, int]:
    return {unit: count for unit, count in residents.items() if unit in key.links.old}


@settings(max_examples=10)
@given(drawn=st.lists(st.tuples(flows, residents), min_size=1, max_size=10))
def test_nobody_is_lost_and_whole_counts_are_rounded_by_less_than_one(through, drawn):
    cases = [Case(key, of(key, people)) for key, people in ((key_from_flows(f), people) for f, people in drawn)]

    for case, found in zip(cases, through(*cases), strict=True):
        assert sum(counts(found).values()) == sum(case.counts.values())
        assert sum(figure.genau for figure in found.values()) == pytest.approx(sum(case.counts.values()))
        assert all(abs(figure.wert - figure.genau) < 1 for figure in found.values())


@settings(max_examples=10)
@given(drawn=st.lists(flows, min_size=1, max_size=10))
def test_going_by_the_flows_themselves_is_summing_them(through, drawn):
    sums = []
    for each in drawn:
        old, new = defaultdict(float), defaultdict(float)
        for (i, j), people in each.items():
            old[i] += people
            new[j] += people
        sums.append((Case(key_from_flows(each), old), new))

    for (_, new), found in zip(sums, through(*(case for case, _ in sums)), strict=True):
        assert counts(found) == new


@settings(max_examples=10)
@given(first=flows, second=flows, residents=residents)
def test_one_key_over_two_redraws_is_one_after_the_other(through, first, second, residents):
    one = key_from_flows(first)
    other = key_from_flows({(j, k): n for (k, j), n in second.items()} | {(j, "K"): 1.0 for j in one.links.new})
    people = of(one, residents)

    (step,) = through(Case(one, people))
    (step_by_step, at_once) = through(
        Case(other, {unit: figure.genau for unit, figure in step.items()}), Case(one.then(other), people)
    )

    assert {unit: figure.genau for unit, figure in at_once.items()} == pytest.approx(
        {unit: step_by_step[unit].genau for unit in at_once}
    )


@given(order=st.permutations("VWXYZ"))
def test_renumbering_there_and_back_changes_nothing(order):
    there, back = zip("ABCDE", order, strict=True), zip(order, "ABCDE", strict=True)

    both = key_of(dict.fromkeys(there, 1.0), Method.EXACT).then(key_of(dict.fromkeys(back, 1.0), Method.EXACT))

    assert both.rows() == [(unit, unit, 1.0, "exact") for unit in "ABCDE"]


@pytest.mark.real
@pytest.mark.parametrize(("weight", "expected"), [("pop_conv", "pop"), ("size_conv", "size")])
def test_the_federal_conversion_of_saxony_as_r_ags_has_it(real_folder, through, tables, weight, expected):
    """29 rows have no partner: the check on totals stops each of the elections that would lose their voters."""
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

    names = [(year, column) for year, columns in elections.items() for column in columns]
    keys = {year: key_of(shares[year], Method.POPULATION_WEIGHTED) for year in elections}
    found = through(*(Case(keys[year], elections[year][column]) for year, column in names))

    genau = {
        (year, unit, column): figure.genau
        for (year, column), figures in zip(names, found, strict=True)
        for unit, figure in figures.items()
        if figure.genau
    }
    assert genau == pytest.approx(truth, abs=1e-4), "the shares go through in nine decimals"
    assert len(truth) == 2 * 78
    assert sum(sum(counts(f).values()) for (_, column), f in zip(names, found, strict=True) if column == "voters") == (
        pytest.approx(20_989_985, abs=30)
    )
    without = [(year, unit) for year in keys for unit in elections[year]["voters"] if unit not in keys[year].links.old]
    assert len(without) == 29
    losing = {f"new {names.index((year, 'voters'))}" for year, _ in without}
    assert losing <= {name.rsplit("Zuschnitt ", 1)[1] for name, _, _ in lost(tables)}


def _rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
