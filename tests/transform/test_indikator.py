"""An Indikator is numerator over denominator, made anew at each Raumebene, and compared over years on one Zuschnitt."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.base.years_before import years_before

DAY = "2020-12-31"


def test_a_count_is_its_numerator(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("haushalte", DAY, [1, 2, 4])
    city.indikator("haushalte", "haushalte")
    city.transform()

    assert city.figure("haushalte", "A", DAY) == (3, 3, None, "ok")


def test_a_rate_is_numerator_over_denominator_times_factor_to_the_codebooks_decimals(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [1, 1, 4])
    city.counts("einwohner_0_64", DAY, [10, 5, 40])
    city.indikator("quote", "sgb2", "einwohner_0_64", faktor=100, stellen=1)
    city.indikator("je_1000", "sgb2", "einwohner_0_64", faktor=1000, stellen=0)
    city.indikator("genau", "sgb2", "einwohner_0_64", faktor=1, stellen=4)
    city.transform()

    assert city.figure("quote", "A", DAY) == (13.3, 2, 15, "ok")
    assert city.figure("je_1000", "A", DAY) == (133, 2, 15, "ok")
    assert city.figure("genau", "A", DAY) == (0.1333, 2, 15, "ok")


def test_several_merkmale_above_and_below_the_line_are_added(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("einwohner_0_17", DAY, [1, 2, 3])
    city.counts("einwohner_65_plus", DAY, [4, 5, 6])
    city.counts("einwohner_18_64", DAY, [10, 20, 30])
    city.indikator("abhaengig", "einwohner_0_17 einwohner_65_plus", "einwohner_18_64 einwohner_0_17", faktor=100)
    city.transform()

    assert city.figure("abhaengig", "A", DAY) == (36, 12, 33, "ok")


@pytest.mark.thorough
@pytest.mark.parametrize("examples", [8, pytest.param(20, marks=pytest.mark.nightly)])
def test_the_citys_rate_is_total_over_total_between_the_lowest_and_the_highest(new_city, examples):
    @settings(max_examples=examples)
    @given(
        parts=st.lists(
            st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))),
            min_size=3,
            max_size=6,
        )
    )
    def holds(parts):
        city = new_city()
        city.zuschnitt("2020-01-01", sozialraum="ABCDEF"[: len(parts)], stadtteil="XYXYXY"[: len(parts)])
        city.counts("sgb2", DAY, [part for part, _ in parts])
        city.counts("einwohner_0_64", DAY, [whole for _, whole in parts])
        city.indikator("quote", "sgb2", "einwohner_0_64", faktor=100, stellen=6)
        city.transform()

        rates = [city.figure("quote", unit, DAY).wert for unit in "ABCDEF"[: len(parts)]]
        total = city.figure("quote", "S", DAY)
        assert total.zaehler == sum(part for part, _ in parts)
        assert total.nenner == sum(whole for _, whole in parts)
        assert total.wert == pytest.approx(100 * total.zaehler / total.nenner, abs=1e-6)
        assert min(rates) - 1e-6 <= total.wert <= max(rates) + 1e-6

    holds()


@pytest.mark.parametrize(("years", "earlier"), [(1, "2019-12-31"), (5, "2015-12-31")])
def test_a_change_is_against_the_count_so_many_years_before(city, years, earlier):
    city.zuschnitt("2015-01-01", sozialraum="AAB")
    city.counts("haushalte", earlier, [10, 10, 40])
    city.counts("haushalte", DAY, [20, 5, 30])
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, stellen=1, jahre=years)
    city.transform()

    assert city.figure("veraenderung", "A", DAY) == (25, 5, 20, "ok")
    assert city.figure("veraenderung", "B", DAY) == (-25, -10, 40, "ok")
    assert city.figure("veraenderung", "S", DAY) == (-8.3, -5, 60, "ok")
    assert city.figure("veraenderung", "A", earlier) is None


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        ("2023-02-28", "2024-02-29"),
        ("2024-02-29", "2025-02-28"),
        ("2023-03-31", "2024-03-31"),
        ("2023-06-30", "2024-06-30"),
    ],
)
def test_the_end_of_a_month_is_compared_with_the_end_of_that_month(city, earlier, now):
    city.zuschnitt("2015-01-01", sozialraum="AAB")
    city.counts("haushalte", earlier, [10, 10, 40])
    city.counts("haushalte", now, [20, 5, 30])
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, stellen=1, jahre=1)
    city.transform()

    assert city.figure("veraenderung", "A", now) == (25, 5, 20, "ok")


def test_python_and_sql_count_years_alike(city):
    for day in (dt.date(2023, 12, 31) + dt.timedelta(n) for n in range(800)):
        (there,) = city.con.execute(f"SELECT (DATE '{day}' + 1 - to_years(1))::DATE - 1").fetchone()
        assert years_before(day, 1) == there


def test_all_sql_counts_years_so():
    for path in (Path(__file__).parents[2] / "sql").rglob("*.sql"):
        written = path.read_text(encoding="utf-8")
        rule = re.findall(r"\([\w.]+ \+ 1 [+-] to_years\([\w.]+\)\)::DATE - 1", written)
        assert len(rule) == written.count("to_years"), path


def test_a_change_from_nobody_makes_no_sense(city):
    city.zuschnitt("2015-01-01", sozialraum="AB")
    city.counts("haushalte", "2019-12-31", [0, 10])
    city.counts("haushalte", DAY, [20, 10])
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, jahre=1)
    city.transform()

    assert city.figure("veraenderung", "A", DAY) == (None, 20, 0, "sinnlos")


def test_a_change_across_a_redraw_compares_on_the_new_zuschnitt(city):
    city.zuschnitt("2015-01-01", sozialraum="AABB")
    city.zuschnitt("2020-01-01", sozialraum="ABBB")
    city.counts("haushalte", "2019-12-31", [10, 20, 30, 40])
    city.counts("haushalte", DAY, [11, 18, 33, 48])
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, jahre=1)
    city.transform()

    assert city.sums("haushalte", "2019-12-31") == {"A": 30, "B": 70}
    assert city.sums("haushalte", "2019-12-31", zuschnitt="2020-01-01") == {"A": 10, "B": 90}
    assert city.figure("veraenderung", "A", DAY) == (10, 1, 10, "ok")
    assert city.figure("veraenderung", "B", DAY) == (10, 9, 90, "ok")


def test_there_is_no_change_between_zuschnitte_of_different_base_units(city):
    city.zuschnitt("2015-01-01", sozialraum="AABB", basis="alt")
    city.zuschnitt("2020-01-01", sozialraum="ABBB", basis="neu")
    city.counts("haushalte", "2019-12-31", [10, 20, 30, 40], basis="alt")
    city.counts("haushalte", DAY, [11, 18, 33, 48], basis="neu")
    city.indikator("haushalte", "haushalte")
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, jahre=1)
    city.transform()

    assert city.figure("haushalte", "A", DAY) == (11, 11, None, "ok")
    assert city.figure("veraenderung", "A", DAY) is None
    assert city.sums("haushalte", "2019-12-31", zuschnitt="2020-01-01") == {}


@pytest.mark.parametrize(("count", "exact"), [(0, True), (7, False), (None, False)])
def test_an_earlier_stichtag_is_on_the_new_zuschnitt_only_if_that_places_everybody(city, count, exact):
    city.zuschnitt("2015-01-01", sozialraum="AAB")
    city.zuschnitt("2020-01-01", sozialraum="AB.")
    city.counts("haushalte", "2019-12-31", [10, 20, count])
    city.counts("haushalte", DAY, [11, 18, ...])
    city.transform()

    on_the_new = city.sums("haushalte", "2019-12-31", zuschnitt="2020-01-01")
    assert on_the_new == ({"A": 10, "B": 20} if exact else {})


def test_density_is_over_the_area_of_the_polygons(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.squares(3)
    city.register(DAY, {1: (30, 15), 2: (50, 25), 3: (7, 3)})
    city.indikator("dichte", "einwohner", "flaeche_km2", typ="verhaeltnis")
    city.transform()

    assert city.figure("dichte", "A", DAY) == (4000, 80, 0.02, "ok")
    assert city.figure("dichte", "S", DAY) == (2900, 87, 0.03, "ok")


def test_there_is_no_density_without_polygons(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.register(DAY, {1: (30, 15)})
    city.indikator("dichte", "einwohner", "flaeche_km2", typ="verhaeltnis")
    city.transform()

    assert city.figure("dichte", "A", DAY) is None
