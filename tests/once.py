"""What follows from the program's own files alone is worked out once per test process, not for each town of the tests.

Each function answers by what it is given: the order of the files of SQL and the content of the codebook by their texts,
the lineage of the published columns by the columns that are there and the queries that publish them. Parsing all files
takes longer than the stations take for a town of six squares.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from flows.protect.origins import Edge, _columns_there

T = TypeVar("T")


def toml_once(loads: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return `tomllib.loads`, which reads the same text once; what it returns may be changed."""
    found: dict[str, bytes] = {}

    def once(text: str, **how: Any) -> dict[str, Any]:
        if how:
            return loads(text, **how)
        if text not in found:
            found[text] = pickle.dumps(loads(text))
        read: dict[str, Any] = pickle.loads(found[text])
        return read

    return once


def parsed_once(
    parsed: Callable[[duckdb.DuckDBPyConnection, Path], T],
) -> Callable[[duckdb.DuckDBPyConnection, Path], T]:
    """Return flows.base.sql_order's reading of a file, with what it found in the same text before."""
    found: dict[tuple[Path, str], T] = {}

    def once(con: duckdb.DuckDBPyConnection, path: Path) -> T:
        key = (path, path.read_text(encoding="utf-8"))
        if key not in found:
            found[key] = parsed(con, path)
        return found[key]

    return once


Lineage = Callable[[duckdb.DuckDBPyConnection, Mapping[str, str]], list[Edge]]


def lineage_once(lineage_rows: Lineage) -> Lineage:
    """Return flows.protect.origins' lineage, with what it found for the same columns and queries before."""
    found: dict[str, list[Edge]] = {}

    def once(con: duckdb.DuckDBPyConnection, published: Mapping[str, str]) -> list[Edge]:
        key = json.dumps([sorted(_columns_there(con).items()), sorted(published.items())])
        if key not in found:
            found[key] = lineage_rows(con, published)
        return list(found[key])

    return once
