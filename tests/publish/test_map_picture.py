"""A map says what its colours mean, how many units have each, and why a unit has none."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import duckdb
import pytest

from flows.base.db import literal
from flows.base.errors import ConfigError
from flows.pages.map_picture import map_of
from flows.release.map_classes import MORE
from tests.publish.comparing import built


@pytest.fixture
def drawn(city):
    """The map of an Indikator of the tiny city, whose figures are a query over the table `it`."""

    def draw(shown: str, figures: str = "FROM it", **tables: str) -> str:
        release = built(city, f"map{draw.made}", figures=figures, **tables)
        draw.made += 1
        return map_of(release / "fortschreibung.duckdb", shown)

    draw.made = 0
    return draw


def test_a_map_counts_the_units_of_each_class_and_says_why_one_has_no_figure(drawn):
    picture = drawn("sgb2_quote")
    assert "2 von 3 Sozialräumen mit Zahl." in picture
    assert "bis 8,3 % (1)" in picture
    assert "über 8,3 bis 12,0 % (1)" in picture
    assert "geheim (1)" in picture
    assert "<title>Sozialraum 011002: geheim</title>" in picture


def test_a_unit_without_a_row_is_drawn_and_called_not_delivered(drawn):
    picture = drawn("sgb2_quote", "FROM it WHERE NOT (raum_id = '012001' AND indikator_id = 'sgb2_quote')")
    assert "<title>Sozialraum 012001: nicht geliefert</title>" in picture
    assert "nicht geliefert (1)" in picture


def test_a_label_may_hold_any_sign(drawn):
    label = """Anteil "Single"-Haushalte <1 & 'andere'"""
    picture = drawn("sgb2_quote", indikator=f"SELECT * REPLACE ({literal(label)} AS label_de) FROM it")
    assert ElementTree.fromstring(picture).get("aria-label") == label


def test_counts_are_circles(drawn):
    picture = drawn("einwohner")
    assert picture.count("<circle") == 3 + 3, "one a unit, and three in the legend"
    assert "1.200 Personen" in picture


def test_estimates_have_a_dashed_line_and_their_interval(drawn):
    estimated = "SELECT * REPLACE ('overlap' AS methode, 1.5 AS unsicherheit) FROM it"
    picture = drawn("sgb2_quote", estimated)
    assert picture.count("stroke-dasharray") == 2
    assert "8,3 % ± 1,5 (geschätzt)" in picture
    assert "2 von 3 Sozialräumen mit Zahl, 2 geschätzt." in picture


def test_changes_part_at_zero(drawn):
    changed = "SELECT * REPLACE ('veraenderung' AS typ) FROM it"
    picture = drawn("sgb2_quote", "SELECT * REPLACE (wert - 10 AS wert) FROM it", indikator=changed)
    assert "bis unter 0,0 % (1)" in picture
    assert f'fill="{MORE[0]}"' in picture or f'fill="{MORE[1]}"' in picture


def test_the_distance_from_the_city_parts_at_its_figure(city):
    release = built(city, "distance") / "fortschreibung.duckdb"
    picture = map_of(release, "sgb2_quote", distance=True)
    assert "SGB-II-Quote: Abstand von der Stadt (6,2 %)" in picture
    assert "<title>Sozialraum 011001: 2,1 Prozentpunkte</title>" in picture
    assert "<title>Sozialraum 012001: 5,8 Prozentpunkte</title>" in picture
    assert "<title>Sozialraum 011002: geheim</title>" in picture
    assert set(re.findall(r'<path [^>]*fill="(#\w+)"', picture)) <= set(MORE), "both are above the city"


@pytest.mark.parametrize(
    ("shown", "figures", "refused"),
    [
        ("einwohner", "FROM it", "which is a count or a change"),
        ("sgb2_quote", "FROM it WHERE raumebene <> 'stadt'", "a figure of the whole city on 2024-12-31, found none"),
    ],
)
def test_without_a_figure_of_the_city_that_can_be_compared_there_is_no_distance(city, shown, figures, refused):
    release = built(city, "none", figures=figures) / "fortschreibung.duckdb"
    with pytest.raises(ConfigError, match=refused):
        map_of(release, shown, distance=True)


def test_an_indikator_that_is_not_there_names_those_that_are_alike(drawn):
    with pytest.raises(ConfigError, match="Did you mean: sgb2_quote"):
        drawn("sgb2_quota")


def test_a_release_without_outlines_has_no_map(drawn):
    with pytest.raises(ConfigError, match="no map can be drawn"):
        drawn("sgb2_quote", sozialraum="SELECT * REPLACE (NULL::BLOB AS geometrie) FROM it")


def test_a_map_of_schema_1_shows_the_newest_zuschnitt(city, drawn):
    release = built(city, "older")
    with duckdb.connect(str(release / "fortschreibung.duckdb")) as con:
        con.execute("INSERT INTO wert SELECT * REPLACE ('2010-01-01' AS zuschnitt) FROM wert")
    assert "3 von 3" in map_of(release / "fortschreibung.duckdb", "einwohner")


def test_an_indikator_is_found_by_the_words_of_its_readers(drawn):
    with pytest.raises(ConfigError, match=r"Did you mean: sgb2_quote\?"):
        drawn("kinderarmut")
