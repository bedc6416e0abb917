"""The codebook says of each typology what it compares, where its types lie, and what it is not for."""

from __future__ import annotations

import re
from dataclasses import replace

import duckdb

from flows.app.types_of_release import types_of
from flows.pages.codebook_model import codebook_page_from
from flows.pages.codebook_page import codebook_html
from flows.profile.load import load_profile
from flows.stage.catalogue import write_catalogue
from tests.publish.comparing import built

TABLES = ("typologie", "typologie_merkmal", "typologie_typ", "typologie_zentrum", "typ", "typ_zuschnitt")


def codebook(*, typed: bool) -> str:
    profile = load_profile("musterstadt")
    with duckdb.connect() as con:
        write_catalogue(con, profile if typed else replace(profile, typologies=()))
        con.execute(
            """
            CREATE TABLE katalog.raum_gesperrt (schutzklasse VARCHAR);
            CREATE TABLE katalog.ausstehend (indikator_id VARCHAR, merkmal VARCHAR, quelle VARCHAR);
            CREATE TABLE katalog.herkunft (merkmal VARCHAR, quelle VARCHAR, titel_de VARCHAR, titel_en VARCHAR,
                datei VARCHAR, tabelle VARCHAR)
            """
        )
        return codebook_html(codebook_page_from(con, "2024.1"))


def test_a_city_with_types_has_a_chapter_with_traits_types_and_limits() -> None:
    found = re.search(r'<article id="typologie-siedlung-1".*?</article>', codebook(typed=True), re.DOTALL)
    assert found is not None
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group()))

    assert "ln(1 + Einwohnerdichte" in text
    assert "Altbauquartiere" in text
    assert "7.819,0295" in text
    assert "nicht den Bedarf und nicht die Menschen" in text


def test_a_city_without_types_has_no_chapter() -> None:
    assert 'id="typen"' not in codebook(typed=False)


def test_a_release_of_a_city_without_types_has_none_to_show(city) -> None:
    release = built(city, "untyped", **dict.fromkeys(TABLES, "FROM it LIMIT 0"))
    assert types_of(release / "fortschreibung.duckdb", None, "sozialraum", None) == []
