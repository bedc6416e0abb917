"""Certain counts are added in the short way, all others in the long one; where both may go, they say the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.base.resources import resource

EARLIER, DAY = "2019-12-31", "2020-12-31"
USING = "USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)"
MERKMALE = ("haushalte", "wohnungen", "sgb2")
INDIKATOREN = {
    "anzahl": ("haushalte", ""), "summe": ("haushalte wohnungen", ""), "doppelt": ("sgb2 sgb2", ""),
    "quote": ("sgb2", "haushalte"), "quote_von_summen": ("sgb2 haushalte", "wohnungen haushalte"),
    "dichte": ("haushalte", "flaeche_km2"), "aus_register": ("weiblich", "einwohner"),
    "gemischt": ("sgb2", "einwohner"), "nie": ("haushalte", "gibt_es_nicht"),
}  # fmt: skip

counts = st.lists(st.one_of(st.none(), st.just(...), st.integers(0, 40), st.just(2.5)), min_size=4, max_size=4)
delivered = st.dictionaries(st.sampled_from(MERKMALE), st.tuples(counts, st.booleans()))
residents = st.dictionaries(st.integers(1, 4), st.integers(1, 9).map(lambda all_of_them: (all_of_them, 1)))
stichtag = st.tuples(delivered, residents)


def filled(city, earlier, later):
    """Return a small city with a redraw and with Indikatoren of every kind."""
    city.zuschnitt("2015-01-01", sozialraum="AABB", stadtteil="XXXY")
    city.zuschnitt("2020-01-01", sozialraum="ABBB", stadtteil="XXXY")
    city.squares(3)
    for day, (tables, register) in ((EARLIER, earlier), (DAY, later)):
        for merkmal, (parts, ungelistet_null) in tables.items():
            city.counts(merkmal, day, parts, ungelistet_null=ungelistet_null)
        city.register(day, register)
    for name, (zaehler, nenner) in INDIKATOREN.items():
        city.indikator(name, zaehler, nenner, faktor=100, stellen=1)
    city.indikator("veraenderung", "haushalte wohnungen", typ="veraenderung", faktor=100, stellen=1, jahre=1)
    return city


@pytest.mark.thorough
@pytest.mark.parametrize("examples", [8, pytest.param(25, marks=pytest.mark.nightly)])
def test_the_short_and_the_long_way_make_the_same_figures(new_city, examples):
    @settings(max_examples=examples)
    @given(earlier=stichtag, later=stichtag)
    def holds(earlier, later):
        city = filled(new_city(), earlier, later).transform()
        made = sorted(city.rows("FROM indikator_wert"), key=repr)
        short = sorted(city.rows("FROM indikator_wert ANTI JOIN unsicher " + USING), key=repr)

        city.con.execute(
            "CREATE OR REPLACE VIEW unsicher AS SELECT DISTINCT zuschnitt, raumebene, raum_id, stichtag, indikator_id "
            "FROM merkmal_zuschnitt INNER JOIN katalog.indikator_teil "
            "ON merkmal_zuschnitt.merkmal = indikator_teil.merkmal"
        )
        query = (resource("sql/transform") / "indikator_wert.sql").read_text(encoding="utf-8")
        city.con.execute(f"CREATE OR REPLACE TABLE indikator_wert AS {query}")
        both = sorted(city.rows("FROM indikator_wert"), key=repr)

        assert both == sorted([*made, *short], key=repr)

    holds()


def test_an_unknown_part_sends_only_the_indikatoren_that_need_it_the_long_way(city):
    tables = {"haushalte": ([1, 2, 3, 4], True), "sgb2": ([1, None, 1, 1], True)}
    filled(city, ({}, {}), (tables, {})).transform()

    unsure = city.rows(
        "SELECT DISTINCT indikator_id, raum_id FROM unsicher WHERE raumebene = 'sozialraum' ORDER BY ALL"
    )

    own = city.figure("quote", "A", DAY)
    assert own is not None
    assert own.status == "ok"
    assert {raum for indikator, raum in unsure if indikator == "quote"} == {"A", "B"}
    assert {indikator for indikator, _ in unsure} == {
        "quote",
        "quote_von_summen",
        "doppelt",
        "gemischt",
        "veraenderung",
    }


def test_certain_counts_never_go_the_long_way(city):
    filled(city, ({}, {}), ({"haushalte": ([1, 2, 3, 4], True)}, {1: (3, 1)})).transform()

    assert city.rows("SELECT DISTINCT indikator_id FROM unsicher") == [("veraenderung",)]
    assert city.figure("aus_register", "A", DAY) == (33.3, 1, 3, "ok")
