"""What is checked of figures that were converted to another Zuschnitt."""

from __future__ import annotations

import pytest


@pytest.fixture
def converted(city):
    """The newest Stichtag is also given on Zuschnitt 2015, with everybody there."""
    city.spoil("""
        INSERT INTO zu_schaetzen VALUES ('2024-12-31', '2020-01-01', '2015-01-01');
        INSERT INTO schluessel_geschaetzt VALUES ('2020-01-01', '2015-01-01');
        INSERT INTO merkmal_geschaetzt
            SELECT '2015-01-01', raumebene, raum_id, stichtag, merkmal, wert FROM merkmal_raum
            WHERE stichtag = '2024-12-31' AND merkmal <> 'flaeche_km2';
    """)
    return city


def test_figures_that_keep_everybody_pass(converted):
    assert {"schaetzung_summe", "schaetzung_befund", "schaetzung_fehlt"} & converted.check().failed == set()


def test_a_converted_merkmal_that_lost_people_is_a_blocker(converted):
    converted.spoil(
        "DELETE FROM merkmal_geschaetzt WHERE merkmal = 'weiblich' AND raumebene = 'sozialraum' AND raum_id = '011001'"
    )

    checked = converted.check()

    assert checked.results["schaetzung_summe"].severity == "critical"
    assert [unit.split(":")[0] for unit in checked.units("schaetzung_summe")] == [
        "weiblich, 2024-12-31, Zuschnitt 2015-01-01"
    ]


def test_zuschnitte_without_a_key_are_a_warning_that_says_why(city):
    city.spoil(
        "INSERT INTO schaetzung VALUES "
        "('2015-01-01', '2020-01-01', 'sozialraum', FALSE, 'no polygons of Zuschnitt 2015-01-01')"
    )

    checked = city.check("schaetzung_fehlt")

    assert checked.units("schaetzung_fehlt") == [
        "sozialraum, 2015-01-01 and 2020-01-01: no polygons of Zuschnitt 2015-01-01"
    ]
    assert checked.results["schaetzung_fehlt"].severity == "warning"


def test_a_unit_that_a_key_cannot_hold_is_a_warning(city):
    city.spoil(
        "INSERT INTO schaetzung_befund VALUES "
        "('2015-01-01', '2020-01-01', 'sozialraum', 'einwohner', '011001', 'has residents once only', 12.04, NULL)"
    )

    assert city.check("schaetzung_befund").units("schaetzung_befund") == [
        "sozialraum 011001 of Zuschnitt 2015-01-01 or 2020-01-01: has residents once only (einwohner: 12.0)"
    ]


def test_a_unit_cut_by_a_coarser_one_that_it_is_declared_to_nest_in_is_a_blocker(city):
    city.spoil("UPDATE raum SET eltern = MAP {'stadtteil': left(raum_id, 3), 'stadt': '05999'}")
    city.spoil("INSERT INTO katalog.schachtelung VALUES ('2020-01-01', 'stadtteil')")
    assert "raum_schachtelung" not in city.check().failed

    city.spoil("UPDATE raum SET eltern = MAP {'stadt': '05999'} WHERE raum_id = '011002'")

    checked = city.check()
    assert checked.results["raum_schachtelung"].severity == "critical"
    assert checked.units("raum_schachtelung") == [
        "sozialraum 011002, Zuschnitt 2020-01-01: parts in several units of stadtteil"
    ]
