"""Orders the files of a SQL folder by what each reads, found by parsing, so that nobody numbers them by hand.

What SQL cannot say (a fit that goes round until it holds) is a step in Python with a stated place in the same order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import nullcontext
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import connect, literal, replace
from flows.base.errors import ConfigError

_ONE_QUERY = "expected one query (SELECT or PIVOT), since a file makes one table; found more or less."
_KEPT = re.compile(r"^-- Kept (?:as a whole|by (stichtag(?:, zuschnitt)?))$", re.MULTILINE)


@dataclass(frozen=True)
class SqlTable:
    """One file: the table that it makes, what a row is, its query, the names that it reads and its own steps."""

    name: str
    row: str
    query: str
    reads: frozenset[str]
    steps: frozenset[str]

    def make(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make the table; a file with a comment `-- A view` makes one, and copies nothing."""
        replace(con, "VIEW" if "\n-- A view" in self.query else "TABLE", self.name, self.query)

    @property
    def kept_by(self) -> tuple[str, ...] | None:
        """The columns by whose values the rows can be made part by part, and kept: `-- Kept by stichtag, zuschnitt`.

        No column where they are kept as a whole (`-- Kept as a whole`), None where they are not kept.
        """
        found = _KEPT.search(self.query)
        if found is None:
            return None
        return tuple(found[1].split(", ")) if found[1] else ()

    @property
    def reads_earlier(self) -> bool:
        """Whether a part reads the earlier Stichtag that a change is measured from, besides its own."""
        return "\n-- Reads the earlier Stichtag of a change as well" in self.query


@dataclass(frozen=True)
class PythonStep:
    """Python that makes tables from tables: what a row of each is, the names that it reads, and the function."""

    makes: Mapping[str, str]
    """Each table with what a row of it is."""
    reads: frozenset[str]
    run: Callable[[duckdb.DuckDBPyConnection], None]


def tables_in_order(
    folder: Path, known: frozenset[str] = frozenset(), steps: Sequence[PythonStep] = (), *,
    con: duckdb.DuckDBPyConnection | None = None,
) -> list[SqlTable | PythonStep]:  # fmt: skip
    """Return the tables of `folder`, and `steps` among them, so that each comes after those that it reads.

    `known` are the names that are there already (``schema.table`` or ``table``). `con` parses the files, whatever its
    database has; else one is opened for it, which takes as long as parsing them.

    Raises:
        ConfigError: a file is not one query, has no leading comment, reads an unknown name, names a step
            like a table, or files read each other in a circle.
    """
    queries = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}
    _learn(queries.values(), con)
    tables = {path.stem: _parsed(path, query) for path, query in queries.items()}
    made_by: dict[str, SqlTable | PythonStep] = {**tables, **{name: step for step in steps for name in step.makes}}
    for table in tables.values():
        unknown = sorted(table.reads - set(made_by) - known)
        if unknown:
            raise ConfigError(
                f"{folder / table.name}.sql reads {', '.join(unknown)}, which is neither a file in {folder.name}/ "
                f"nor a table that is there before ({', '.join(sorted(known)) or 'none'}). Correct the name.",
                code="FS-CONFIG-12",
            )
        hiding = sorted(table.steps & (set(made_by) | known))
        if hiding:
            raise ConfigError(
                f"{folder / table.name}.sql names a step (WITH ... AS) like a table, {', '.join(hiding)}, so that "
                "nobody can tell which of the two is read. Give the step another name.",
                code="FS-CONFIG-12",
            )
    graph = {name: sorted(maker.reads & set(made_by)) for name, maker in made_by.items()}
    try:
        order = [made_by[name] for name in TopologicalSorter(graph).static_order()]
        return list({id(maker): maker for maker in order}.values())  # a step that makes several tables runs once
    except CycleError as circle:
        raise ConfigError(
            f"The files of {folder} read each other in a circle: {' -> '.join(circle.args[1])}. "
            "A table can only read what is made before it.",
            code="FS-CONFIG-12",
        ) from None


def _parsed(path: Path, query: str) -> SqlTable:
    """Return one file as DuckDB's own parser understands it: within a millisecond, and without importing sqlglot."""
    first = query.splitlines()[0] if query else ""
    if not first.startswith("-- One row "):
        raise ConfigError(
            f"{path}, line 1: expected a comment that begins '-- One row ' and says what a row is.", code="FS-CONFIG-12"
        )
    named = _NAMED[query]
    if named.error == _NOT_SERIALIZED:
        named = _NAMED[query] = _named_in_pivot(path, query)
    elif named.error:
        raise ConfigError(f"{path} is not SQL that can be read: {named.error}", code="FS-CONFIG-12")
    elif named.statements != 1:
        raise ConfigError(f"{path}: {_ONE_QUERY}", code="FS-CONFIG-12")
    return SqlTable(path.stem, first.removeprefix("-- "), query, _tables(named), frozenset(named.steps))


def reads_of(con: duckdb.DuckDBPyConnection, query: str) -> tuple[frozenset[str], bool]:
    """Return the names of what a query reads, and whether it takes columns that it does not name (``SELECT *``)."""
    if query not in _NAMED:
        _NAMED[query] = _named_in(con, query)
    return _tables(_NAMED[query]), _NAMED[query].takes_everything


@dataclass(frozen=True)
class _Named:
    """What a query names, as DuckDB's parser says it, or why it cannot say it."""

    tables: Set[tuple[str, str]]
    """Schema and name."""
    steps: Set[str]
    takes_everything: bool
    """Whether a `*` stands for the columns of a table, and not of a step."""
    statements: int = 1
    error: str = ""


_NOT_SERIALIZED = "not implemented"
"""The error of a PIVOT whose columns the data name, which is several statements for DuckDB, or of what is no query."""
_NAMED: dict[str, _Named] = {}
"""By the text of the query: the folders of SQL are the same for every run of a process."""


def _learn(queries: Iterable[str], con: duckdb.DuckDBPyConnection | None) -> None:
    """Let `_NAMED` have these queries too."""
    new = [query for query in queries if query not in _NAMED]
    if new:
        with nullcontext(con) if con else connect(config={"threads": 1}) as parser:
            _NAMED.update({query: _named_in(parser, query) for query in new})


def _named_in(con: duckdb.DuckDBPyConnection, query: str) -> _Named:
    """Return what a query names, noted while its tree is read: every table, step and `*`, however deep it stands."""
    (written,) = con.execute(f"SELECT json_serialize_sql({literal(query)})").fetchone() or ("{}",)
    tables, steps, stars = set[tuple[str, str]](), set[str](), set[str]()

    def note(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            tables.add((node["schema_name"], node["table_name"]))
        elif node.get("class") == "STAR":
            stars.add(node["relation_name"])  # of everything: an empty text
        if "cte_map" in node:
            steps.update(step["key"] for step in node["cte_map"]["map"])
        return node

    tree = json.loads(written, object_hook=note)
    error = (tree.get("error_message") or "DuckDB does not say why") if tree["error"] else ""
    return _Named(
        tables, steps, bool(stars - steps), len(tree.get("statements", ())),
        _NOT_SERIALIZED if tree.get("error_type") == _NOT_SERIALIZED else error,
    )  # fmt: skip


def _tables(named: _Named) -> frozenset[str]:
    return frozenset(
        f"{schema}.{name}" if schema else name for schema, name in named.tables if schema or name not in named.steps
    )


def _named_in_pivot(path: Path, query: str) -> _Named:
    """Return what a PIVOT names."""
    import sqlglot  # noqa: PLC0415 -- takes longer to import than the station takes for most of its tables
    from sqlglot import exp  # noqa: PLC0415

    try:
        tree = sqlglot.parse_one(query, dialect="duckdb")
    except sqlglot.errors.SqlglotError as problem:
        raise ConfigError(f"{path} is not SQL that can be read: {problem}", code="FS-CONFIG-12") from problem
    if not isinstance(tree, exp.Pivot):
        raise ConfigError(f"{path}: {_ONE_QUERY}", code="FS-CONFIG-12")
    names = {(table.db, table.name) for table in tree.find_all(exp.Table) if table.name}
    return _Named(names, {step.alias_or_name for step in tree.find_all(exp.CTE)}, takes_everything=False)
