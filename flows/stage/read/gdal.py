"""Reads a GeoPackage or Shapefile with GDAL, in a process of its own (flows.stage.read.subprocess_reader).

    python -m flows.stage.read.gdal PATH CRS [LAYER]

prints one JSON object: the coordinate system (CRS where it is that one), the columns, the rows with each outline as
GeoJSON, and under ``held`` how many rows another reader than GDAL counts; or, where the file cannot be read, the reason
under ``problem``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import NOTHING_ASIDE, connect, literal, set_variables, sql, use_spatial
from flows.stage.read.geojson import as_text
from flows.stage.read.row_counts import records, rows_of_layer
from flows.stage.read.subprocess_reader import answer

_UNDEFINED = ("Undefined geographic SRS", "Undefined Cartesian SRS")
"""What GDAL calls the systems 0 and -1 of a GeoPackage, which say that there is none."""
_SHOWN = 60  # characters of a .prj that cannot be read


def read(path: str, declared: str, wanted: str | None) -> dict[str, Any]:
    """Return what stands in the one layer with geometry, or the layer `wanted`."""
    held = records(Path(path)) if path.endswith(".shp") else None  # parts that disagree can end GDAL's process
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
    layer = f"st_read({literal(path)}, layer := {literal(chosen[0]['name'])})"
    con.execute(f"CREATE TEMP VIEW kasten AS SELECT st_extent_agg({column}) AS kasten FROM {layer}")  # noqa: S608
    cursor = con.execute(f"SELECT * REPLACE (st_asgeojson(st_force2d({column})) AS {column}) FROM {layer}")  # noqa: S608
    return {
        "columns": [str(each[0]) for each in cursor.description or ()],
        "outline": name,
        "held": rows_of_layer(Path(path), chosen[0]["name"]) if held is None else held,
        "rows": [[as_text(cell) for cell in row] for row in cursor.fetchall()],
        "crs": _stated(con, Path(path), fields["crs"], declared),
    }


def _stated(con: duckdb.DuckDBPyConnection, path: Path, crs: Mapping[str, str] | None, declared: str) -> str | None:
    """Return the coordinate system that a layer states: by number, as the declared one, by its own name; or none."""
    if crs is None:
        return _unknown(path)
    if crs["name"] in _UNDEFINED and path.suffix != ".shp":
        return None
    if crs["auth_name"] == "EPSG" and crs["auth_code"]:
        return f"EPSG:{crs['auth_code']}"
    set_variables(con, eigenes_crs=crs["wkt"], crs=declared)
    with suppress(duckdb.Error):  # PROJ cannot make one of the other
        found = con.execute(sql("stage/bezugssystem_gleich")).fetchone()
        if found and found[0] is not False:
            return declared
    return f"one without an EPSG number, {crs['name']!r} ({crs['proj4'] or crs['wkt'][:_SHOWN]})"


def _unknown(path: Path) -> str | None:
    """Return what stands where GDAL finds no coordinate system; nothing where a .prj is empty."""
    if path.suffix != ".shp":
        return "one that it does not describe"
    text = path.with_suffix(".prj").read_text(encoding="utf-8", errors="replace").strip()
    return f"one that GDAL does not know, {text[:_SHOWN]!r}" if text else None


def requested_layer(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the command line asks for."""
    path, declared, *layer = arguments
    return read(path, declared, layer[0] if layer else None)


if __name__ == "__main__":
    answer(requested_layer, duckdb.Error, sqlite3.Error, OSError, ValueError, IndexError, KeyError, TypeError)
