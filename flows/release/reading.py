"""A quick look into a release, from the command line: where it lies, how to attach it, what a query says.

Nothing here can change anything: the file is opened read-only, and a query may neither write nor read another
file. DuckDB is imported only where a query is run.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.base.errors import ConfigError
from flows.release.catalog import Release, latest_release, release_named

if TYPE_CHECKING:
    import duckdb

    from flows.base.home import Home

SHOWN = 200
"""Rows of a table that are shown to a person; JSON has all."""


def release_to_read(home: Home, city: str, version: str | None = None) -> Release:
    """Return the release `version` of `city`, or the latest.

    Raises:
        ConfigError: when there is none, or its file is not where it must be.
    """
    release = release_named(home, city, version) if version else latest_release(home, city)
    if release is None:
        raise ConfigError(
            f"There is no release of {city} in {home.releases}. `fortschreibung refresh {city}` makes one.",
            code="FS-USE-02",
        )
    if not release.database.is_file():
        raise ConfigError(
            f"The catalogue knows {city} {release.version}, but {release.database} is not there. "
            f"`fortschreibung verify {city}` says what else is missing; restore it from a backup.",
            code="FS-USE-02",
        )
    return release


def attach_statement(release: Release) -> str:
    """Return the SQL that makes the release readable in any DuckDB, under the city's name."""
    path = str(release.database).replace("'", "''")
    return f"ATTACH '{path}' AS {release.city} (READ_ONLY);"


@dataclass(frozen=True)
class Answer:
    """What a query says: as a table for people, or as rows for programs."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    table: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Each row as an object of JSON values: dates as ISO text, bytes in hexadecimal."""
        return [dict(zip(self.columns, map(_json_value, row), strict=True)) for row in self.rows]


def answer_to(database: Path, query: str, *, as_table: bool = True) -> Answer:
    """Return what `query` says about the release in the file `database`.

    Raises:
        ConfigError: when the query is not one that reads this release; says what DuckDB found wrong.
    """
    import duckdb  # noqa: PLC0415 -- the other commands of this module need none

    from flows.base.db import connect  # noqa: PLC0415

    try:
        with connect(database, {"enable_external_access": "false"}, read_only=True) as con:
            con.execute("SET python_enable_replacements = false; SET lock_configuration = true")
            found = con.sql(query)
            if found is None:
                raise ConfigError(
                    f"Expected a query that returns rows, such as SELECT or FROM, found: {query.strip()}",
                    code="FS-USE-05",
                )
            return _answered(found, as_table=as_table)
    except duckdb.Error as problem:
        words = str(problem).strip()
        raise ConfigError(
            f"The query cannot be answered from {database}:\n{words}\n"
            "SHOW TABLES lists its tables, FROM _columns says what is in them; a release can only be read.",
            code="FS-USE-05",
        ) from problem


def _answered(found: duckdb.DuckDBPyRelation, *, as_table: bool) -> Answer:
    columns, rows = tuple(found.columns), found.fetchall()
    if not as_table:
        return Answer(columns, rows, "")
    return Answer(columns, rows, _table(columns, rows[:SHOWN], len(rows)))


def _table(columns: Sequence[str], rows: Sequence[tuple[Any, ...]], total: int) -> str:
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(each) for each in column) for column in zip(columns, *cells, strict=True)]
    right = [all(_is_number(row[at]) for row in rows) for at in range(len(columns))]
    lines = [
        "  ".join(
            each.rjust(width) if to_right else each.ljust(width)
            for each, width, to_right in zip(row, widths, right, strict=True)
        )
        for row in (columns, *cells)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    left_out = f", the first {len(cells)} are shown (--json gives all)" if total > len(cells) else ""
    return "\n".join([*(line.rstrip() for line in lines), f"({total} row{'' if total == 1 else 's'}{left_out})"])


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float, Decimal)) and not isinstance(value, bool))


def _cell(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return str(value).replace("\n", " ")


def _json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _json_value(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_value(each) for each in value]
    return _json_scalar(value)


def _json_scalar(value: Any) -> str | float | bool | None:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
