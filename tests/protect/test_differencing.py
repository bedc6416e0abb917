"""Unions of units of two Zuschnitte that differ by too few people are found, each difference once."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from flows.protect.differencing import Difference, differences
from tests.parameters import first_of


def test_a_unit_that_gave_away_two_is_found_from_inside_and_outside():
    people = {("A", "a"): 30, ("A", "b"): 2, ("B", "b"): 40, ("C", "c"): 50}

    assert differences(people, 3) == [Difference(units=("A",), side="internal", people=2)]


def test_a_unit_that_gave_away_enough_is_not():
    assert differences({("A", "a"): 30, ("A", "b"): 3, ("B", "b"): 40}, 3) == []


def test_only_the_union_of_two_differs_little():
    people = {("A", "a"): 30, ("A", "b"): 20, ("B", "b"): 40, ("B", "c"): 1, ("C", "c"): 60}

    assert differences(people, 3) == [Difference(units=("C",), side="external", people=1)]


@pytest.mark.slow
@pytest.mark.parametrize(("at_least", "unions"), first_of([(5, 41), (8, 59), (11, 71)]))
def test_every_difference_that_insee_finds_is_found(at_least, unions, real_folder):
    """INSEE's diffman (Costemalle 2019) on its own example: 34,695 persons, 199 and 406 zones."""
    folder: Path = real_folder / "oracles" / "insee_diffman"
    with (folder / "t_ex_input.csv").open(encoding="utf-8") as file:
        people = Counter((row["z1"], row["z2"]) for row in csv.DictReader(file))
    with (folder / f"expected_find_pbm_diff_th{at_least}.csv").open(encoding="utf-8") as file:
        expected = {(frozenset(row["agregat_z1"].split("-")), row["type_diff"]) for row in csv.DictReader(file)}

    found = {_between(people, each.units, each.side) for each in differences(people, at_least)}

    assert len(expected) == unions
    assert {_between(people, units, side) for units, side in expected} <= found


def _between(people, units, side):
    """The pieces that a union differs by, written down anew."""
    touched = {second for first, second in people if first in units}
    whole = {second for second in touched if all(first in units for first, other in people if other == second)}
    return frozenset(
        (first, second) for first, second in people
        if second in touched - whole and (first in units) == (side == "internal")
    )  # fmt: skip
