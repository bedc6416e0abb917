"""Totals over some parts, among rows that are to be added: they are known by their figures and never added."""

from __future__ import annotations

import numpy as np
import pytest

from flows.stage.part_totals import totals_among
from tests.stage.deliveries import FILE

COMBINED = (
    '[source.einwohner.dialect.long]\nvalue = "EW"\nsum = true\nover = {{ {over} }}\n'
    '[source.einwohner.dialect.long.columns]\nEW = {{ ART = "ew" }}\n'
    '[source.einwohner.matrix]\nunit = "BBS"\nunlisted = "{unlisted}"\nmerkmale = {{ einwohner = ["EW"] }}\n'
)
UNITS = range(1, 9)
AGES = ("0-5", "6-17", "18-64", "65+")


def figure(unit: int, sex: str, age: str) -> int:
    """Figures without a pattern, of which none is the sum of others by chance."""
    return 40 + (unit * 7919 + AGES.index(age) * 104729 + (sex == "w") * 1299709) % 883


def rows(*more: tuple[str, str, list[tuple[str, str]]], without: str = "") -> str:
    """Rows by sex and age, and `more` of which each is the sum of some of them."""
    cells = [(unit, sex, age, figure(unit, sex, age)) for unit in UNITS for sex in "mw" for age in AGES]
    cells += [
        (unit, sex, age, sum(figure(unit, *part) for part in parts)) for unit in UNITS for sex, age, parts in more
    ]
    return "BBS;ART;SEX;AGE;EW\n" + "".join(
        f"0110000{unit};ew;{sex};{age};{value}\n" for unit, sex, age, value in cells if age != without
    )


def over(sexes: str, ages: str) -> str:
    return f"SEX = {sexes.split()}, AGE = {ages.split()}".replace("'", '"')


@pytest.fixture
def combined(source):
    def given(sexes: str = "m w", ages: str = " ".join(AGES), unlisted: str = "missing", **fields: str) -> str:
        return source("einwohner", COMBINED.format(over=over(sexes, ages), unlisted=unlisted), **fields)

    return given


YOUNG = [(sex, "0-17", [(sex, "0-5"), (sex, "6-17")]) for sex in "mw"]


def test_rows_without_a_total_are_added(stage_city, combined) -> None:
    staged = stage_city(combined(), {FILE: rows()})

    assert staged.residents["01100001"] == sum(figure(1, sex, age) for sex in "mw" for age in AGES)


def test_a_total_over_some_parts_is_refused_with_these(refusal, combined) -> None:
    message = refusal(combined(ages="0-5 6-17 18-64 65+ 0-17"), {FILE: rows(*YOUNG)})

    assert "expected in column AGE parts to be added" in message
    assert "'0-17' is the sum of '0-5', '6-17' in all 16 cases: it would count twice" in message
    assert "Move it from `over` to `totals`" in message


def test_a_total_is_known_beside_totals_over_some_parts(refusal, combined) -> None:
    every = [(sex, "x", [(sex, age) for age in AGES]) for sex in "mw"]
    message = refusal(combined(ages="0-5 6-17 18-64 65+ 0-17 x"), {FILE: rows(*YOUNG, *every)})

    assert "'0-17' is the sum of '0-5', '6-17'" in message
    assert "'x' is the sum of " in message
    assert "they would count twice" in message


def test_a_total_that_stands_beside_another_total_only_is_known(refusal, combined) -> None:
    """The row of both sexes is there for all ages together, so that no other row differs from it in the sex alone."""
    both = ("z", "x", [(sex, age) for sex in "mw" for age in AGES])
    message = refusal(combined(sexes="m w z", ages="0-5 6-17 18-64 65+ x", unlisted="zero"), {FILE: rows(both)})

    assert "expected in column SEX parts to be added" in message
    assert "'z' is the sum of 'm', 'w' in all 8 cases" in message


def test_a_total_that_is_told_as_one_is_left_out(stage_city, combined) -> None:
    given = combined().replace("over = ", 'totals = { AGE = ["0-17"] }\nover = ')
    staged = stage_city(given, {FILE: rows(*YOUNG)})

    assert staged.residents["01100001"] == sum(figure(1, sex, age) for sex in "mw" for age in AGES)
    assert staged.rows("SELECT regel, zeilen FROM stage.entfallen") == [("total rows", 16)]


def test_rounded_figures_prove_no_sum_of_some(stage_city, combined) -> None:
    staged = stage_city(combined(ages="0-5 6-17 18-64 65+ 0-17", rounded_to="5"), {FILE: rows(*YOUNG)})

    assert staged.files[0][3] == 0


@pytest.mark.parametrize("cases", [1, 2])
def test_a_sum_that_chance_explains_is_no_total(cases: int) -> None:
    figures = np.array([[1.0, 2, 3, 4, 5], [2, 2, 4, 1, 6]])[:cases]

    assert list(totals_among(figures)) == []


def test_each_column_that_is_a_sum_is_found_with_the_fewest_parts() -> None:
    chance = np.random.default_rng(7)
    parts = chance.integers(10, 1_000, size=(40, 6)).astype(float)
    some = parts[:, [1, 4]].sum(axis=1, keepdims=True)
    everything = parts.sum(axis=1, keepdims=True)

    found = dict(totals_among(np.hstack([parts, some, everything])))

    assert found[6] == [1, 4]
    assert found[7] == [0, 2, 3, 5, 6]
    assert set(found) == {6, 7}


def test_a_column_that_equals_a_difference_is_no_sum() -> None:
    chance = np.random.default_rng(8)
    parts = chance.integers(10, 1_000, size=(40, 3)).astype(float)

    assert list(totals_among(np.hstack([parts, parts[:, [0]] * 2 + parts[:, [1]]]))) == []
