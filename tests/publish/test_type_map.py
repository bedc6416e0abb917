"""A map of types has a colour for each, hatches what is borderline, and names the types that are possible."""

from __future__ import annotations

import pytest

from flows.app.commands.reading import map_
from flows.app.types_of_release import types_of
from flows.base.errors import ConfigError
from flows.pages.type_lines import crossed_lines, types_lines
from flows.pages.type_map import type_map_of

DATABASE = "fortschreibung.duckdb"


def test_a_unit_has_the_colour_of_its_type_and_is_hatched_where_it_is_borderline(first) -> None:
    picture = type_map_of(first / DATABASE, "siedlung")

    assert "Bei 1 von 3 Sozialräumen ist der Typ klar." in picture
    assert "<title>Sozialraum 011001: Weit</title>" in picture
    assert "<title>Sozialraum 012001: Eng (Grenzfall)</title>" in picture
    assert "<title>Sozialraum 011002: Weit oder Eng (wohnflaeche_je_einwohner (geschuetzt))</title>" in picture
    assert picture.count('fill="url(#grenzfall)"') == 2  # the borderline unit, and that of which two types are possible
    for words in ("Weit (1)", "Eng (1)", "Grenzfall (1)", "mehrere Typen möglich (1)"):
        assert words in picture


@pytest.mark.parametrize(
    ("asked", "refused"),
    [(("lage",), "--types: expected one of siedlung"), (("siedlung", "2001-12-31"), "Expected a Stichtag with")],
)
def test_what_the_release_does_not_have_is_named(first, asked: tuple[str, ...], refused: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        type_map_of(first / DATABASE, *asked)
    assert refused in str(refusal.value)


def test_a_map_is_of_one_thing() -> None:
    with pytest.raises(ConfigError, match="--types TYPOLOGY, found 2 of them"):
        map_("kleinstadt", index="bedarf", types="siedlung")


def test_the_terminal_shows_types_units_and_what_is_possible(first, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    (found,) = types_of(first / DATABASE, None, "sozialraum", None)
    lines = [*types_lines(found.types, found.units), *crossed_lines(found.types, found.need)]

    assert lines[0] == "Weit (weit): Räume: 1, davon Grenzfälle: 0"
    assert "Mitte: Wohnfläche je Einwohner 45,0 m²" in lines[2]
    assert any("012001" in line and line.endswith("60,0 %  Grenzfall") for line in lines)
    assert any("möglich: Weit oder Eng" in line for line in lines)
    assert lines[-3].split() == ["Typ", "nicht", "erhöht", "hoch", "offen"]
    assert lines[-1].split() == ["Eng", "0", "1", "0"]


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        (("lage", "sozialraum"), "Expected a typology of siedlung"),
        ((None, "stadtteil"), "found siedlung and stadtteil"),
    ],
)
def test_a_typology_or_raumebene_that_is_not_there_is_named(first, asked, refused: str) -> None:
    with pytest.raises(ConfigError, match=refused):
        types_of(first / DATABASE, *asked, None)


def test_a_file_in_a_folder_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="--output: expected a file in a folder that is there"):
        map_("kleinstadt", types="siedlung", output=tmp_path / "none" / "x.svg")
