"""The rows of `_lineage`: from each published column down to the staged tables, read from the SQL that made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import duckdb

from flows.base.resources import resource
from flows.transform.lineage import ALL, Relation, Source, lineage, table

if TYPE_CHECKING:
    from sqlglot import exp

FOLDERS = ("stage", "transform", "space", "protect", "wide", "index", "review")
Made = Mapping[str, Mapping[str, Iterable[Source]]]  # table -> column -> where it comes from
Edge = tuple[str, str, str | None, str | None]


def lineage_rows(con: duckdb.DuckDBPyConnection, published: Mapping[str, str]) -> list[Edge]:
    """Return one row (table, column, from table, from column) for all that the published tables rest on.

    `published` is the query of each. A column that is a literal or a setting has one row without a source. Where the
    way ends, there is no file of SQL: at the catalogue (``katalog.…``, from the profile), or at the rows as they are
    read from the Lieferungen (``roh…``).
    """
    there = _columns_there(con)
    queries = _files(there)
    queries |= {name: _parsed(query) for name, query in published.items() if name not in queries}
    known = {name: table(name, columns) for name, columns in there.items()}
    made: dict[str, dict[str, Iterable[Source]]] = {}
    for name in _in_order(queries):
        result = lineage(queries[name], known)
        columns = there.get(name, list(result.columns) if result.others is None else None)
        made[name] = _named(result, columns)
        known[name] = table(name, columns)
    starts = [(name, column) for name in published for column in made[name]]
    return sorted(_reached(made, starts), key=lambda row: tuple(cell or "" for cell in row))


def _columns_there(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = con.execute(
        "SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END, "
        "list(column_name ORDER BY column_index) FROM duckdb_columns() WHERE NOT internal GROUP BY ALL"
    ).fetchall()
    return dict(rows)


def _files(there: Mapping[str, Sequence[str]]) -> dict[str, exp.Expr]:
    """Return the query of every file of SQL by the table that it makes; sql/stage fills the schema of that name."""
    found: dict[str, exp.Expr] = {}
    for folder in FOLDERS:
        for path in sorted(resource(f"sql/{folder}").glob("*.sql")):
            staged = f"stage.{path.stem}"
            name = staged if folder == "stage" and staged in there else path.stem
            found[name] = _parsed(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1_000)
def _parsed(query: str) -> exp.Expr:
    import sqlglot  # noqa: PLC0415 -- commands that only read releases do without

    return sqlglot.parse_one(query, dialect="duckdb")


def _in_order(queries: Mapping[str, exp.Expr]) -> Iterable[str]:
    from sqlglot import exp  # noqa: PLC0415

    reads = {
        name: {f"{each.db}.{each.name}" if each.db else each.name for each in query.find_all(exp.Table)}
        - {name, *(step.alias_or_name for step in query.find_all(exp.CTE))}
        for name, query in queries.items()
    }
    return TopologicalSorter({name: read & set(queries) for name, read in reads.items()}).static_order()


def _named(result: Relation, columns: Sequence[str] | None) -> dict[str, Iterable[Source]]:
    """Return the sources of each column of a table, those that PIVOT named by the data included, and of its rows."""
    sources = {name: result.of(name) or () for name in (result.columns if columns is None else columns)}
    unnamed = {ALL: result.rows | (result.others or frozenset())} if columns is None else {ALL: result.rows}
    return {**sources, **unnamed}


def _reached(made: Made, starts: Iterable[tuple[str, str]]) -> set[Edge]:
    rows: set[Edge] = set()
    waiting, seen = [(name, column) for name, column in starts if column != ALL], set()
    while waiting:
        at = waiting.pop()
        if at in seen or at[0] not in made:
            continue
        seen.add(at)
        sources = made[at[0]].get(at[1], ())
        rows |= {(*at, *source) for source in sources} or {(*at, None, None)}
        waiting += [(source.table, source.column) for source in sources]
    return rows
