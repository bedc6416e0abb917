"""Counts the rows that a delivered file holds, by another way than the one that stages them.

What was staged is compared with these counts (flows.stage.reconciliation). They read as little as they can: the
length of an array, the rows of a layer in SQLite, the record table of a Shapefile.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from pathlib import Path
from typing import BinaryIO

import duckdb

from flows.base.db import NOTHING_ASIDE, connect, one_file, set_variables, sql
from flows.base.errors import ContractBroken

_DELETED = ord("*")


def features(name: str, path: Path) -> int:
    """Return how many features the GeoJSON collection `name` at `path` has, as DuckDB's JSON reader sees it.

    Raises:
        ContractBroken: it is no JSON to that reader, or no collection.
    """
    try:
        with connect(config=NOTHING_ASIDE) as con:
            set_variables(con, sammlung=one_file(path))
            found = con.execute(sql("stage/sammlung_gezaehlt")).fetchone()
    except duckdb.Error as problem:
        raise ContractBroken(
            f"File {name}: expected a GeoJSON FeatureCollection, found other text: "
            f"{str(problem).splitlines()[0]}. Ask the supplier for it again.",
            code="FS-CONTRACT-02",
        ).at(f"File {name}") from problem
    return int(found[0]) if found and found[0] is not None else 0


def rows_of_layer(path: Path, layer: str) -> int:
    """Return how many rows a layer of a GeoPackage has, as Python's SQLite sees it.

    Raises:
        sqlite3.Error: the file is damaged, or has no such table.
    """
    con = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        quoted = layer.replace('"', '""')
        return int(con.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 -- quoted
    finally:
        con.close()


def features_of_flatgeobuf(path: Path) -> int:
    """Return how many features the header of a FlatGeobuf file names, or how many follow it where it names none.

    Layout: FlatGeobuf 3.0 (magic bytes, length of the header, header, features with their lengths before them) and its
    schema `header.fbs`, where the number is the ninth field of a FlatBuffers table; 0, without an index, is unknown.

    Raises:
        ValueError: the header or a feature is cut short.
    """
    with path.open("rb") as file:
        head = file.read(12)
        header = file.read(int.from_bytes(head[8:12], "little") if len(head) == 12 else 0)
        return _features_named(header) or _features_that_follow(file)


def _features_that_follow(file: BinaryIO) -> int:
    count, end = 0, os.fstat(file.fileno()).st_size
    while length := file.read(4):
        if len(length) < 4 or file.seek(int.from_bytes(length, "little"), os.SEEK_CUR) > end:
            message = "its last feature is cut short"
            raise ValueError(message)
        count += 1
    return count


def _features_named(header: bytes) -> int:
    try:
        (table,) = struct.unpack_from("<I", header)
        (back,) = struct.unpack_from("<i", header, table)
        (size,) = struct.unpack_from("<H", header, table - back)
        (place,) = struct.unpack_from("<H", header, table - back + 20) if size > 20 else (0,)
        return int(struct.unpack_from("<Q", header, table + place)[0]) if place else 0
    except struct.error as problem:
        message = "its header is cut short"
        raise ValueError(message) from problem


def features_of_topology(path: Path, layer: str) -> int:
    """Return how many geometries an object of a TopoJSON file has.

    Raises:
        ValueError, KeyError, TypeError: it is no topology with such an object.
    """
    found = json.loads(path.read_text(encoding="utf-8-sig"))["objects"][layer]
    return len(found["geometries"]) if found["type"] == "GeometryCollection" else 1


def records(shp: Path) -> int:
    """Return how many records the parts of a Shapefile beside `shp` hold; those marked as deleted are none.

    Layouts: ESRI Shapefile Technical Description (July 1998), page 23 (index: 100 bytes of header, 8 a record);
    dBASE III table header (bytes 4-7 records, 8-9 its own length, 10-11 the length of a record).

    Raises:
        ValueError: the parts disagree, or the table is cut short.
    """
    index, table = shp.with_suffix(".shx").stat().st_size, shp.with_suffix(".dbf").read_bytes()
    try:
        count, start, length = struct.unpack_from("<IHH", table, 4)
    except struct.error as problem:
        raise ValueError("its table of attributes has no header") from problem
    if (index - 100) // 8 != count:
        message = f"its index names {(index - 100) // 8} outlines, its table of attributes {count}"
        raise ValueError(message)
    if length < 1 or start + count * length > len(table):
        message = f"its table of attributes is cut short of its {count} records"
        raise ValueError(message)
    return sum(mark != _DELETED for mark in table[start : start + count * length : length])
