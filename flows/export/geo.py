"""The units of each Raumebene with their newest figures, as GeoParquet and GeoPackage.

DuckDB's spatial extension writes both. It is loaded from the installed package, never downloaded, and the
user's home directory is not touched. GDAL would put the time of writing into a GeoPackage; `still_clock`
gives it the Stichtag instead, so that the same release has the same bytes.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.db import literal, set_variables, sql
from flows.base.errors import FortschreibungError
from flows.export.wide_figures import show_units
from flows.release.table_contract import Table


def load_spatial(con: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension of the installed package into `con`.

    Raises:
        FortschreibungError: when the package is not there or belongs to another DuckDB.
    """
    version = f"v{duckdb.__version__}"
    path = Path(str(importlib.resources.files("duckdb_extension_spatial"))) / "extensions" / version
    try:
        con.execute(f"LOAD {literal(str(path / 'spatial.duckdb_extension'))}")
    except duckdb.Error as problem:
        raise FortschreibungError(
            f"Expected DuckDB's spatial extension for {version} in the package duckdb-extension-spatial, "
            f"could not load it: {problem}. Set up the environment again (make setup)."
        ) from problem


def still_clock(day: dt.date) -> None:
    """Let every GeoPackage that this process writes be dated `day`."""
    os.environ["OGR_CURRENT_DATE"] = f"{day.isoformat()}T00:00:00.000Z"


@dataclass(frozen=True)
class Layers:
    """Which units are written, on which Zuschnitt and in which coordinate system."""

    units: Sequence[Table]
    zuschnitt: str
    crs: str


def write_geo(con: duckdb.DuckDBPyConnection, layers: Layers, folder: Path) -> list[Path]:
    """Write `folder`/<raumebene>.parquet and .gpkg for each Raumebene; return the paths.

    The figures are those of `flows.export.wide_figures`.
    """
    load_spatial(con)
    folder.mkdir()
    paths = []
    for table in layers.units:
        show_units(con, table)
        set_variables(con, raumebene=table.name, zuschnitt=layers.zuschnitt, crs=layers.crs)
        con.execute(f"CREATE TEMP TABLE lage AS {sql('export/lage')}")
        parquet, geopackage = folder / f"{table.name}.parquet", folder / f"{table.name}.gpkg"
        con.execute(f"COPY temp.lage TO {literal(str(parquet))} (FORMAT parquet, COMPRESSION zstd)")
        named, crs = literal(table.name), literal(layers.crs)
        con.execute(
            f"COPY temp.lage TO {literal(str(geopackage))} (FORMAT gdal, DRIVER 'GPKG', "
            f"SRS {crs}, LAYER_NAME {named}, LAYER_CREATION_OPTIONS ('GEOMETRY_NAME=geometrie'))"
        )
        con.execute("DROP TABLE temp.lage")
        paths += [parquet, geopackage]
    return paths
