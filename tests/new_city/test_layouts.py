"""Layouts and formats that `new-city` sees: figures by year, units by name, Parquet, PX and JSON-stat."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from flows.app.new_city.delimited import delimited_table
from flows.app.new_city.look import looked_at
from flows.app.new_city.questions import Questions
from flows.app.new_city.tables import Table
from flows.app.new_city.workbooks import workbook_table
from flows.app.new_city.write_profile import write_profile
from flows.base.db import literal
from flows.profile.dialect import Dialect
from flows.profile.load import Profile, load_profile
from flows.profile.source import Source
from flows.stage.header_dates import days_of_columns
from flows.stage.read.header import header
from flows.stage.read.table import table_in


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def made(files: Path) -> Callable[[], Profile]:
    """Write the profile of what lies in the folder, and read it."""

    def profile() -> Profile:
        written = write_profile("neustadt", files, files.parent / "cities", Questions(yes=True))
        return load_profile("neustadt", written.folder)

    return profile


def counts(profile: Profile) -> Source:
    return next(each for each in profile.sources if each.matrix)


def table(folder: Path, text: str, name: str = "einwohner.csv") -> Table:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return delimited_table(path)


def columns_read(seen: Table) -> list[str]:
    """The columns as a refresh reads them with the dialect that was seen."""
    dialect = Dialect.model_validate(seen.dialect)
    return header(seen.name, table_in(seen.path, seen.name, dialect).rows(), dialect)[1]


# --- Figures by year ---

GRID = ";Einwohner;;Haushalte;\nNR;2021;2022;2021;2022\n101;1200;1210;600;601\n102;240;250;130;131\n"


def test_years_below_figures_are_a_header_row(files: Path) -> None:
    seen = table(files, GRID)

    assert seen.dialect["header_rows"] == 2
    assert seen.dialect["merged_headers"] is True
    assert seen.columns == ["NR", "Einwohner", "Haushalte"]
    assert seen.header_days is not None
    assert (seen.header_days.format, seen.header_days.texts) == ("%Y", ["2021", "2022"])
    assert seen.delivered == columns_read(seen)
    assert [cells for _, cells in seen.rows] == [["101", "1210", "601"], ["102", "250", "131"]]


def test_figures_below_years_and_dates_are_too(files: Path) -> None:
    text = "NR;2021;;2022;\n;Einwohner;Haushalte;Einwohner;Haushalte\n101;1;2;3;4\n102;5;6;7;8\n"
    years = table(files, text, "jahre.csv")
    dates = table(files, GRID.replace("2021", "31.12.2021").replace("2022", "31.12.2022"))

    assert years.columns == dates.columns == ["NR", "Einwohner", "Haushalte"]
    assert years.rows[0][1] == ["101", "3", "4"]
    assert dates.header_days is not None
    assert dates.header_days.format == "%d.%m.%Y"
    assert years.delivered == columns_read(years)


def test_merged_cells_of_a_workbook_are_read_as_a_refresh_reads_them(files: Path) -> None:
    with xlsxwriter.Workbook(files / "ew.xlsx") as book:
        sheet = book.add_worksheet("Daten")
        sheet.write("A2", "NR")
        sheet.merge_range("B1:C1", "Einwohner")
        sheet.merge_range("D1:E1", "Haushalte")
        for number, row in enumerate([[2021, 2022, 2021, 2022], [1200, 1210, 600, 601], [240, 250, 130, 131]], start=1):
            sheet.write_row(number, 1, row)
        sheet.write_column("A3", ["101", "102"])

    seen = workbook_table(files / "ew.xlsx")

    assert seen.columns == ["NR", "Einwohner", "Haushalte"]
    assert "merged_headers" not in seen.dialect
    assert seen.delivered == columns_read(seen)


def test_a_first_row_with_figures_like_years_is_a_row(files: Path) -> None:
    seen = table(files, "GEBIET;EW;HH\nNord;2019;1999\nMitte;240;130\nOst;77;30\n")

    assert seen.columns == ["GEBIET", "EW", "HH"]
    assert len(seen.rows) == 3


def test_a_profile_for_figures_by_year(files: Path, made) -> None:
    table(files, GRID)
    profile = made()
    source = counts(profile)

    assert source.stichtag is not None
    assert (source.stichtag.source, source.stichtag.format, source.stichtag.day) == ("header", "%Y", "12-31")
    assert source.matrix is not None
    assert source.matrix.merkmale == {"einwohner": ["Einwohner"], "haushalte": ["Haushalte"]}
    assert str(profile.city.zuschnitt[0].valid_from) == "2021-12-31"
    days = days_of_columns(source, "einwohner.csv", files / "einwohner.csv", [])
    assert [sorted(columns.values()) for columns in days.values()] == [["Einwohner", "Haushalte"]] * 2
    assigning = next(each.assignment for each in profile.sources if each.assignment)
    assert assigning is not None
    assert assigning.ignore == [f"{figure} / {year}" for figure in ("Einwohner", "Haushalte") for year in (2021, 2022)]


@pytest.mark.parametrize(
    ("name", "above"), [("einwohner_2021_bis_2022.csv", ""), ("tabelle.csv", "Einwohner nach Quartieren;;\n")]
)
def test_one_figure_by_year_is_what_the_title_or_the_name_of_the_file_says(
    files: Path, made, name: str, above: str
) -> None:
    table(files, f"{above}NR;2021;2022\n101;1200;1210\n102;240;250\n", name)
    source = counts(made())

    assert source.matrix is not None
    assert source.matrix.merkmale == {"einwohner": ["Werte"]}


# --- Units by name ---

NAMED = "NR;NAME;EW\n101;Altstadt;1200\n102;Süd;300\n103;Ost;4000\n"


def test_a_table_of_names_is_joined_by_those_of_another(files: Path, made) -> None:
    (files / "ew_2023.csv").write_text(NAMED, encoding="utf-8")
    (files / "we_2023.csv").write_text("GEBIET;Wohnungen\nAltstadt;10\nSüd;20\n", encoding="utf-8")

    by_name = next(each for each in made().sources if each.matrix and "wohnungen" in each.merkmale)

    assert by_name.matrix is not None
    assert (by_name.matrix.unit, by_name.matrix.unit_by_name) == ("GEBIET", "sozialraum")


def test_a_table_with_a_name_that_no_unit_has_is_left_out_with_the_key_that_helps(files: Path, made) -> None:
    (files / "ew_2023.csv").write_text(NAMED, encoding="utf-8")
    (files / "we_2023.csv").write_text("GEBIET;Wohnungen\nAltstadt;10\nSüd;20\nHafen;30\n", encoding="utf-8")

    profile = made()

    assert [each.merkmale for each in profile.sources if each.matrix] == [{"einwohner"}]
    told = " ".join((profile.folder / "sources.toml").read_text(encoding="utf-8").replace("#", " ").split())
    assert "no unit of ew_2023.csv is called Hafen" in told
    assert "say in its `unit_lookup` which units these are" in told


def test_names_are_joined_to_the_ids_of_polygons(files: Path, made) -> None:
    square = [[[7.0, 51.0], [7.1, 51.0], [7.1, 51.1], [7.0, 51.0]]]
    features = [
        {"type": "Feature", "properties": {"QNR": number, "QNAME": name},
         "geometry": {"type": "Polygon", "coordinates": square}}
        for number, name in (("101", "Altstadt"), ("102", "Süd"))
    ]  # fmt: skip
    collection = {"type": "FeatureCollection", "features": features}
    (files / "quartiere.geojson").write_text(json.dumps(collection), encoding="utf-8")
    (files / "ew_2023.csv").write_text("GEBIET;EW\nAltstadt;1200\nSüd;300\n", encoding="utf-8")

    profile = made()
    source, polygons = counts(profile), next(each.geometry for each in profile.sources if each.geometry)

    assert source.matrix is not None
    assert source.matrix.unit_by_name == "sozialraum"
    assert polygons is not None
    assert (polygons.id_property, polygons.names) == ("QNR", {"sozialraum": "QNAME"})
    assert profile.city.base["einheit"].id_pattern == r"\d{3}"


# --- Formats ---

PX = """CHARSET="ANSI";
CODEPAGE="iso-8859-15";
CONTENTS="Einwohner";
STUB="Quartier";
HEADING="Geschlecht","Jahr";
VALUES("Quartier")="Nord","Süd","Ost";
VALUES("Geschlecht")="männlich","weiblich";
VALUES("Jahr")="2021","2022";
CODES("Quartier")="101","102","103";
DATA=
10 11 12 13
20 21 22 23
30 31 32 33;
"""
JSON = {
    "class": "dataset", "label": "Einwohner", "id": ["quartier", "geschlecht", "jahr"], "size": [3, 2, 2],
    "dimension": {
        "quartier": {"category": {"index": ["101", "102", "103"],
                                  "label": {"101": "Nord", "102": "Süd", "103": "Ost"}}},
        "geschlecht": {"category": {"index": ["m", "w"], "label": {"m": "männlich", "w": "weiblich"}}},
        "jahr": {"category": {"index": ["2021", "2022"]}},
    },
    "value": [10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "form", "unit"),
    [
        ("ew.px", PX.encode("iso-8859-15"), "px", "Quartier (code)"),
        ("ew.json", json.dumps(JSON).encode(), "json-stat", "quartier (code)"),
    ],
)
def test_a_cube_is_a_long_table_of_what_it_calls_its_figures(
    files: Path, made, name: str, content: bytes, form: str, unit: str
) -> None:
    (files / name).write_bytes(content)
    source = counts(made())

    assert source.matrix is not None
    assert (source.dialect.format, source.matrix.unit) == (form, unit)
    assert source.dialect.long is not None
    assert source.dialect.long.value == "value"
    assert {"einwohner", "weiblich"} <= source.merkmale
    assert source.stichtag is not None
    assert (source.stichtag.source, source.stichtag.format) == ("column", "%Y")


def test_a_parquet_file_is_a_table(files: Path, made) -> None:
    with duckdb.connect() as con:
        path = literal(str(files / "ew_2023.parquet"))
        con.execute(f"COPY (FROM (VALUES ('101', 1200), ('102', 300)) AS t (NR, EW)) TO {path} (FORMAT parquet)")
    source = counts(made())

    assert (source.dialect.format, source.merkmale) == ("parquet", {"einwohner"})


@pytest.mark.parametrize("name", ["ew.px", "ew.parquet"])
def test_a_file_that_is_not_of_its_format_is_left_out_with_the_reason(files: Path, name: str) -> None:
    (files / name).write_text("NR;EW\n101;5\n", encoding="utf-8")

    (reason,) = looked_at(files).left_out.values()

    assert "expected a P" in reason
