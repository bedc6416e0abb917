"""The same polygons in every format come to the same rows, or are refused with what is wrong."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import duckdb
import pytest

from flows.base.db import literal, use_spatial

RING = [[7.0, 51.0], [7.1, 51.0], [7.1, 51.1], [7.0, 51.0]]
CONTRACT = (
    'geometry = {{ id_property = "{id}", crs = "EPSG:4326", names = {{ sozialraum = "NAME" }}, level = "sozialraum" }}'
)
PLACEMARK = (
    '<Placemark id="{unit}">{name}<ExtendedData><Data name="NR"><value>{unit}</value></Data><SchemaData>'
    '<SimpleData name="NAME">Süd</SimpleData></SchemaData></ExtendedData>{outline}</Placemark>'
)
POLYGON = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>7,51,0 7.1,51,0\n7.1,51.1,0 7,51,0</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon>"
)


def kml(outline: str = POLYGON, name: str = "<name>x</name>", unit: str = "01100001") -> bytes:
    body = PLACEMARK.format(unit=unit, name=name, outline=outline)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<!-- <Placemark> --><Folder>{body}</Folder></Document></kml>"
    ).encode()


def topojson(**more: object) -> bytes:
    one = {"type": "Polygon", "id": "01100001", "properties": {"NR": "01100001", "NAME": "Süd"}, "arcs": [[0]], **more}
    objects = {"raum": {"type": "GeometryCollection", "geometries": [one]}}
    return json.dumps({"type": "Topology", "objects": objects, "arcs": [RING]}).encode()


@pytest.fixture
def written(tmp_path: Path):
    """Write a polygon as DuckDB does."""

    def bytes_of(name: str, options: str, text: str = "Süd") -> bytes:
        path = tmp_path / name
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as con:
            use_spatial(con)
            outline = f"st_geomfromgeojson({literal(json.dumps({'type': 'Polygon', 'coordinates': [RING]}))})"
            rows = f"SELECT '01100001' AS NR, {literal(text)} AS NAME, {outline} AS geom"
            con.execute(f"COPY ({rows}) TO {literal(str(path))} ({options})")
        return path.read_bytes()

    return bytes_of


FGB, PARQUET = "FORMAT gdal, DRIVER 'FlatGeobuf', SRS 'EPSG:4326'", "FORMAT parquet"


@pytest.fixture
def map_source(source):
    def given(form: str, more: str = "", unit: str = "NR") -> str:
        fields = {"file": "'raum.*'", "stichtag": "", "zuschnitt": "2020-01-01"}
        return source("raum", CONTRACT.format(id=unit), dialect=f'{{ format = "{form}"{more} }}', **fields)

    return given


def shapefile(written, tmp_path: Path, name: bytes, cpg: bytes | None = None, *, marked: bool = True) -> bytes:
    """A Shapefile whose one name is these bytes, with or without a word on its encoding in a file or its 30th byte."""
    written("raum.shp", "FORMAT gdal, DRIVER 'ESRI Shapefile', SRS 'EPSG:4326'", "x" * len(name))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            content = (tmp_path / "raum").with_suffix(part).read_bytes()
            if part == ".dbf" and not marked:
                content = content[:29] + b"\0" + content[30:]
            archive.writestr(f"raum{part}", content.replace(b"x" * len(name), name) if part == ".dbf" else content)
        if cpg:
            archive.writestr("raum.cpg", cpg)
    return out.getvalue()


def names_and_areas(staged) -> list[tuple]:
    return staged.rows(
        "SELECT raum_id, name, st_area(st_geomfromwkb(wkb)) > 1e7 FROM stage.raum_name INNER JOIN stage.raum_geometrie "
        "USING (raumebene, raum_id) WHERE raumebene = 'sozialraum'"
    )


@pytest.mark.parametrize("form", ["kml", "topojson", "fgb", "geoparquet"])
def test_polygons_of_every_format(stage_city, map_source, written, form: str) -> None:
    content = {
        "kml": kml, "topojson": topojson, "fgb": lambda: written("raum.fgb", FGB),
        "geoparquet": lambda: written("raum.parquet", PARQUET),
    }[form]()  # fmt: skip
    staged = stage_city(map_source(form), {"raum.x": content})
    assert names_and_areas(staged) == [("01100001", "Süd", True)]
    assert staged.files == [("raum.x", 1, 1, 0, 0)]


@pytest.mark.slow
def test_an_id_that_is_no_property_is_the_features_own(stage_city, map_source) -> None:
    assert stage_city(map_source("kml", unit="@id"), {"raum.x": kml()}).files == [("raum.x", 1, 1, 0, 0)]
    feature = {"type": "Feature", "id": "01100001", "properties": {"NAME": "Süd"}}
    outline = {"type": "Polygon", "coordinates": [RING]}
    text = json.dumps({"type": "FeatureCollection", "features": [{**feature, "geometry": outline}]})
    assert names_and_areas(stage_city(map_source("geojson", unit="@id"), {"raum.x": text})) == [
        ("01100001", "Süd", True)
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (kml(outline=""), "feature 1 (NR 01100001): expected polygons in its layer, found 'no geometry'"),
        (kml(outline="<Point><coordinates>7,51</coordinates></Point>"), "found 'Point'"),
        (kml(outline=POLYGON.replace("7.1,51,0", "x,51")), "could not convert string to float"),
        (kml(name="<name>a</name><name>b</name>"), "a Placemark has the property 'name' twice"),
        (kml().replace(b"</kml>", b""), "no element found"),
        (b"<kml xmlns='x'><Document/></kml>", "expected features, found none"),
        (b"<html><body>login</body></html>", "found a web page"),
        (b"<?xml version='1.0'?><gml/>", "found a web page"),
    ],
)
def test_a_kml_file_that_is_not_as_it_must_be(refusal, map_source, content: bytes, told: str) -> None:
    assert told in refusal(map_source("kml"), {"raum.x": content})


def test_a_parquet_file_without_outlines_is_a_table(refusal, map_source, tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 1 AS NR) TO {literal(str(tmp_path / 't'))} (FORMAT parquet)")
    message = refusal(map_source("geoparquet"), {"raum.x": (tmp_path / "t").read_bytes()})
    assert "it has no `geo` in its metadata" in message


def test_a_flatgeobuf_without_an_index_does_not_name_its_features(stage_city, map_source, written) -> None:
    content = written("raum.fgb", f"{FGB}, LAYER_CREATION_OPTIONS 'SPATIAL_INDEX=NO'")
    assert stage_city(map_source("fgb"), {"raum.x": content}).files == [("raum.x", 1, 1, 0, 0)]


def test_a_tag_in_the_text_of_a_kml_file_is_text(stage_city, map_source) -> None:
    content = kml(name="<name>x</name><description><![CDATA[<Placemark>]]></description>")
    assert stage_city(map_source("kml"), {"raum.x": content}).files == [("raum.x", 1, 1, 0, 0)]


def test_the_point_of_a_label_beside_a_kml_polygon_is_passed_over(stage_city, map_source) -> None:
    labelled = kml(outline=f"<MultiGeometry><Point><coordinates>7,51</coordinates></Point>{POLYGON}</MultiGeometry>")

    assert names_and_areas(stage_city(map_source("kml"), {"raum.x": labelled})) == [("01100001", "Süd", True)]


@pytest.mark.parametrize("form", ["fgb", "geoparquet", "topojson", "kml"])
def test_another_format_than_the_profile_says_is_refused(refusal, map_source, form: str) -> None:
    assert "File raum.x" in (told := refusal(map_source(form), {"raum.x": "NR;NAME\n01100001;Süd\n"})) or "raum" in told


@pytest.mark.slow
def test_a_shapefile_without_a_word_on_its_encoding_is_read_as_the_profile_says(
    stage_city, map_source, written, tmp_path: Path
) -> None:
    content = shapefile(written, tmp_path, "Süd\u20ac".encode("cp1252"))
    staged = stage_city(map_source("shp", ', encoding = "cp1252"'), {"raum.x": content})
    assert names_and_areas(staged) == [("01100001", "Süd\u20ac", True)]


@pytest.mark.parametrize(
    ("name", "cpg", "told"),
    [("Süd".encode(), None, "its texts are in UTF-8, sources.toml says cp1252"),
     ("Süd".encode(), b"UTF-8", "its .cpg says that its texts are in UTF-8, sources.toml says cp1252")],
)  # fmt: skip
def test_a_shapefile_in_another_encoding_than_declared_is_refused(
    refusal, map_source, written, tmp_path: Path, name: bytes, cpg: bytes | None, told: str
) -> None:
    content = shapefile(written, tmp_path, name, cpg)
    assert told in refusal(map_source("shp", ', encoding = "cp1252"'), {"raum.x": content})


def test_a_shapefile_of_which_nobody_says_the_encoding_is_refused_with_the_key_to_set(
    refusal, map_source, written, tmp_path: Path
) -> None:
    content = shapefile(written, tmp_path, "Süd".encode("cp1252"), marked=False)
    assert "Its texts are not utf-8" in (told := refusal(map_source("shp"), {"raum.x": content}))
    assert "set `encoding`" in told
