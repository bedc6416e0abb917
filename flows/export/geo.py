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

from flows.base.errors import FortschreibungError
from flows.release.table_contract import IndikatorColumn, Table, literal, quoted


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
    """Which units are written, with which figures, on which Zuschnitt and in which coordinate system."""

    units: Sequence[Table]
    indikatoren: Sequence[IndikatorColumn]
    zuschnitt: str
    crs: str


def write_geo(con: duckdb.DuckDBPyConnection, layers: Layers, folder: Path) -> list[Path]:
    """Write `folder`/<raumebene>.parquet and .gpkg for each Raumebene; return the paths."""
    load_spatial(con)
    folder.mkdir()
    paths = []
    for table in layers.units:
        con.execute(_layer(table, layers))
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


def _layer(table: Table, layers: Layers) -> str:
    """Return the statement that makes the units of `table` with their figures at the newest Stichtag."""
    unit_id, level, zuschnitt = quoted(f"{table.name}_id"), literal(table.name), literal(layers.zuschnitt)
    unit_columns = ", ".join(f"unit.{quoted(c.name)}" for c in table.columns if c.name != "geometrie")
    figures = "".join(
        f", max(figure.wert) FILTER (figure.indikator_id = {literal(each.name)}) AS {quoted(each.name)}"
        for each in layers.indikatoren
    )
    return (
        f"CREATE TEMP TABLE lage AS SELECT {unit_columns}, max(figure.stichtag) AS stichtag{figures}, "  # noqa: S608
        f"ST_SetCRS(ST_GeomFromWKB(any_value(unit.geometrie)), {literal(layers.crs)}) AS geometrie "
        f"FROM {quoted(table.name)} AS unit LEFT JOIN wert AS figure "
        f"ON figure.zuschnitt = unit.zuschnitt AND figure.raumebene = {level} "
        f"AND figure.raum_id = unit.{unit_id} AND figure.stichtag = (SELECT max(stichtag) FROM wert "
        f"WHERE zuschnitt = {zuschnitt} AND raumebene = {level}) "
        f"WHERE unit.zuschnitt = {zuschnitt} GROUP BY {unit_columns} ORDER BY unit.{unit_id}"
    )
