"""No single row of `wert` tells a count that is too small, or lets it be computed from that row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protect.conftest import INDIKATOREN, MERKMALE

SUPPRESSED = (None, None, None, "geschuetzt")


def test_a_count_of_1_or_2_is_suppressed_and_0_and_3_are_told(office):
    office.counts("einwohner", 0, 1, 2, 3, 400)
    office.protect()

    assert office.published("einwohner") == [
        (0, 0, None, "ok"),
        SUPPRESSED,
        SUPPRESSED,
        (3, 3, None, "ok"),
        (400, 400, None, "ok"),
    ]


def test_the_threshold_is_the_citys(new_office):
    office = new_office(personen=(5, 5))
    office.counts("einwohner", 4, 5)
    office.protect()

    assert office.published("einwohner") == [SUPPRESSED, (5, 5, None, "ok")]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param(2, 50, id="numerator"),
        pytest.param(0, 9, id="denominator"),
        pytest.param(49, 50, id="all but one"),
        pytest.param(48, 50, id="all but two"),
        pytest.param(1, 2, id="everything"),
    ],
)
def test_a_share_is_suppressed_whole_if_a_side_or_the_rest_is_too_small(office, above, below):
    office.figures("sgb2_quote", (above, below))
    office.protect()

    assert office.published("sgb2_quote") == [SUPPRESSED]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param(3, 50, id="three"),
        pytest.param(0, 10, id="none of ten"),
        pytest.param(47, 50, id="all but three"),
        pytest.param(50, 50, id="all"),
    ],
)
def test_a_share_at_the_thresholds_is_told(office, above, below):
    office.figures("sgb2_quote", (above, below))
    office.protect()

    assert office.published("sgb2_quote") == [(100 * above / below, above, below, "ok")]


def test_the_rest_counts_in_shares_only(office):
    office.figures("einwohner_je_wohnung", (50, 51))
    office.protect()

    [figure] = office.published("einwohner_je_wohnung")
    assert (figure.zaehler, figure.nenner, figure.status) == (50, 51, "ok")


def test_thresholds_do_not_guard_areas_and_floor_space(office):
    office.counts("wohnflaeche", 1, 2)
    office.figures("wohnflaeche_je_person", (2, 40))
    office.figures("einwohnerdichte", (40, 0.02))
    office.protect()

    assert office.published("wohnflaeche") == [(1, 1, None, "ok"), (2, 2, None, "ok")]
    assert office.published("wohnflaeche_je_person") == [(5, 2, 40, "ok")]
    assert office.published("einwohnerdichte") == [(200000, 40, 0.02, "ok")]


def test_people_beside_an_area_are_guarded(office):
    office.figures("wohnflaeche_je_person", (80, 2))
    office.figures("einwohnerdichte", (2, 0.02))
    office.figures("weiblich_und_flaeche", (2, 40))
    office.protect()

    assert office.published("wohnflaeche_je_person") == [SUPPRESSED]
    assert office.published("einwohnerdichte") == [SUPPRESSED]
    assert office.published("weiblich_und_flaeche") == [SUPPRESSED]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(2, 500, id="few before"),
        pytest.param(500, 2, id="few now"),
        pytest.param(1, 2, id="few both times"),
    ],
)
def test_a_change_is_suppressed_if_one_of_the_counts_is_too_small_however_large_it_is(office, before, now):
    office.figures("veraenderung_einwohner", (now - before, before))
    office.protect()

    assert office.published("veraenderung_einwohner") == [SUPPRESSED]


@pytest.mark.parametrize(("before", "now"), [(500, 501), (500, 0), (3, 4), (400, 400)])
def test_a_change_between_counts_that_may_be_told_is_told_however_small_it_is(office, before, now):
    office.figures("veraenderung_einwohner", (now - before, before))
    office.protect()

    [figure] = office.published("veraenderung_einwohner")
    assert (figure.zaehler, figure.nenner, figure.status) == (now - before, before, "ok")


def test_what_a_change_divides_by_keeps_the_threshold_of_denominators(new_office):
    office = new_office(personen=(3, 20))
    office.figures("veraenderung_einwohner", (5, 19), (5, 20))
    office.protect()

    assert [figure.status for figure in office.published("veraenderung_einwohner")] == ["geschuetzt", "ok"]


def test_a_count_that_its_own_row_suppresses_stands_in_no_other_row(new_office):
    """The class of dwellings asks for 3 residents below the line, that of people for 5 wherever they are counted."""
    office = new_office(personen=(5, 3), wohnung=(3, 3))
    office.counts("einwohner", 4)
    office.figures("wohnflaeche_je_person", (160, 4))
    office.figures("einwohner_je_wohnung", (4, 30))
    office.protect()

    assert office.published("einwohner") == [SUPPRESSED]
    assert office.published("wohnflaeche_je_person") == [SUPPRESSED]
    assert office.published("einwohner_je_wohnung") == [SUPPRESSED]


def test_a_merkmal_that_is_never_counted_itself_is_guarded_where_it_divides(new_office):
    office = new_office(personen=(3, 0), leistung=(3, 0))
    office.figures("sgb2_quote", (0, 2), (0, 3))
    office.protect()

    assert office.published("sgb2_quote") == [SUPPRESSED, (0, 0, 3, "ok")]


@pytest.mark.parametrize("status", ["unbekannt", "sinnlos", "unvollstaendig"])
def test_a_figure_without_value_keeps_its_status(office, status):
    office.figures("sgb2_quote", (None, None), status=status)
    office.protect()

    assert office.published("sgb2_quote") == [(None, None, None, status)]


def test_a_sum_of_known_parts_is_guarded_like_any_other(office):
    office.counts("sgb2", 2, 7, status="unvollstaendig")
    office.protect()

    assert office.published("sgb2") == [SUPPRESSED, (7, 7, None, "unvollstaendig")]


def test_nothing_but_the_figures_of_suppressed_rows_changes(office):
    office.counts("einwohner", 2, 30)
    office.figures("sgb2_quote", (4, 40), (1, 40))
    office.protect()

    key = "zuschnitt, raumebene, raum_id, stichtag, indikator_id, methode"
    assert office.rows("wert", key) == office.con.execute(f"SELECT {key} FROM indikator_wert ORDER BY ALL").fetchall()
    told = "status <> 'geschuetzt'"
    assert (
        office.rows("wert", where=told)
        == office.con.execute(
            "SELECT indikator_wert.* FROM indikator_wert JOIN wert_alle USING (raum_id, indikator_id) "
            f"WHERE wert_alle.{told} ORDER BY ALL"
        ).fetchall()
    )
    assert office.counted == {"published": 2, "suppressed": 2, "primary": 2, "contradictory": 0, "withdrawn": 0}


def test_the_wide_table_has_no_value_where_the_long_one_suppresses_it(office):
    office.counts("einwohner", 2, 30)
    office.counts("weiblich", 1, 3)
    office.protect()

    assert office.rows("sozialraum_jahr", "sozialraum_id, name, einwohner, weiblich, sgb2") == [
        ("A", "Raum A", None, None, None),
        ("B", "Raum B", 30, 3, None),
    ]


units = st.fixed_dictionaries(
    {merkmal: st.integers(0, 12) if protected else st.integers(1, 4) for merkmal, protected in MERKMALE.items()}
)
limits = st.fixed_dictionaries(
    {name: st.tuples(st.integers(0, 6), st.integers(0, 8)) for name in ("personen", "leistung", "wohnung")}
)


def told(figure, kind: str, above: list[str], below: list[str]) -> Iterator[tuple[str, float]]:
    """The counts that a published row tells, or lets be computed from it, with the Merkmal of each."""
    if len(above) == 1:
        yield above[0], figure.zaehler + (figure.nenner if kind == "veraenderung" else 0)
    if len(below) == 1:
        yield below[0], figure.nenner
    if kind == "anzahl":
        yield above[0], figure.wert
    if kind == "anteil":
        yield above[0], figure.nenner - figure.zaehler
    if kind == "veraenderung":
        yield above[0], figure.nenner


@settings(max_examples=8)
@given(cities=st.lists(units, min_size=8, max_size=8), before=st.integers(0, 12), limits=limits)
def test_no_published_row_tells_a_count_below_its_threshold(new_office, cities, before, limits):
    office = new_office(**limits)
    for name, (kind, above, below, _) in INDIKATOREN.items():
        sums = [[float(sum(unit[merkmal] for merkmal in side)) for side in (above, below)] for unit in cities]
        pairs = {"anzahl": lambda now, _: (now, None), "veraenderung": lambda now, _: (now - before, float(before))}
        office.figures(name, *(pairs.get(kind, lambda now, base: (now, base))(*pair) for pair in sums))
    office.protect()

    personen, leistung, _ = (limits[name][0] for name in ("personen", "leistung", "wohnung"))
    smallest = {"einwohner": personen, "weiblich": personen, "sgb2": leistung, "einwohner_0_64": leistung}
    for name, (kind, above, below, _) in INDIKATOREN.items():
        for figure in office.published(name):
            if figure.status == "geschuetzt":
                assert figure == SUPPRESSED
            else:
                small = [(m, count) for m, count in told(figure, kind, above, below) if 0 < count < smallest.get(m, 0)]
                assert small == []
