"""A Merkmal of a unit is the sum over its base units, at every Raumebene."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = "2020-12-31"


def test_units_are_sums_of_their_base_units(city):
    city.zuschnitt("2020-01-01", sozialraum="AABC", stadtteil="XXXY")
    city.counts("haushalte", DAY, [1, 2, 4, 8])
    city.transform()

    assert city.sums("haushalte", DAY, "sozialraum") == {"A": 3, "B": 4, "C": 8}
    assert city.sums("haushalte", DAY, "stadtteil") == {"X": 7, "Y": 8}
    assert city.sums("haushalte", DAY, "stadt") == {"S": 15}


def test_a_sozialraum_in_two_stadtteile_counts_once_at_every_raumebene(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB", stadtteil="XYY")
    city.counts("haushalte", DAY, [1, 2, 4])
    city.transform()

    assert city.sums("haushalte", DAY, "sozialraum") == {"A": 3, "B": 4}
    assert city.sums("haushalte", DAY, "stadtteil") == {"X": 1, "Y": 6}


@pytest.mark.thorough
@pytest.mark.parametrize("examples", [8, pytest.param(20, marks=pytest.mark.nightly)])
def test_the_sum_is_the_same_at_every_raumebene_however_they_lie(new_city, examples):
    @settings(max_examples=examples)
    @given(
        drawn=st.integers(2, 6).flatmap(
            lambda n: st.tuples(
                st.text("ABCD", min_size=n, max_size=n),
                st.text("XY", min_size=n, max_size=n),
                st.lists(st.integers(0, 900), min_size=n, max_size=n),
                st.lists(st.integers(0, 900), min_size=n, max_size=n),
            )
        )
    )
    def holds(drawn):
        sozialraum, stadtteil, households, residents = drawn
        city = new_city()
        city.zuschnitt("2020-01-01", sozialraum=sozialraum, stadtteil=stadtteil)
        city.counts("haushalte", DAY, households)
        city.register(DAY, {square: (n, n // 2) for square, n in enumerate(residents, start=1)})
        city.transform()

        for merkmal, expected in (("haushalte", households), ("einwohner", residents)):
            sums = {
                level: sum(city.sums(merkmal, DAY, level).values()) for level in ("sozialraum", "stadtteil", "stadt")
            }
            assert sums == dict.fromkeys(sums, sum(expected))

    holds()


def test_register_and_tables_are_added_alike(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.register(DAY, {1: (5, 2), 2: (6, 3), 3: (7, 4)})
    city.counts("haushalte", DAY, [1, 2, 4])
    city.transform()

    assert city.sums("einwohner", DAY) == {"A": 11, "B": 7}
    assert city.sums("weiblich", DAY) == {"A": 5, "B": 4}
    assert city.sums("haushalte", DAY) == {"A": 3, "B": 4}


def test_a_unit_where_the_register_has_nobody_has_0(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB", stadtteil="XXY")
    city.register(DAY, {1: (5, 2)})
    city.transform()

    assert city.sums("einwohner", DAY) == {"A": 5, "B": 0}
    assert city.sums("weiblich", DAY, "stadtteil") == {"X": 2, "Y": 0}


def test_a_unit_that_a_source_leaves_out_has_0_if_the_source_leaves_out_zeros(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB", stadtteil="XXY")
    city.counts("sgb2", DAY, [3, 4, ...], ungelistet_null=True)
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.sums("sgb2", DAY) == {"A": 7, "B": 0}
    assert city.figure("sgb2", "B", DAY) == (0, 0, None, "ok")
    assert city.figure("sgb2", "S", DAY).status == "ok"


def test_a_unit_that_a_source_leaves_out_has_no_row_if_the_source_lists_all(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB", stadtteil="XXY")
    city.counts("sgb2", DAY, [3, 4, ...], ungelistet_null=False)
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.sums("sgb2", DAY) == {"A": 7}
    assert city.figure("sgb2", "B", DAY) is None
    assert city.figure("sgb2", "A", DAY) == (7, 7, None, "ok")


def test_a_base_unit_that_such_a_source_leaves_out_is_unknown_in_what_is_added_up_over_it(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [3, ..., 4], ungelistet_null=False)
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "A", DAY) == (3, 3, None, "unvollstaendig")
    assert city.figure("sgb2", "B", DAY) == (4, 4, None, "ok")
    assert city.figure("sgb2", "S", DAY) == (7, 7, None, "unvollstaendig")


def test_a_square_that_the_zuschnitt_does_not_assign_need_not_be_listed(city):
    city.zuschnitt("2020-01-01", sozialraum="AB.")
    city.counts("sgb2", DAY, [3, 4, ...], ungelistet_null=False)
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "S", DAY) == (7, 7, None, "ok")


def test_sums_of_fractions_do_not_depend_on_the_order_of_adding(city):
    city.zuschnitt("2020-01-01", sozialraum="AAABBB")
    city.counts("wohnflaeche_qm", DAY, [0.1, 0.2, 0.3, 0.3, 0.2, 0.1])
    city.transform()

    assert city.sums("wohnflaeche_qm", DAY) == {"A": 0.6, "B": 0.6}
    assert city.sums("wohnflaeche_qm", DAY, "stadt") == {"S": 1.2}


def test_ids_that_read_alike_when_put_together_stay_apart(city):
    city.zuschnitt("2020-01-01", sozialraum=["A", "A S"], stadtteil=["S X", "X"])
    city.counts("haushalte", DAY, [1, 2])
    city.transform()

    assert city.sums("haushalte", DAY) == {"A": 1, "A S": 2}
    assert city.sums("haushalte", DAY, "stadtteil") == {"S X": 1, "X": 2}


def test_a_count_in_another_numbering_is_not_mistaken_for_one_in_this(city):
    city.zuschnitt("2020-01-01", sozialraum="AB", basis="neu")
    city.counts("haushalte", DAY, [1, 2], basis="neu")
    city.counts("wohnungen", DAY, [4, 8], basis="alt")
    city.transform()

    assert city.sums("haushalte", DAY) == {"A": 1, "B": 2}
    assert set(city.sums("wohnungen", DAY).values()) <= {0}
