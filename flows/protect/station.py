"""Station protect: what may leave the office, and only that, as Parquet files for the publishing process."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.profile.load import Profile
from flows.resources import resource
from flows.stage.database import literal
from flows.transform.station import run_folder

CATALOGUE = {
    "indikator": "katalog.indikator",
    "merkmal": "katalog.merkmal",
    "katalog_indikator_teil": "katalog.indikator_teil",
    "katalog_raumebene": "katalog.raumebene",
    "katalog_zuschnitt": "katalog.zuschnitt",
    "katalog_schutzklasse": "katalog.schutzklasse",
    "katalog_stadt": "katalog.stadt",
    "katalog_hinweis": "katalog.hinweis",
}
FIGURES = ("wert", "sozialraum_jahr", "umsteigeschluessel", "raum_ereignis")


def protect(con: duckdb.DuckDBPyConnection, profile: Profile, target: Path) -> dict[str, int]:
    """Suppress what identifies people and write the tables of the release to `target`.

    Returns:
        How many figures are published and how many suppressed, under ``published`` and ``suppressed``.

    Raises:
        ConfigError: a file of sql/protect cannot be run.
    """
    target.mkdir(parents=True, exist_ok=True)
    run_folder(con, resource("sql/protect"))
    for table in FIGURES:
        _write(con, f"FROM {table}", target / f"{table}.parquet")
    for name, table in CATALOGUE.items():
        _write(con, f"FROM {table}", target / f"{name}.parquet")
    for level in profile.city.raumebene:
        _write(con, _units_of(con, level.id), target / f"{level.id}.parquet")
    _write(con, _LINEAGE, target / "_lineage.parquet")
    counted = con.execute("SELECT count(wert), count(*) FILTER (status = 'geschuetzt') FROM wert").fetchone()
    published, suppressed = counted or (0, 0)
    return {"published": published, "suppressed": suppressed}


_LINEAGE = """
    SELECT tabelle, '*' AS spalte, liest AS aus_tabelle, '*' AS aus_spalte
    FROM lineage
    ORDER BY ALL
"""


def _units_of(con: duckdb.DuckDBPyConnection, level: str) -> str:
    """Return the query of a Raumebene's units, with one column for each coarser one in which they lie."""
    parents = con.execute(
        "SELECT DISTINCT ober, rang FROM (SELECT unnest(map_keys(eltern)) AS ober FROM raum "
        f"WHERE raumebene = {literal(level)}) INNER JOIN katalog.raumebene ON ober = raumebene.raumebene ORDER BY rang"
    ).fetchall()
    columns = "".join(f"eltern[{literal(parent)}] AS {parent}_id, " for parent, _ in parents)
    return (
        f"FROM raum SELECT zuschnitt, raum_id AS {level}_id, name, {columns}gueltig_ab, gueltig_bis, flaeche_km2, "
        f"geometrie WHERE raumebene = {literal(level)}"
    )


def _write(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")
