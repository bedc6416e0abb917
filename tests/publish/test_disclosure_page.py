"""The report of what a release withholds, from tables of a few rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from flows.base.db import connect, use_spatial
from flows.base.german_numbers import percent
from flows.pages.about import About
from flows.pages.disclosure_page import colour, disclosure_html
from flows.pages.disclosure_report import DisclosureReport, disclosure_report

ABOUT = About("Kleinstadt", synthetic=True)
SQUARE = "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A release with two Sozialräume: `geburten` is suppressed in the smaller, and unknown in the city."""
    with connect() as con:
        use_spatial(con)
        con.execute(f"""
            CREATE TABLE raumebene AS FROM (VALUES ('sozialraum', 'Sozialraum', 1), ('stadt', 'Stadt', 2))
                AS e (raumebene, label_de, rang);
            CREATE TABLE indikator AS FROM (VALUES ('einwohner', 'Einwohner', 1), ('geburten', 'Geburten', 2))
                AS i (indikator_id, label_de, position);
            CREATE TABLE sozialraum AS SELECT '2020-01-01' AS zuschnitt, sozialraum_id,
                'Raum ' || sozialraum_id AS name, ST_AsWKB(ST_GeomFromText('{SQUARE}')) AS geometrie
                FROM (VALUES ('01'), ('02')) AS s (sozialraum_id);
            CREATE TABLE wert_alle AS SELECT '2020-01-01' AS zuschnitt, DATE '2024-12-31' AS stichtag, * FROM (VALUES
                ('sozialraum', '01', 'einwohner', 900.0, 'ok'), ('sozialraum', '02', 'einwohner', 100.0, 'ok'),
                ('sozialraum', '01', 'geburten', 12.0, 'ok'), ('sozialraum', '02', 'geburten', NULL, 'geschuetzt'),
                ('stadt', '0', 'einwohner', 1000.0, 'ok'), ('stadt', '0', 'geburten', NULL, 'unbekannt')
            ) AS w (raumebene, raum_id, indikator_id, wert, status);
            CREATE VIEW wert AS FROM wert_alle;
            CREATE TABLE merkmal_entzogen (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, merkmale VARCHAR);
        """)
        yield con


@pytest.fixture
def report(con: duckdb.DuckDBPyConnection) -> DisclosureReport:
    """The report of that release."""
    return disclosure_report(con, "Kleinstadt", "2024.1")


def test_each_raumebene_says_how_many_figures_are_suppressed(report: DisclosureReport) -> None:
    assert [(one.raumebene, one.werte, one.geschuetzt) for one in report.levels] == [
        ("sozialraum", 4, 1),
        ("stadt", 1, 0),
    ]


def test_each_indikator_says_for_which_share_of_the_residents_it_is_published(report: DisclosureReport) -> None:
    shares = {(one.raumebene, one.indikator_id): one.anteil_einwohner for one in report.indikatoren}
    assert shares == {
        ("sozialraum", "einwohner"): None,
        ("sozialraum", "geburten"): 0.9,
        ("stadt", "einwohner"): None,
    }


def test_a_figure_that_nobody_knows_is_not_withheld(report: DisclosureReport) -> None:
    assert ("stadt", "geburten") not in {(one.raumebene, one.indikator_id) for one in report.indikatoren}


def test_without_residents_no_share_of_them_is_named(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DELETE FROM wert_alle WHERE indikator_id = 'einwohner'")
    assert {one.anteil_einwohner for one in disclosure_report(con, "Kleinstadt", "2024.1").levels} == {None}


def test_the_page_names_the_places_of_suppressed_figures_and_shades_them(report: DisclosureReport) -> None:
    page = disclosure_html(report, ABOUT, "index.html")
    assert re.findall(r'fill="(#\w+)" fill-rule[^>]*><title>([^<]+)', page) == [
        (colour(0), "01 Raum 01: 0 von 2"),
        (colour(0.5), "02 Raum 02: 1 von 2"),
    ]
    assert "<td>Geburten</td>" in page
    assert "<td>Einwohner</td>" not in page


def test_the_page_says_of_how_many_counts_nothing_is_said(con: duckdb.DuckDBPyConnection) -> None:
    assert "merkmal_entzogen" not in disclosure_html(
        disclosure_report(con, "Kleinstadt", "2024.1"), ABOUT, "index.html"
    )
    con.execute("INSERT INTO merkmal_entzogen VALUES ('2020-01-01', 'sozialraum', '02', 'geburten')")
    report = disclosure_report(con, "Kleinstadt", "2024.1")
    assert report.withdrawn == 1
    assert "Über 1 Anzahlen" in disclosure_html(report, ABOUT, "index.html")


def test_a_city_without_outlines_has_the_tables_without_a_map(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE sozialraum SET geometrie = NULL")
    page = disclosure_html(disclosure_report(con, "Kleinstadt", "2024.1"), ABOUT, "index.html")
    assert "<svg" not in page
    assert "02 Raum 02" not in page
    assert "<tr><td>02" in page


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "0,0 %"), (0.0001, "< 0,1 %"), (0.0432, "4,3 %"), (0.99999, "> 99,9 %"), (1.0, "100,0 %"), (None, "")],
)
def test_a_little_is_not_written_as_nothing_nor_almost_all_as_all(share: float | None, written: str) -> None:
    assert percent(share) == written
