"""Reads files of polygons (GeoJSON, GeoPackage, Shapefile) as rows of text, in the coordinates of the file.

A row is a polygon: its properties by name, and its outline as GeoJSON under ``geometrie``. The coordinate
system that the file states, and the size of its coordinates, are held against the contract before anything
is transformed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from flows.errors import SourceUnavailable
from flows.profile.source import Source
from flows.stage.corrections import Row

GEOGRAPHIC = ("EPSG:4326", "EPSG:4258", "EPSG:4979")
"""Coordinate systems in degrees that offices deliver in; all others in use here are in metres."""


def polygon_rows(source: Source, name: str, path: Path) -> list[Row]:
    """Return the polygons of the file `name` at `path`.

    Raises:
        SourceUnavailable: the file cannot be read, holds no polygon, or is in another coordinate system.
    """
    form, contract = source.dialect.format, source.geometry
    assert contract is not None  # noqa: S101 -- only geometry sources come here
    if form == "geojson":
        rows, stated = _features(name, path)
    else:
        rows, stated = _layer(source, name, _shapefile_in(path, name) if form == "shp" else path)
    if stated is not None and stated != contract.crs:
        raise SourceUnavailable(
            f"Source {source.id}, file {name}: expected coordinates in {contract.crs} as sources.toml says, found that "
            f"the file says {stated}. Correct `crs` in sources.toml if the supplier changed it."
        )
    if not rows:
        raise SourceUnavailable(f"File {name}: expected features, found none. Ask the supplier for it again.")
    _refuse_degrees_for_metres(source, name, rows)
    return rows


def _features(name: str, path: Path) -> tuple[list[Row], str | None]:
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
        rows = [_feature(feature) for feature in collection["features"]]
        crs = (collection.get("crs") or {}).get("properties", {}).get("name")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise SourceUnavailable(
            f"File {name}: expected a GeoJSON FeatureCollection of polygons, found text that is not ({problem!r}). "
            "Is the file cut short? Ask the supplier for it again."
        ) from problem
    return rows, None if crs is None else _epsg(str(crs))


def _feature(feature: dict[str, Any]) -> Row:
    geometry = feature["geometry"]
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        message = f"a geometry of type {geometry['type']}"
        raise ValueError(message)
    texts = {key: "" if value is None else str(value) for key, value in feature["properties"].items()}
    return texts | {"geometrie": json.dumps(geometry, allow_nan=False)}


def _layer(source: Source, name: str, path: Path) -> tuple[list[Row], str | None]:
    """Return the rows of the one layer, or the one that the dialect names, and the coordinate system it states."""
    told = _asked_of_gdal(path, source.dialect.layer)
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
    return rows, told["crs"]


def _asked_of_gdal(path: Path, layer: str | None) -> dict[str, Any]:
    """Return what flows.stage.gdal says of the file; a process that it ends says that the file is damaged."""
    command = [sys.executable, "-m", "flows.stage.gdal", str(path), *([layer] if layer else [])]
    asked = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- our own module
    try:
        told: dict[str, Any] = json.loads(asked.stdout)
    except ValueError:
        return {"problem": "the file is damaged (it ended the process that read it)"}
    return told


def _shapefile_in(path: Path, name: str) -> Path:
    """Unpack the parts of one Shapefile from a ZIP into a folder beside it and return the path of its .shp.

    Raises:
        SourceUnavailable: the archive is damaged or does not hold the parts of just one Shapefile.
    """
    folder = path.parent / f"{path.name}.shapefile"
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {PurePosixPath(one.filename).suffix.lower(): one for one in archive.infolist()}
            several = sum(one.filename.lower().endswith(".shp") for one in archive.infolist()) != 1
            lacking = [ending for ending in (".shp", ".shx", ".dbf", ".prj") if ending not in parts]
            if several or lacking:
                raise SourceUnavailable(
                    f"Archive {name}: expected the parts .shp, .shx, .dbf and .prj of one Shapefile, found "
                    f"{', '.join(one.filename for one in archive.infolist()) or 'nothing'}. Ask for all of them."
                )
            folder.mkdir(parents=True, exist_ok=True)
            for ending in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                if ending in parts:
                    (folder / f"teil{ending}").write_bytes(archive.read(parts[ending]))
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError) as problem:
        raise SourceUnavailable(f"Archive {name} is damaged: {problem}. Ask the supplier for it again.") from problem
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
        return float(coordinates[0]), float(coordinates[1])
    return float("inf"), float("inf")


def _epsg(name: str) -> str:
    """Return a coordinate system's short name, whichever way GeoJSON's old member `crs` writes it."""
    number = re.search(r"(\d+)$", name)
    return "EPSG:4326" if name.endswith("CRS84") else f"EPSG:{number[1]}" if number else name
