"""Station transform: from staged counts to the figures of every unit of every Raumebene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from flows.errors import ConfigError
from flows.resources import resource
from flows.stage.database import insert, literal
from flows.transform.events import EVENTS
from flows.transform.redraws import KEYS
from flows.transform.sql_graph import PythonStep, SqlTable, tables_in_order


def transform(con: duckdb.DuckDBPyConnection, *, progress: Callable[[str], None] = lambda _: None) -> None:
    """Make every table of sql/transform in the working database, and what Python knows of redraws among them.

    Raises:
        ConfigError: a file of SQL is broken, or what it reads is not there.
    """
    run_folder(con, resource("sql/transform"), steps=[KEYS, EVENTS], progress=progress)


def run_folder(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    steps: Sequence[PythonStep] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> list[SqlTable | PythonStep]:
    """Make one table of each file in `folder`, and those of `steps`, in the order in which they read each other.

    What each table reads is noted in the table ``main.lineage`` for the release; a folder can be run again.

    Raises:
        ConfigError: a file of SQL is broken, or what it reads is not there.
    """
    made = tables_in_order(folder, known_names(con), steps)
    con.execute("CREATE TABLE IF NOT EXISTS lineage (tabelle VARCHAR, liest VARCHAR, zeile_ist VARCHAR)")
    for maker in made:
        if isinstance(maker, PythonStep):
            maker.run(con)
            rows = maker.makes
        else:
            try:
                con.execute(f"CREATE OR REPLACE TABLE {maker.name} AS {maker.query}")
            except duckdb.Error as problem:
                raise ConfigError(f"{folder / maker.name}.sql cannot be run: {problem}") from problem
            rows = {maker.name: maker.row}
        for name, row in rows.items():
            con.execute(f"DELETE FROM lineage WHERE tabelle = {literal(name)}")  # noqa: S608 -- quoted
            insert(con, "lineage", [{"tabelle": name, "liest": read, "zeile_ist": row} for read in sorted(maker.reads)])
            progress(name)
    return made


def known_names(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the names of the tables that are there, as SQL would write them."""
    rows = con.execute(
        "SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END "
        "FROM duckdb_tables()"
    ).fetchall()
    return frozenset(name for (name,) in rows)
