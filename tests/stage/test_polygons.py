"""Polygons in other formats than GeoJSON, and polygons of units themselves."""

from __future__ import annotations

import io
import json
import math
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing

import pytest

from flows.stage.read.geojson import as_text


@pytest.fixture
def geometry(source):
    def text(form: str, crs: str = "EPSG:25832") -> str:
        contract = f'geometry = {{ id_property = "BBS", crs = "{crs}" }}'
        return source("raum", contract, file=r"'bbs\..*'", dialect=f'{{ format = "{form}" }}', stichtag="")

    return text


@pytest.mark.parametrize(
    ("form", "driver", "name"), [("gpkg", "GPKG", "bbs.gpkg"), ("shp", "ESRI Shapefile", "bbs.zip")]
)
def test_a_polygon_of_a_geopackage_and_a_shapefile(
    stage_city, geometry, drawn, form: str, driver: str, name: str
) -> None:
    staged = stage_city(geometry(form), {name: drawn(driver)})
    assert staged.rows("SELECT basis_id, st_area(st_geomfromwkb(wkb)) FROM stage.geometrie") == [("01100001", 10000)]
    assert staged.files == [(name, 1, 1, 0, 0)]


def test_the_landing_zone_holds_what_was_delivered_and_nothing_else(stage_city, geometry, drawn, tmp_path) -> None:
    stage_city(geometry("shp"), {"bbs.zip": drawn("ESRI Shapefile")})
    assert len([path for path in (tmp_path / "landing" / "objects").rglob("*") if path.is_file()]) == 1


def test_a_shapefile_whose_archive_is_damaged_inside_is_told(refusal, geometry, drawn) -> None:
    content = bytearray(drawn("ESRI Shapefile"))
    start = content.index(b"bbs.shp") + len(b"bbs.shp")
    content[start : start + 20] = b"\xff" * 20
    assert "Archive bbs.zip is damaged: " in refusal(geometry("shp"), {"bbs.zip": bytes(content)})


def test_the_coordinate_system_of_a_geopackage_is_held_against_the_contract(refusal, geometry, drawn) -> None:
    message = refusal(geometry("gpkg", "EPSG:25833"), {"bbs.gpkg": drawn("GPKG")})
    assert "expected coordinates in EPSG:25833 as sources.toml says, found that the file says EPSG:25832" in message


def with_prj(packed: bytes, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name.endswith(".prj") else content)
    return out.getvalue()


def renamed(prj: str) -> str:
    return prj.replace("ETRS_1989_UTM_Zone_32N", "Stadtnetz")


def moved(prj: str) -> str:
    return prj.replace('"Central_Meridian",9.0', '"Central_Meridian",12.3')


@pytest.mark.slow
@pytest.mark.parametrize("change", [str, renamed, str.upper], ids=["ESRI's own", "another name", "upper case"])
def test_a_prj_without_a_number_is_the_declared_system_when_it_puts_points_in_the_same_place(
    stage_city, geometry, drawn, change: Callable[[str], str]
) -> None:
    content = drawn("ESRI Shapefile")
    assert b"AUTHORITY" not in content
    assert stage_city(geometry("shp"), {"bbs.zip": with_prj(content, change)}).files == [("bbs.zip", 1, 1, 0, 0)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (moved, "says one without an EPSG number, 'ETRS89 / UTM zone 32N' (+proj=tmerc +lat_0=0 +lon_0=12.3"),
        (
            lambda prj: moved(renamed(prj)),
            "says one without an EPSG number, 'Stadtnetz' (+proj=tmerc +lat_0=0 +lon_0=12.3",
        ),
        (lambda prj: renamed(prj).replace("6378137.0,298.257222101", "6377397.155,299.1528128"), "'Stadtnetz'"),
        (lambda _: 'LOCAL_CS["Werkstatt",UNIT["Meter",1]]', "says one without an EPSG number, 'Werkstatt'"),
        (lambda _: "UTM, Zone 32", "says one that GDAL does not know, 'UTM, Zone 32'"),
    ],
)
def test_a_prj_of_another_system_than_declared_is_refused(refusal, geometry, drawn, change, told: str) -> None:
    message = refusal(geometry("shp"), {"bbs.zip": with_prj(drawn("ESRI Shapefile"), change)})
    assert "file bbs.zip: expected coordinates in EPSG:25832 as sources.toml says, found that the file " in message
    assert told in message
    assert "Ask the supplier for the file in a system with an EPSG number" in message


@pytest.mark.slow
def test_a_shapefile_or_geopackage_that_states_no_system_is_read_as_the_contract_says(
    stage_city, geometry, drawn
) -> None:
    empty = with_prj(drawn("ESRI Shapefile"), lambda _: "\n")
    assert stage_city(geometry("shp"), {"bbs.zip": empty}).files == [("bbs.zip", 1, 1, 0, 0)]
    undefined = drawn("GPKG", srs=None)
    assert stage_city(geometry("gpkg"), {"bbs.gpkg": undefined}).files == [("bbs.gpkg", 1, 1, 0, 0)]


def test_a_geopackage_whose_system_nobody_can_tell_is_refused(refusal, geometry, drawn, tmp_path) -> None:
    path = tmp_path / "bbs.gpkg"
    path.write_bytes(drawn("GPKG"))
    with closing(sqlite3.connect(path)) as con:
        con.execute("UPDATE gpkg_geometry_columns SET srs_id = 31467")  # which the file does not describe
        con.commit()
    message = refusal(geometry("gpkg"), {"bbs.gpkg": path.read_bytes()})
    assert (
        "expected coordinates in EPSG:25832 as sources.toml says, found that the file says one that it does" in message
    )


def test_a_geopackage_with_a_polygon_in_degrees_among_others_in_metres_is_refused(refusal, geometry, drawn) -> None:
    outlines = (
        "POLYGON ((350000 5650000, 350100 5650000, 350100 5650100, 350000 5650000))",
        "POLYGON ((6.8 51.2, 6.9 51.2, 6.9 51.3, 6.8 51.2))",
    )
    content = drawn("GPKG", outline=outlines, units=("01100001", "01100002"))
    assert refusal(geometry("gpkg"), {"bbs.gpkg": content}).startswith(
        "Source raum, file bbs.gpkg, feature 2 (BBS 01100002): expected coordinates in EPSG:25832 (metres), found "
        "degrees: a point is 6.8, 51.2."
    )


@pytest.mark.parametrize(
    ("form", "driver", "name"), [("gpkg", "GPKG", "bbs.gpkg"), ("shp", "ESRI Shapefile", "bbs.zip")]
)
def test_ids_kept_as_numbers_with_a_fraction_are_whole_numbers(
    stage_city, source, drawn, form: str, driver: str, name: str
) -> None:
    contract = 'geometry = { id_property = "BBS", crs = "EPSG:25832", unit_digits = 8 }'
    given = source("raum", contract, file=r"'bbs\..*'", dialect=f'{{ format = "{form}" }}', stichtag="")
    staged = stage_city(given, {name: drawn(driver, units=(1100001.0,))})
    assert staged.rows("SELECT basis_id FROM stage.geometrie") == [("01100001",)]
    assert staged.rows("SELECT kennungen_ergaenzt FROM stage.datei") == [(1,)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1100001.0, "1100001"), (-0.0, "0"), (0.5, "0.5"), (2.0**53, "9007199254740992.0"), (math.inf, "inf"), (None, ""),
     (7, "7"), (True, "True"), ("1.0", "1.0")],
)  # fmt: skip
def test_only_a_number_that_is_surely_whole_is_written_without_its_fraction(value: object, text: str) -> None:
    assert as_text(value) == text


def test_a_shapefile_without_all_its_parts_is_told(refusal, geometry) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("bbs.shp", "x")
    message = refusal(geometry("shp"), {"bbs.zip": out.getvalue()})
    assert "expected the parts .shp, .shx, .dbf and .prj of one Shapefile, found bbs.shp" in message


def test_a_damaged_geopackage_is_told(refusal, geometry, drawn) -> None:
    message = refusal(geometry("gpkg"), {"bbs.gpkg": drawn("GPKG")[:5000]})
    assert "expected a gpkg file of polygons, found one that cannot be read" in message


def test_lines_are_no_polygons(refusal, geometry, drawn) -> None:
    message = refusal(
        geometry("gpkg"), {"bbs.gpkg": drawn("GPKG", outline="LINESTRING (350000 5650000, 350100 5650100)")}
    )
    assert "expected polygons in its layer, found" in message


# --- Units with a polygon of their own ---

UNITS = """
[source.raum.geometry]
id_property = "NR"
level = "sozialraum"
unit_digits = 6
crs = "EPSG:25832"
names = { stadtteil = "TEIL" }
parents = { stadtteil = { property = "TEIL_NR", digits = 3 } }
"""


def units(*rows: tuple[str, str]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"NR": number, "TEIL": "Mitte", "TEIL_NR": part},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 5650000], [x + 100, 5650000], [x + 100, 5650100], [x, 5650100], [x, 5650000]]],
            },
        }
        for x, (number, part) in zip(range(350000, 360000, 100), rows, strict=False)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def raum(source) -> str:
    return source(
        "raum", UNITS, file=r"'raum\.geojson'", zuschnitt="2020-01-01", stichtag="", dialect='{ format = "geojson" }'
    )


def test_a_unit_with_its_own_polygon_lies_in_those_that_its_id_begins_with(stage_city, raum) -> None:
    staged = stage_city(raum, {"raum.geojson": units(("011001", "11"), ("011002", "011"))})
    assert staged.rows("SELECT raumebene, raum_id FROM stage.raum_lage WHERE id = '011001' ORDER BY ALL") == [
        ("sozialraum", "011001"), ("stadt", "05998"), ("stadtteil", "011"),
    ]  # fmt: skip
    assert staged.rows("SELECT raumebene, raum_id, name FROM stage.raum_name") == [("stadtteil", "011", "Mitte")]
    assert staged.rows("SELECT count(*) FROM stage.zuordnung") == [(0,)]


def test_ids_of_units_get_back_their_leading_zeros_and_are_counted(stage_city, raum) -> None:
    staged = stage_city(raum, {"raum.geojson": units(("11001", "11"), ("011002", "11"))})
    assert staged.rows("SELECT raum_id FROM stage.raum_geometrie ORDER BY 1") == [("011001",), ("011002",)]
    assert staged.rows("SELECT kennungen_ergaenzt FROM stage.datei") == [(1,)]


def test_a_parent_that_contradicts_the_id_is_told(refusal, raum) -> None:
    message = refusal(raum, {"raum.geojson": units(("011001", "12"))})
    assert "unit 011001: expected TEIL_NR to name the stadtteil 011 in which the id lies, found '12'" in message
