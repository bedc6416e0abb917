"""Cubes (PC-Axis, JSON-stat) are read as long tables: a row for each figure, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.base.errors import ConfigError, ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.json_stat import json_stat_cube
from flows.stage.read.px import px_cube

PX = """CHARSET="ANSI";
AXIS-VERSION="2010";
CODEPAGE="iso-8859-15";
LANGUAGE="de";
TITLE="Einwohner nach Gebiet, "
"Geschlecht und Jahr";
TITLE[en]="Residents";
UNITS="Personen; gerundet";
STUB="Gebiet","Geschlecht";
HEADING="Jahr";
VALUES("Gebiet")="Nord","Süd";
VALUES[en]("Gebiet")="North","South";
VALUES("Geschlecht")="männlich","weiblich";
VALUES("Jahr")="2021","2022";
CODES("Gebiet")="01100001","01100002";
TIMEVAL("Jahr")=TLIST(A1),"2021","2022";
DATA=
1 2
3 4
5 "."
-  8.50;
"""
PX_ROWS = [
    ["Nord", "01100001", "männlich", "2021", "1"], ["Nord", "01100001", "männlich", "2022", "2"],
    ["Nord", "01100001", "weiblich", "2021", "3"], ["Nord", "01100001", "weiblich", "2022", "4"],
    ["Süd", "01100002", "männlich", "2021", "5"], ["Süd", "01100002", "männlich", "2022", "."],
    ["Süd", "01100002", "weiblich", "2021", "-"], ["Süd", "01100002", "weiblich", "2022", "8,5"],
]  # fmt: skip
JSON: dict[str, Any] = {
    "version": "2.0", "class": "dataset", "id": ["area", "sex", "year"], "size": [2, 2, 2],
    "dimension": {
        "area": {
            "category": {"index": {"01100002": 1, "01100001": 0}, "label": {"01100001": "Nord", "01100002": "Süd"}},
        },
        "sex": {"label": "Geschlecht", "category": {"index": ["m", "w"]}},
        "year": {"category": {"index": ["2021", "2022"], "label": {"2021": "2021", "2022": "2022"}}},
    },
    "value": [1, 2, 3, 4, 5, None, 0.5, 8],
    "status": {"5": ":", "7": "p"},
}  # fmt: skip
JSON_ROWS = [
    ["Nord", "01100001", "m", "m", "2021", "2021", "1"], ["Nord", "01100001", "m", "m", "2022", "2022", "2"],
    ["Nord", "01100001", "w", "w", "2021", "2021", "3"], ["Nord", "01100001", "w", "w", "2022", "2022", "4"],
    ["Süd", "01100002", "m", "m", "2021", "2021", "5"], ["Süd", "01100002", "m", "m", "2022", "2022", ":"],
    ["Süd", "01100002", "w", "w", "2021", "2021", "0,5"], ["Süd", "01100002", "w", "w", "2022", "2022", "8 p"],
]  # fmt: skip


@pytest.fixture
def cube(tmp_path: Path):
    """Read a cube, and return its columns and rows."""

    def rows(content: str | dict[str, Any], encoding: str = "iso-8859-15") -> tuple[list[str], list[list[str]]]:
        path = tmp_path / "cube"
        if isinstance(content, dict):
            path.write_text(json.dumps(content), encoding="utf-8")
            found = json_stat_cube(path, "cube", Dialect(format="json-stat"))
        else:
            path.write_bytes(content.encode(encoding))
            found = px_cube(path, "cube", Dialect(format="px", encoding=encoding))
        (_, columns), *lines = found.rows()
        assert found.held == len(lines)
        return columns, [cells for _, cells in lines]

    return rows


# --- PC-Axis ---


def test_the_first_dimension_of_a_px_file_changes_slowest(cube) -> None:
    columns, rows = cube(PX)

    assert columns == ["Gebiet", "Gebiet (code)", "Geschlecht", "Jahr", "value"]
    assert rows == PX_ROWS


def test_a_px_file_on_one_line_and_one_with_the_sign_of_dos_at_its_end_are_the_same(cube) -> None:
    assert cube(PX.replace(";\n", ";"))[1] == PX_ROWS
    assert cube(PX.replace("\n", "\r\n") + "\x1a")[1] == PX_ROWS


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("-  8.50;", "8.50;", "expected a PX file with 8 figures (2 x 2 x 2), found 7"),
        ("-  8.50;", "- 8.50", "a statement KEYWORD=values; in line 17"),
        ('"Nord","Süd"', '"Nord"\n"Süd"', "as many VALUES as CODES of 'Gebiet', found 1 and 2"),
        ('VALUES("Jahr")="2021","2022";\n', "", "VALUES as CODES of 'Jahr', found no VALUES"),
        ('UNITS="', 'LANGUAGE="', "each once (line 8), found another LANGUAGE"),
        ('LANGUAGE="de"', 'KEYS("Gebiet")=VALUES', "found KEYS, by which some are left out"),
        ("iso-8859-15", "cp1252", "expected a PX file with iso-8859-15 as sources.toml says, found CODEPAGE=cp1252"),
        ("DATA=", "DATEN:", "a statement KEYWORD=values; in line 17"),
        (PX, "LANGUAGE=\"de\";", "with the statement DATA, found none"),
        ('STUB="Gebiet","Geschlecht";\nHEADING="Jahr";\n', "", "with some figures (no dimensions), found 8"),
    ],
)  # fmt: skip
def test_a_px_file_that_is_not_whole_is_refused(cube, old: str, new: str, told: str) -> None:
    assert old in PX
    with pytest.raises(ContractBroken) as refused:
        cube(PX.replace(old, new, 1))
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["1e3", "+5", "5,0", "1.", "2 000"])
def test_what_is_no_figure_in_a_px_file_stays_the_text_that_it_is(cube, text: str) -> None:
    quoted = f'"{text}"' if " " in text else text
    assert cube(PX.replace("8.50", quoted))[1][-1][-1] == text


# --- JSON-stat ---


def test_the_last_dimension_of_a_json_stat_dataset_changes_first(cube) -> None:
    columns, rows = cube(JSON)

    assert columns == ["area", "area (code)", "sex", "sex (code)", "year", "year (code)", "value"]
    assert rows == JSON_ROWS


def test_a_dataset_of_the_version_before_is_the_same(cube) -> None:
    inside = {key: JSON[key] for key in ("value", "status")}
    old = {"einwohner": {**inside, "dimension": {**JSON["dimension"], "id": JSON["id"], "size": JSON["size"]}}}

    assert cube(old)[1] == JSON_ROWS


def test_of_places_that_an_object_leaves_out_there_is_no_row(cube) -> None:
    some = {str(place): value for place, value in enumerate(JSON["value"]) if place in (0, 7)}

    assert cube(JSON | {"value": some})[1] == [JSON_ROWS[0], JSON_ROWS[5], JSON_ROWS[7]]


def test_a_status_of_the_whole_dataset_is_one_of_each_figure(cube) -> None:
    rows = cube(JSON | {"value": {"0": 1}, "status": "e"})[1]

    assert rows == [[*JSON_ROWS[0][:-1], "1 e"]]


def test_a_category_without_an_index_is_the_only_one(cube) -> None:
    one = JSON["dimension"] | {"sex": {"category": {"label": {"T": "zusammen"}}}}
    rows = cube(JSON | {"dimension": one, "size": [2, 1, 2], "value": [1, 2, 3, 4], "status": None})[1]

    assert rows[0] == ["Nord", "01100001", "zusammen", "T", "2021", "2021", "1"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": [1]}, "`value` has 1 entries for 8 places"),
        ({"value": {"8": 1}}, "`value` has places that are not 0 to 7, or one twice"),
        ({"value": {"1": 1, "01": 2}}, "`value` has places that are not 0 to 7, or one twice"),
        ({"value": [True] * 8}, "the value True with the status None is neither a number nor a text"),
        ({"size": [2, 2, 3]}, "'year' has 2 different categories, and `size` says 3"),
        ({"size": [2, 2]}, "`id` and `size` are no lists of the same length"),
        ({"class": "collection"}, "it is of class 'collection'"),
        ({"id": ["area", "sex", "month"]}, "no member 'month'"),
    ],
)
def test_a_dataset_that_is_not_whole_is_refused(cube, change: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractBroken) as refused:
        cube(JSON | change)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[1]", "it is no object"), ('{"a": {"dimension": 1}, "b": {"dimension": 1}}', "it holds 2 datasets, not one"),
        ('{"a": 1, "a": 2}', "the member 'a' stands twice"), ('{"value": NaN}', "it has NaN, which is no number"),
        ('{"a": ', "Expecting value"), ("[" * 100_000, "expected a dataset in JSON-stat"),
    ],
)  # fmt: skip
def test_another_text_is_no_dataset(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "cube"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ContractBroken) as refused:
        json_stat_cube(path, "cube", Dialect(format="json-stat"))
    assert told in str(refused.value)


# --- As a source ---

LONG = (
    '[source.einwohner.dialect]\nformat = "{format}"\nencoding = "{encoding}"\n{more}'
    '[source.einwohner.dialect.missing]\n"." = "unbekannt"\n"-" = "nichts"\n":" = "spaeter"\n'
    '[source.einwohner.dialect.long]\nvalue = "value"\n[source.einwohner.dialect.long.columns]\n'
    'm = {{ {sex} = "{m}" }}\nw = {{ {sex} = "{w}" }}\n'
    '[source.einwohner.matrix]\nunit = "{unit} (code)"\nmerkmale = {{ wohnflaeche_qm = ["m", "w"] }}\n'
)
FIGURES = "SELECT year(stichtag), basis_id, wert, status FROM stage.zaehlung ORDER BY ALL"
FIGURES_READ = [
    (2021, "01100001", 4, "ok"), (2021, "01100002", 5, "ok"), (2022, "01100001", 6, "ok"),
    (2022, "01100002", None, "unbekannt"),
]  # fmt: skip


def px_source(source, contract: str = "") -> str:
    given = contract or LONG.format(
        format="px", encoding="iso-8859-15", more="", sex="Geschlecht", m="männlich", w="weiblich", unit="Gebiet"
    )
    rule = '{ source = "column", column = "Jahr", format = "%Y", day = "12-31" }'
    return source("einwohner", given, file=r"'einwohner\.px'", stichtag=rule)


def test_a_px_file_is_a_long_table(stage_city, source) -> None:
    staged = stage_city(px_source(source), {"einwohner.px": PX.encode("iso-8859-15")})

    assert staged.rows(FIGURES) == FIGURES_READ
    assert staged.files == [("einwohner.px", 8, 8, 0, 0)]


def test_a_json_stat_dataset_is_a_long_table(stage_city, source) -> None:
    contract = LONG.format(
        format="json-stat", encoding="utf-8", more='marks = { "# p" = "gilt" }\n', sex="sex", m="m", w="w", unit="area"
    )
    rule = '{ source = "column", column = "year", format = "%Y", day = "12-31" }'
    given = source("einwohner", contract, file=r"'einwohner\.json'", stichtag=rule)
    staged = stage_city(given, {"einwohner.json": json.dumps(JSON)})

    assert [row[:2] for row in staged.rows(FIGURES)] == [row[:2] for row in FIGURES_READ]
    assert [row[2] for row in staged.rows(FIGURES)] == [4, 5.5, 6, None]
    assert staged.rows(FIGURES)[3][3] == "spaeter"
    assert staged.files == [("einwohner.json", 8, 8, 0, 0)]


def test_a_dimension_that_nobody_names_is_told(refusal, source) -> None:
    more = PX.replace('HEADING="Jahr"', 'HEADING="Jahr","Art"').replace("CODES(", 'VALUES("Art")="a";\nCODES(', 1)
    message = refusal(px_source(source), {"einwohner.px": more.encode("iso-8859-15")})

    assert "'Art' is new" in message


def test_units_of_a_cube_are_assigned_by_it_too(stage_city, source) -> None:
    contract = (
        'assignment = { unit = "Gebiet (code)", units = { sozialraum = "Gebiet (code)" }, '
        'ignore = ["Geschlecht", "Jahr", "value"] }'
    )
    given = source(
        "zuordnung", contract, file=r"'einwohner\.px'", stichtag="", zuschnitt="2020-01-01",
        dialect='{ format = "px", encoding = "iso-8859-15" }',
    )  # fmt: skip
    staged = stage_city(given, {"einwohner.px": PX.encode("iso-8859-15")})

    found = staged.rows("SELECT basis_id, raum_id FROM stage.zuordnung WHERE raumebene = 'sozialraum' ORDER BY 1")
    assert found == [("01100001", "01100001"), ("01100002", "01100002")]


def test_counts_in_a_cube_need_to_be_told_apart(small_city, source) -> None:
    contract = 'dialect = { format = "px" }\nmatrix = { unit = "Gebiet", merkmale = { einwohner = ["value"] } }'
    with pytest.raises(ConfigError, match="format = 'px' needs `long`"):
        small_city.with_sources(px_source(source, contract))


def test_nothing_stands_around_the_table_of_a_cube(small_city, source) -> None:
    contract = LONG.format(
        format="px", encoding="cp1252", more="preamble = 1\n", sex="S", m="m", w="w", unit="Gebiet"
    )  # fmt: skip
    with pytest.raises(ConfigError, match="has a table and nothing around it; leave out preamble"):
        small_city.with_sources(px_source(source, contract))


def test_a_text_that_is_no_json_does_not_land(refusal, source) -> None:
    contract = LONG.format(
        format="json-stat", encoding="utf-8", more="", sex="sex", m="m", w="w", unit="area"
    )  # fmt: skip
    message = refusal(px_source(source, contract), {"einwohner.px": PX.encode("iso-8859-15")})

    assert "expected JSON-stat, found text that begins" in message
