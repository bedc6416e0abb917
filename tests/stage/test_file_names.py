"""Names of files and folders are people's own: DuckDB reads the one that is meant, and no other that fits a pattern."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.base.db import insert, literal, one_file, open_work
from flows.base.errors import ConfigError
from flows.base.home import home_at
from flows.release.release_tables import parquet

HEADER = "BBS;EW\n"
NAMES = st.text("*?[]!^-{}a1 =~%#'ü.", min_size=1, max_size=12).filter(lambda name: name not in (".", ".."))
READERS = ["read_csv({}, all_varchar = TRUE, header = FALSE, hive_partitioning = FALSE)", "read_text({})"]


@pytest.mark.thorough
@given(folder=NAMES, name=NAMES)
@example(folder="Daten [1]", name="bestand[1].csv")
@example(folder="jahr=2024", name="Liste (2) *.csv")
@example(folder="**", name="[!a]")
def test_a_reader_gets_the_file_that_is_meant(folder: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as root, duckdb.connect() as con:
        meant = Path(root, folder, name)
        for path in (meant, *neighbours(meant)):
            path.parent.mkdir(exist_ok=True)
            path.write_text("meant" if path == meant else "another")
        for reader in READERS:
            named = reader.format(literal(one_file(meant)))
            found = con.execute(f"SELECT * FROM {named}").fetchall()
            assert len(found) == 1
            assert "meant" in found[0]


@pytest.mark.parametrize("folder", ["Daten [1]", "Daten *", "jahr=2024"])
def test_what_is_to_be_published_is_read_from_its_own_folder(tmp_path: Path, folder: str) -> None:
    meant = tmp_path / folder / "wert.parquet"
    with duckdb.connect() as con:
        for path in (meant, *neighbours(meant)):
            path.parent.mkdir()
            con.execute(f"COPY (SELECT {path == meant} AS gemeint) TO {literal(str(path))} (FORMAT parquet)")
        assert con.execute(f"FROM {parquet(meant)}").fetchall() == [(True,)]


def test_rows_go_into_a_working_database_in_a_folder_with_an_equals_sign(tmp_path: Path) -> None:
    with open_work(tmp_path / "jahr=2024" / "work.duckdb") as con:
        con.execute("CREATE TABLE einheit (name VARCHAR)")
        insert(con, "einheit", [{"name": "A"}])
        assert con.execute("FROM einheit").fetchall() == [("A",)]


@pytest.mark.parametrize("cell", ["7", " 7"], ids=["read by its lines", "read by cell"])
def test_a_delivered_files_name_is_no_pattern(stage_city, source, cell: str) -> None:
    names = ["EW 2022 *.csv", "EW 2022 1.csv", "EW 2022 [1].csv", "EW 2022 'ü' {a,b} 20 %.csv", "EW 2022 ?.csv"]
    files = {name: f"{HEADER}0110000{number};{cell}\n" for number, name in enumerate(names)}

    staged = stage_city(source("einwohner", file=r"'EW (?P<year>\d{4}) .*\.csv'"), files)

    assert staged.residents == {f"0110000{number}": 7 for number in range(len(names))}
    assert staged.files == [(name, 1, 1, 0, 0) for name in sorted(names)]


@pytest.mark.slow
@pytest.mark.parametrize(("home", "like_it"), [("Daten [1]", "Daten 1"), ("Daten *", "Daten alt"), ("a=1", "b")])
def test_what_has_landed_is_read_from_its_own_data_folder(
    stage_city, source, tmp_path: Path, home: str, like_it: str
) -> None:
    register = (
        'register = { unit = "BBS", age = "ALTER", sex = "SEX", nationality = "NATION", migration = "MIG", '
        'duration = "DAUER", sexes = ["w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], '
        'migrations = ["0", "1"], migrant = ["1"] }'
    )
    outline = {
        "type": "Polygon",
        "coordinates": [[[350000, 5650000], [350000, 5650100], [350100, 5650100], [350000, 5650000]]],
    }
    raum = {"type": "Feature", "properties": {"BBS": "01100001"}, "geometry": outline}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    files = {
        "haushalte_2022.csv": "BBS;HH\n01100001;7\n",
        "personen_2022.csv": "BBS;STICHTAG;ALTER;SEX;NATION;MIG;DAUER\n01100001;31.12.2022;30;w;D;0;3\n",
        "raum.geojson": json.dumps({"type": "FeatureCollection", "crs": crs, "features": [raum]}),
    }
    for content in files.values():
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        another = tmp_path / like_it / "landing" / "objects" / sha256[:2] / sha256
        another.parent.mkdir(parents=True, exist_ok=True)
        another.write_text("of another data folder")
    geometry = 'geometry = { id_property = "BBS", crs = "EPSG:25832" }'
    sources = [
        source("haushalte", 'matrix = { unit = "BBS", merkmale = { haushalte = ["HH"] } }'),
        source("personen", register, stichtag='{ source = "column", column = "STICHTAG", format = "%d.%m.%Y" }'),
        source("raum", geometry, file=r"'raum\.geojson'", stichtag="", dialect='{ format = "geojson" }'),
    ]

    staged = stage_city(sources, files, home=tmp_path / home)

    assert staged.files == [(name, 1, 1, 0, 0) for name in files]
    assert staged.residents == {"01100001": 1}
    assert staged.rows("SELECT wert FROM stage.zaehlung WHERE merkmal = 'haushalte'") == [(7,)]


@pytest.mark.parametrize("name", ["a?b", "a\\b"])
def test_a_data_folder_in_which_no_database_can_lie_is_refused_before_anything_is_done(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigError, match="expected a path without"):
        home_at(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def neighbours(meant: Path) -> list[Path]:
    """Return paths beside `meant` that DuckDB would take for what is meant."""
    swapped = {"[1]": "1", "[!a]": "b", "**": "ab", "*": "x", "?": "y"}
    found = []
    for sign, other in swapped.items():
        found.append(meant.parent.parent / meant.parent.name.replace(sign, other) / meant.name)
        found.append(meant.with_name(meant.name.replace(sign, other)))
    return sorted({path for path in found if path != meant and path.parent != meant})


RING = [[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650000]]
POLYGON = {
    "type": "Feature",
    "properties": {"BBS": "01100001"},
    "geometry": {"type": "Polygon", "coordinates": [RING]},
}
GEOMETRY = 'geometry = { id_property = "BBS", crs = "EPSG:25832" }'
ASSIGNMENT = 'assignment = { unit = "BBS", units = { sozialraum = "SR" } }'
OF_SPACE = {"stichtag": "", "zuschnitt": "2020-01-01"}


def packed(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("keeping", [False, True], ids=["read", "kept"])
@pytest.mark.parametrize(
    ("ending", "content", "contract", "fields"),
    [
        (".csv", "BBS;EW\n01100001;7\n", None, {}),
        (".csv", "BBS;EW\n01100001; 7\n", None, {}),
        (".zip", packed("x" * 200 + ".csv", "BBS;EW\n01100001;7\n"), None, {"dialect": '{ member = "*.csv" }'}),
        (".csv", "BBS;SR\n01100001;011001\n", ASSIGNMENT, OF_SPACE),
        (
            ".geojson", json.dumps({"type": "FeatureCollection", "features": [POLYGON]}), GEOMETRY,
            {"dialect": '{ format = "geojson" }', **OF_SPACE},
        ),
    ],
    ids=["by its lines", "by cell", "packed", "assignment", "polygons"],
)  # fmt: skip
def test_a_files_name_may_be_as_long_as_the_system_allows(
    stage_city, source, keeping, ending, content, contract, fields
) -> None:
    name = "jahr_2022_" + "ä" * ((245 - len(ending)) // 2)
    name += "x" * (255 - len(ending) - len(name.encode())) + ending
    given = source("einwohner", contract, file=r"'jahr_(?P<year>\d{4})_.*'", **fields)
    for _ in range(1 + keeping):
        assert stage_city(given, {name: content}, keeping=keeping).files == [(name, 1, 1, 0, 0)]
