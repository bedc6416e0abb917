"""No row of a delivered file is lost unseen: whichever step loses one, the run stops and says so."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from types import ModuleType

import pytest

from flows.stage import count_tables, register, space, space_files
from flows.stage.file_rows import FileRows
from flows.stage.read import digit_lines, polygons
from flows.stage.register_counts import RegisterCounts
from flows.stage.register_cube import Cube

Lose = Callable[[ModuleType, str, str], None]
SQUARE = [[[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650100], [350000, 5650000]]]


@pytest.fixture
def lose(monkeypatch) -> Lose:
    """Let a step of SQL go without the rows of which a condition is true."""

    def tampered(module: ModuleType, step: str, which: str) -> None:
        whole = module.sql
        less = f"SELECT * FROM ({whole(step)}\n) WHERE ({which}) IS NOT TRUE"
        monkeypatch.setattr(module, "sql", lambda name: less if name == step else whole(name))

    return tampered


def geometry(source, form: str = "geojson", name: str = "bbs.geojson") -> str:
    contract = 'geometry = { id_property = "BBS", crs = "EPSG:25832" }'
    return source("raum", contract, file=f"'{name}'", dialect=f'{{ format = "{form}" }}', stichtag="")


def collection(*units: str, **members: object) -> str:
    made = [
        {"type": "Feature", "properties": {"BBS": unit}, "geometry": {"type": "Polygon", "coordinates": SQUARE}}
        for unit in units
    ]
    return json.dumps({"type": "FeatureCollection", "features": made, **members})


# --- Polygons ---


@pytest.mark.parametrize("step", ["polygon", "geometrie"])
def test_a_polygon_lost_on_the_way_into_the_staged_table(refusal, source, lose, step: str) -> None:
    lose(space, f"stage/{step}", "basis_id = '01100002'")
    message = refusal(geometry(source), {"bbs.geojson": collection("01100001", "01100002")})
    assert message.startswith(
        "Source raum, file bbs.geojson: expected every one of its 2 rows taken over, in quarantine or left out by a "
        "rule, found 1 taken over, 0 in quarantine and 0 left out."
    )


def test_one_of_two_equal_polygons_lost(refusal, source, monkeypatch) -> None:
    whole = space.sql
    monkeypatch.setattr(space, "sql", lambda name: whole(name) + ("LIMIT 1" if name == "stage/geometrie" else ""))
    assert "of its 2 rows" in refusal(geometry(source), {"bbs.geojson": collection("01100001", "01100001")})


def test_a_polygon_of_a_unit_lost(refusal, source, lose) -> None:
    lose(space, "stage/raum_geometrie", "raum_id = '011002'")
    given_source = source(
        "raum", 'geometry = { id_property = "BBS", level = "sozialraum", crs = "EPSG:25832" }', file="'bbs.geojson'",
        dialect='{ format = "geojson" }', stichtag="", zuschnitt="2020-01-01",
    )  # fmt: skip
    assert "of its 2 rows" in refusal(given_source, {"bbs.geojson": collection("011001", "011002")})


def test_features_that_only_one_reader_sees(refusal, source, monkeypatch) -> None:
    read = polygons.feature_rows
    monkeypatch.setattr(polygons, "feature_rows", lambda *file: (read(*file)[0][1:], None))
    message = refusal(geometry(source), {"bbs.geojson": collection("01100001", "01100002")})
    assert "expected every one of its 2 rows taken over, in quarantine or left out by a rule, found 1" in message


@pytest.mark.parametrize(
    ("form", "driver", "name"), [("gpkg", "GPKG", "bbs.gpkg"), ("shp", "ESRI Shapefile", "bbs.zip")]
)
def test_a_polygon_that_gdal_does_not_hand_over(refusal, source, drawn, monkeypatch, form, driver, name) -> None:
    asked = polygons.read_in_subprocess

    def forgetful(*arguments) -> dict:
        told = asked(*arguments)
        return told | {"rows": told["rows"][1:]}

    monkeypatch.setattr(polygons, "read_in_subprocess", forgetful)
    message = refusal(geometry(source, form, name), {name: drawn(driver, units=("01100001", "01100002"))})
    assert "of its 2 rows taken over, in quarantine or left out by a rule, found 1 taken over" in message


def rewritten(packed: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.endswith(part) else content)
    return out.getvalue()


def deleted(table: bytes) -> bytes:
    """Mark the first record of a dBASE table as deleted, as a desktop GIS does until the table is packed."""
    start = struct.unpack_from("<H", table, 8)[0]
    return table[:start] + b"*" + table[start + 1 :]


def test_a_record_that_a_shapefile_marks_as_deleted_is_none(stage_city, source, drawn) -> None:
    content = rewritten(drawn("ESRI Shapefile", units=("01100001", "01100002")), ".dbf", deleted)
    staged = stage_city(geometry(source, "shp", "bbs.zip"), {"bbs.zip": content})
    assert staged.rows("SELECT basis_id FROM stage.geometrie") == [("01100002",)]
    assert staged.files == [("bbs.zip", 1, 1, 0, 0)]


@pytest.mark.parametrize(
    ("part", "change", "told"),
    [
        (".shx", lambda index: index[:-8], "its index names 1 outlines, its table of attributes 2"),
        (".dbf", lambda table: table[:-20], "its table of attributes is cut short of its 2 records"),
        (".dbf", lambda table: table[:4] + b"\1" + table[5:], "its index names 2 outlines, its table of attributes 1"),
    ],
)
def test_parts_of_a_shapefile_that_disagree_are_told(refusal, source, drawn, part, change, told) -> None:
    content = rewritten(drawn("ESRI Shapefile", units=("01100001", "01100002")), part, change)
    assert told in refusal(geometry(source, "shp", "bbs.zip"), {"bbs.zip": content})


# --- Assignments and names ---


ASSIGNED = "BBS;SR;BEZ\n01100001;011001;1\n01100002;011002;2\n"


def assignment(source) -> str:
    contract = 'assignment = { unit = "BBS", units = { sozialraum = "SR" }, ignore = ["BEZ"] }'
    return source("zuordnung", contract, file="'zuordnung.csv'", zuschnitt="2020-01-01", stichtag="")


def test_a_base_unit_lost_on_the_way_into_the_assignment(refusal, source, lose) -> None:
    lose(space, "stage/zuordnung", "basis_id = '01100001' AND raumebene = 'sozialraum'")
    assert "of its 2 rows" in refusal(assignment(source), {"zuordnung.csv": ASSIGNED})


def test_a_row_lost_between_the_text_file_and_the_assignment(refusal, source, monkeypatch) -> None:
    read = space_files.csv.DictReader
    monkeypatch.setattr(space_files.csv, "DictReader", lambda file: list(read(file))[1:])
    assert "of its 2 rows" in refusal(assignment(source), {"zuordnung.csv": ASSIGNED})


def test_a_row_that_a_correction_leaves_out_is_accounted_for_by_name(stage_city, source, small_city) -> None:
    small_city.write(
        "corrections.toml",
        '[[correction]]\nsource = "zuordnung"\nwhere = { BBS = "01100002" }\naction = "drop"\nrows = 1\n'
        'reason = "a test row"\nreported = "nobody"\n',
    )
    staged = stage_city(assignment(source), {"zuordnung.csv": ASSIGNED})
    assert staged.files == [("zuordnung.csv", 2, 1, 0, 1)]
    assert staged.rows("SELECT regel, zeilen FROM stage.entfallen") == [("correction", 1)]


def test_a_correction_that_leaves_out_more_than_it_says(refusal, source, small_city, monkeypatch) -> None:
    small_city.write(
        "corrections.toml",
        '[[correction]]\nsource = "zuordnung"\nwhere = { BBS = "01100002" }\naction = "drop"\nrows = 1\n'
        'reason = "a test row"\nreported = "nobody"\n',
    )
    monkeypatch.setattr(space_files, "corrected", lambda *_: [])
    assert "found 0 taken over, 0 in quarantine and 1 left out" in refusal(
        assignment(source), {"zuordnung.csv": ASSIGNED}
    )


def test_a_name_lost(refusal, source, monkeypatch) -> None:
    contract = 'names = { level = "EBENE", id = "NR", name = "NAME", levels = { Teil = "stadtteil" } }'
    given_source = source("namen", contract, file="'namen.csv'", zuschnitt="2020-01-01", stichtag="")
    insert = space.insert
    monkeypatch.setattr(
        space, "insert",
        lambda con, table, rows: insert(con, table, rows[1:] if table == "roh_raum_name" else rows),
    )  # fmt: skip
    message = refusal(given_source, {"namen.csv": "EBENE;NR;NAME\nTeil;011;Nord\nTeil;012;Süd\n"})
    assert "of its 2 rows" in message


# --- The register ---

PERSONS = "BBS;TAG;A;S;N;M;D\n" + "".join(f"0110000{n};31.12.2022;3{n};w;D;0;1\n" for n in (1, 2, 3))
FILE = "personen_2022.csv"


def persons(source, **fields: str) -> str:
    contract = (
        'register = { unit = "BBS", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
        'sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], migrations = ["0", "1"], '
        'migrant = ["1"] }'
    )
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'
    return source("personen", contract, stichtag=rule, **fields)


LOST = (
    f"Source personen, file {FILE}: expected every one of its 3 rows taken over, in quarantine or left out by a rule, "
    "found 2 taken over, 0 in quarantine and 0 left out."
)


def test_a_person_that_is_lost_while_bytes_are_counted(refusal, source, monkeypatch) -> None:
    add = Cube.add
    monkeypatch.setattr(Cube, "add", lambda cube, units, packed: add(cube, units[:2], packed[:2]))
    assert refusal(persons(source), {FILE: PERSONS}).startswith(LOST)


def test_a_person_that_is_lost_row_by_row(refusal, source, monkeypatch) -> None:
    judge = RegisterCounts.judge
    monkeypatch.setattr(RegisterCounts, "judge", lambda counts, contract, rows: judge(counts, contract, list(rows)[:2]))
    assert refusal(persons(source), {FILE: PERSONS.replace(";w;", ';"w";')}).startswith(LOST)


def test_a_bad_row_lost_from_quarantine(refusal, source, monkeypatch) -> None:
    monkeypatch.setattr(register, "_insert_bad_rows", lambda *_: None)
    assert refusal(persons(source), {FILE: PERSONS.replace(";32;", ";999;")}).startswith(LOST)


def test_a_base_unit_lost_from_the_counts_of_a_file(refusal, source, lose) -> None:
    lose(register, "stage/register_gezaehlt", "basis_id = '01100003'")
    assert refusal(persons(source), {FILE: PERSONS}).startswith(LOST)


def test_a_base_unit_lost_from_the_staged_register(refusal, source, monkeypatch) -> None:
    join = FileRows.join

    def joined_less(rows: FileRows) -> None:
        rows._con.execute("DELETE FROM je_datei_zaehlung_reihe WHERE basis_id = '01100003'")
        join(rows)

    monkeypatch.setattr(FileRows, "join", joined_less)
    message = refusal(persons(source), {FILE: PERSONS})
    assert "Source personen: expected the 3 persons of its files in stage.zaehlung_reihe, found 2." in message


@pytest.mark.parametrize(
    "text",
    [
        PERSONS,
        PERSONS[:-1],
        PERSONS.replace("\n", "\r\n"),
        PERSONS + "\n\n",
        PERSONS.replace("\n0110", "\n\n0110"),
    ],
    ids=["plain", "no break at the end", "CRLF", "empty lines at the end", "empty lines between"],
)
def test_however_the_lines_end_one_pass_is_enough(stage_city, source, monkeypatch, text: str) -> None:
    monkeypatch.setattr(register, "count_rows", None)
    empty = len([line for line in text.splitlines() if not line])
    assert stage_city(persons(source), {FILE: text}).files == [(FILE, 3 + empty, 3, 0, empty)]


# --- Tables of counts ---

MATRIX = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"], weiblich = ["EW"] } }'
OFFICIAL = 'official = { merkmale = { einwohner = "EW" } }'
PLAIN = "BBS;EW\n01100001;1\n01100002;2\n"
BY_CELL = "BBS;EW\n01100001;1\n01100002; 2\n"
TOTALS = "JAHR;EW\n2021;1\n2022;2\n"


@pytest.fixture
def told(refusal, source) -> Callable[[str, str], str]:
    """Stage one file of a matrix or of official totals, and return why it stopped."""

    def why(contract: str, text: str) -> str:
        rule = (
            '{ source = "column", column = "JAHR", format = "%Y" }' if contract == OFFICIAL else '{ source = "name" }'
        )
        message: str = refusal(source("x", contract, stichtag=rule), {"x_2022.csv": text})
        return message

    return why


@pytest.mark.parametrize(
    ("module", "step", "contract", "text"),
    [
        (digit_lines, "stage/zeile_zahlen", MATRIX, PLAIN),
        (count_tables, "stage/roh", MATRIX, BY_CELL),
        (count_tables, "stage/zeile_gelesen", MATRIX, PLAIN),
        (count_tables, "stage/roh", OFFICIAL, TOTALS),
    ],
    ids=["plain line", "row by cell", "row read", "official"],
)
def test_a_row_of_a_table_lost(told, lose, module: ModuleType, step: str, contract: str, text: str) -> None:
    lose(module, step, "zeile::BIGINT = 3")
    assert "expected every one of its 2 rows taken over, in quarantine or left out by a rule, found 1" in told(
        contract, text
    )


@pytest.mark.parametrize(
    ("step", "contract", "text", "numbers"),
    [
        (
            "stage/zaehlung_reihe",
            MATRIX,
            PLAIN,
            "expected 2 rows in the staged tables",
        ),
        ("stage/zaehlung_einzeln", MATRIX, BY_CELL, "expected 3 rows in the staged tables"),
        ("stage/amtlich", OFFICIAL, TOTALS, "expected 2 rows in the staged tables"),
    ],
)
def test_a_figure_that_never_comes_into_the_staged_table(
    told, lose, step: str, contract: str, text: str, numbers: str
) -> None:
    lose(count_tables, step, "wert = 2" if "reihe" not in step else "werte[1] = 2")
    assert numbers in told(contract, text)
