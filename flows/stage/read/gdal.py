"""Reads a GeoPackage, Shapefile, FlatGeobuf or TopoJSON with GDAL, in a process of its own.

    python -m flows.stage.read.gdal PATH FORMAT CRS LAYER ENCODING

prints one JSON object: the coordinate system (CRS where it is that one), the columns, the rows with each outline as
GeoJSON, and under ``held`` how many rows another reader than GDAL counts; or, where the file cannot be read, the reason
under ``problem``. LAYER and ENCODING may be empty; the second is that of the texts of a Shapefile without a .cpg.
"""

from __future__ import annotations

import codecs
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import NOTHING_ASIDE, connect, literal, set_variables, sql, use_spatial
from flows.stage.read.geojson import as_text
from flows.stage.read.row_counts import features_of_flatgeobuf, features_of_topology, records, rows_of_layer
from flows.stage.read.subprocess_reader import answer

_UNDEFINED = ("Undefined geographic SRS", "Undefined Cartesian SRS")
"""What GDAL calls the systems 0 and -1 of a GeoPackage, which say that there is none."""
_SHOWN = 60  # characters of a .prj that cannot be read


_DRIVERS = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf", "topojson": "TopoJSON"}
_BYTES = "ISO-8859-1"
"""The encoding in which every byte is a character, so that texts can be decoded afterwards."""


def read(path: str, form: str, declared: str, wanted: str | None, encoding: str | None = None) -> dict[str, Any]:
    """Return what stands in the one layer with geometry, or the layer `wanted`.

    Raises:
        ValueError: the texts of a Shapefile are not in the `encoding`.
    """
    held = records(Path(path)) if form == "shp" else None  # parts that disagree can end GDAL's process
    decode = _decoder(Path(path), encoding) if form == "shp" and encoding else None
    con = connect(config=NOTHING_ASIDE)
    use_spatial(con)
    found = con.execute(f"SELECT layers FROM st_read_meta({literal(path)})").fetchone()  # noqa: S608 -- quoted
    layers = [layer for layer in (found[0] if found else []) if layer["geometry_fields"]]
    chosen = [layer for layer in layers if wanted in (None, layer["name"])]
    if len(chosen) != 1:
        return {"layers": [layer["name"] for layer in layers]}
    fields = chosen[0]["geometry_fields"][0]
    name = fields["name"] or "geom"
    column = '"' + name.replace('"', '""') + '"'
    as_bytes = f", open_options := ['ENCODING={_BYTES}']" if decode else ""
    driver = f"allowed_drivers := [{literal(_DRIVERS[form])}]"
    layer = f"st_read({literal(path)}, layer := {literal(chosen[0]['name'])}, {driver}{as_bytes})"
    con.execute(f"CREATE TEMP VIEW kasten AS SELECT st_extent_agg({column}) AS kasten FROM {layer}")  # noqa: S608
    cursor = con.execute(f"SELECT * REPLACE (st_asgeojson(st_force2d({column})) AS {column}) FROM {layer}")  # noqa: S608
    columns = [str(each[0]) for each in cursor.description or ()]
    rows = [[as_text(cell) for cell in row] for row in cursor.fetchall()]
    if decode:
        columns, rows = [decode(each) for each in columns], [[decode(cell) for cell in row] for row in rows]
    return {
        "columns": columns,
        "outline": name,
        "held": _held(Path(path), form, chosen[0]["name"]) if held is None else held,
        "rows": rows,
        "crs": _stated(con, Path(path), form, fields["crs"], declared),
    }


def _held(path: Path, form: str, layer: str) -> int:
    """Return how many rows the layer has, counted by another reader than GDAL."""
    if form == "gpkg":
        return rows_of_layer(path, layer)
    return features_of_flatgeobuf(path) if form == "fgb" else features_of_topology(path, layer)


def _decoder(path: Path, encoding: str) -> Callable[[str], str] | None:
    """Return what makes a text of its bytes; none where a .cpg beside the file says the encoding.

    Raises:
        ValueError: it says another than the profile, or the texts are UTF-8 and said to be something else.
    """
    beside = path.with_suffix(".cpg")
    if beside.exists():
        told = beside.read_text(encoding="ascii", errors="replace").strip()
        with suppress(LookupError):  # a name of GDAL's own
            if codecs.lookup(told if not told.isdecimal() else f"cp{told}").name != codecs.lookup(encoding).name:
                message = f"its .cpg says that its texts are in {told}, sources.toml says {encoding}"
                raise ValueError(message)
        return None
    if codecs.lookup(encoding).name != "utf-8" and _is_utf8(path.with_suffix(".dbf").read_bytes()[32:]):
        message = f"its texts are in UTF-8, sources.toml says {encoding}"
        raise ValueError(message)
    return lambda text: text.encode(_BYTES).decode(encoding)


def _is_utf8(table: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        return not table.decode("utf-8").isascii()
    return False


def _stated(
    con: duckdb.DuckDBPyConnection, path: Path, form: str, crs: Mapping[str, str] | None, declared: str
) -> str | None:
    """Return the coordinate system that a layer states: by number, as the declared one, by its own name; or none."""
    if crs is None:
        return None if form in ("topojson", "fgb") else _unknown(path, form)
    if crs["name"] in _UNDEFINED and form != "shp":
        return None
    if crs["auth_name"] == "EPSG" and crs["auth_code"]:
        return f"EPSG:{crs['auth_code']}"
    set_variables(con, eigenes_crs=crs["wkt"], crs=declared)
    with suppress(duckdb.Error):  # PROJ cannot make one of the other
        found = con.execute(sql("stage/bezugssystem_gleich")).fetchone()
        if found and found[0] is not False:
            return declared
    return f"one without an EPSG number, {crs['name']!r} ({crs['proj4'] or crs['wkt'][:_SHOWN]})"


def _unknown(path: Path, form: str) -> str | None:
    """Return what stands where GDAL finds no coordinate system; nothing where a .prj is empty."""
    if form != "shp":
        return "one that it does not describe"
    text = path.with_suffix(".prj").read_text(encoding="utf-8", errors="replace").strip()
    return f"one that GDAL does not know, {text[:_SHOWN]!r}" if text else None


def requested_layer(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the command line asks for."""
    path, form, declared, layer, encoding = arguments
    return read(path, form, declared, layer or None, encoding or None)


if __name__ == "__main__":
    answer(requested_layer, duckdb.Error, sqlite3.Error, OSError, ValueError, IndexError, KeyError, TypeError)
