"""What follows from the program's own files alone is worked out once per test process, not for each town of the tests.

Each function answers by what it is given: the content of the codebook by its text, the lineage of the published columns
by the columns that are there and the queries that publish them. Both take longer than the stations take for a town of
six squares.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from flows.protect.origins import Edge, _columns_there


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
