"""DuckDB without the proof that its extension is the one that was signed, which takes 0.3 s for each database.

LOAD hashes the 80 MB of the spatial extension to compare them with its signature, and nearly every database of the
tests loads it. What is installed was compared with the hash of the lock file already. The commands that tests start in
processes of their own load it as everybody does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import duckdb


def trusting(connect: Callable[..., duckdb.DuckDBPyConnection]) -> Callable[..., duckdb.DuckDBPyConnection]:
    """Return `duckdb.connect` for databases that load extensions unproved."""

    @functools.wraps(connect)
    def connected(
        database: Any = ":memory:", read_only: bool = False, config: Mapping[str, Any] | None = None
    ) -> duckdb.DuckDBPyConnection:
        return connect(database, read_only=read_only, config={"allow_unsigned_extensions": True, **(config or {})})

    return connected
