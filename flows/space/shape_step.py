"""The step of the station transform that computes with polygons, so that a city without any never loads spatial.

Loading the extension takes as long as half of the other tables together.
"""

from __future__ import annotations

import duckdb

from flows.base.db import sql, use_spatial
from flows.base.sql_order import PythonStep

TABLES = {
    "raum_gestalt": "zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, flaeche_km2 DOUBLE, geometrie BLOB",
    "basis_flaeche": "basis VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, flaeche_km2 DOUBLE",
}


def lay_shapes(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of areas and outlines from sql/space; they are empty where no polygon was delivered."""
    delivered = con.execute(
        "SELECT 1 FROM stage.geometrie UNION ALL SELECT 1 FROM stage.raum_geometrie LIMIT 1"
    ).fetchone()
    if delivered:
        use_spatial(con)
    for name, columns in TABLES.items():
        con.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        if delivered:
            con.execute(f"INSERT INTO {name} BY NAME {sql(f'space/{name}')}")


SHAPES = PythonStep(
    makes={
        "raum_gestalt": "One row per unit of a Raumebene in a Zuschnitt that has a polygon, with its area.",
        "basis_flaeche": "One row per base unit with a polygon: its area.",
    },
    reads=frozenset(
        {
            "kombination",
            "kombination_raum",
            "katalog.raumebene",
            "stage.geometrie",
            "stage.raum_geometrie",
            "stage.raum_lage",
        }
    ),
    run=lay_shapes,
)
