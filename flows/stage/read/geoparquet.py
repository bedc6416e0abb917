"""Reads the polygons of a GeoParquet file with DuckDB, in a process of its own (flows.stage.read.subprocess_reader).

    python -m flows.stage.read.geoparquet PATH

prints one JSON object as flows.stage.read.gdal does. Layout: GeoParquet 1.1.0, file metadata ``geo``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import NOTHING_ASIDE, connect, literal, one_file, use_spatial
from flows.stage.read.geojson import as_text
from flows.stage.read.subprocess_reader import answer


def features(path: Path) -> dict[str, Any]:
    """Return the rows of a file with the outlines of its primary column.

    Raises:
        duckdb.Error: it is damaged.
        ValueError: it is no GeoParquet, or keeps its outlines in another way than as WKB.
    """
    file = literal(one_file(path))
    with connect(config=NOTHING_ASIDE) as con:
        use_spatial(con)
        geo = con.execute(f"SELECT value FROM parquet_kv_metadata({file}) WHERE key = 'geo'").fetchone()  # noqa: S608
        if geo is None:
            message = "it has no `geo` in its metadata, so it is a table, not GeoParquet"
            raise ValueError(message)
        said = json.loads(geo[0])
        name = said["primary_column"]
        described = said["columns"][name]
        if described.get("encoding") != "WKB":
            message = f"it keeps its outlines as {described.get('encoding')!r}, not as WKB"
            raise ValueError(message)
        column = '"' + name.replace('"', '""') + '"'
        held = con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({file})").fetchone()  # noqa: S608
        outline = f"st_asgeojson(st_force2d({column}))"
        cursor = con.execute(f"SELECT * REPLACE ({outline} AS {column}) FROM read_parquet({file})")  # noqa: S608
        return {
            "columns": [str(each[0]) for each in cursor.description or ()], "outline": name,
            "held": int(held[0] or 0) if held else 0,
            "rows": [[as_text(cell) for cell in row] for row in cursor.fetchall()], "crs": _stated(described),
        }  # fmt: skip


def _stated(column: Mapping[str, Any]) -> str | None:
    """Return the coordinate system of a column: WGS 84 where it says none, nothing where it says that it has none."""
    crs = column.get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})
    if crs is None:
        return None
    number = crs.get("id", {})
    if number.get("code") == "CRS84":
        return "EPSG:4326"
    return f"{number['authority']}:{number['code']}" if number else f"one without an EPSG number, {crs.get('name')!r}"


def requested_file(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the command line asks for."""
    return features(Path(arguments[0]))


if __name__ == "__main__":
    answer(requested_file, duckdb.Error, OSError, ValueError, KeyError, TypeError, AttributeError)
