"""One working database for towns of squares."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from flows.base.db import connect


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(config={"threads": 1}) as opened:
        yield opened
