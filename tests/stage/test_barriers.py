"""Lines that a Sozialraum should not cross are delivered in every format of a map, in any coordinate system."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import duckdb
import pytest

from flows.base.db import literal, use_spatial
from tests.stage.test_map_formats import RING, kml

LINE = [[7.0, 51.0], [7.05, 51.05], [7.1, 51.1]]
BLOCK = (
    'geometry = { id_property = "NR", crs = "EPSG:4326", level = "sozialraum" }',
    "'raum.*'",
    '{ format = "geojson" }',
)
PLACEMARK = "<Placemark><name>Bahn</name><LineString><coordinates>{}</coordinates></LineString></Placemark>"


def collection(kind: str, coordinates: object, **properties: str) -> dict[str, object]:
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
    return {"type": "FeatureCollection", "features": [feature]}


def geojson(*lines: list[list[float]], crs: str | None = None, kinds: str = "Bahn") -> str:
    whole = collection("LineString", lines[0], ART=kinds)
    whole["features"] = [collection("LineString", line, ART=kinds)["features"][0] for line in lines]
    return json.dumps(whole | ({"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}))


@pytest.fixture
def barriers(source):
    def given(form: str, crs: str = "EPSG:4326", more: str = "") -> str:
        contract = f'barriers = {{ id_property = "ART", crs = "{crs}"{more} }}'
        return source("linien", contract, file="'linien.*'", stichtag="", dialect=f'{{ format = "{form}" }}')

    return given


@pytest.fixture
def blocks(source):
    """A source of polygons where the lines are."""
    contract, file, dialect = BLOCK
    return source("raum", contract, file=file, stichtag="", zuschnitt="2020-01-01", dialect=dialect)


POLYGON = json.dumps(collection("Polygon", [RING], NR="01100001"))


@pytest.fixture
def written(tmp_path: Path):
    def bytes_of(form: str) -> bytes:
        if form == "geojson":
            return geojson(LINE).encode()
        if form == "kml":
            points = " ".join(f"{x},{y}" for x, y in LINE)
            return f'<kml xmlns="http://www.opengis.net/kml/2.2">{PLACEMARK.format(points)}</kml>'.encode()
        if form == "topojson":
            one = {"type": "LineString", "properties": {"ART": "Bahn"}, "arcs": [0]}
            objects = {"linien": {"type": "GeometryCollection", "geometries": [one]}}
            return json.dumps({"type": "Topology", "objects": objects, "arcs": [LINE]}).encode()
        options = {
            "geoparquet": "FORMAT parquet",
            "fgb": "FORMAT gdal, DRIVER 'FlatGeobuf', SRS 'EPSG:4326'",
            "gpkg": "FORMAT gdal, DRIVER 'GPKG', SRS 'EPSG:4326'",
            "shp": "FORMAT gdal, DRIVER 'ESRI Shapefile', SRS 'EPSG:4326'",
        }[form]
        path = tmp_path / f"linien.{form}"
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as con:
            use_spatial(con)
            line = f"st_geomfromgeojson({literal(json.dumps({'type': 'LineString', 'coordinates': LINE}))})"
            con.execute(f"COPY (SELECT 'Bahn' AS ART, {line} AS geom) TO {literal(str(path))} ({options})")
        return _packed(path) if form == "shp" else path.read_bytes()

    return bytes_of


def _packed(shp: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.writestr(f"linien{part}", shp.with_suffix(part).read_bytes())
    return out.getvalue()


@pytest.mark.parametrize("form", ["geojson", "kml", "topojson", "geoparquet", "fgb", "gpkg", "shp"])
def test_a_line_of_every_format_comes_in_the_coordinates_of_the_city(stage_city, barriers, written, form: str) -> None:
    staged = stage_city(barriers(form), {"linien.x": written(form)})
    ((source, length, points),) = staged.rows(
        "SELECT quelle, st_length(st_geomfromwkb(wkb)), st_npoints(st_geomfromwkb(wkb)) FROM stage.barriere"
    )
    assert (source, points) == ("linien", 3)
    assert length == pytest.approx(13_160, rel=0.01)  # metres: a tenth of a degree east and north
    assert staged.files == [("linien.x", 1, 1, 0, 0)]


def test_lines_are_picked_by_a_property(stage_city, barriers) -> None:
    two = json.loads(geojson(LINE, LINE))
    two["features"][1]["properties"]["ART"] = "Bach"
    staged = stage_city(barriers("geojson", more=', only = { ART = ["Bahn"] }'), {"linien.x": json.dumps(two)})
    assert staged.rows("SELECT count(*) FROM stage.barriere") == [(1,)]
    assert staged.files == [("linien.x", 2, 1, 0, 1)]


@pytest.mark.slow
def test_lines_of_the_landing_zone_are_not_read_again(stage_city, barriers, monkeypatch) -> None:
    files = {"linien.x": geojson(LINE)}
    first = stage_city(barriers("geojson"), files, keeping=True).rows("FROM stage.barriere")
    monkeypatch.setattr("flows.stage.space.read_space_file", None)
    assert stage_city(barriers("geojson"), files, keeping=True).rows("FROM stage.barriere") == first


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (geojson(LINE, crs="urn:ogc:def:crs:EPSG::25832"), "the file says EPSG:25832. Correct `crs` in sources.toml"),
        (geojson([[360_000.0, 5_650_000.0], [361_000.0, 5_650_000.0]]), r"found metres: a point is 360000, 5.65e\+06"),
        (geojson([[51.0, 7.0], [51.1, 7.1]]), r"expected lines where EPSG:4326.*north before east"),
        (geojson([[7.0, 51.0], [7.0, 51.0]]), "feature 1: expected a line in EPSG:25832, found one that is empty"),
        (POLYGON, r"expected a LineString or MultiLineString with properties, found a geometry of type .Polygon"),
        (json.dumps(collection("LineString", [], ART="x")), "found one that is empty"),
        ('{"type": "FeatureCollection", "features": []}', "expected features, found none"),
    ],
    ids=["another system", "metres", "axes", "no length", "polygon", "no points", "nothing"],
)
def test_what_is_no_line_in_the_stated_system_is_refused(refusal, barriers, content: str, told: str) -> None:
    assert re.search(told, refusal(barriers("geojson"), {"linien.x": content}))


def test_lines_beside_the_city_are_refused(refusal, barriers, blocks) -> None:
    elsewhere = {"linien.x": geojson([[7.5, 51.0], [7.6, 51.0]]), "raum.x": POLYGON}
    message = refusal([barriers("geojson"), blocks], elsewhere)
    assert "Source linien: expected lines in the city" in message
    assert "28 km beside its polygons (EPSG:25832)" in message


def test_a_kml_of_polygons_brings_no_barrier(refusal, barriers) -> None:
    assert "expected lines in its layer, found 'Polygon'" in refusal(barriers("kml"), {"linien.x": kml()})
