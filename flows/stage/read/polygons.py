"""Reads files of polygons or lines (GeoJSON, GeoPackage, Shapefile and others) as rows of text, in their coordinates.

A row is a polygon or a line: its properties by name, and its outline as GeoJSON under ``geometrie``. The coordinate
system that the file states, and the size of its coordinates, are compared with the contract before anything
is transformed.
"""

from __future__ import annotations

import json
import math
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from flows.base.errors import ContractBroken
from flows.profile.coordinate_system import coordinate_systems
from flows.profile.source import Source
from flows.profile.source_contract import Barriers, Drawn
from flows.pull.landing.archive import unpack
from flows.stage.corrections import Row
from flows.stage.read.geojson import AREAS, LINES, as_cells, called, feature_rows
from flows.stage.read.row_counts import features
from flows.stage.read.subprocess_reader import read_in_subprocess


@dataclass(frozen=True)
class Polygons:
    """The rows of a file, the coordinate system it states, and how many rows it holds, counted by another reader."""

    rows: list[Row]
    crs: str | None
    held: int


def polygon_rows(source: Source, name: str, path: Path) -> Polygons:
    """Return the polygons of the file `name` at `path`, or its lines where the source brings barriers.

    Raises:
        ContractBroken: the file cannot be read, holds none, or is in another coordinate system.
    """
    form, contract = source.dialect.format, source.drawn
    assert contract is not None  # noqa: S101 -- only sources of what is drawn come here
    if form == "geojson":
        found = Polygons(*feature_rows(name, path, contract.id_property, _forms(contract)), features(name, path))
    elif form != "shp":
        found = _layer(source, name, path, contract)
    else:
        with TemporaryDirectory() as folder:
            found = _layer(source, name, shapefile_in(path, name, Path(folder)), contract)
    _refuse_other_coordinates(source, name, contract.crs, found.crs)
    if not found.rows:
        raise ContractBroken(
            f"File {name}: expected features, found none. Ask the supplier for it again.", code="FS-CONTRACT-06"
        ).at(f"File {name}")
    _refuse_degrees_for_metres(source, name, contract, found.rows)
    return found


def _forms(contract: Drawn) -> tuple[str, str]:
    """Return what the geometries of a source may be, as GeoJSON calls it."""
    return LINES if isinstance(contract, Barriers) else AREAS


def _layer(source: Source, name: str, path: Path, contract: Drawn) -> Polygons:
    """Return the rows of the one layer, or the one that the dialect names, and the coordinate system it states."""
    dialect = source.dialect
    encoding = dialect.encoding if "encoding" in dialect.model_fields_set else ""
    answer = polygons_in(path, dialect.format, contract.crs, dialect.layer or "", encoding)
    if "layers" in answer:
        wanted = f"the layer {source.dialect.layer!r}" if source.dialect.layer else "one layer"
        raise ContractBroken(
            f"Source {source.id}, file {name}: expected {wanted} of {_words(contract)}, found "
            f"{', '.join(answer['layers']) or 'none'}. Name it as `layer` in the dialect of sources.toml.",
            code="FS-CONTRACT-10",
        ).at(f"Source {source.id}, file {name}")
    if "problem" in answer:
        texts_wrong = dialect.format == "shp" and "unicode" in answer["problem"].lower()
        remedy = (
            f"Its texts are not {encoding or 'utf-8'}, and no .cpg file in it says what they are: set `encoding` in "
            "its dialect, often `cp1252`."
            if texts_wrong
            else "Is it cut short? Ask the supplier for it again."
        )
        raise ContractBroken(
            f"File {name}: expected a {source.dialect.format} file of {_words(contract)}, found one that cannot be "
            f"read: {answer['problem']}. {remedy}",
            code="FS-CONTRACT-04" if texts_wrong else "FS-CONTRACT-02",
        ).at(f"File {name}")
    rows: list[Row] = []
    for cells in answer["rows"]:
        texts: Row = cells if isinstance(cells, dict) else dict(zip(answer["columns"], cells, strict=True))
        outline = texts.pop(answer["outline"])
        form = _form_of(outline)
        if form not in _forms(contract):
            place = called(len(rows) + 1, contract.id_property, texts.get(contract.id_property))
            raise ContractBroken(
                f"File {name}, {place}: expected {_words(contract)} in its layer, found {form!r}. "
                "Ask the supplier for it again.",
                code="FS-CONTRACT-10",
            ).at(f"File {name}, feature {len(rows) + 1}")
        rows.append(as_cells(texts) | {"geometrie": outline})
    return Polygons(rows, answer["crs"], answer["held"])


def _words(contract: Drawn) -> str:
    return "lines" if isinstance(contract, Barriers) else "polygons"


def _form_of(outline: str) -> str:
    """Return the type of a geometry that a reader answers with: of GeoJSON, or the words for something else."""
    if outline.startswith("{"):
        return str(json.loads(outline)["type"])
    return outline or "no geometry"


def polygons_in(path: Path, form: str, crs: str, layer: str = "", encoding: str = "") -> dict[str, Any]:
    """Return what the reader of the format `form` says of a file, in a process of its own.

    `encoding` is that of the texts of a Shapefile without a .cpg. The answer has ``rows``, as dicts or as lists in the
    order of ``columns``, the name of the ``outline`` among them, and ``crs``; or ``layers`` where it is not just one
    (or not the one asked for), or the ``problem``.
    """
    if form in ("kml", "geoparquet"):
        return read_in_subprocess(f"flows.stage.read.{form}", str(path))
    return read_in_subprocess("flows.stage.read.gdal", str(path), form, crs, layer, encoding)


def shapefile_in(path: Path, name: str, folder: Path) -> Path:
    """Unpack the parts of one Shapefile from a ZIP into `folder` and return the path of its .shp.

    Raises:
        ContractBroken: the archive is damaged or does not hold the parts of just one Shapefile.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [one.filename for one in archive.infolist()]
    except (zipfile.BadZipFile, struct.error, OSError, EOFError, ValueError, RuntimeError) as problem:
        raise ContractBroken(
            f"Archive {name} is damaged: {problem}. Ask the supplier for it again.", code="FS-CONTRACT-13"
        ) from problem
    parts = [PurePosixPath(one).suffix.lower() for one in inside]
    if parts.count(".shp") != 1 or not {".shx", ".dbf", ".prj"} <= set(parts):
        raise ContractBroken(
            f"Archive {name}: expected the parts .shp, .shx, .dbf and .prj of one Shapefile, found "
            f"{', '.join(inside) or 'nothing'}. Ask for all of them.",
            code="FS-CONTRACT-10",
        ).at(f"File {name}")
    for part in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        if part in parts:
            either_case = "".join(f"[{letter}{letter.upper()}]" for letter in part[1:])
            unpack(path, name, f"*.{either_case}", folder / f"teil{part}")
    return folder / "teil.shp"


def _refuse_other_coordinates(source: Source, name: str, crs: str, stated: str | None) -> None:
    """Stop when the file states another coordinate system than the contract; one that states none is as declared.

    Raises:
        ContractBroken: names both, and what to do.
    """
    if stated in (None, crs):
        return
    what_to_do = (
        "Correct `crs` in sources.toml if the supplier changed it."
        if str(stated).startswith("EPSG:")
        else "Ask the supplier for the file in a system with an EPSG number, and name that as `crs` in sources.toml."
    )
    raise ContractBroken(
        f"Source {source.id}, file {name}: expected coordinates in {crs} as sources.toml says, found that the file "
        f"says {stated}. {what_to_do}",
        code="FS-CONTRACT-11",
    ).at(f"Source {source.id}, file {name}")


def _refuse_degrees_for_metres(source: Source, name: str, contract: Drawn, rows: list[Row]) -> None:
    """Stop when a point is in degrees where the contract declares metres, the other way round, or no point at all.

    Raises:
        ContractBroken: says which was found, and of which feature.
    """
    system = coordinate_systems().get(contract.crs)
    declared = "degrees" if system and system.degrees else "metres"
    for number, row in enumerate(rows, start=1):
        feature = called(number, contract.id_property, row.get(contract.id_property))
        place = f"Source {source.id}, file {name}, {feature}"
        try:
            for x, y in _points(json.loads(row["geometrie"])):
                found = "degrees" if abs(x) <= 180 and abs(y) <= 90 else "metres"
                if found != declared:
                    raise ContractBroken(
                        f"{place}: expected coordinates in {contract.crs} ({declared}), found {found}: a point is "
                        f"{x:g}, {y:g}. Correct `crs` in sources.toml (WGS 84 in degrees is EPSG:4326), or ask the "
                        "supplier.",
                        code="FS-CONTRACT-11",
                    ).at(f"File {name}")
        except (ValueError, TypeError, OverflowError) as problem:
            raise ContractBroken(
                f"{place}: expected {'lines' if isinstance(contract, Barriers) else 'rings'} of points of two numbers "
                "or three, found other coordinates. Ask the supplier for it again.",
                code="FS-CONTRACT-10",
            ).at(f"File {name}") from problem


def _points(outline: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Yield each point of a polygon or line, or of several.

    Raises:
        ValueError, TypeError, OverflowError: there is something else than points of finite numbers in rings or lines.
    """
    parts = [[outline["coordinates"]]] if outline["type"] == "LineString" else [outline["coordinates"]]
    for part in outline["coordinates"] if outline["type"] == "MultiPolygon" else parts:
        for ring in part:
            for point in ring:
                x, y, *_ = point
                if not all(map(math.isfinite, point)):
                    raise ValueError
                yield x, y
