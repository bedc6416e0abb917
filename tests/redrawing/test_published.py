"""What a release says of the review: classes alone, and nothing of a unit of which a figure is suppressed."""

from __future__ import annotations

import pytest

from flows.protect.review_classes import lay_review
from flows.redrawing.review import Review, review
from tests.redrawing.towns import DAY, profile, town


@pytest.fixture
def published(con):
    """Publish the review of two units, A of two characters and B of one, with these figures suppressed."""

    def made(*suppressed: tuple[str, str, str], rows: tuple[str, ...] = ("AAAABBBB", "AAAABBBB"), **keys):
        town(con, *rows, counts=lambda column, _: {
            "einwohner": 1000, "einwohner_0_17": 100 if column < 2 else 300 if column < 4 else 200,
        })  # fmt: skip
        con.execute(
            "CREATE OR REPLACE TABLE wert_alle (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, "
            "indikator_id VARCHAR, status VARCHAR)"
        )
        for unit, indikator, day in suppressed:
            figure = f"'2020-01-01', 'sozialraum', '{unit}', '{day}', '{indikator}', 'geschuetzt'"
            con.execute(f"INSERT INTO wert_alle VALUES ({figure})")
        found: Review = review(con, profile(rules={"least": 100, "most": 8000}, **keys), borders=False)
        lay_review(con, found)
        return {row[0]: row[1:] for row in con.execute(
            "SELECT raum_id, groesse, heterogenitaet, wandel, status FROM raum_pruefung ORDER BY 1"
        ).fetchall()}  # fmt: skip

    return made


def test_each_unit_has_a_class_of_size_and_of_heterogeneity(published):
    assert published() == {"A": ("im Rahmen", "hoch", None, "ok"), "B": ("im Rahmen", "gering", None, "ok")}


@pytest.mark.parametrize("indikator", ["einwohner", "anteil_einwohner_0_17", "wohnungen"])
def test_a_unit_with_a_suppressed_figure_that_goes_into_the_review_says_nothing(published, indikator):
    assert published(("A", indikator, DAY))["A"] == (None, None, None, "geschuetzt")


def test_a_suppressed_figure_that_the_review_does_not_read_hides_nothing(published):
    assert published(("A", "geburten", DAY), ("A", "einwohner", "2016-12-31"))["A"][-1] == "ok"


def test_a_unit_of_a_few_base_units_has_no_class_of_heterogeneity(published):
    assert published(rows=("AAAABBBB",))["A"] == ("im Rahmen", None, None, "ok")


def test_a_city_that_counts_whole_sozialraeume_publishes_no_review(published):
    assert published(rows=("ABCD",)) == {}


def test_a_refresh_without_a_review_has_the_table_empty(con, published):
    published()
    lay_review(con, None)
    assert con.execute("SELECT count(*) FROM raum_pruefung").fetchone() == (0,)
