"""A map of an index hatches what is not sure, and says no rank where ranks overlap."""

from __future__ import annotations

import re

import pytest

from flows.app.commands.reading import map_
from flows.base.errors import ConfigError
from flows.pages.index_map import colours_of, index_map_of
from tests.publish.comparing import built

DATABASE = "fortschreibung.duckdb"


def test_a_unit_has_the_colour_of_its_class_and_is_hatched_where_another_may_be_it(first) -> None:
    picture = index_map_of(first / DATABASE, "bedarf")

    assert "Bei 1 von 3 Sozialräumen ist die Klasse zu 90 % sicher." in picture
    assert "<title>Sozialraum 011001: nicht erhöht, Rang 2</title>" in picture
    assert "<title>Sozialraum 012001: nicht erhöht oder hoch, Rang 1 bis 2</title>" in picture
    assert picture.count('fill="url(#unsicher)"') == 2
    assert "hoch (1)" in picture
    assert "nicht erhöht (2)" in picture
    assert "Klasse nicht sicher (2)" in picture


def test_a_unit_without_index_says_why(city) -> None:
    gone = "SELECT * REPLACE (CASE WHEN raum_id = '011001' THEN NULL ELSE klasse END AS klasse, " \
           "CASE WHEN raum_id = '011001' THEN NULL ELSE klassen_90 END AS klassen_90, " \
           "CASE WHEN raum_id = '011001' THEN 'ausgelassen' ELSE index_status END AS index_status, " \
           "CASE WHEN raum_id = '011001' THEN 'Heim' ELSE index_grund END AS index_grund) FROM it"  # fmt: skip
    picture = index_map_of(
        built(city, "gone", index_wert=gone, index_sicherheit="FROM it WHERE raum_id <> '011001'") / DATABASE, "bedarf"
    )

    assert "<title>Sozialraum 011001: ohne Index (Heim)</title>" in picture
    assert "ohne Index: ausgelassen (1)" in picture


@pytest.mark.parametrize(
    ("asked", "refused"),
    [(("rang",), "--index: expected one of bedarf"), (("bedarf", "2001-12-31"), "Expected a Stichtag with the index")],
)
def test_what_the_release_does_not_have_is_named(first, asked: tuple[str, ...], refused: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        index_map_of(first / DATABASE, *asked)
    assert refused in str(refusal.value)


@pytest.mark.parametrize("asked", [{}, {"indikator": "einwohner", "index": "bedarf"}])
def test_a_map_is_of_an_indikator_or_of_an_index(asked: dict) -> None:
    with pytest.raises(ConfigError, match="map: expected an Indikator, or --index INDEX"):
        map_("kleinstadt", **asked)


def test_a_long_entry_of_the_legend_takes_two_lines(city) -> None:
    long = "Bedarf, der weit über dem der übrigen Räume liegt"
    named = f"SELECT * REPLACE (CASE klasse WHEN 2 THEN '{long}' ELSE label_de END AS label_de) FROM it"
    picture = index_map_of(built(city, "long", index_klasse=named) / DATABASE, "bedarf")
    lines = re.findall(r'<text x="56" y="(\d+)">([^<]*)</text>', picture)
    assert ("14", "Bedarf, der weit über dem der") in lines
    assert ("31", "übrigen Räume liegt (1)") in lines


@pytest.mark.parametrize("classes", [1, 2, 3, 6])
def test_every_class_has_a_colour_of_its_own(classes: int) -> None:
    assert len(set(colours_of(classes))) == classes
