"""The working database of a run: opened within limits, filled from lists of rows, driven by files of SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import duckdb

from flows.home import limits
from flows.resources import resource

Value = str | int | float | bool | None | list[str]


def open_work(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the working database at `path` within the limits of flows.home, reaching for nothing outside."""
    bounds = limits()
    path.parent.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(
        path,
        config={
            "memory_limit": bounds.memory, "threads": bounds.threads,
            "temp_directory": str(path.parent / "spill"), "autoinstall_known_extensions": False,
        },
    )  # fmt: skip


def use_spatial(con: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension from the installed package; nothing is downloaded, the home stays untouched."""
    package = files("duckdb_extension_spatial")
    con.load_extension(str(package / "extensions" / f"v{duckdb.__version__}" / "spatial.duckdb_extension"))


def sql(name: str) -> str:
    """Return the text of the file ``sql/<name>.sql``."""
    return resource(f"sql/{name}.sql").read_text(encoding="utf-8")


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
    """Append `rows`, given as column to value, to `table` by column name."""
    if rows:
        con.execute(f"INSERT INTO {table} BY NAME SELECT unnest($1, recursive := true)", [list(rows)])  # noqa: S608


def set_variables(con: duckdb.DuckDBPyConnection, **values: Value) -> None:
    """Set DuckDB variables, which the SQL files read by getvariable()."""
    for name, value in values.items():
        con.execute(f"SET VARIABLE {name} = $1", [value])
