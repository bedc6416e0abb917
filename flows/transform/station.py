"""Station transform: from staged counts to the figures of every unit of every Raumebene."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from flows.errors import ConfigError
from flows.resources import resource
from flows.transform.sql_graph import SqlTable, tables_in_order


def transform(con: duckdb.DuckDBPyConnection, *, progress: Callable[[str], None] = lambda _: None) -> None:
    """Make every table of sql/transform in the working database.

    Raises:
        ConfigError: a file of SQL is broken, or what it reads is not there.
    """
    run_folder(con, resource("sql/transform"), progress=progress)


def run_folder(
    con: duckdb.DuckDBPyConnection, folder: Path, *, progress: Callable[[str], None] = lambda _: None
) -> list[SqlTable]:
    """Make one table of each file in `folder`, in the order in which they read each other; return them.

    A folder can be run again.

    Raises:
        ConfigError: a file of SQL is broken, or what it reads is not there.
    """
    tables = tables_in_order(folder, known_names(con))
    for table in tables:
        try:
            con.execute(f"CREATE OR REPLACE TABLE {table.name} AS {table.query}")
        except duckdb.Error as problem:
            raise ConfigError(f"{folder / table.name}.sql cannot be run: {problem}") from problem
        progress(table.name)
    return tables


def known_names(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the names of the tables that are there, as SQL would write them."""
    rows = con.execute(
        "SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END "
        "FROM duckdb_tables()"
    ).fetchall()
    return frozenset(name for (name,) in rows)
