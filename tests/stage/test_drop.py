"""Rows that a `drop` rule leaves out: by their text, or by a pattern of the whole text; all are counted by the rule."""

from __future__ import annotations

import json

import pytest

from flows.base.errors import ConfigError
from tests.stage.deliveries import FILE, RESIDENTS

TABLE = "BBS;EW\n01100001;12\nBezirk 1;12\n01100002;7\nBezirk 12;7\nBezirk;0\nSumme;19\n"
LEFT_OUT = "SELECT regel, zeilen FROM stage.entfallen ORDER BY 1"


def matrix(*rules: str) -> str:
    return f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, drop = [{", ".join(rules)}] }}'


BY_PATTERN = r"""{ column = "BBS", matches = 'Bezirk \d+', rule = "Bezirke" }"""
BY_TEXT = '{ column = "BBS", equals = ["Summe", "Bezirk"], rule = "Summen" }'


def test_a_pattern_is_one_of_the_whole_text(stage_city, source) -> None:
    staged = stage_city(source("einwohner", matrix(BY_PATTERN)), {FILE: TABLE})

    assert staged.residents == RESIDENTS
    assert staged.rows(LEFT_OUT) == [("Bezirke", 2)]
    assert [row[3] for row in staged.quarantine] == ["Bezirk", "Summe"]


def test_rules_by_pattern_and_by_text_stand_side_by_side(stage_city, source) -> None:
    staged = stage_city(source("einwohner", matrix(BY_PATTERN, BY_TEXT)), {FILE: TABLE})

    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 6, 2, 0, 4)]
    assert staged.rows(LEFT_OUT) == [("Bezirke", 2), ("Summen", 2)]


def test_one_rule_may_have_both(stage_city, source) -> None:
    both = r"""{ column = "BBS", equals = ["Summe"], matches = 'Bezirk( \d+)?', rule = "Summen" }"""
    staged = stage_city(source("einwohner", matrix(both)), {FILE: TABLE})

    assert staged.rows(LEFT_OUT) == [("Summen", 4)]


def test_a_unit_whose_row_a_pattern_leaves_out_is_not_one_with_nobody(stage_city, source) -> None:
    rule = r"""{ column = "BBS", matches = '.*2', rule = "zwei" }"""
    contract = matrix(rule).replace("unit =", 'unlisted = "zero", unit =')
    staged = stage_city(source("einwohner", contract), {FILE: "BBS;EW\n01100001;12\n01100002;7\n"})

    assert staged.rows("SELECT basis_id FROM stage.entfallen_einheit") == [("01100002",)]


def test_rows_of_an_assignment_are_left_out_by_pattern(stage_city, source) -> None:
    contract = rf'assignment = {{ unit = "BBS", units = {{ sozialraum = "SR" }}, drop = [{BY_PATTERN}] }}'
    given = source("zuordnung", contract, file="'z.csv'", stichtag="", zuschnitt="2020-01-01")
    staged = stage_city(given, {"z.csv": "BBS;SR\n01100001;011001\nBezirk 1;01\n"})

    assert staged.files == [("z.csv", 2, 1, 0, 1)]


def test_features_are_left_out_by_pattern(stage_city, source) -> None:
    square = [[[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650000]]]
    features = [
        {"type": "Feature", "properties": {"BBS": unit}, "geometry": {"type": "Polygon", "coordinates": square}}
        for unit in ("01100001", "Bezirk 1")
    ]
    contract = f'geometry = {{ id_property = "BBS", crs = "EPSG:25832", drop = [{BY_PATTERN}] }}'
    given = source("raum", contract, file="'r.geojson'", stichtag="", dialect='{ format = "geojson" }')
    staged = stage_city(given, {"r.geojson": json.dumps({"type": "FeatureCollection", "features": features})})

    assert staged.files == [("r.geojson", 2, 1, 0, 1)]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('{ column = "BBS", rule = "x" }', "needs `equals` (texts) or `matches` (a pattern of the whole text)"),
        ("""{ column = "BBS", matches = '.*', rule = "x" }""", "fits a blank cell too"),
        ("""{ column = "BBS", matches = '(', rule = "x" }""", "matches"),
    ],
)
def test_a_rule_says_which_rows(small_city, source, rule: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        small_city.with_sources(source("einwohner", matrix(rule)))
    assert told in str(refused.value)


def test_a_total_that_a_pattern_would_leave_out_is_refused(small_city, source) -> None:
    contract = matrix(BY_PATTERN).replace("unit =", 'totals = { stadtteil = { "Bezirk 1" = "011" } }, unit =')
    with pytest.raises(ConfigError, match="Bezirk 1 is the total of two units, or in `drop` too"):
        small_city.with_sources(source("einwohner", contract))
