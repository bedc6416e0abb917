"""Layouts of tables that offices print: headings, merged cells, a name beside the id, more rows than one city has."""

from __future__ import annotations

import io
import json

import pytest
import xlsxwriter

from tests.stage.deliveries import FILE, RESIDENTS

MATRIX = 'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["{}"] }}{} }}'


def test_an_id_beside_the_name_is_found_by_its_pattern(stage_city, source) -> None:
    contract = MATRIX.format("EW", r""", unit_pattern = '(\d+) .*'""")
    text = "BBS;EW\n01100001 Altstadt;12\n01100002 Neu Stadt;7\nStadt;19\n"
    staged = stage_city(source("einwohner", contract), {FILE: text})
    assert staged.residents == RESIDENTS
    assert staged.quarantine == [(FILE, 4, "BBS", "Stadt")]
    assert staged.rows("SELECT kennungen_ergaenzt FROM stage.datei") == [(0,)]


def test_an_id_beside_the_name_gets_its_zeros_back(stage_city, source) -> None:
    contract = MATRIX.format("EW", r""", unit_digits = 8, unit_pattern = '(\d+) .*'""")
    staged = stage_city(source("einwohner", contract), {FILE: "BBS;EW\n1100001 Altstadt;12\n01100002 Au;7\n"})
    assert staged.residents == RESIDENTS
    assert staged.rows("SELECT kennungen_ergaenzt FROM stage.datei") == [(1,)]


@pytest.mark.parametrize("pattern", [r"(?=(\d{8})).*", r"(\d)\1.*"])
def test_a_pattern_of_ids_is_one_that_every_reader_knows(refusal, source, pattern: str) -> None:
    contract = MATRIX.format("EW", f", unit_pattern = '{pattern}'")
    assert "looks neither ahead nor back nor repeats a group" in refusal(source("einwohner", contract), {FILE: "x"})


def test_an_assignment_whose_pattern_finds_no_id_in_a_cell(refusal, source) -> None:
    contract = r"""assignment = { unit = "BBS", unit_pattern = '(?:Nr (\d+)|Rest)', units = { sozialraum = "SR" } }"""
    given = source("zuordnung", contract, file="'z.csv'", **SPACE)
    assert "line 3: expected in column BBS an id as `unit_pattern` says, found 'Rest'" in refusal(
        given, {"z.csv": "BBS;SR\nNr 01100001;011001\nRest;011002\n"}
    )


@pytest.mark.parametrize("pattern", [r"\d+ .*", r"(\d+) (.*)"])
def test_a_pattern_of_ids_has_one_group(refusal, source, pattern: str) -> None:
    contract = MATRIX.format("EW", f", unit_pattern = '{pattern}'")
    assert "expected a pattern with one group, which is the id" in refusal(source("einwohner", contract), {FILE: "x"})


def test_the_second_of_two_columns_of_one_name_has_a_number(stage_city, refusal, source) -> None:
    text = "BBS;insgesamt;Insgesamt;insgesamt\n01100001;1;12;3\n01100002;1;7;3\n"
    contract = MATRIX.format("Insgesamt (2)", ', ignore = ["insgesamt", "insgesamt (3)"]')
    assert stage_city(source("einwohner", contract, dialect="{ number_headers = true }"), {FILE: text}).residents == (
        RESIDENTS
    )
    assert "`number_headers = true`" in refusal(source("einwohner", contract), {FILE: text})


def test_merged_header_cells_of_a_text_file_run_on_to_the_right(stage_city, source) -> None:
    text = "BBS;2021;;2022;\n;M;W;M;W\n01100001;1;2;10;2\n01100002;1;2;3;4\n"
    contract = MATRIX.format('2022 / M", "2022 / W', ', ignore = ["2021 / M", "2021 / W"]')
    dialect = "{ header_rows = 2, merged_headers = true }"
    assert stage_city(source("einwohner", contract, dialect=dialect), {FILE: text}).residents == RESIDENTS


def test_a_blank_cell_has_the_text_above_it_where_the_profile_says_so(stage_city, source) -> None:
    contract = (
        '[source.einwohner.dialect]\ncarry_down = ["BBS"]\n[source.einwohner.dialect.long]\nvalue = "EW"\n'
        '[source.einwohner.dialect.long.columns]\nm = { SEX = "m" }\nw = { SEX = "w" }\n'
        '[source.einwohner.matrix]\nunit = "BBS"\nmerkmale = { einwohner = ["m", "w"] }\n'
    )
    text = "BBS;SEX;EW\n01100001;m;5\n;w;7\n\n01100002;m;3\n;w;4\n"
    staged = stage_city(source("einwohner", contract), {FILE: text})
    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 5, 4, 0, 1)]


def test_a_column_to_carry_down_that_is_not_there_is_told(refusal, source) -> None:
    message = refusal(source("einwohner", dialect='{ carry_down = ["NR"] }'), {FILE: "BBS;EW\n01100001;12\n"})
    assert "expected the columns of `carry_down`, found none called 'NR'" in message


def test_headings_of_sections_are_left_out_and_pick_rows(stage_city, source) -> None:
    contract = MATRIX.format("EW", ', only = { BEZIRK = ["Bezirk 1"] }')
    text = "BBS;EW\nBezirk 1;\n01100001;12\n01100002;7\nBezirk 2\n01100003;5\n"
    staged = stage_city(source("einwohner", contract, dialect='{ section = "BEZIRK" }'), {FILE: text})
    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 5, 2, 0, 3)]
    assert staged.rows("SELECT regel, zeilen FROM stage.entfallen ORDER BY 1") == [("other rows", 1), ("section", 2)]


def test_a_row_with_a_figure_is_no_heading(stage_city, source) -> None:
    text = "BBS;EW\nBezirk 1;19\n01100001;12\n01100002;7\n"
    staged = stage_city(source("einwohner", dialect='{ section = "BEZIRK" }'), {FILE: text})
    assert staged.quarantine == [(FILE, 2, "BBS", "Bezirk 1")]


def test_a_unit_without_a_figure_is_no_heading(refusal, source) -> None:
    text = "BBS;EW\nBezirk 1;\n01100001;12\n01100002;\n01100003;5\n"
    message = refusal(source("einwohner", dialect='{ section = "BEZIRK" }'), {FILE: text})
    assert f"File {FILE}, line 4: expected the heading of a section" in message
    assert "found '01100002', which is written like a unit's id" in message


def test_a_sign_for_blank_cells_and_headings_exclude_each_other(refusal, source) -> None:
    dialect = '{ section = "BEZIRK", missing = { "" = "unbekannt" } }'
    assert "cannot be a heading and a unit whose figures are blank" in refusal(
        source("einwohner", dialect=dialect), {FILE: "BBS;EW\n"}
    )


@pytest.mark.parametrize("name", ["EW", "zeile"])
def test_the_column_of_headings_is_a_new_one(refusal, source, name: str) -> None:
    dialect = f'{{ section = "{name}" }}'
    assert f"expected in `section` the name of a new column for the headings, found '{name}'" in refusal(
        source("einwohner", dialect=dialect), {FILE: "BBS;EW\nBezirk 1;\n01100001;1\n"}
    )


def test_nothing_is_carried_down_into_another_section(stage_city, source) -> None:
    contract = MATRIX.format("EW", ', only = { ART = ["a"] }')
    text = "BBS;ART;EW\nBezirk 1;;\n01100001;a;12\n01100002;;7\nBezirk 2;;\n01100003;;5\n"
    dialect = '{ section = "BEZIRK", carry_down = ["ART"] }'
    assert stage_city(source("einwohner", contract, dialect=dialect), {FILE: text}).residents == RESIDENTS


# --- A file of the whole country ---

COUNTRY = 'only = { COUNCIL = ["Here"] }, drop = [{ column = "BBS", equals = ["Summe"], rule = "total row" }]'
SPACE = {"stichtag": "", "zuschnitt": "2020-01-01"}


def test_an_assignment_of_a_country_is_cut_to_one_city(stage_city, source) -> None:
    contract = f'assignment = {{ unit = "BBS", units = {{ sozialraum = "SR" }}, {COUNTRY} }}'
    text = "BBS;SR;COUNCIL\n01100001;011001;Here\nS2;S;Elsewhere\nSumme;;Here\n"
    staged = stage_city(source("zuordnung", contract, file="'z.csv'", **SPACE), {"z.csv": text})
    assert staged.rows("SELECT DISTINCT basis_id FROM stage.zuordnung") == [("01100001",)]
    assert staged.files == [("z.csv", 3, 1, 0, 2)]
    assert staged.rows("SELECT regel, zeilen FROM stage.entfallen ORDER BY 1") == [("other rows", 1), ("total row", 1)]


def test_an_assignment_finds_the_id_beside_the_name(stage_city, refusal, source) -> None:
    contract = r"""assignment = { unit = "BBS", unit_pattern = '(\d+) .*', units = { sozialraum = "SR" } }"""
    given = source("zuordnung", contract, file="'z.csv'", **SPACE)
    staged = stage_city(given, {"z.csv": "BBS;SR\n01100001 Altstadt;011001\n"})
    assert staged.rows("SELECT DISTINCT basis_id FROM stage.zuordnung") == [("01100001",)]
    assert "line 2: expected in column BBS an id" in refusal(given, {"z.csv": "BBS;SR\nAltstadt;011001\n"})


def test_names_of_a_country_are_cut_to_one_city(stage_city, source) -> None:
    contract = (
        'names = { level = "EBENE", id = "NR", name = "NAME", levels = { Teil = "stadtteil" }, '
        'only = { COUNCIL = ["Here"] } }'
    )
    text = "EBENE;NR;NAME;COUNCIL\nTeil;01;Nord;Here\nLand;9;Land;Elsewhere\n"
    staged = stage_city(source("namen", contract, file="'n.csv'", **SPACE), {"n.csv": text})
    assert staged.rows("SELECT raum_id, name FROM stage.raum_name WHERE raumebene = 'stadtteil'") == [("01", "Nord")]
    assert staged.files == [("n.csv", 2, 1, 0, 1)]


def country(*councils: str) -> str:
    features = [
        {
            "type": "Feature", "properties": {"BBS": f"0110000{n}", "COUNCIL": council},
            "geometry": {"type": "Polygon", "coordinates": [
                [[x, 5650000], [x + 100, 5650000], [x + 100, 5650100], [x, 5650000]]
            ]},
        }
        for n, council in enumerate(councils) for x in [350000 + 200 * n]
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.slow
def test_polygons_of_a_country_are_cut_to_one_city(stage_city, refusal, source) -> None:
    contract = 'geometry = { id_property = "BBS", crs = "EPSG:25832", only = { COUNCIL = ["Here"] } }'
    given = source("raum", contract, file="'r.geojson'", stichtag="", dialect='{ format = "geojson" }')
    staged = stage_city(given, {"r.geojson": country("Here", "Elsewhere", "Here")})
    assert staged.rows("SELECT basis_id FROM stage.geometrie ORDER BY 1") == [("01100000",), ("01100002",)]
    assert staged.files == [("r.geojson", 3, 2, 0, 1)]
    assert "found only such as a rule leaves out" in refusal(given, {"r.geojson": country("Elsewhere")})
    assert "found none called COUNCIL" in refusal(given, {"r.geojson": country("Here").replace("COUNCIL", "C")})


# --- A column for each Stichtag ---

YEARS = '{ source = "header", format = "%Y", day = "12-31" }'
FIGURES = "SELECT year(stichtag), basis_id, wert FROM stage.zaehlung ORDER BY ALL"


def test_columns_called_by_years_are_one_figure_at_several_stichtage(stage_city, source) -> None:
    contract = MATRIX.format("EW", ', ignore = ["NAME"]')
    text = "BBS;NAME;2021;2022\n01100001;a;11;12\n01100002;b;6;x\n01100003;c;1;2\n"
    staged = stage_city(source("einwohner", contract, stichtag=YEARS), {FILE: text})
    assert staged.rows(FIGURES) == [
        (2021, "01100001", 11), (2021, "01100002", 6), (2021, "01100003", 1), (2022, "01100001", 12),
        (2022, "01100002", None), (2022, "01100003", 2),
    ]  # fmt: skip
    assert staged.quarantine == [(FILE, 3, "EW", "x")]
    assert staged.files == [(FILE, 6, 5, 1, 0)]
    assert staged.rows("SELECT stichtage FROM stage.datei") == [(["2021-12-31", "2022-12-31"],)]


def test_columns_called_by_dates_may_differ_from_file_to_file(stage_city, source) -> None:
    rule = '{ source = "header", format = "%d.%m.%Y" }'
    files = {FILE: "BBS;30.06.2022\n01100001;12\n", "einwohner_2023.csv": "BBS;31.12.2022\n01100001;13\n"}
    staged = stage_city(source("einwohner", stichtag=rule), files)
    assert staged.rows("SELECT stichtag::VARCHAR, wert FROM stage.zaehlung ORDER BY 1") == [
        ("2022-06-30", 12), ("2022-12-31", 13),
    ]  # fmt: skip


def test_an_ignored_column_called_by_a_year_is_no_stichtag(stage_city, source) -> None:
    contract = MATRIX.format("EW", ', ignore = ["2021"]')
    staged = stage_city(source("einwohner", contract, stichtag=YEARS), {FILE: "BBS;2021;2022\n01100001;1;12\n"})
    assert staged.rows(FIGURES) == [(2022, "01100001", 12)]


def test_a_variant_may_call_a_column_by_its_stichtag(stage_city, source) -> None:
    variant = '[[source.einwohner.variant]]\nfile = ".*"\ncolumns = { "Stand 2022" = "2022" }\n'
    staged = stage_city(source("einwohner", stichtag=YEARS) + variant, {FILE: "BBS;2021;Stand 2022\n01100001;11;12\n"})
    assert staged.rows(FIGURES) == [(2021, "01100001", 11), (2022, "01100001", 12)]


def test_a_correction_names_the_column_of_its_stichtag(stage_city, refusal, source, small_city) -> None:
    entry = (
        '[[correction]]\nsource = "einwohner"\nwhere = {{ BBS = "01100001" }}\nexpect = {{ "{0}" = "120" }}\n'
        'action = "replace"\ncolumn = "{0}"\nvalue = "12"\nrows = 1\nreason = "a zero too many"\nreported = "nobody"\n'
    )
    files = {FILE: "BBS;2021;2022\n01100001;11;120\n"}
    small_city.write("corrections.toml", entry.format("2022"))
    assert stage_city(source("einwohner", stichtag=YEARS), files).rows(FIGURES) == [
        (2021, "01100001", 11), (2022, "01100001", 12)
    ]  # fmt: skip
    small_city.write("corrections.toml", entry.format("EW"))
    assert "found 'EW', by which the contract calls all of them" in refusal(source("einwohner", stichtag=YEARS), files)


def test_days_in_a_header_are_counted_from_the_workbooks_own_day(refusal, source) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": True}) as book:
        sheet = book.add_worksheet("Tabelle")
        sheet.write_row("A1", ["BBS", 43464])
        sheet.write_row("A2", ["01100001", 5])
    given = source("einwohner", dialect='{ format = "xlsx" }', stichtag='{ source = "header", format = "excel" }')
    assert "found a workbook that counts them from another day" in refusal(given, {FILE: out.getvalue()})


@pytest.mark.slow
def test_a_figure_of_one_day_in_two_files_is_never_taken_twice(stage_city, source) -> None:
    files = {FILE: "BBS;2021;2022\n01100001;11;12\n", "einwohner_2023.csv": "BBS;2022;2023\n01100001;12;13\n"}
    staged = stage_city(source("einwohner", stichtag=YEARS), files)
    assert staged.rows(FIGURES) == [(2021, "01100001", 11), (2022, "01100001", None), (2023, "01100001", 13)]
    assert staged.rules == ["one row for each base unit and Stichtag"]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("BBS;2021*;EW", "line 1: expected columns called by a Stichtag (stichtag.format = '%Y')"),
        ("BBS;2021;2022*", "'2022*' is new"),
        ("BBS;2021;2021 ", "more than once"),
    ],
)
def test_columns_that_are_called_by_no_stichtag(refusal, source, head: str, told: str) -> None:
    assert told in refusal(source("einwohner", stichtag=YEARS), {FILE: f"{head}\n01100001;1;2\n"})


def test_columns_called_by_a_stichtag_are_one_figure(refusal, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["A", "B"] } }'
    message = refusal(source("einwohner", contract, stichtag=YEARS), {FILE: "BBS;2022\n"})
    assert "expected one column in `merkmale`, found A, B" in message
