"""Station transform: from staged counts to the figures of every unit of every Raumebene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep, SqlTable, tables_in_order
from flows.space.event_step import EVENTS
from flows.space.redraw_step import KEYS
from flows.space.shape_step import SHAPES
from flows.transform.kept_parts import KeptParts


def transform(
    con: duckdb.DuckDBPyConnection, *, kept: KeptParts | None = None, progress: Callable[[str], None] = lambda _: None
) -> None:
    """Make every table of sql/transform in the working database, and what Python knows of redraws among them.

    Parts of tables that are `kept` are not computed; without it everything is, and nothing is kept.

    Raises:
        ConfigError: a file of SQL is broken, or what it reads is not there.
    """
    run_folder(con, resource("sql/transform"), steps=[SHAPES, KEYS, EVENTS], kept=kept, progress=progress)
    if kept:
        kept.sweep()


def run_folder(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    steps: Sequence[PythonStep] = (),
    kept: KeptParts | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[SqlTable | PythonStep]:
    """Make one table of each file in `folder`, and those of `steps`, in the order in which they read each other.

    A folder can be run again.

    Raises:
        ConfigError: a file of SQL is broken, or what it reads is not there.
    """
    made = tables_in_order(folder, known_names(con), steps, con=con)
    for maker in made:
        if isinstance(maker, PythonStep):
            maker.run(con)
        else:
            try:
                if not (kept and maker.kept_by is not None and kept.make(con, maker)):
                    maker.make(con)
            except duckdb.Error as problem:
                raise ConfigError(
                    f"{folder / maker.name}.sql cannot be run: {problem}", code="FS-CONFIG-12"
                ) from problem
        for name in maker.makes if isinstance(maker, PythonStep) else (maker.name,):
            progress(name)
    return made


def known_names(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the names of the tables and views that are there, as SQL would write them."""
    rows = con.execute(
        "SELECT if(schema_name = 'main', table_name, schema_name || '.' || table_name) "
        "FROM (SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal "
        "UNION SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal)"
    ).fetchall()
    return frozenset(name for (name,) in rows)
