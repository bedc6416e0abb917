"""Reads files of polygons (GeoJSON, GeoPackage, Shapefile) as rows of text, in the coordinates of the file.

A row is a polygon: its properties by name, and its outline as GeoJSON under ``geometrie``. The coordinate
system that the file states, and the size of its coordinates, are held against the contract before anything
is transformed.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from flows.errors import SourceUnavailable
from flows.extract.archive import unpack
from flows.profile.source import Source
from flows.stage.apart import asked_apart
from flows.stage.corrections import Row
from flows.stage.delivered import features

GEOGRAPHIC = ("EPSG:4326", "EPSG:4258", "EPSG:4979")
"""Coordinate systems in degrees that offices deliver in; all others in use here are in metres."""


@dataclass(frozen=True)
class Polygons:
    """The rows of a file, the coordinate system it states, and how many rows it holds, counted by another reader."""

    rows: list[Row]
    crs: str | None
    held: int


def polygon_rows(source: Source, name: str, path: Path) -> Polygons:
    """Return the polygons of the file `name` at `path`.

    Raises:
        SourceUnavailable: the file cannot be read, holds no polygon, or is in another coordinate system.
    """
    form, contract = source.dialect.format, source.geometry
    assert contract is not None  # noqa: S101 -- only geometry sources come here
    if form == "geojson":
        found = _features(name, path)
    elif form == "gpkg":
        found = _layer(source, name, path)
    else:
        with TemporaryDirectory() as folder:
            found = _layer(source, name, _shapefile_in(path, name, Path(folder)))
    stated = found.crs
    if stated is not None and stated != contract.crs:
        raise SourceUnavailable(
            f"Source {source.id}, file {name}: expected coordinates in {contract.crs} as sources.toml says, found that "
            f"the file says {stated}. Correct `crs` in sources.toml if the supplier changed it."
        )
    if not found.rows:
        raise SourceUnavailable(f"File {name}: expected features, found none. Ask the supplier for it again.")
    _refuse_degrees_for_metres(source, name, found.rows)
    return found


def _features(name: str, path: Path) -> Polygons:
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
        rows = [_feature(feature) for feature in collection["features"]]
        crs = (collection.get("crs") or {}).get("properties", {}).get("name")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise SourceUnavailable(
            f"File {name}: expected a GeoJSON FeatureCollection of polygons, found text that is not ({problem!r}). "
            "Is the file cut short? Ask the supplier for it again."
        ) from problem
    return Polygons(rows, None if crs is None else _epsg(str(crs)), features(name, path))


def _feature(feature: dict[str, Any]) -> Row:
    geometry = feature["geometry"]
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        message = f"a geometry of type {geometry['type']}"
        raise ValueError(message)
    if "coordinates" not in geometry:
        message = f"a {geometry['type']} without coordinates"
        raise ValueError(message)
    texts = {key: "" if value is None else str(value) for key, value in feature["properties"].items()}
    return texts | {"geometrie": json.dumps(geometry, allow_nan=False)}


def _layer(source: Source, name: str, path: Path) -> Polygons:
    """Return the rows of the one layer, or the one that the dialect names, and the coordinate system it states."""
    told = asked_apart("flows.stage.gdal", str(path), *([source.dialect.layer] if source.dialect.layer else []))
    if "layers" in told:
        wanted = f"the layer {source.dialect.layer!r}" if source.dialect.layer else "one layer"
        raise SourceUnavailable(
            f"Source {source.id}, file {name}: expected {wanted} of polygons, found "
            f"{', '.join(told['layers']) or 'none'}. Name it as `layer` in the dialect of sources.toml."
        )
    if "problem" in told:
        raise SourceUnavailable(
            f"File {name}: expected a {source.dialect.format} file of polygons, found one that cannot be read: "
            f"{told['problem']}. Is it cut short? Ask the supplier for it again."
        )
    rows: list[Row] = []
    for cells in told["rows"]:
        texts = {key: cell or "" for key, cell in zip(told["columns"], cells, strict=True)}
        outline = texts.pop(told["outline"])
        if not outline.startswith(('{"type":"Polygon"', '{"type":"MultiPolygon"')):
            raise SourceUnavailable(
                f"File {name}: expected polygons in its layer, found {outline[:40] or 'no geometry'!r} in "
                f"row {len(rows) + 1}. Ask the supplier for it again."
            )
        rows.append(texts | {"geometrie": outline})
    return Polygons(rows, told["crs"], told["held"])


def _shapefile_in(path: Path, name: str, folder: Path) -> Path:
    """Unpack the parts of one Shapefile from a ZIP into `folder` and return the path of its .shp.

    Raises:
        SourceUnavailable: the archive is damaged or does not hold the parts of just one Shapefile.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [one.filename for one in archive.infolist()]
    except (zipfile.BadZipFile, struct.error, OSError, EOFError, ValueError, RuntimeError) as problem:
        raise SourceUnavailable(f"Archive {name} is damaged: {problem}. Ask the supplier for it again.") from problem
    parts = [PurePosixPath(one).suffix.lower() for one in inside]
    if parts.count(".shp") != 1 or not {".shx", ".dbf", ".prj"} <= set(parts):
        raise SourceUnavailable(
            f"Archive {name}: expected the parts .shp, .shx, .dbf and .prj of one Shapefile, found "
            f"{', '.join(inside) or 'nothing'}. Ask for all of them."
        )
    for part in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        if part in parts:
            either_case = "".join(f"[{letter}{letter.upper()}]" for letter in part[1:])
            unpack(path, name, f"*.{either_case}", folder / f"teil{part}")
    return folder / "teil.shp"


def _refuse_degrees_for_metres(source: Source, name: str, rows: list[Row]) -> None:
    """Stop when the coordinates are degrees where the contract declares metres, or the other way round.

    Raises:
        SourceUnavailable: says which of the two was found.
    """
    assert source.geometry is not None  # noqa: S101 -- only geometry sources come here
    declared = source.geometry.crs
    x, y = _first_point(json.loads(rows[0]["geometrie"])["coordinates"])
    degrees = abs(x) <= 180 and abs(y) <= 90
    if degrees == (declared in GEOGRAPHIC):
        return
    found = "degrees" if degrees else "metres"
    raise SourceUnavailable(
        f"Source {source.id}, file {name}: expected coordinates in {declared} "
        f"({'degrees' if declared in GEOGRAPHIC else 'metres'}), found {found}: the first point is {x:g}, {y:g}. "
        "Correct `crs` in sources.toml (WGS 84 in degrees is EPSG:4326), or ask the supplier."
    )


def _first_point(coordinates: Any) -> tuple[float, float]:
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    if (
        isinstance(coordinates, list)
        and len(coordinates) >= 2
        and all(isinstance(number, (int, float)) for number in coordinates[:2])
    ):
        with suppress(OverflowError):  # a whole number of hundreds of digits
            return float(coordinates[0]), float(coordinates[1])
    return float("inf"), float("inf")


def _epsg(name: str) -> str:
    """Return a coordinate system's short name, whichever way GeoJSON's old member `crs` writes it."""
    number = re.search(r"(\d+)$", name)
    return "EPSG:4326" if name.endswith("CRS84") else f"EPSG:{number[1]}" if number else name
