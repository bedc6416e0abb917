"""Looks at a file of polygons: its format, its coordinate system, its properties, and where it lies."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.app.new_city.guess import LeftOut
from flows.base.errors import ContractBroken
from flows.profile.coordinate_system import coordinate_systems
from flows.stage.read.geojson import feature_rows
from flows.stage.read.polygons import polygons_in, shapefile_in

_FORMATS = {
    ".geojson": "geojson", ".json": "geojson", ".gpkg": "gpkg", ".zip": "shp", ".kml": "kml", ".fgb": "fgb",
    ".topojson": "topojson", ".geoparquet": "geoparquet", ".parquet": "geoparquet",
}  # fmt: skip


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
        LeftOut: it cannot be read.
    """
    form = _FORMATS[path.suffix.lower()]
    try:
        if form == "geojson":
            rows, crs = feature_rows(path.name, path, "")
            return _outlines(path, form, crs, rows, "geometrie")
        if form == "shp":
            with TemporaryDirectory() as folder:
                return _by_reader(path, shapefile_in(path, path.name, Path(folder)), form)
        return _by_reader(path, path, form)
    except ContractBroken as problem:
        raise LeftOut(str(problem)) from problem


def _by_reader(path: Path, read: Path, form: str) -> Outlines:
    answer = polygons_in(read, form, "EPSG:4326")
    if "problem" in answer:
        raise LeftOut(f"it cannot be read: {answer['problem']}")
    if "layers" in answer:
        raise LeftOut(f"it has several layers ({', '.join(answer['layers'])}); name one as `layer` by hand")
    rows = [
        cells if isinstance(cells, dict) else dict(zip(answer["columns"], cells, strict=True))
        for cells in answer["rows"]
    ]
    return _outlines(path, form, answer["crs"], rows, answer["outline"])


def _outlines(path: Path, form: str, crs: str | None, rows: list[dict[str, str]], outline: str) -> Outlines:
    drawn = [row[outline] for row in rows if row[outline]]
    if strange := next((each for each in drawn if not each.startswith("{")), None):
        raise LeftOut(f"it has features that are no polygons ({strange})")
    points = (point for each in drawn for point in _points(json.loads(each)["coordinates"]))
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
