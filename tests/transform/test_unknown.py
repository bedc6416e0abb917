"""Unknown is not zero: what is incomplete says so, and no rate is made of parts that do not match."""

from __future__ import annotations

DAY = "2020-12-31"


def test_a_sum_over_unknown_parts_is_the_sum_of_the_known_ones_and_says_so(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [3, None, 4])
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "A", DAY) == (3, 3, None, "unvollstaendig")
    assert city.figure("sgb2", "B", DAY) == (4, 4, None, "ok")
    assert city.figure("sgb2", "S", DAY) == (7, 7, None, "unvollstaendig")


def test_a_unit_of_which_nothing_is_known_has_no_value(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [None, None, 4])
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "A", DAY) == (None, None, None, "unbekannt")
    assert city.figure("sgb2", "S", DAY) == (4, 4, None, "unvollstaendig")


def test_a_figure_of_which_nothing_is_known_keeps_the_reason_that_the_source_gives(city):
    city.zuschnitt("2020-01-01", sozialraum="ABCD")
    city.counts("sgb2", DAY, ["spaeter", "unsicher", "sinnlos", 4])
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert [city.figure("sgb2", unit, DAY).status for unit in "ABCD"] == ["spaeter", "unsicher", "sinnlos", "ok"]
    assert city.figure("sgb2", "S", DAY) == (4, 4, None, "unvollstaendig")


def test_of_several_reasons_the_first_of_the_vocabulary_counts(city):
    city.zuschnitt("2020-01-01", sozialraum="AABB", stadtteil="XXXX")
    city.counts("sgb2", DAY, ["spaeter", "unsicher", "spaeter", None])
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "A", DAY) == (None, None, None, "unsicher")
    assert city.figure("sgb2", "B", DAY) == (None, None, None, "unbekannt")
    assert city.figure("sgb2", "X", DAY) == (None, None, None, "unbekannt")


def test_a_rate_says_why_its_denominator_is_missing(city):
    city.zuschnitt("2020-01-01", sozialraum="AB")
    city.counts("sgb2", DAY, [3, 4])
    city.counts("einwohner_0_64", DAY, ["spaeter", 40])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.transform()

    assert city.figure("sgb2_quote", "A", DAY) == (None, None, None, "spaeter")


def test_a_change_says_why_its_earlier_count_is_missing(city):
    city.zuschnitt("2015-01-01", sozialraum="AB")
    city.counts("haushalte", "2018-12-31", ["unsicher", 4])
    city.counts("haushalte", "2019-12-31", [3, 4])
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, jahre=1)
    city.transform()

    assert city.figure("veraenderung", "A", "2019-12-31") == (None, None, None, "unsicher")


def test_a_rate_is_given_where_the_same_base_units_are_missing_above_and_below(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [3, None, 4])
    city.counts("einwohner_0_64", DAY, [30, None, 40])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.transform()

    assert city.figure("sgb2_quote", "A", DAY) == (10, 3, 30, "unvollstaendig")


def test_a_rate_is_not_given_where_a_base_unit_is_missing_on_one_side_only(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [3, None, 4])
    city.counts("einwohner_0_64", DAY, [30, 50, 40])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.transform()

    assert city.figure("sgb2_quote", "A", DAY) == (None, 3, 80, "unvollstaendig")
    assert city.figure("sgb2_quote", "B", DAY) == (10, 4, 40, "ok")
    assert city.figure("sgb2_quote", "S", DAY).wert is None


def test_a_rate_is_not_given_where_different_base_units_are_missing(city):
    city.zuschnitt("2020-01-01", sozialraum="AAA")
    city.counts("sgb2", DAY, [3, None, 4])
    city.counts("einwohner_0_64", DAY, [None, 50, 40])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.transform()

    assert city.figure("sgb2_quote", "A", DAY) == (None, 7, 90, "unvollstaendig")


def test_a_rate_of_which_one_side_is_wholly_unknown_is_unknown(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [None, None, 4])
    city.counts("einwohner_0_64", DAY, [30, 50, 40])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.transform()

    assert city.figure("sgb2_quote", "A", DAY) == (None, None, None, "unbekannt")


def test_a_rate_over_nobody_makes_no_sense(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [3, 2, 0])
    city.counts("einwohner_0_64", DAY, [30, 20, 0])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.transform()

    assert city.figure("sgb2_quote", "B", DAY) == (None, 0, 0, "sinnlos")
    assert city.figure("sgb2_quote", "S", DAY) == (10, 5, 50, "ok")


def test_a_rate_of_which_one_side_was_not_delivered_has_no_row(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.counts("sgb2", DAY, [3, 2, 0])
    city.indikator("sgb2_quote", "sgb2", "einwohner_0_64", faktor=100)
    city.indikator("sgb2_und_arbeitslose", "sgb2 arbeitslose")
    city.transform()

    assert city.figure("sgb2_quote", "S", DAY) is None
    assert city.figure("sgb2_und_arbeitslose", "S", DAY) is None


def test_a_change_between_counts_with_different_gaps_is_not_given(city):
    city.zuschnitt("2015-01-01", sozialraum="AAB")
    city.counts("haushalte", "2018-12-31", [3, None, 4])
    city.counts("haushalte", "2019-12-31", [3, 9, 4])
    city.indikator("veraenderung", "haushalte", typ="veraenderung", faktor=100, jahre=1)
    city.transform()

    assert city.figure("veraenderung", "A", "2019-12-31") == (None, None, 3, "unvollstaendig")
    assert city.figure("veraenderung", "B", "2019-12-31") == (0, 0, 4, "ok")


def test_what_a_row_in_quarantine_speaks_of_is_unknown_where_others_leave_out_zeros(city):
    city.zuschnitt("2020-01-01", sozialraum="ABC")
    city.counts("sgb2", DAY, [3, ..., ...])
    city.quarantined("sgb2", DAY, 2, "sgb2_ohne_nullen")
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "B", DAY) == (None, None, None, "unbekannt")
    assert city.figure("sgb2", "C", DAY) == (0, 0, None, "ok")
    assert city.figure("sgb2", "S", DAY) == (3, 3, None, "unvollstaendig")


def test_a_base_unit_with_a_person_in_quarantine_is_an_unknown_part(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.register(DAY, {1: (30, 15), 3: (40, 20)})
    city.quarantined("einwohner", DAY, 2, "register")
    city.indikator("einwohner", "einwohner")
    city.transform()

    assert city.figure("einwohner", "A", DAY) == (30, 30, None, "unvollstaendig")
    assert city.figure("einwohner", "B", DAY) == (40, 40, None, "ok")
    assert city.figure("einwohner", "S", DAY) == (70, 70, None, "unvollstaendig")


def test_a_unit_whose_row_fell_out_is_unknown_where_others_leave_out_zeros(city):
    city.zuschnitt("2020-01-01", sozialraum="ABCD")
    city.counts("sgb2", DAY, [3, ..., ..., 5])
    city.fell_out(DAY, 2, "sgb2_ohne_nullen")
    city.fell_out(DAY, 4, "sgb2_ohne_nullen")  # another row of it was taken over
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert city.figure("sgb2", "B", DAY) == (None, None, None, "unbekannt")
    assert city.figure("sgb2", "C", DAY) == (0, 0, None, "ok")
    assert city.figure("sgb2", "D", DAY) == (5, 5, None, "ok")
    assert city.figure("sgb2", "S", DAY) == (8, 8, None, "unvollstaendig")


def test_where_a_row_fell_out_that_names_no_unit_none_is_taken_for_empty(city):
    city.zuschnitt("2020-01-01", sozialraum="ABC")
    city.counts("sgb2", DAY, [3, ..., ...])
    city.counts("sgb2", "2021-12-31", [3, ..., ...])
    city.fell_out(DAY, None, "sgb2_ohne_nullen")
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert [city.figure("sgb2", unit, DAY).status for unit in "ABC"] == ["ok", "unbekannt", "unbekannt"]
    assert city.figure("sgb2", "B", "2021-12-31") == (0, 0, None, "ok")


def test_where_a_row_fell_out_that_names_no_day_none_is_taken_for_empty(city):
    city.zuschnitt("2020-01-01", sozialraum="AB")
    city.counts("sgb2", DAY, [3, ...])
    city.counts("sgb2", "2021-12-31", [3, ...])
    city.fell_out(None, None, "sgb2_ohne_nullen")
    city.indikator("sgb2", "sgb2")
    city.transform()

    assert [city.figure("sgb2", "B", day).status for day in (DAY, "2021-12-31")] == ["unbekannt", "unbekannt"]
