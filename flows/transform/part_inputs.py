"""What a part of a table of figures follows from: the rows of its Stichtag (and Zuschnitt) in every table that is read.

The key of a part is over the content of these rows, so that what is kept of it stands for it as long as they are the
same. Nobody lists what belongs to a key: it is found by parsing the query, and the query of each view that it reads. Of
a table, those columns count whose names stand anywhere in these queries.

A part is made where nothing else can be seen (`only`): tables that no key covers are not there, nor are rows of another
Stichtag or Zuschnitt, but those of parts that are made at the same time. A table may be kept only if these make no
difference; the tests make each part alone and compare.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path

import duckdb

from flows.base import sql_order
from flows.base.db import columns_of, literal, one_file, quoted
from flows.base.sql_order import SqlTable, reads_of
from flows.stage.shown_files import LOADED, SHOWN, digest, shown_contents

Part = tuple[str, ...]
"""The values of the columns that a table is kept by: a Stichtag, or a Stichtag and a Zuschnitt; none if as a whole."""
Group = tuple[str | None, str | None]
"""The Stichtag and Zuschnitt of rows; None where they have none, so that every part may follow from them."""
_SEEN = "gesehen"
_THERE = "database_name = current_database() AND NOT internal"
_NAMED = "CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END ||"


@dataclass(frozen=True)
class LookedAt:
    """What makers have found in tables into which nobody has written since."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """By table, its columns with their types."""
    digests: dict[tuple[str, tuple[str, ...]], Mapping[Group, str]] = field(default_factory=dict)
    """Of these columns of a table, a digest of the rows of each Stichtag and Zuschnitt."""


class PartInputs:
    """The tables that a kept table is made of, directly or through views, as each of its parts sees them."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, maker: SqlTable, made: Collection[str],
        looked_at: LookedAt | None = None, *, beside: Path | None = None,
    ) -> None:  # fmt: skip
        """Look at what `maker` reads; `made` are views of kept parts; these and views of kept files count as tables.

        `looked_at` is what other makers have found, and takes what this one finds. `beside` is the folder of kept
        results. A view may show one of them, of which the name says what it has: so where this folder lies makes no
        difference to a key.
        """
        self._con, self._maker = con, maker
        before = looked_at or LookedAt()
        self._views, self._tables = _found(con, maker.query, {*made, SHOWN}, before.columns)
        place = f"{literal(one_file(beside))[1:-1]}/" if beside else ""
        self._placeless = [each.replace(place, "") for each in self._views.values()]
        for name, columns in self._tables.items():
            if (name, tuple(columns)) not in before.digests:
                before.digests[name, tuple(columns)] = _groups(con, name, columns)
        self._groups = {name: before.digests[name, tuple(columns)] for name, columns in self._tables.items()}
        groups = {group for each in self._groups.values() for group in each}
        self._by = maker.kept_by or ()
        values = [sorted({value for group in groups if (value := group[place])}) for place in range(len(self._by))]
        self.parts: list[Part] = list(product(*values))
        """Every part that the table may have; of some there are no rows."""

    @cached_property
    def _years(self) -> set[int]:
        """Over how many years Indikatoren tell a change."""
        lags = self._con.execute("SELECT DISTINCT abstand_jahre FROM katalog.indikator").fetchall()
        return {lag for (lag,) in lags}

    def key(self, part: Part) -> str:
        """Return the sha256 over everything that the rows of a part follow from."""
        seen = {
            name: sorted(f"{group} {digest}" for group, digest in groups.items() if self._sees(part, group))
            for name, groups in self._groups.items()
        }
        parts = [_CODE, duckdb.__version__, self._maker.query, part, self._placeless, self._tables, seen]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @contextmanager
    def only(self, parts: Collection[Part]) -> Iterator[None]:
        """Let the connection see, under the same names, only the rows and columns that these parts follow from."""
        database, schema = self._con.execute("SELECT current_database(), current_schema()").fetchone() or ("", "")
        self._con.execute(f"ATTACH ':memory:' AS {_SEEN}")
        try:
            for each in sorted({name.partition(".")[0] for name in (*self._tables, *self._views) if "." in name}):
                self._con.execute(f"CREATE SCHEMA {_SEEN}.{each}")
            for name, columns in self._tables.items():
                groups = {group for part in parts for group in self._groups[name] if self._sees(part, group)}
                place = name if "." in name else f"main.{name}"
                self._con.execute(
                    f"CREATE VIEW {_SEEN}.{place} AS SELECT {', '.join(map(quoted, columns))} "  # noqa: S608
                    f'FROM "{database}".{place} WHERE {self._within(columns, groups)}'
                )
            self._con.execute(f"USE {_SEEN}")
            for statement in self._views.values():
                self._con.execute(statement)
            yield
        finally:
            self._con.execute(f'USE "{database}"."{schema}"')
            self._con.execute(f"DETACH {_SEEN}")

    def _sees(self, part: Part, group: Group) -> bool:
        """Say whether a part may follow from rows of this Stichtag and Zuschnitt."""
        if not part:
            return True
        (tag, *zuschnitt), (of_tag, of_zuschnitt) = part, group
        if zuschnitt and of_zuschnitt not in (None, *zuschnitt):
            return False
        if of_tag is None or of_tag == tag:
            return True
        return self._maker.reads_earlier and int(tag[:4]) - int(of_tag[:4]) in self._years

    def _within(self, columns: Collection[str], groups: Collection[Group]) -> str:
        """Return the condition that a row is of one of these Stichtage and of one of these Zuschnitte."""
        conditions = ["TRUE"]
        for place, column in enumerate(self._by):
            if column in columns:
                values = [literal(one) for one in sorted({group[place] or "" for group in groups} - {""})]
                among = f" OR {column} IN ({', '.join(values)})" if values else ""
                conditions.append(f"({column} IS NULL{among})")
        return " AND ".join(conditions)


def _found(
    con: duckdb.DuckDBPyConnection, query: str, made: Collection[str], columns: dict[str, dict[str, str]]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the statements of the views that a query reads, each after those that it reads, and the tables.

    Of a table come the columns that may be used, with their types; `columns` has those that are known, and takes the
    others.
    """
    views: dict[str, str] = dict(
        con.execute(f"SELECT {_NAMED} view_name, sql FROM duckdb_views() WHERE {_THERE}").fetchall()  # noqa: S608
    )
    statements, tables, whole = dict[str, str](), set[str](), False
    within = [(query, "")]
    while within:
        reading, name = within.pop()
        reads, everything = reads_of(con, reading)
        whole = whole or everything
        if name:
            statements = {name: views[name]} | {each: one for each, one in statements.items() if each != name}
        shown = {each for each in reads if each in views and each not in made}
        tables |= reads - shown
        within += [(views[each].partition(" AS ")[2], each) for each in sorted(shown)]
    words = set(re.findall(r"\w+", " ".join([query, *statements.values()])))
    for name in tables - columns.keys():
        columns[name] = dict(sorted(columns_of(con, name).items()))
    used = {
        name: {one: kind for one, kind in columns[name].items() if whole or one in words} for name in sorted(tables)
    }
    return statements, {name: used[name] or columns[name] for name in used}


def _groups(con: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]) -> Mapping[Group, str]:
    """Return a digest of the rows of each Stichtag and Zuschnitt."""
    shown = shown_contents(con) if table == SHOWN else {}
    if shown:
        loaded = _groups(con, LOADED, columns)
        days: dict[Group, str] = {(day, None): content for day, content in shown.items()}
        return {group: f"{loaded.get(group)} {days.get(group)}" for group in {*loaded, *days}}
    columns = list(columns)
    keys = [f"{one}::VARCHAR" if one in columns else "NULL::VARCHAR" for one in ("stichtag", "zuschnitt")]
    of_rows = digest(map(quoted, columns))
    rows = con.execute(f"SELECT {', '.join(keys)}, {of_rows} FROM {table} GROUP BY 1, 2").fetchall()  # noqa: S608
    return {(tag, zuschnitt): found for tag, zuschnitt, found in rows}


_CODE = hashlib.sha256(b"".join(Path(each).read_bytes() for each in (__file__, sql_order.__file__))).hexdigest()
