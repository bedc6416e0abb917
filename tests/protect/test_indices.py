"""Indices are computed from what may leave the office, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flows.base.db import insert
from flows.base.errors import ConfigError
from flows.profile.indices import Index
from flows.stage.index_catalogue import write_indices
from tests.index.conftest import definition
from tests.protect.conftest import DAY, NEW, OLD


class Indexed:
    """An office that has one index; `notes` is what the run notes of it."""

    def __init__(self, office, *components: str, own: bool = True, **keys) -> None:
        self.office, self.notes = office, list[str]()
        stated = definition(*components, **keys)
        self.index = Index("eigen", stated, Path("index.toml"), "eigen", own, ("hoch",) * len(stated.component))
        office.profile = replace(office.profile, indices=(self.index,))
        write_indices(office.con, office.profile)

    def protect(self) -> dict[str, tuple]:
        """Run the station; return (status, score, lowest class, highest class) of each Sozialraum."""
        self.office.protect(note=self.notes.append)
        found = self.office.rows("index_wert", "raum_id, index_status, punkte, klasse_von, klasse_bis")
        return {unit: tuple(row) for unit, *row in found}


def city_of(office, *women: float, of: float = 100) -> None:
    """Units A, B, C ... with so many women among the residents, and the city with their sum."""
    office.figures("anteil_weiblich", *((count, of) for count in women))
    office.figures("weiblich", *((count, None) for count in women))
    office.figures("einwohner", *((of, None) for _ in women))
    total, people = sum(women), of * len(women)
    insert(
        office.con, "indikator_wert",
        [{"zuschnitt": NEW, "raumebene": "stadt", "raum_id": "S", "stichtag": DAY, "indikator_id": "anteil_weiblich",
          "wert": 100 * total / people, "zaehler": total, "nenner": people, "status": "ok", "methode": "exact"}],
    )  # fmt: skip
    insert(office.con, "raum", [{"zuschnitt": NEW, "raumebene": "stadt", "raum_id": "S", "gueltig_ab": NEW}])
    office.con.execute("UPDATE raum SET eltern = MAP {'stadt': 'S'} WHERE raumebene = 'sozialraum'")


def test_a_score_comes_from_published_counts(office) -> None:
    city_of(office, 10, 20, 30)

    found = Indexed(office, "anteil_weiblich").protect()

    assert found["A"] == ("ok", pytest.approx(-1.224744871), 1, 1)
    assert found["C"] == ("ok", pytest.approx(1.224744871), 3, 3)
    assert office.rows("index_beitrag", "raum_id, indikator_id, teilwert, teilgewicht")[0] == (
        "A", "anteil_weiblich", pytest.approx(-1.224744871), 1,
    )  # fmt: skip


def test_a_city_alone_has_nothing_to_be_measured_by(office) -> None:
    city_of(office, 10, 20, 30)

    assert Indexed(office, "anteil_weiblich").protect()["S"] == ("kein_massstab", None, None, None)


def test_a_suppressed_count_enters_as_the_interval_that_the_published_ones_leave_over(office) -> None:
    """A small count and one for its sake are suppressed: the reader knows that both are 7, each share 0 to 7 %."""
    city_of(office, 1, 6, 40, 50)

    found = Indexed(office, "anteil_weiblich", standardise="plain", limits=(7.5, 45)).protect()

    assert [figure.status for figure in office.published("anteil_weiblich")] == [
        "geschuetzt",
        "geschuetzt",
        "ok",
        "ok",
        "ok",
    ]
    assert found["A"] == ("geschuetzt", None, 1, 1)
    assert office.rows("index_wert", "punkte_von, punkte_bis, klasse", "raum_id = 'A'") == [(0.0, 7.0, 1)]
    assert found["C"] == ("ok", 40.0, 2, 2)


def test_where_the_interval_crosses_a_limit_the_possible_classes_are_named_and_no_class(office) -> None:
    city_of(office, 1, 6, 40, 50)

    Indexed(office, "anteil_weiblich", standardise="plain", limits=(1.5, 45)).protect()

    assert office.rows("index_wert", "klasse, klasse_von, klasse_bis, klassen_90", "raum_id = 'A'") == [
        (None, 1, 2, "1 2")
    ]


def test_a_suppressed_count_is_no_part_of_the_measure(office) -> None:
    city_of(office, 1, 6, 40, 50)

    found = Indexed(office, "anteil_weiblich").protect()

    assert [found[unit][1] for unit in "CD"] == [-1.0, 1.0]


def test_a_missing_component_is_a_status_with_its_reason(office) -> None:
    city_of(office, 10, 20, 30)
    office.con.execute(
        "UPDATE indikator_wert SET wert = NULL, zaehler = NULL, status = 'spaeter' "
        "WHERE raum_id = 'B' AND indikator_id = 'anteil_weiblich'"
    )

    found = Indexed(office, "anteil_weiblich").protect()

    assert found["B"] == ("fehlt", None, None, None)
    assert office.rows("index_wert", "index_grund", "raum_id = 'B'") == [("anteil_weiblich (spaeter)",)]


def test_a_unit_with_too_few_residents_is_left_out(office) -> None:
    city_of(office, 10, 20, 30)
    office.con.execute("UPDATE indikator_wert SET zaehler = 90 WHERE raum_id = 'C' AND indikator_id = 'einwohner'")

    found = Indexed(office, "anteil_weiblich", min_residents=95).protect()

    assert found["C"] == ("ausgelassen", None, None, None)
    assert found["A"][1] == -1.0


def test_a_unit_whose_residents_are_suppressed_is_left_out_for_that_reason(office) -> None:
    """Nobody may know whether they are too few."""
    city_of(office, 10, 20, 30, 40)
    office.con.execute("UPDATE indikator_wert SET zaehler = 2 WHERE raum_id = 'C' AND indikator_id = 'einwohner'")

    found = Indexed(office, "anteil_weiblich", min_residents=95).protect()

    assert found["C"] == ("ausgelassen", None, None, None)
    assert office.rows("index_wert", "index_grund", "raum_id = 'C'") == [("einwohner (geschuetzt)",)]


def test_the_change_over_years_is_measured_by_the_city_and_called_chance_where_it_may_be(office) -> None:
    city_of(office, 200, 200, 200, 330, of=1000)
    office.con.execute(
        "INSERT INTO indikator_wert SELECT * REPLACE (stichtag - INTERVAL 2 YEAR AS stichtag, "
        "CASE raum_id WHEN 'B' THEN 205 WHEN 'D' THEN 200 ELSE zaehler END AS zaehler) FROM indikator_wert"
    )
    classes = definition("anteil_weiblich", limits=(-1, 1)).classes.model_dump()

    Indexed(office, "anteil_weiblich", dynamics={"years": 2, "classes": classes}).protect()

    found = office.rows("index_wert", "raum_id, veraenderung_klasse, veraenderung_urteil",
                        f"raumebene = 'sozialraum' AND stichtag = DATE '{DAY}'")  # fmt: skip
    assert found == [
        ("A", 2, "besser"), ("B", 2, "besser"), ("C", 2, "besser"), ("D", 3, "schlechter"),
    ]  # fmt: skip


def test_where_no_unit_has_a_score_at_two_stichtage_there_is_no_change_to_explain(office) -> None:
    city_of(office, 10, 20, 30, 40)
    office.con.execute(
        "INSERT INTO indikator_wert SELECT * REPLACE (stichtag - INTERVAL 1 YEAR AS stichtag) FROM indikator_wert"
    )
    office.con.execute(
        "DELETE FROM indikator_wert WHERE indikator_id = 'anteil_weiblich' "
        f"AND (raum_id IN ('A', 'B')) = (stichtag = DATE '{DAY}')"
    )
    Indexed(office, "anteil_weiblich").protect()

    assert office.rows("index_wert", "count(*)", "punkte IS NOT NULL AND raumebene = 'sozialraum'") == [(4,)]
    assert office.rows("index_ursache", "raum_id") == office.rows("index_ursache_beitrag", "raum_id") == []


def test_where_all_changes_are_no_more_than_chance_makes_none_is_called_a_change(office) -> None:
    """Of eight units the largest change alone lies outside of what chance makes of one unit."""
    now = [500 + change for change in (-37, 37, 20, -20, 10, -10, 5, -5)]
    city_of(office, *now, of=1000)
    office.con.execute(
        "INSERT INTO indikator_wert SELECT * REPLACE (stichtag - INTERVAL 2 YEAR AS stichtag, "
        "CASE WHEN indikator_id = 'anteil_weiblich' THEN 500 ELSE zaehler END AS zaehler) FROM indikator_wert"
    )
    classes = definition("anteil_weiblich", limits=(-1, 1)).classes.model_dump()

    Indexed(office, "anteil_weiblich", dynamics={"years": 2, "classes": classes}).protect()

    found = office.rows("index_wert", "veraenderung_urteil", f"raumebene = 'sozialraum' AND stichtag = DATE '{DAY}'")
    assert set(found) == {("nicht_unterscheidbar",)}


def test_a_ready_index_whose_indikator_was_not_delivered_is_noted_and_left_out(office) -> None:
    office.counts("einwohner", 500, 600)
    indexed = Indexed(office, "anteil_weiblich", own=False)

    assert indexed.protect() == {}
    assert office.rows("index_definition") == []
    assert indexed.notes == [
        "index eigen is not computed: component: anteil_weiblich has no figures (index.toml, index.eigen)"
    ]


@pytest.mark.parametrize(
    ("women", "keys", "refused"),
    [
        ((20, 20, 20), {}, "index.toml, index.eigen.component: expected figures of anteil_weiblich that differ"),
        ((10, 20, 30), {"min_residents": 9999}, "index.toml, index.eigen.component: expected units to compare, found"),
        (
            (10, 20, 30), {"reference": ["fixed"], "base": "2011-12-31"},
            "index.toml, index.eigen.base: expected a Stichtag with figures, found none on 2011-12-31",
        ),
    ],
)  # fmt: skip
def test_an_index_of_the_city_that_cannot_be_computed_stops_publication(office, women, keys, refused) -> None:
    city_of(office, *women)

    with pytest.raises(ConfigError) as refusal:
        Indexed(office, "anteil_weiblich", **keys).protect()

    assert refused in str(refusal.value)
    assert "Nothing is published" in str(refusal.value)


def test_an_index_by_the_base_year_lets_the_whole_city_change(office) -> None:
    city_of(office, 20, 30, 40)
    office.con.execute(
        "INSERT INTO indikator_wert SELECT * REPLACE (DATE '2015-12-31' AS stichtag, zaehler - 10 AS zaehler) "
        "FROM indikator_wert WHERE indikator_id = 'anteil_weiblich'"
    )

    Indexed(office, "anteil_weiblich", reference=["year", "fixed"], base="2015-12-31").protect()

    by = office.rows("index_wert", "massstab, punkte", f"raum_id = 'B' AND stichtag = DATE '{DAY}'")
    assert by == [("basisjahr", pytest.approx(1.224744871)), ("jahr", 0.0)]


EARLIER = (
    "INSERT INTO indikator_wert SELECT * REPLACE (DATE '2019-12-31' AS stichtag, zaehler - if(raum_id = 'A', 300, 0) "
    "AS zaehler) FROM indikator_wert WHERE indikator_id = 'anteil_weiblich'"
)
"""A year before, unit A had 300 women less."""
CAUSES = "raum_id, teil_raum + teil_zufall, teil_zuschnitt, teil_definition, klasse_ursache"


def test_why_a_score_changed_is_published_and_adds_up_to_the_change(office) -> None:
    city_of(office, 400, 200, 300, of=1000)
    office.con.execute(EARLIER)

    Indexed(office, "anteil_weiblich").protect()

    parts = "teil_raum + teil_zufall + teil_stadt + teil_zuschnitt + teil_definition"
    rows = office.rows("index_ursache", f"raum_id, klasse_ursache, abs(punkte_differenz - ({parts})) < 1e-8")
    assert rows == [("A", "raum", True), ("B", "stadt", True), ("C", "stadt", True)]
    top = 1.224744871
    assert office.rows("index_ursache", "raum_id, punkte_differenz, von_klasse, klasse") == [
        ("A", pytest.approx(2 * top), 1, 3), ("B", pytest.approx(-top), 2, 1), ("C", pytest.approx(-top), 3, 2),
    ]  # fmt: skip
    assert office.rows("index_ursache_beitrag", "raum_id, indikator_id, teil_eigen", "raum_id <> 'A'") == [
        ("B", "anteil_weiblich", 0), ("C", "anteil_weiblich", 0),
    ]  # fmt: skip


def test_a_change_of_few_people_is_called_chance(office) -> None:
    city_of(office, 40, 20, 34)
    office.con.execute(EARLIER.replace("300", "4"))

    Indexed(office, "anteil_weiblich", limits=(0.9, 1.2)).protect()

    assert office.rows("index_ursache", "teil_raum, teil_zufall > 0, klasse_ursache", "raum_id = 'A'") == [
        (0, True, "zufall")
    ]


def test_what_the_redraw_of_others_does_to_a_unit_is_a_part_of_its_own(office) -> None:
    """A and B keep their lines; on the Zuschnitt of then, C and D were one unit."""
    city_of(office, 100, 200, 300, 500, of=1000)
    office.con.execute(
        "INSERT INTO indikator_wert SELECT * REPLACE (DATE '2019-12-31' AS stichtag) FROM indikator_wert; "
        f"INSERT INTO indikator_wert SELECT * REPLACE ('{OLD}' AS zuschnitt) FROM indikator_wert "
        "WHERE raum_id IN ('A', 'B', 'C') AND stichtag = DATE '2019-12-31'; "
        f"UPDATE indikator_wert SET zaehler = 800, nenner = 2000 WHERE raum_id = 'C' AND zuschnitt = '{OLD}'"
    )
    insert(office.con, "raum", [{"zuschnitt": OLD, "raumebene": "sozialraum", "raum_id": unit} for unit in "ABC"])
    indexed = Indexed(office, "anteil_weiblich")
    office.same_line = "AB"

    indexed.protect()

    found = {unit: rest for unit, *rest in office.rows("index_ursache", f"{CAUSES}, von_zuschnitt")}
    old, new = ([100, 200, 400], [100, 200, 300, 500])
    score = [(100 - np.mean(each)) / np.std(each) for each in (old, new)]
    assert found["A"] == [0, pytest.approx(score[1] - score[0]), 0, None, OLD]
    assert found["C"] == [0, 0, 0, None, NEW]


def test_a_version_that_ended_hands_over_to_the_next_with_the_part_of_the_definition(office) -> None:
    city_of(office, 400, 200, 300, of=1000)
    office.con.execute(EARLIER)
    indexed = Indexed(office, "anteil_weiblich", version="2")
    former = Indexed(office, "anteil_weiblich", version="1", standardise="plain", until="2019-12-31")
    office.profile = replace(office.profile, indices=(indexed.index, former.index))

    office.protect()

    rows = office.rows("index_ursache", "raum_id, von_version, index_version, teil_definition, von_klasse")
    scores = dict(office.rows("index_wert", "index_version, punkte", "raum_id = 'B' AND stichtag = DATE '2019-12-31'"))
    assert rows[1] == ("B", "1", "2", pytest.approx(scores["2"] - scores["1"]), 3)


def test_units_that_stay_in_their_class_by_every_choice_are_the_robust_core(office) -> None:
    """A is high by both Indikatoren, B only by one of them, C and D by none."""
    city_of(office, 90, 80, 20, 10)
    office.figures("sgb2_quote", (90, 100), (30, 100), (20, 100), (15, 100))

    Indexed(office, "anteil_weiblich", "sgb2_quote", limits=(0.45,)).protect()

    stays = dict(office.rows("index_robustheit", "variation, klasse_bleibt"))
    assert stays["ohne_sgb2_quote"] == 0.75  # without it, B is as high as A
    assert dict(office.rows("index_wert", "raum_id, robust", "raumebene = 'sozialraum'")) == {
        "A": True, "B": False, "C": True, "D": True,
    }  # fmt: skip
    shares = office.rows("index_robustheit", "sum(varianz_anteil), count(DISTINCT variation)")
    assert shares == [(pytest.approx(1), 7)]


def test_an_index_of_the_city_that_one_component_rules_stops_publication(office) -> None:
    city_of(office, 10, 20, 30)
    office.figures("einwohnerdichte", (9000, 1), (2000, 1), (4000, 1))
    indexed = Indexed(office, "anteil_weiblich", "einwohnerdichte", standardise="plain")

    with pytest.raises(ConfigError, match=r"index.toml, index.eigen.component: expected that einwohnerdichte, which"):
        indexed.protect()


def test_the_main_index_stands_beside_the_figures_of_each_sozialraum(office) -> None:
    city_of(office, 1, 6, 40, 50)

    Indexed(office, "anteil_weiblich", standardise="plain", limits=(1.5, 45)).protect()

    assert office.rows("sozialraum_jahr", "sozialraum_id, index_punkte, index_klasse") == [
        ("A", None, None), ("B", None, None), ("C", 40.0, 2), ("D", 50.0, 3),
    ]  # fmt: skip
    assert office.rows("sozialraum_jahr_status", "sozialraum_id, index_status")[0] == ("A", "geschuetzt")


def test_a_version_that_ended_is_not_the_main_index_though_it_is_defined_first(office) -> None:
    city_of(office, 400, 200, 300, of=1000)
    office.con.execute(EARLIER)
    former = Indexed(office, "anteil_weiblich", version="1", standardise="plain", until="2019-12-31")
    indexed = Indexed(office, "anteil_weiblich", version="2")
    office.profile = replace(office.profile, indices=(former.index, indexed.index))
    write_indices(office.con, office.profile)

    office.protect()

    newest = f"stichtag = DATE '{DAY}'"
    scores = office.rows(
        "index_wert", "raum_id, punkte", f"index_version = '2' AND raumebene = 'sozialraum' AND {newest}"
    )
    assert scores
    assert office.rows("sozialraum_jahr", "sozialraum_id, index_punkte", newest) == scores
