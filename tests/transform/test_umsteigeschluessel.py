"""The key between two Zuschnitte of common base units: shares of residents, both ways."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

OLD, NEW = "2015-01-01", "2020-01-01"
BEFORE, AFTER = "2019-12-31", "2020-12-31"


def shares(city, von: str, nach: str, raumebene: str = "sozialraum") -> dict[tuple[str, str], float]:
    return {
        (old, new): share
        for old, new, share in city.rows(
            f"SELECT von_id, nach_id, anteil FROM schluessel WHERE von_zuschnitt = '{von}' "
            f"AND nach_zuschnitt = '{nach}' AND raumebene = '{raumebene}' ORDER BY ALL"
        )
    }


def test_a_share_is_the_share_of_the_residents_before_the_redraw(city):
    city.zuschnitt(OLD, sozialraum="AABB")
    city.zuschnitt(NEW, sozialraum="ACCC")
    city.counts("einwohner", BEFORE, [30, 10, 20, 40])
    city.counts("einwohner", AFTER, [1, 99, 1, 1])
    city.transform()

    assert shares(city, OLD, NEW) == {("A", "A"): 0.75, ("A", "C"): 0.25, ("B", "C"): 1}
    assert shares(city, NEW, OLD) == {("A", "A"): 1, ("C", "A"): pytest.approx(1 / 7), ("C", "B"): pytest.approx(6 / 7)}
    assert shares(city, OLD, NEW, "stadt") == {("S", "S"): 1}
    assert city.rows("SELECT DISTINCT stichtag::VARCHAR, merkmal, methode FROM schluessel") == [
        (BEFORE, "einwohner", "exact")
    ]


def test_without_a_count_before_the_redraw_the_first_after_it_weighs(city):
    city.zuschnitt(OLD, sozialraum="AA")
    city.zuschnitt(NEW, sozialraum="AB")
    city.counts("einwohner", AFTER, [30, 10])
    city.counts("einwohner", "2021-12-31", [1, 1])
    city.transform()

    assert shares(city, OLD, NEW) == {("A", "A"): 0.75, ("A", "B"): 0.25}


def test_a_stichtag_without_residents_does_not_weigh(city):
    city.zuschnitt(OLD, sozialraum="AA")
    city.zuschnitt(NEW, sozialraum="AB")
    city.counts("einwohner", "2018-12-31", [30, 10])
    city.counts("wohnungen", BEFORE, [5, 5])
    city.transform()

    assert shares(city, OLD, NEW) == {("A", "A"): 0.75, ("A", "B"): 0.25}


def test_a_unit_where_nobody_lives_is_shared_by_its_base_units(city):
    city.zuschnitt(OLD, sozialraum="AAAB")
    city.zuschnitt(NEW, sozialraum="AACB")
    city.counts("einwohner", BEFORE, [0, 0, 0, 9])
    city.transform()

    assert shares(city, OLD, NEW) == {
        ("A", "A"): pytest.approx(2 / 3),
        ("A", "C"): pytest.approx(1 / 3),
        ("B", "B"): 1,
    }


def test_an_uninhabited_part_of_an_inhabited_unit_gets_nobody(city):
    city.zuschnitt(OLD, sozialraum="AAB")
    city.zuschnitt(NEW, sozialraum="ACB")
    city.counts("einwohner", BEFORE, [9, 0, 9])
    city.transform()

    assert shares(city, OLD, NEW) == {("A", "A"): 1, ("A", "C"): 0, ("B", "B"): 1}


def test_there_is_no_exact_key_if_the_new_zuschnitt_leaves_somebody_out(city):
    city.zuschnitt(OLD, sozialraum="AAB")
    city.zuschnitt(NEW, sozialraum="A.B")
    city.counts("einwohner", BEFORE, [9, 3, 9])
    city.transform()

    assert shares(city, OLD, NEW) == {}


def test_there_is_no_exact_key_between_different_base_units(city):
    city.zuschnitt(OLD, sozialraum="AB", basis="alt")
    city.zuschnitt(NEW, sozialraum="AB", basis="neu")
    city.counts("einwohner", BEFORE, [9, 3], basis="alt")
    city.counts("einwohner", AFTER, [9, 3], basis="neu")
    city.transform()

    assert shares(city, OLD, NEW) == {}


redraws = st.integers(2, 6).flatmap(
    lambda n: st.tuples(
        st.text("ABC", min_size=n, max_size=n),
        st.text("ABCD", min_size=n, max_size=n),
        st.lists(st.integers(0, 400), min_size=n, max_size=n),
    )
)


@pytest.mark.thorough
@pytest.mark.parametrize("examples", [8, pytest.param(25, marks=pytest.mark.nightly)])
def test_shares_of_a_unit_sum_to_1_and_going_there_is_the_direct_sum(new_city, examples):
    @settings(max_examples=examples)
    @given(redraw=redraws)
    def holds(redraw):
        old, new, residents = redraw
        city = new_city()
        city.zuschnitt(OLD, sozialraum=old)
        city.zuschnitt(NEW, sozialraum=new)
        city.counts("einwohner", BEFORE, residents)
        city.transform()

        for von, nach in ((OLD, NEW), (NEW, OLD)):
            key = shares(city, von, nach)
            total: dict[str, float] = defaultdict(float)
            there: dict[str, float] = defaultdict(float)
            counts = city.sums("einwohner", BEFORE, zuschnitt=von)
            for (source, target), share in key.items():
                assert 0 <= share <= 1
                total[source] += share
                there[target] += share * counts[source]
            assert total == pytest.approx(dict.fromkeys(counts, 1))
            assert there == pytest.approx(city.sums("einwohner", BEFORE, zuschnitt=nach))

    holds()
