"""Workbook and GeoPackage of a redrawn city: nothing counts twice, no estimate looks counted, each gap has a reason."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pyogrio
import pytest
import python_calamine

from flows.publish.build import build
from flows.release.catalog import DATABASE
from flows.release.job import Setting
from tests.publish.comparing import BEFORE, MOVED, REDRAWN, TODAY, wide

SHEETS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture(scope="module")
def release(redrawn_release: Path) -> Path:
    return redrawn_release


@pytest.fixture
def geopackage(release: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(release / "geo" / "sozialraum.gpkg")) as file:
        yield file


def sheet(release: Path, name: str) -> list[list[object]]:
    book = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx"))
    return book.get_sheet_by_name(name).to_python()


def column(release: Path, name: str, of: str) -> list[object]:
    head, *rows = sheet(release, name)[3:]
    return [row[head.index(of)] for row in rows]


def test_a_sheet_of_figures_holds_each_stichtag_once_whatever_the_raumebene(release: Path) -> None:
    assert column(release, "stadt_jahr", "stichtag") == [dt.date(2024, 12, 31), dt.date(2023, 12, 31)]
    for level in ("sozialraum", "stadtteil", "stadt"):
        assert set(column(release, f"{level}_jahr", "zuschnitt")) == {TODAY}
        assert sum(column(release, f"{level}_jahr", "einwohner")) == 2600 + 2500


def test_the_same_figures_on_other_zuschnitte_stand_at_the_end_under_a_warning(release: Path) -> None:
    names = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx")).sheet_names
    assert names[-3:] == ["sozialraum_zuschnitt", "stadtteil_zuschnitt", "stadt_zuschnitt"]
    assert sheet(release, "stadt_zuschnitt")[0][0].startswith("NICHT MIT stadt_jahr ZUSAMMENZÄHLEN!")
    assert set(column(release, "stadt_zuschnitt", "zuschnitt")) == {BEFORE}


def test_an_estimate_has_another_face_and_its_row_says_how_it_was_estimated(release: Path) -> None:
    assert column(release, "stadt_jahr", "methode") == ["gezählt", "an Zählungen angepasst"]
    assert [italic(release, "stadt_jahr", place) for place in ("F5", "F6")] == [False, True]
    assert not any(italic(release, "stadt_zuschnitt", place) for place in ("F5", "F6"))


@pytest.mark.thorough
def test_an_indikator_without_any_figure_has_no_column_and_is_listed(city_in: type, tmp_path: Path) -> None:
    city = city_in(tmp_path)
    folder = city.run("without")
    without = "FROM it WHERE NOT (indikator_id = 'wohnflaeche_je_einwohner' AND raumebene <> 'stadt')"
    city.rewrite(folder, "wert", without)
    for table, query in wide(f"FROM '{folder / 'wert.parquet'}'").items():
        city.rewrite(folder, table, query)
    target = tmp_path / "built"
    build(city.job().write(folder), target, Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)))
    assert "wohnflaeche_je_einwohner" not in sheet(target, "sozialraum_jahr")[3]
    assert "wohnflaeche_je_einwohner" in sheet(target, "stadt_jahr")[3]
    assert sheet(target, "ohne_zahl")[4][:5] == [
        "wohnflaeche_je_einwohner", "Wohnfläche je Einwohner", "m²", "sozialraum_jahr, stadtteil_jahr",
        "nicht geliefert",
    ]  # fmt: skip


def test_layers_are_multipolygons_one_for_each_zuschnitt(release: Path) -> None:
    path = release / "geo" / "sozialraum.gpkg"
    assert [tuple(each) for each in pyogrio.list_layers(path)] == [
        ("sozialraum", "MultiPolygon"), ("sozialraum_2020-01-01", "MultiPolygon"), ("sozialraum_jahr", None),
        ("sozialraum_status", None), ("layer_styles", None),
    ]  # fmt: skip
    today, before = (pyogrio.read_info(path, layer=name) for name in ("sozialraum", "sozialraum_2020-01-01"))
    assert today["features"] == before["features"] == 3
    assert before["crs"] == "EPSG:25832"
    assert tuple(before["total_bounds"]) == (350000.0, 5650000.0, 350300.0, 5650100.0)
    assert today["layer_metadata"]["IDENTIFIER"].startswith("Kleinstadt 2024.1, Sozialraum: Zuschnitt 2024-01-01")
    assert "Synthetische Daten" in today["layer_metadata"]["DESCRIPTION"]


def test_the_outlines_of_another_zuschnitt_are_those_of_the_release(release: Path) -> None:
    _, _, outlines, _ = pyogrio.raw.read(release / "geo" / "sozialraum.gpkg", layer="sozialraum_2020-01-01")
    with duckdb.connect(str(release / DATABASE), read_only=True) as con:
        polygons = con.execute(
            "SELECT geometrie FROM sozialraum WHERE zuschnitt = ? ORDER BY sozialraum_id", [BEFORE]
        ).fetchall()
    one_part = b"\x01\x06\x00\x00\x00\x01\x00\x00\x00"  # WKB: a multipolygon of one polygon, which follows
    assert [bytes(each) for each in outlines] == [one_part + polygon for (polygon,) in polygons]


def test_all_stichtage_are_reachable_beside_the_layer(geopackage: sqlite3.Connection) -> None:
    rows = geopackage.execute(
        "SELECT zuschnitt, stichtag, methode, einwohner, sgb2_quote FROM sozialraum_jahr WHERE sozialraum_id = '011002'"
    ).fetchall()
    assert rows == [
        (TODAY, "2023-12-31", "overlap", 900.0, None), (TODAY, "2024-12-31", "exact", 900.0, None),
    ]  # fmt: skip


def test_a_figure_that_is_missing_or_estimated_says_so_in_words(geopackage: sqlite3.Connection) -> None:
    rows = geopackage.execute(
        "SELECT stichtag, indikator_id, status, grund, unsicherheit FROM sozialraum_status "
        "WHERE sozialraum_id = '011002' ORDER BY 1, 2"
    ).fetchall()
    assert rows == [
        ("2023-12-31", "einwohner", "ok", "an Zählungen angepasst", 5.0),
        ("2023-12-31", "sgb2_quote", "geschuetzt", "geheim", None),
        ("2023-12-31", "wohnflaeche_je_einwohner", "ok", "an Zählungen angepasst", 5.0),
        ("2024-12-31", "sgb2_quote", "geschuetzt", "geheim", None),
    ]


def test_layer_and_geoparquet_say_method_and_what_is_missing(release: Path, geopackage: sqlite3.Connection) -> None:
    query = "SELECT sozialraum_id, methode, fehlt FROM {}"
    expected = [
        ("011001", "exact", None), ("011002", "exact", "sgb2_quote: geheim"), ("012001", "exact", None),
    ]  # fmt: skip
    assert geopackage.execute(query.format("sozialraum")).fetchall() == expected
    assert duckdb.sql(query.format(f"'{release / 'geo' / 'sozialraum.parquet'}'")).fetchall() == expected


def test_columns_have_labels_and_units(geopackage: sqlite3.Connection) -> None:
    labels = dict(
        geopackage.execute("SELECT column_name, name FROM gpkg_data_columns WHERE table_name = 'sozialraum'").fetchall()
    )
    assert labels["sgb2_quote"] == "SGB-II-Quote [%]"
    assert (labels["stadtteil_id"], labels["fehlt"]) == ("Nummer (Stadtteil)", "Fehlende Zahlen")
    assert ("gpkg_data_columns",) in geopackage.execute(
        "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"
    ).fetchall()


def test_qgis_is_told_how_to_colour_the_layer_and_what_is_missing(geopackage: sqlite3.Connection) -> None:
    ((layer, by_default, qml),) = geopackage.execute(
        "SELECT f_table_name, useAsDefault, styleQML FROM layer_styles"
    ).fetchall()
    assert (layer, by_default) == ("sozialraum", 1)
    rules = {rule.get("label"): rule.get("filter") for rule in ElementTree.fromstring(qml).iter("rule")}
    assert rules["bis 8,3 %"] == '"sgb2_quote" <= 8.333333'
    assert rules["über 8,3 bis 12,0 %"] == '"sgb2_quote" > 8.333333 AND "sgb2_quote" <= 12.0'
    assert rules["keine Zahl: geheim"] == "\"sgb2_quote\" IS NULL AND '; ' || \"fehlt\" LIKE '%; sgb2_quote: geheim%'"


def italic(release: Path, name: str, place: str) -> bool:
    """Whether the cell at `place` of the sheet is written in italics."""
    book = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx"))
    with zipfile.ZipFile(release / "fortschreibung.xlsx") as archive:
        number = book.sheet_names.index(name) + 1
        cells = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    cell = cells.find(f".//m:c[@r='{place}']", SHEETS)
    assert cell is not None
    font = styles.findall("m:cellXfs/m:xf", SHEETS)[int(cell.get("s", "0"))].get("fontId", "0")
    return styles.findall("m:fonts/m:font", SHEETS)[int(font)].find("m:i", SHEETS) is not None


def test_the_release_says_what_its_redraw_did_with_names_and_most_residents_first(release: Path) -> None:
    report = json.loads((release / "umbau.json").read_bytes())
    page = (release / "umbau.html").read_text("utf-8")

    assert (report["von_zuschnitt"], report["nach_zuschnitt"], report["release"]) == (BEFORE, TODAY, "2024.1")
    assert [change["residents_moved"] for change in report["changes"]] == [300, 100]
    assert report["changes"][0]["before"][0]["name"] == "Sozialraum 011002"
    assert "Sozialraum 011002: " in page
    assert '<a href="index.html">' in page


def test_the_first_page_leads_to_the_report_of_the_redraw(release: Path) -> None:
    assert 'href="umbau.html"' in (release / "index.html").read_text("utf-8")
    assert (release / "umbau.html").is_file()


@pytest.mark.thorough
def test_a_redraw_without_outlines_has_a_report_without_a_map(city, tmp_path: Path) -> None:
    folder = city.run("bare")
    without = f"SELECT * REPLACE (NULL::BLOB AS geometrie) FROM ({REDRAWN['sozialraum']})"
    for table, query in {**REDRAWN, "sozialraum": without, "raum_ereignis": MOVED}.items():
        city.rewrite(folder, table, query)
    job = city.job().model_copy(update={"zuschnitt": TODAY})
    build(
        job.write(folder), tmp_path / "out", Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
    )
    assert "teil" in (tmp_path / "out" / "umbau.html").read_text("utf-8")
