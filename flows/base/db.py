"""The working database of a run: opened within limits, filled from lists of rows, driven by files of SQL."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from flows.base.errors import FortschreibungError
from flows.base.home import limits
from flows.base.resources import resource

if TYPE_CHECKING:
    from numpy.typing import NDArray

Value = str | int | float | bool | None | list[str] | list[int] | list[list[int]] | dict[str, str]
_ROWS = 5_000
"""Of a block, so many are one object of JSON."""
_FEW = 40
"""So many rows are faster as a statement (0.6 ms for one, 1.9 for 50) than through a file (2.2, 2.6)."""


def open_work(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the working database at `path` within the limits of flows.base.home, reaching for nothing outside.

    What it writes aside goes into the folder ``spill`` beside it, which is forgotten with the run.
    """
    bounds, spill = limits(), path.parent / "spill"
    path.parent.mkdir(parents=True, exist_ok=True)
    spill.mkdir(mode=0o700, exist_ok=True)
    con = connect(
        path,
        {
            "memory_limit": bounds.memory, "threads": bounds.threads,
            "temp_directory": str(spill), "autoinstall_known_extensions": False,
            "checkpoint_threshold": "1GB",  # a run that dies starts again: nothing is gained by tidying up on the way
        },
    )  # fmt: skip
    never_try_fsst(con)
    return con


def never_try_fsst(con: duckdb.DuckDBPyConnection) -> None:
    """Let DuckDB write texts without trying FSST: it is 4 of 10 parts of closing a database, for 1 % of its size.

    As a setting of `connect`, DuckDB 1.5 passes it over and says nothing.
    """
    con.execute("SET disabled_compression_methods = 'fsst'")


NOTHING_ASIDE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "temp_directory": "",
}
"""Settings of a connection that reads delivered files and has no database: nothing spills into the working folder."""


def connect(
    path: Path | str = ":memory:", config: Mapping[str, str | bool | int | float | list[str]] = MappingProxyType({}), *,
    read_only: bool = False,
) -> duckdb.DuckDBPyConnection:  # fmt: skip
    """Open a database (in memory, unless told) for which it is the same day as on every other machine.

    DuckDB takes the machine's time zone otherwise, by which it casts a time with an offset to a day.
    """
    con = duckdb.connect(path, read_only=read_only, config=dict(config))
    con.execute("SET TimeZone = 'UTC'")
    return con


def use_spatial(con: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension from the installed package; nothing is downloaded, the home stays untouched.

    Raises:
        FortschreibungError: the package is not there, or belongs to another DuckDB.
    """
    version = f"v{duckdb.__version__}"
    try:
        package = files("duckdb_extension_spatial")
        con.load_extension(str(package / "extensions" / version / "spatial.duckdb_extension"))
    except (duckdb.Error, ModuleNotFoundError) as problem:
        raise FortschreibungError(
            f"Expected DuckDB's spatial extension for {version} in the package duckdb-extension-spatial, could not "
            f"load it: {str(problem).splitlines()[0]}. Set up the environment again (make setup)."
        ) from problem


def sql(name: str) -> str:
    """Return the text of the file ``sql/<name>.sql``."""
    return resource(f"sql/{name}.sql").read_text(encoding="utf-8")


@contextmanager
def one_transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Write what the body does at its end, or none of it: the disk is waited for once, not after each statement."""
    con.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a database that cannot even do that takes nothing any more
            con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def create_stage(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schema stage, empty; it shows the catalogue's names, so that `katalog` must be there."""
    with one_transaction(con):
        con.execute(sql("schema/stage"))
        con.execute(sql("schema/lesen"))
        for view in ("zaehlung_liste", "zaehlung_lose", "zaehlung"):
            con.execute(f"CREATE VIEW stage.{view} AS {sql(f'stage/{view}')}")


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
    """Append `rows`, given as column to value, to `table` by column name; a column not given is NULL.

    They stand in the statement or go through a file, since the first Python value bound to a statement makes DuckDB
    import pandas, which costs more time than a whole station.
    """
    if not rows:
        return
    given = dict.fromkeys(name for row in rows for name in row)
    if len(rows) > _FEW:
        kinds = _columns_named(con, table, set(given))
        _append(con, table, rows, {name: kind for name, kind in kinds.items() if name in given}, "*")
        return
    values = ", ".join("(" + ", ".join(literal(row.get(name)) for name in given) + ")" for row in rows)
    con.execute(f"INSERT INTO {table} ({', '.join(map(quoted, given))}) VALUES {values}")  # noqa: S608 -- our tables


class Block(NamedTuple):
    """Rows of a table, column by column: `same` is the value of a column in all of them."""

    same: Mapping[str, Any]
    columns: Mapping[str, Sequence[Any]]


def insert_blocks(con: duckdb.DuckDBPyConnection, table: str, blocks: Iterable[Block]) -> None:
    """Append the rows of `blocks`; a column not given is NULL. It costs a fraction of what `insert` costs."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Block]] = {}
    for block in blocks:
        alike.setdefault((tuple(block.same), tuple(block.columns)), []).append(block)
    for (same, listed), some in alike.items():
        kinds = _columns_named(con, table, {*same, *listed})
        columns = {**{name: kinds[name] for name in same}, **{name: f"{kinds[name]}[]" for name in listed}}
        selected = ", ".join([*map(quoted, same), *(f"unnest({quoted(name)}) AS {quoted(name)}" for name in listed)])
        _append(con, table, [part for block in some for part in _parts(block)], columns, selected)


def _parts(block: Block) -> Iterator[dict[str, Any]]:
    """Yield a block as objects of JSON that DuckDB reads within its memory."""
    rows = max(map(len, block.columns.values()))
    for first in range(0, rows, _ROWS):
        yield {**block.same, **{name: column[first : first + _ROWS] for name, column in block.columns.items()}}


def insert_arrays(con: duckdb.DuckDBPyConnection, table: str, parts: Iterable[Mapping[str, NDArray[Any]]]) -> None:
    """Append rows that are given in parts, column by column as arrays; NaN, None and a column not given are NULL.

    It costs a fraction of what `insert_blocks` costs. Texts go as numbers: of texts DuckDB would import pandas.
    """
    import numpy as np  # noqa: PLC0415 -- commands that only read releases do without

    alike: dict[tuple[str, ...], list[Mapping[str, NDArray[Any]]]] = {}
    for part in parts:
        if len(next(iter(part.values()))):
            alike.setdefault(tuple(part), []).append(part)
    for names, some in alike.items():
        _columns_named(con, table, set(names))
        columns, texts = {name: np.concatenate([part[name] for part in some]) for name in names}, dict[str, int]()
        words = [name for name in names if columns[name].dtype == object]
        for name in words:
            columns[name] = np.array(
                [0 if each is None else texts.setdefault(each, len(texts) + 1) for each in columns[name].tolist()]
            )
        set_variables(con, neue_texte=list(texts))
        con.register("neue_zeilen", columns)
        shown = ", ".join(f"(getvariable('neue_texte')::VARCHAR[])[{name}] AS {name}" for name in words)
        replaced = f" SELECT * REPLACE ({shown})" if words else ""
        con.execute(f"INSERT INTO {table} BY NAME FROM neue_zeilen{replaced}")
        con.unregister("neue_zeilen")


def columns_of(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return the columns of a table or view with their types; duckdb_columns() would plan every view there is."""
    return {str(name): str(kind) for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}


def _columns_named(con: duckdb.DuckDBPyConnection, table: str, named: set[str]) -> dict[str, str]:
    """Return the columns of a table with their types, of which those `named` must be some."""
    columns = columns_of(con, table)
    if unknown := named - set(columns):
        message = f"{table} has no column {sorted(unknown)}"
        raise ValueError(message)
    return columns


def _append(
    con: duckdb.DuckDBPyConnection, table: str, objects: Sequence[Mapping[str, Any]], columns: dict[str, str],
    selected: str,
) -> None:  # fmt: skip
    """Append what is `selected` of the objects, which have these columns, to a table by column name."""
    if not objects:
        return
    folder = _aside(con)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json", dir=folder, delete=False) as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)
    set_variables(con, zeilen_datei=one_file(Path(file.name)), zeilen_spalten=columns)
    try:
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT {selected} "  # noqa: S608 -- our tables
            "FROM read_json(getvariable('zeilen_datei'), columns = getvariable('zeilen_spalten'), "
            "format = 'newline_delimited', hive_partitioning = FALSE)"
        )
    finally:
        Path(file.name).unlink()


def _aside(con: duckdb.DuckDBPyConnection) -> Path | None:
    """Return the folder that the working database writes aside to; None for one that `open_work` did not open."""
    (setting,) = con.execute("SELECT current_setting('temp_directory')").fetchone() or ("",)
    return Path(setting) if Path(setting).is_dir() else None


def one_file(path: Path) -> str:
    """Return a path as DuckDB's readers (read_csv, read_json, read_parquet, read_text) take it for this one file.

    They take `*`, `?` and `[` for a pattern, and read what else fits it, besides the file or instead of it; between
    brackets each is itself. And they take a folder ``x=1`` for a column, unless told ``hive_partitioning = FALSE``.
    ATTACH, COPY ... TO and GDAL take a path as it is.
    """
    return re.sub(r"([*?[])", r"[\1]", str(path))


def has_table(con: duckdb.DuckDBPyConnection, table: str, within: str | None = None) -> bool:
    """Say whether there is a table or view of that name, in the database or schema `within` where one is named."""
    there = f" AND {literal(within)} IN (database_name, schema_name)" if within else ""
    query = " UNION ALL ".join(  # columns would do, but to list those of a view DuckDB plans it
        f"SELECT 1 FROM duckdb_{kind}s() WHERE {kind}_name = {literal(table)}{there}"  # noqa: S608 -- quoted
        for kind in ("table", "view")
    )
    return con.execute(query).fetchone() is not None


def replace(con: duckdb.DuckDBPyConnection, kind: str, name: str, query: str) -> None:
    """Make the view or table (`kind`) of a query, also where the one is to take the place of the other."""
    others = "duckdb_tables()" if kind == "VIEW" else "duckdb_views()"
    named = f"{'table' if kind == 'VIEW' else 'view'}_name = {literal(name)}"
    here = "database_name = current_database() AND schema_name = current_schema()"
    if con.execute(f"SELECT 1 FROM {others} WHERE {named} AND {here}").fetchone():  # noqa: S608 -- our names
        con.execute(f"DROP {'TABLE' if kind == 'VIEW' else 'VIEW'} {name}")
    con.execute(f"CREATE OR REPLACE {kind} {name} AS {query}")


def set_variables(con: duckdb.DuckDBPyConnection, **values: Value) -> None:
    """Set DuckDB variables, which the SQL files read by getvariable()."""
    for name, value in values.items():
        con.execute(f"SET VARIABLE {name} = {literal(value)}")


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def records(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the rows of an executed query, each as column name to value."""
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def literal(value: Value) -> str:
    """Return a value as DuckDB writes it in SQL; quotes inside a text are doubled, which is its only escape.

    A number with a point would be a DECIMAL, which as a DOUBLE is another one from the sixteenth digit on; so it is
    read from a text. The character 0 would end the statement.
    """
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, float):
        return f"'{value}'::DOUBLE"
    if value is None or isinstance(value, (bool, int)):
        return "NULL" if value is None else str(value)
    in_quotes = "'" + value.replace("'", "''") + "'"
    return in_quotes if "\0" not in value else "(" + in_quotes.replace("\0", "' || chr(0) || '") + ")"
