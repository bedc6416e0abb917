"""Looks at a file of polygons: its format, its coordinate system, its properties, and where it lies."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from flows.app.new_city.guess import LeftOut
from flows.base.errors import ContractBroken
from flows.profile.coordinate_system import coordinate_systems
from flows.profile.dialect import Dialect
from flows.stage.read.geojson import feature_rows
from flows.stage.read.polygons import _shapefile_in
from flows.stage.read.subprocess_reader import read_in_subprocess

_FORMATS = {".geojson": "geojson", ".json": "geojson", ".gpkg": "gpkg", ".zip": "shp", ".kml": "kml"}
_COORDINATES = re.compile(r"<coordinates>\s*(-?\d+\.\d+),(-?\d+\.\d+)")


@dataclass(frozen=True)
class Outlines:
    """A file of polygons: its properties by feature as text, the coordinate system it states, and a point of it."""

    path: Path
    format: str
    crs: str | None
    rows: list[dict[str, str]]
    point: tuple[float, float]
    layer: str | None = None

    @property
    def in_degrees(self) -> bool:
        """Whether its coordinates are angles."""
        return abs(self.point[0]) <= 180 and abs(self.point[1]) <= 90

    @property
    def properties(self) -> list[str]:
        """The properties that every feature has."""
        return [name for name in self.rows[0] if all(row.get(name) for row in self.rows)]


def is_outlines(path: Path) -> bool:
    """Say whether a file's name is one of polygons."""
    if path.suffix.lower() != ".zip":
        return path.suffix.lower() in _FORMATS
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower().endswith(".shp") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def outlines_in(path: Path) -> Outlines:
    """Return what a file of polygons says.

    Raises:
        LeftOut: it cannot be read, or its format is one that no profile can name.
    """
    form = _FORMATS[path.suffix.lower()]
    if form not in get_args(Dialect.model_fields["format"].annotation):
        raise LeftOut(
            f"a profile cannot name {path.suffix[1:].upper()} yet; convert it to GeoJSON or GeoPackage, such as with "
            f"QGIS or `ogr2ogr {path.stem}.geojson {path.name}`{_where(path)}"
        )
    try:
        if form == "geojson":
            rows, crs = feature_rows(path.name, path, "")
            return _outlines(path, form, crs, rows, "geometrie")
        if form == "gpkg":
            return _by_gdal(path, path, form)
        with TemporaryDirectory() as folder:
            return _by_gdal(path, _shapefile_in(path, path.name, Path(folder)), form)
    except ContractBroken as problem:
        raise LeftOut(str(problem)) from problem


def point_of(path: Path) -> tuple[float, float] | None:
    """Return the first point, in degrees, of a file of polygons whose format a profile cannot name."""
    found = _COORDINATES.search(path.read_text("utf-8", errors="replace")) if path.suffix.lower() == ".kml" else None
    return (float(found[1]), float(found[2])) if found else None


def _where(path: Path) -> str:
    point = point_of(path)
    return f" (it lies at {point[0]:.2f} degrees east, {point[1]:.2f} north)" if point else ""


def _by_gdal(path: Path, read: Path, form: str) -> Outlines:
    answer: dict[str, Any] = read_in_subprocess("flows.stage.read.gdal", str(read), "EPSG:4326")
    if "problem" in answer:
        raise LeftOut(f"it cannot be read: {answer['problem']}")
    if "layers" in answer:
        raise LeftOut(f"it has several layers ({', '.join(answer['layers'])}); name one as `layer` by hand")
    rows = [dict(zip(answer["columns"], cells, strict=True)) for cells in answer["rows"]]
    return _outlines(path, form, answer["crs"], rows, answer["outline"])


def _outlines(path: Path, form: str, crs: str | None, rows: list[dict[str, str]], outline: str) -> Outlines:
    points = (point for row in rows for point in _points(json.loads(row[outline])["coordinates"]))
    point = next(points, None)
    if point is None:
        raise LeftOut("it has no polygons")
    for row in rows:
        del row[outline]
    return Outlines(path, form, crs if crs and crs in coordinate_systems() else None, rows, point)


def _points(part: Any) -> Iterator[tuple[float, float]]:
    """Yield the points in the coordinates of a polygon, or of several."""
    if part and isinstance(part[0], (int, float)):
        yield float(part[0]), float(part[1])
    else:
        for each in part:
            yield from _points(each)
