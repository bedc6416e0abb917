"""Polygons in other formats than GeoJSON, and polygons of units themselves."""

from __future__ import annotations

import io
import json
import zipfile

import pytest


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
