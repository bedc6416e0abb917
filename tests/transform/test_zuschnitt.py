"""Which Zuschnitt a Stichtag is on, and what its units are."""

from __future__ import annotations

import pytest

from flows.base.db import insert


@pytest.mark.parametrize(
    ("stichtag", "expected"),
    [
        ("2015-01-01", {"A": 10, "B": 30}),
        ("2019-12-31", {"A": 10, "B": 30}),
        ("2020-01-01", {"A": 10, "B": 10, "C": 20}),
        ("2024-06-30", {"A": 10, "B": 10, "C": 20}),
    ],
)
def test_a_stichtag_is_on_the_zuschnitt_valid_on_that_day(city, stichtag, expected):
    city.zuschnitt("2015-01-01", sozialraum="ABBB")
    city.zuschnitt("2020-01-01", sozialraum="ABCC")
    city.counts("haushalte", stichtag, [10] * 4)
    city.transform()

    assert city.sums("haushalte", stichtag) == expected


def test_every_stichtag_has_figures_on_every_zuschnitt(city):
    city.zuschnitt("2015-01-01", sozialraum="ABBB")
    city.zuschnitt("2020-01-01", sozialraum="ABCC")
    city.counts("haushalte", "2019-12-31", [10] * 4)
    city.counts("haushalte", "2020-12-31", [10] * 4)
    city.indikator("haushalte", "haushalte")
    city.transform()

    assert city.rows("SELECT DISTINCT stichtag::VARCHAR, zuschnitt FROM indikator_wert ORDER BY ALL") == [
        ("2019-12-31", "2015-01-01"),
        ("2019-12-31", "2020-01-01"),
        ("2020-12-31", "2015-01-01"),
        ("2020-12-31", "2020-01-01"),
    ]


def test_a_units_polygon_is_the_union_of_its_squares(city):
    city.zuschnitt("2020-01-01", sozialraum="AABA")
    city.squares(4)
    city.transform()

    shapes = {
        unit: (area, parts, text)
        for unit, area, parts, text in city.rows(
            "SELECT raum_id, flaeche_km2, st_ngeometries(st_geomfromwkb(geometrie)), "
            "st_astext(st_envelope(st_geomfromwkb(geometrie))) FROM raum WHERE raumebene IN ('sozialraum', 'stadt')"
        )
    }
    assert shapes == {
        "A": (0.03, 2, "POLYGON ((0 0, 400 0, 400 100, 0 100, 0 0))"),
        "B": (0.01, 1, "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))"),
        "S": (0.04, 1, "POLYGON ((0 0, 400 0, 400 100, 0 100, 0 0))"),
    }


def test_a_polygon_for_one_zuschnitt_is_not_used_for_another(city):
    city.zuschnitt("2015-01-01", sozialraum="A")
    city.zuschnitt("2020-01-01", sozialraum="A")
    city.squares(1)
    city.rows("UPDATE stage.geometrie SET zuschnitt = '2020-01-01'")
    city.transform()

    areas = city.rows("SELECT zuschnitt, flaeche_km2 FROM raum WHERE raumebene = 'sozialraum' ORDER BY zuschnitt")
    assert areas == [("2015-01-01", None), ("2020-01-01", 0.01)]


def test_a_parent_is_the_coarser_unit_that_holds_all_of_it(city):
    city.zuschnitt("2020-01-01", sozialraum="AABC", stadtteil="XXXY")
    city.transform()

    parents = dict(city.rows("SELECT raum_id, eltern FROM raum"))
    assert parents == {
        "A": {"stadt": "S", "stadtteil": "X"},
        "B": {"stadt": "S", "stadtteil": "X"},
        "C": {"stadt": "S", "stadtteil": "Y"},
        "X": {"stadt": "S"},
        "Y": {"stadt": "S"},
        "S": None,
    }


def test_a_sozialraum_in_two_stadtteile_has_neither_as_parent(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB", stadtteil="XYY")
    city.transform()

    parents = dict(city.rows("SELECT raum_id, eltern FROM raum WHERE raumebene = 'sozialraum'"))
    assert parents == {"A": {"stadt": "S"}, "B": {"stadt": "S", "stadtteil": "Y"}}


def test_a_unit_is_called_by_its_name_in_the_zuschnitt_else_by_its_id(city):
    city.zuschnitt("2015-01-01", sozialraum="AB")
    city.zuschnitt("2020-01-01", sozialraum="AB")
    insert(
        city.con,
        "stage.raum_name",
        [
            {"zuschnitt": "2015-01-01", "raumebene": "sozialraum", "raum_id": "A", "name": "Hafen"},
            {"zuschnitt": "2020-01-01", "raumebene": "sozialraum", "raum_id": "A", "name": "Alter Hafen"},
        ],
    )
    city.transform()

    names = city.rows("SELECT zuschnitt, raum_id, name FROM raum WHERE raumebene = 'sozialraum' ORDER BY ALL")
    assert names == [
        ("2015-01-01", "A", "Hafen"),
        ("2015-01-01", "B", "B"),
        ("2020-01-01", "A", "Alter Hafen"),
        ("2020-01-01", "B", "B"),
    ]
