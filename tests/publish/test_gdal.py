"""The GeoPackage in GDAL's own programs, as a colleague with a GIS has them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="GDAL is not installed")


def converted(package: Path, target: Path, layer: str) -> list[dict]:
    """The features of a layer, converted to GeoJSON."""
    done = subprocess.run(
        ["ogr2ogr", "-f", "GeoJSON", target, package, layer], check=True, capture_output=True, text=True
    )  # fmt: skip
    assert done.stderr == ""
    return json.loads(target.read_bytes())["features"]


@pytest.fixture(scope="module")
def con(redrawn_release: Path):
    with duckdb.connect(str(redrawn_release / "fortschreibung.duckdb"), read_only=True) as con:
        yield con


def test_a_unit_of_today_is_a_polygon_with_its_newest_figures_and_why_others_are_missing(
    redrawn_release: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = converted(redrawn_release / "geo" / "sozialraum.gpkg", tmp_path / "units.json", "sozialraum")
    assert {each["geometry"]["type"] for each in found} == {"MultiPolygon"}
    held = con.execute(
        "SELECT sozialraum_id, einwohner, sgb2_quote FROM sozialraum_jahr WHERE stichtag = DATE '2024-12-31'"
    ).fetchall()
    said = {each["properties"]["sozialraum_id"]: each["properties"] for each in found}
    assert {unit: (each["einwohner"], each["sgb2_quote"]) for unit, each in said.items()} == {
        unit: tuple(figures) for unit, *figures in held
    }
    assert said["011002"]["fehlt"] == "sgb2_quote: geheim"


def test_every_stichtag_and_the_outlines_of_the_other_zuschnitt_are_layers(
    redrawn_release: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    package = redrawn_release / "geo" / "sozialraum.gpkg"
    (rows,) = con.execute("SELECT count(*) FROM sozialraum_jahr").fetchone()
    assert len(converted(package, tmp_path / "years.json", "sozialraum_jahr")) == rows
    other = converted(package, tmp_path / "other.json", "sozialraum_2020-01-01")
    assert {each["geometry"]["type"] for each in other} == {"MultiPolygon"}
