"""Stages what describes space: which base unit lies in which unit, what units are called, and their polygons."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.errors import SourceUnavailable
from flows.extract.models import Lieferung
from flows.profile.load import Profile
from flows.profile.source import Assignment, Geometry, Names, Source
from flows.stage.contract import refuse_other_columns
from flows.stage.corrections import Row, corrected, record_corrections, registered
from flows.stage.database import Value, insert, set_variables, sql
from flows.stage.normalise import normalise, unpacked


@dataclass
class Space:
    """What the sources say of space, gathered before it goes into the database."""

    assigned: list[dict[str, Value]] = field(default_factory=list)
    names: list[dict[str, Value]] = field(default_factory=list)
    polygons: list[dict[str, Value]] = field(default_factory=list)


def stage_space(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
) -> None:
    """Fill stage.zuordnung, stage.raum_name and stage.geometrie from the city's space sources and profile.

    Raises:
        SourceUnavailable: a file is not of its dialect or contract.
        ConfigError: a registered correction no longer matches.
    """
    space = Space()
    for source in profile.sources:
        if source.kind not in ("assignment", "names", "geometry"):
            continue
        known_errors = registered(source, lieferungen, profile.corrections)
        for lieferung in (one for one in lieferungen if one.source == source.id):
            reader = {"assignment": _read_assignment, "names": _read_names, "geometry": _read_geometry}[source.kind]
            rows = _rows(source, lieferung, landing, run)
            entries = known_errors[lieferung.name]
            mended = corrected(source.id, lieferung.name, rows, entries)
            record_corrections(con, source, lieferung.name, entries)
            reader(space, profile, source, mended)
            _account(con, source, lieferung, len(rows), len(mended))
    _write(con, profile, space)


def _rows(source: Source, lieferung: Lieferung, landing: Path, run: Path) -> list[Row]:
    """Return the rows of a file as text by column; a GeoJSON feature's geometry is the column ``geometrie``."""
    folder = run / "plain" / source.id
    folder.mkdir(parents=True, exist_ok=True)
    delivered = unpacked(
        lieferung.path_in(landing), lieferung.name, source.dialect, folder / f"{lieferung.name}.unpacked"
    )
    if source.dialect.format == "geojson":
        return _features(source, lieferung.name, delivered)
    plain = normalise(delivered, lieferung.name, source.dialect, folder / f"{lieferung.name}.csv")
    wanted, ignore = _columns(source)
    refuse_other_columns(source.id, lieferung.name, plain.columns, wanted, ignore)
    with plain.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _columns(source: Source) -> tuple[list[str], list[str]]:
    if source.assignment:
        return [source.assignment.unit, *source.assignment.units.values()], source.assignment.ignore
    assert source.names is not None  # noqa: S101 -- the only other tabular kind of space source
    return [source.names.level, source.names.id, source.names.name], []


def _features(source: Source, name: str, path: Path) -> list[Row]:
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
        rows = [_feature(feature) for feature in collection["features"]]
        crs = (collection.get("crs") or {}).get("properties", {}).get("name")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise SourceUnavailable(
            f"File {name}: expected a GeoJSON FeatureCollection of polygons, found text that is not ({problem!r}). "
            "Is the file cut short? Ask the supplier for it again."
        ) from problem
    expected = source.geometry.crs if source.geometry else ""
    if crs is not None and _epsg(str(crs)) != expected:
        raise SourceUnavailable(
            f"Source {source.id}, file {name}: expected coordinates in {expected} as sources.toml says, found that the "
            f"file says {crs}. Correct `crs` in sources.toml if the supplier changed it."
        )
    if not rows:
        raise SourceUnavailable(f"File {name}: expected features, found none. Ask the supplier for it again.")
    return rows


def _feature(feature: dict[str, Any]) -> Row:
    geometry = feature["geometry"]
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        message = f"a geometry of type {geometry['type']}"
        raise ValueError(message)
    texts = {key: "" if value is None else str(value) for key, value in feature["properties"].items()}
    return texts | {"geometrie": json.dumps(geometry, allow_nan=False)}


def _epsg(name: str) -> str:
    """Return a coordinate system's short name, whichever way GeoJSON's old member `crs` writes it."""
    number = re.search(r"(\d+)$", name)
    return "EPSG:4326" if name.endswith("CRS84") else f"EPSG:{number[1]}" if number else name


def _read_assignment(space: Space, profile: Profile, source: Source, rows: list[Row]) -> None:
    contract = source.assignment
    assert isinstance(contract, Assignment)  # noqa: S101 -- chosen by kind
    zuschnitt = profile.city.zuschnitt_named(source.zuschnitt) if source.zuschnitt else None
    assert zuschnitt is not None  # noqa: S101 -- the profile was checked
    space.assigned += [
        {"zuschnitt": zuschnitt.id, "basis": zuschnitt.base, "basis_id": row[contract.unit],
         "raumebene": level, "raum_id": row[column]}
        for row in rows for level, column in contract.units.items()
    ]  # fmt: skip


def _read_names(space: Space, _: Profile, source: Source, rows: list[Row]) -> None:
    contract = source.names
    assert isinstance(contract, Names)  # noqa: S101 -- chosen by kind
    unknown = sorted({row[contract.level] for row in rows} - set(contract.levels))
    if unknown:
        raise SourceUnavailable(
            f"Source {source.id}: expected the Raumebenen {', '.join(contract.levels)} in column {contract.level}, "
            f"found also {', '.join(map(repr, unknown))}. Add it to `levels` in sources.toml or ask the supplier."
        )
    space.names += [
        {"zuschnitt": str(source.zuschnitt), "raumebene": contract.levels[row[contract.level]],
         "raum_id": row[contract.id], "name": row[contract.name]}
        for row in rows
    ]  # fmt: skip


def _read_geometry(space: Space, profile: Profile, source: Source, rows: list[Row]) -> None:
    contract = source.geometry
    assert isinstance(contract, Geometry)  # noqa: S101 -- chosen by kind
    needed = {contract.id_property, *contract.names.values()}
    lacking = sorted(name for name in needed if not rows or any(name not in row for row in rows))
    if lacking:
        raise SourceUnavailable(
            f"Source {source.id}: expected the properties {', '.join(sorted(needed))} on every feature, "
            f"found features without {', '.join(lacking)}. Adapt the contract in sources.toml or ask the supplier."
        )
    own = profile.city.zuschnitt_named(source.zuschnitt) if source.zuschnitt else None
    schemes = [own.base] if own else sorted(profile.city.base)
    space.polygons += [
        {"basis": scheme, "basis_id": row[contract.id_property], "zuschnitt": own.id if own else None,
         "geojson": row["geometrie"], "crs": contract.crs}
        for row in rows for scheme in schemes
    ]  # fmt: skip
    if own:
        prefix = {level.id: level.digits for level in profile.city.raumebene if level.membership != "city"}
        named = {
            (level, row[contract.id_property][: prefix.get(level)]): row[prop]
            for row in rows for level, prop in contract.names.items()
        }  # fmt: skip
        space.names += [
            {"zuschnitt": own.id, "raumebene": level, "raum_id": raum_id, "name": name}
            for (level, raum_id), name in named.items() if name
        ]  # fmt: skip


def _write(con: duckdb.DuckDBPyConnection, profile: Profile, space: Space) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE roh_zuordnung "
        "(zuschnitt VARCHAR, basis VARCHAR, basis_id VARCHAR, raumebene VARCHAR, raum_id VARCHAR)"
    )
    insert(con, "roh_zuordnung", space.assigned)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE roh_geometrie "
        "(basis VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, geojson VARCHAR, crs VARCHAR)"
    )
    insert(con, "roh_geometrie", space.polygons)
    set_variables(con, crs=profile.city.crs)
    insert(con, "stage.raum_name", space.names)
    given = {(str(row["zuschnitt"]), str(row["raumebene"]), str(row["raum_id"])) for row in space.names}
    insert(
        con, "stage.raum_name",
        [{"zuschnitt": z.id, "raumebene": level.id, "raum_id": unit, "name": name}
         for z in profile.city.zuschnitt for level in profile.city.raumebene
         for unit, name in level.names.items() if (z.id, level.id, unit) not in given],
    )  # fmt: skip
    con.execute(f"INSERT INTO stage.geometrie BY NAME {sql('stage/geometrie')}")
    nowhere = con.execute(sql("stage/geometrie_verletzt")).fetchone()
    if nowhere:
        raise SourceUnavailable(
            f"Base unit {nowhere[0]}: expected a polygon in {profile.city.crs}, found one that is empty or lies "
            "nowhere. Is `crs` of its source in sources.toml right? Else ask the supplier for the file again."
        )
    con.execute(f"INSERT INTO stage.zuordnung BY NAME {sql('stage/zuordnung')}")


def _account(con: duckdb.DuckDBPyConnection, source: Source, one: Lieferung, rows: int, kept: int) -> None:
    insert(
        con, "stage.datei",
        [{"quelle": source.id, "datei": one.name, "sha256": one.sha256, "bytes": one.bytes, "zeilen": rows,
          "uebernommen": kept, "quarantaene": 0, "entfallen": rows - kept}],
    )  # fmt: skip
