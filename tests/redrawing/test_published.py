"""What a release says of the review: classes alone, and nothing of a unit of which a figure is suppressed."""

from __future__ import annotations

import numpy as np
import pytest

from flows.protect.review_classes import lay_review
from flows.redrawing.review import Review, review
from tests.parameters import first_of
from tests.redrawing.towns import DAY, profile, town


def _counts(column: int, _: int) -> dict[str, float]:
    return {"einwohner": 1000, "einwohner_0_17": 100 if column < 2 else 300 if column < 4 else 200}


@pytest.fixture
def published(con):
    """Publish the review of two units, A of two characters and B of one, with these figures suppressed."""

    def made(
        *suppressed: tuple[str, str, str], rows: tuple[str, ...] = ("AAAABBBB", "AAAABBBB"), changed=(),
        withdrawn: tuple[tuple[str, str, str], ...] = (), counts=_counts, **keys,
    ):  # fmt: skip
        town(con, *rows, counts=counts)
        con.execute(
            "CREATE OR REPLACE TABLE wert_alle (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, "
            "indikator_id VARCHAR, status VARCHAR)"
        )
        con.execute(
            "CREATE OR REPLACE TABLE wert_spanne (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, "
            "stichtag DATE, indikator_id VARCHAR, zaehler_von DOUBLE, zaehler_bis DOUBLE, nenner_von DOUBLE, "
            "nenner_bis DOUBLE)"
        )
        con.execute(
            "CREATE OR REPLACE TABLE angabe_entzogen (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, "
            "stichtag DATE, seite VARCHAR)"
        )
        for unit, indikator, day in suppressed:
            figure = f"'2020-01-01', 'sozialraum', '{unit}', '{day}', '{indikator}', 'geschuetzt'"
            con.execute(f"INSERT INTO wert_alle VALUES ({figure})")
        for unit, indikator, day, low, high in changed:
            figure = f"'2020-01-01', 'sozialraum', '{unit}', '{day}', '{indikator}'"
            con.execute(f"INSERT INTO wert_spanne VALUES ({figure}, {low}, {high}, NULL, NULL)")
        for unit, indikator, day in withdrawn:
            con.execute(
                f"INSERT INTO angabe_entzogen VALUES ('2020-01-01', 'sozialraum', '{unit}', '{day}', '{indikator}')"
            )
        found: Review = review(con, profile(rules={"least": 100, "most": 8000}, **keys), borders=False)
        lay_review(con, found)
        return {row[0]: row[1:] for row in con.execute(
            "SELECT raum_id, groesse, heterogenitaet, wandel, status FROM raum_pruefung ORDER BY 1"
        ).fetchall()}  # fmt: skip

    return made


def test_each_unit_has_a_class_of_size_and_of_heterogeneity(published):
    assert published() == {"A": ("im Rahmen", "hoch", None, "ok"), "B": ("im Rahmen", "gering", None, "ok")}


def test_a_unit_where_nobody_lives_has_no_class_of_size(published):
    def counts(column: int, row: int) -> dict[str, float]:
        return {"einwohner": 0, "einwohner_0_17": 0} if column >= 4 else _counts(column, row)

    assert [row[0] for row in published(counts=counts).values()] == ["im Rahmen", None]


@pytest.mark.parametrize("indikator", ["einwohner", "anteil_einwohner_0_17", "wohnungen"])
def test_a_unit_with_a_suppressed_figure_that_goes_into_the_review_says_nothing(published, indikator):
    assert published(("A", indikator, DAY))["A"] == (None, None, None, "geschuetzt")


def test_a_figure_that_was_changed_for_confidentiality_is_bounded_by_no_class(published):
    changed = ("A", "einwohner", DAY, 7998, 8002)
    assert published(changed=(changed,))["A"] == (None, None, None, "geschuetzt")
    assert published(changed=(("A", "einwohner", DAY, 8000, 8000),))["A"][-1] == "ok"


@pytest.mark.slow
def test_a_unit_of_which_a_count_is_withdrawn_says_nothing(published):
    assert published(withdrawn=(("A", "einwohner", DAY),))["A"] == (None, None, None, "geschuetzt")
    assert published(withdrawn=(("A", "einwohner", "2016-12-31"),))["A"][-1] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("seed", first_of(range(8)))
def test_small_counts_of_base_units_that_no_figure_tells_may_be_anything_below_the_threshold(published, seed):
    """Who has all published figures asks for the few cases of a block: 0 to 4 of them, the others beside it, and
    neither the figures of the unit nor its classes are others."""
    random = np.random.default_rng(seed)
    of_block = {(column, row): int(random.binomial(60, 0.1)) for column in range(8) for row in range(2)}
    asked, beside = (0, 0), (1, 0)
    together = of_block[asked] + of_block[beside]
    said = set()
    for cases in range(min(5, together + 1)):
        world = of_block | {asked: cases, beside: together - cases}
        told = published(counts=lambda *place, world=world: {"einwohner": 60, "einwohner_0_17": world[place]})
        said.add(told["A"])
    assert len(said) == 1


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
