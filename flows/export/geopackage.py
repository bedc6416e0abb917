"""What a GeoPackage has beside the layer that GDAL writes: more layers, tables, labels and units, a look for QGIS.

A GeoPackage is an SQLite file; the rows that say what is in it are written as its standard wants them
(https://www.geopackage.org/spec131/). Nothing in it carries the hour.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.base.db import quoted

GEOMETRY = "geometrie"
_TYPES = {"VARCHAR": "TEXT", "DOUBLE": "REAL", "BIGINT": "INTEGER", "INTEGER": "INTEGER"}
_SCHEMA = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
  f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT, ui TEXT, update_time DATETIME);
"""
_EXTENSION = "http://www.geopackage.org/spec/#extension_schema"


@dataclass(frozen=True)
class Described:
    """A table of the GeoPackage, with its title and abstract."""

    name: str
    title: str
    abstract: str


@dataclass(frozen=True)
class Rows:
    """What a further table holds: its columns with their types in DuckDB, and its rows.

    Of a layer, the last column of a row is the outline as `Outline`.
    """

    columns: Mapping[str, str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Outline:
    """A multipolygon as WKB, with the box around it."""

    wkb: bytes
    west: float
    east: float
    south: float
    north: float


@dataclass(frozen=True)
class Label:
    """What a column is called for people, with its unit, and what it holds."""

    name: str
    description: str


@dataclass(frozen=True)
class Addition:
    """What is added to the layer in a GeoPackage: further layers, tables, labels of columns and the look in QGIS."""

    layers: Mapping[Described, Rows]
    tables: Mapping[Described, Rows]
    labels: Mapping[str, Label]
    style: str | None


def complete(path: Path, layer: Described, addition: Addition, day: dt.date) -> None:
    """Describe the `layer` in the GeoPackage at `path` and add to it; `day` dates what is added."""
    time = f"{day.isoformat()}T00:00:00.000Z"
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(_SCHEMA)
        file.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            [("gpkg_data_columns", _EXTENSION), ("gpkg_data_column_constraints", _EXTENSION)],
        )
        file.execute(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            (layer.title, layer.abstract, layer.name),
        )
        (srs,) = file.execute("SELECT srs_id FROM gpkg_contents WHERE table_name = ?", (layer.name,)).fetchone()
        for described, found in addition.layers.items():
            _add_layer(file, described, found, srs, time)
        for described, found in addition.tables.items():
            _add_table(file, described, found, time)
        if addition.style is not None:
            _add_style(file, layer.name, addition.style, time)
        for described in (layer, *addition.layers, *addition.tables):
            _add_labels(file, described.name, addition.labels)


def _add_table(file: sqlite3.Connection, described: Described, found: Rows, time: str) -> None:
    columns = [f"{quoted(name)} {_TYPES.get(kind, kind)}" for name, kind in found.columns.items()]
    _insert(file, described.name, columns, found.rows)
    _register(file, described, "attributes", time)


def _add_layer(file: sqlite3.Connection, described: Described, found: Rows, srs: int, time: str) -> None:
    columns = [f"{quoted(name)} {_TYPES.get(kind, kind)}" for name, kind in found.columns.items()]
    columns[-1] = f"{quoted(GEOMETRY)} MULTIPOLYGON"
    outlines = [row[-1] for row in found.rows if row[-1] is not None]
    _insert(
        file,
        described.name,
        columns,
        [(*row[:-1], _geometry(row[-1], srs) if row[-1] is not None else None) for row in found.rows],
    )
    box = (
        (
            min(each.west for each in outlines), min(each.south for each in outlines),
            max(each.east for each in outlines), max(each.north for each in outlines),
        )
        if outlines
        else (None, None, None, None)
    )  # fmt: skip
    _register(file, described, "features", time, box, srs)
    file.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'MULTIPOLYGON', ?, 0, 0)", (described.name, GEOMETRY, srs)
    )


def _insert(file: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    file.execute(f"CREATE TABLE {quoted(table)} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    file.executemany(f"INSERT INTO {quoted(table)} VALUES (NULL, {places})", rows)  # noqa: S608 -- names of the release


def _register(
    file: sqlite3.Connection,
    described: Described,
    kind: str,
    time: str,
    box: tuple[float | None, ...] = (None, None, None, None),
    srs: int | None = None,
) -> None:
    file.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (described.name, kind, described.title, described.abstract, time, *box, srs),
    )


def _geometry(outline: Outline, srs: int) -> bytes:
    """Return an outline as a GeoPackage stores one: a head with the box, then WKB."""
    little_endian_with_box = 0b011
    head = struct.pack("<2sBBi", b"GP", 0, little_endian_with_box, srs)
    return head + struct.pack("<4d", outline.west, outline.east, outline.south, outline.north) + outline.wkb


def _add_style(file: sqlite3.Connection, layer: str, qml: str, time: str) -> None:
    file.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
        "VALUES ('', '', ?, ?, 'Fortschreibung', ?, '', 1, '', '', ?)",
        (layer, GEOMETRY, qml, time),
    )
    _register(file, Described("layer_styles", "layer_styles", ""), "attributes", time)


def _add_labels(file: sqlite3.Connection, table: str, labels: Mapping[str, Label]) -> None:
    """Label the columns of a table; of columns with the same label, the later ones have their own name beside it."""
    taken: set[str] = set()
    for _, column, *_ in file.execute(f"PRAGMA table_info({quoted(table)})").fetchall():
        if column not in labels:
            continue
        label = labels[column]
        name = f"{label.name} ({column})" if label.name in taken else label.name
        taken.add(name)
        file.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)",
            (table, column, name, label.name, label.description),
        )
