"""The lines that a Sozialraum should not cross: delivered by a source, or drawn by hand in a file of the profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import insert
from flows.base.errors import ConfigError
from flows.profile.load import Profile
from flows.stage.read.geojson import system_named

_LINES = ("LineString", "MultiLineString")


def lay_barriers(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    """Make the table `grund_linie` of the delivered barriers and those of the profile; empty where there are none.

    The file of the profile is in the coordinate system of the city; what a source delivers was brought into it.

    Raises:
        ConfigError: the file cannot be read, has no lines, or is in another coordinate system than the city.
    """
    con.execute("CREATE OR REPLACE TABLE grund_linie AS SELECT wkb, FALSE AS eigen FROM stage.barriere")
    if profile.redrawing.rules.barriers is not None:
        path = profile.folder / profile.redrawing.rules.barriers
        con.execute("CREATE OR REPLACE TEMP TABLE eigene_linie (geojson VARCHAR NOT NULL)")
        insert(con, "eigene_linie", [{"geojson": json.dumps(line)} for line in _lines(path, profile.city.crs)])
        con.execute(
            "INSERT INTO grund_linie SELECT st_aswkb(st_geomfromgeojson(geojson))::BLOB, TRUE FROM eigene_linie"
        )


def must_be_in_the_city(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    """Stop when no delivered barrier lies where the base units are, or none of the profile: so another system looks.

    Raises:
        ConfigError: they lie elsewhere.
    """
    far = con.execute(
        "SELECT eigen, count(*) FROM grund_linie, "
        "(SELECT st_envelope_agg(st_geomfromwkb(wkb)) AS rahmen FROM grund_flaeche) "
        "GROUP BY eigen HAVING NOT bool_or(st_intersects(st_geomfromwkb(wkb), rahmen)) ORDER BY eigen DESC"
    ).fetchone()
    if far:
        raise ConfigError(
            f"{_where(profile, own=far[0])}: expected lines in the city, in coordinates of "
            f"{profile.city.crs}, found that all {far[1]} lie elsewhere. Bring the file into that coordinate system.",
            code="FS-CONFIG-18",
        )


def _where(profile: Profile, *, own: bool) -> str:
    """Return where barriers come from: the file of the profile, or the sources that deliver some."""
    if own:
        return str(profile.folder / str(profile.redrawing.rules.barriers))
    return f"Source {', '.join(source.id for source in profile.sources if source.barriers)}"


def _lines(path: Path, crs: str) -> list[dict[str, Any]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        features = read["features"]
        lines = [each["geometry"] for each in features if each["geometry"]["type"] in _LINES]
    except OSError as problem:
        raise ConfigError(
            f"{path}: expected the file of lines that redrawing.toml names, found none.", code="FS-CONFIG-18"
        ) from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise ConfigError(
            f"{path}: expected a GeoJSON FeatureCollection of lines, found something else.", code="FS-CONFIG-18"
        ) from problem
    named = str((read.get("crs") or {}).get("properties", {}).get("name", ""))
    found = system_named(named) or "EPSG:4326"
    if found != crs:
        said = f"found {found}" if named else "found none named, by which GeoJSON means degrees (EPSG:4326)"
        raise ConfigError(
            f"{path}: expected the coordinate system of the city ({crs}) in its member `crs`, {said}. Export the lines "
            f"in {crs}.",
            code="FS-CONFIG-18",
        )
    if not lines:
        kinds = ", ".join(sorted({str(each["geometry"]["type"]) for each in features})) or "nothing"
        raise ConfigError(f"{path}: expected lines (LineString, MultiLineString), found {kinds}.", code="FS-CONFIG-18")
    return lines
