"""Types are assigned by what may leave the office, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.base.db import insert
from flows.base.errors import ConfigError
from flows.profile.typology import NamedTypology
from flows.stage.typology_catalogue import write_typologies
from tests.protect.conftest import DAY, NEW
from tests.protect.test_indices import city_of
from tests.typology.conftest import typology

TRAITS = [{"mean": 20, "spread": 10}]


class Typed:
    """An office that has one typology by the share of women; `notes` is what the run notes of it."""

    def __init__(self, office, *middles: float, names: tuple[str, ...] = ("anteil_weiblich",), **keys) -> None:
        self.office, self.notes = office, list[str]()
        stated = typology(*middles, names=names, traits=TRAITS, **{"base": DAY} | keys)
        named = NamedTypology("eigen", stated, Path("types.toml"), "eigen")
        office.profile = replace(office.profile, typologies=(named,))
        write_typologies(office.con, office.profile)

    def protect(self, columns: str) -> dict[str, tuple]:
        """Run the station; return these columns of each Sozialraum."""
        self.office.protect(note=self.notes.append)
        return {unit: tuple(row) for unit, *row in self.office.rows("typ", f"raum_id, {columns}")}


def test_a_unit_is_of_the_nearest_type_by_its_published_counts(office) -> None:
    city_of(office, 10, 19, 40)

    found = Typed(office, 10, 30).protect("typ_status, typ_id, typ_abstand, zweiter_typ, grenzabstand, typ_lage")

    assert found == {
        "A": ("ok", "t0", pytest.approx(0), "t1", pytest.approx(1), "klar"),
        "B": ("ok", "t0", pytest.approx(0.9), "t1", pytest.approx(0.1), "klar"),
        "C": ("ok", "t1", pytest.approx(1), "t0", pytest.approx(2), "klar"),
    }


def test_before_the_base_year_a_city_has_no_types_and_the_run_says_so(office) -> None:
    """As in a refresh with --stichtag."""
    city_of(office, 10, 19, 40)
    typed = Typed(office, 10, 30, base="2030-12-31")

    assert typed.protect("typ_id") == {}
    assert typed.notes == [f"typology eigen left out: its base 2030-12-31 is after {DAY}, the newest Stichtag here"]


def test_a_unit_near_the_border_is_borderline_by_the_limit_of_the_file(office) -> None:
    city_of(office, 10, 19, 40)
    found = Typed(office, 10, 30, borderline=0.11).protect("typ_lage")
    assert found == {"A": ("klar",), "B": ("grenzfall",), "C": ("klar",)}


def test_a_suppressed_count_leaves_one_type_or_says_which_are_possible(office) -> None:
    """A small count and one for its sake are suppressed: the reader knows that both shares are 0 to 7 %."""
    city_of(office, 1, 6, 40, 50)
    typed = Typed(office, 1, 40)

    found = typed.protect("typ_status, typ_grund, typ_id, typ_abstand, grenzabstand, moegliche_typen")

    reason = "anteil_weiblich (geschuetzt)"
    assert found["A"] == ("geschuetzt", reason, "t0", None, pytest.approx(1.35), "t0")  # 7 is 13.5 below 20.5
    assert found["C"][2:] == ("t1", pytest.approx(0), pytest.approx(1.95), "t1")


def test_where_the_interval_crosses_a_border_there_is_no_type(office) -> None:
    city_of(office, 1, 6, 40, 50)
    found = Typed(office, 1, 6, 40).protect("typ_id, typ_lage, typ_sicherheit, moegliche_typen")
    assert found["A"] == (None, None, None, "t0 t1")


def test_a_missing_trait_is_a_status_with_its_reason(office) -> None:
    city_of(office, 10, 20, 30)
    office.con.execute(
        "UPDATE indikator_wert SET wert = NULL, zaehler = NULL, status = 'spaeter' "
        "WHERE raum_id = 'B' AND indikator_id = 'anteil_weiblich'"
    )

    found = Typed(office, 10, 30).protect("typ_status, typ_grund, typ_id, moegliche_typen")

    assert found["B"] == ("fehlt", "anteil_weiblich (spaeter)", None, None)


def test_a_unit_with_too_few_residents_gets_none(office) -> None:
    city_of(office, 10, 20, 30)
    office.con.execute("UPDATE indikator_wert SET zaehler = 90 WHERE raum_id = 'C' AND indikator_id = 'einwohner'")

    found = Typed(office, 10, 30, min_residents=95).protect("typ_status, typ_grund, typ_id")

    assert found["C"] == ("ausgelassen", "einwohner < 95", None)


def test_the_type_stands_beside_the_figures_of_each_sozialraum_and_the_definition_in_tables(office) -> None:
    city_of(office, 10, 19, 40)
    Typed(office, 10, 30).protect("typ_id")

    assert office.rows("sozialraum_jahr", "sozialraum_id, typ_id, typ_lage")[0] == ("A", "t0", "klar")
    assert office.rows("sozialraum_jahr_status", "sozialraum_id, typ_status")[0] == ("A", "ok")
    assert office.rows("typologie_zentrum", "typ_id, indikator_id, zentrum") == [
        ("t0", "anteil_weiblich", 10.0), ("t1", "anteil_weiblich", 30.0),
    ]  # fmt: skip
    assert office.rows("typologie_merkmal", "indikator_id, mittel, streuung") == [("anteil_weiblich", 20.0, 10.0)]


def test_a_city_without_types_has_empty_tables(office) -> None:
    city_of(office, 10, 19, 40)
    office.protect()

    assert [office.rows(name) for name in ("typologie", "typologie_typ", "typ", "typ_zuschnitt")] == [[]] * 4
    assert office.rows("sozialraum_jahr", "typ_id")[0] == (None,)


def test_the_run_notes_how_types_are_held_and_which_one_has_died_out(office) -> None:
    city_of(office, 10, 19, 40)
    for years in (1, 2):
        office.con.execute(
            f"INSERT INTO indikator_wert SELECT * REPLACE (stichtag - INTERVAL {years} YEAR AS stichtag) "
            f"FROM indikator_wert WHERE stichtag = DATE '{DAY}'"
        )
    typed = Typed(office, 10, 30, 90, borderline=0.11)
    typed.protect("typ_id")
    ended = Typed(office, 10, 30, 90, until=DAY)
    ended.protect("typ_id")

    assert not any("no unit is of type" in words for words in ended.notes), "an ended version is not fitted anew"
    assert typed.notes[0] == f"typology eigen on {DAY}: t0 2, t1 1, t2 0; 1 of 3 units are borderline"
    assert "no unit is of type t2 at the last 3 Stichtage" in typed.notes[1]
    assert "--fit" in typed.notes[1]


def test_a_version_ends_with_its_last_stichtag(office) -> None:
    city_of(office, 10, 19, 40)
    insert(office.con, "indikator_wert", [
        {"zuschnitt": NEW, "raumebene": "sozialraum", "raum_id": "A", "stichtag": "2021-12-31",
         "indikator_id": "anteil_weiblich", "wert": 10, "zaehler": 10, "nenner": 100, "status": "ok",
         "methode": "exact"},
    ])  # fmt: skip
    Typed(office, 10, 30, until=DAY).protect("typ_id")
    assert {str(day) for (day,) in office.rows("typ", "DISTINCT stichtag")} == {DAY}


@pytest.mark.parametrize(
    ("women", "middles", "keys", "said"),
    [
        (
            (10, 19, 40),
            (10, 30),
            {"base": "2018-12-31"},
            rf"eigen\.base: expected a Stichtag of {DAY}, found 2018-12-31",
        ),
        ((10, 19, 40), (10, 30), {"names": ("sgb2_quote",)}, r"eigen\.trait: .* found no figures of sgb2_quote"),
        ((20, 20, 20), (10, 30), {}, rf"eigen\.trait: .*anteil_weiblich that differ on {DAY}, found 20 everywhere"),
        ((10, 19, 40), (10, 20, 30, 40), {}, r"eigen\.type: .*\(3\), found 4 types"),
    ],
)
def test_what_cannot_be_applied_stops_the_publication_and_names_file_and_key(
    office, women, middles, keys, said
) -> None:
    city_of(office, *women)
    with pytest.raises(ConfigError, match=rf"types\.toml, typology\.{said}.*Nothing is published"):
        Typed(office, *middles, **keys).protect("typ_id")
