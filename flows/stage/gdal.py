"""Reads a GeoPackage or Shapefile with GDAL, in a process of its own (flows.stage.apart).

    python -m flows.stage.gdal PATH [LAYER]

prints one JSON object: the coordinate system, the columns, the rows with each outline as GeoJSON, and under ``held``
how many rows another reader than GDAL counts; or, where the file cannot be read, the reason under ``problem``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from flows.stage.apart import answer
from flows.stage.database import literal, use_spatial
from flows.stage.delivered import records, rows_of_layer


def read(path: str, wanted: str | None) -> dict[str, Any]:
    """Return what stands in the one layer with geometry, or the layer `wanted`."""
    held = records(Path(path)) if path.endswith(".shp") else None  # parts that disagree can end GDAL's process
    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    use_spatial(con)
    found = con.execute(f"SELECT layers FROM st_read_meta({literal(path)})").fetchone()  # noqa: S608 -- quoted
    layers = [layer for layer in (found[0] if found else []) if layer["geometry_fields"]]
    chosen = [layer for layer in layers if wanted in (None, layer["name"])]
    if len(chosen) != 1:
        return {"layers": [layer["name"] for layer in layers]}
    fields = chosen[0]["geometry_fields"][0]
    column = fields["name"] or "geom"
    cursor = con.execute(
        "SELECT * REPLACE (st_asgeojson(st_force2d({0})) AS {0}) FROM st_read({1}, layer := {2})".format(  # noqa: S608 -- quoted
            '"' + column.replace('"', '""') + '"', literal(path), literal(chosen[0]["name"])
        )
    )
    crs = fields.get("crs") or {}
    return {
        "columns": [str(each[0]) for each in cursor.description or ()],
        "outline": column,
        "crs": f"{crs['auth_name']}:{crs['auth_code']}" if crs.get("auth_code") else None,
        "held": rows_of_layer(Path(path), chosen[0]["name"]) if held is None else held,
        "rows": [[None if cell is None else str(cell) for cell in row] for row in cursor.fetchall()],
    }


def told(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the command line asks for."""
    return read(arguments[0], arguments[1] if len(arguments) > 1 else None)


if __name__ == "__main__":
    answer(told, duckdb.Error, sqlite3.Error, OSError, ValueError, IndexError, KeyError, TypeError)
