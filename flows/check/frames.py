"""The frames that the suites judge: what the SQL in sql/check/, and that of the city, finds in a run's database.

A file whose name begins with an underscore is a working table for the others (a view where its header says
`-- as: view`); every other file is a frame and has a suite of the same name. Each frame has a column `einheit` that
names what a row is about. Its columns `gefunden` and `erwartet` hold values that may be confidential: they go into the
findings of the run, never into the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base.errors import FortschreibungError
from flows.base.home import limits
from flows.check.last_release import read_last_release
from flows.profile.check_header import header_lines

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from flows.check.models import CheckJob

_CONFIDENTIAL = ("gefunden", "erwartet")


@dataclass(frozen=True)
class Frame:
    """The rows of one frame, and what may be said of them outside."""

    name: str
    rows: pd.DataFrame

    @property
    def public(self) -> pd.DataFrame:
        """The rows without their confidential columns: all that Great Expectations gets to see."""
        return self.rows.drop(columns=[name for name in _CONFIDENTIAL if name in self.rows])


@contextmanager
def working_tables(job: CheckJob, sql: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield the job's working database, opened for reading only, with the working tables of the folder `sql`.

    Raises:
        FortschreibungError: when the database cannot be read or a file of `sql` does not fit it.
    """
    import duckdb  # noqa: PLC0415 -- heavy; pandas comes with it

    from flows.base.db import connect  # noqa: PLC0415

    bounds = limits()
    try:
        connection = connect(
            job.work_db,
            {
                "memory_limit": bounds.memory, "threads": bounds.threads,
                "temp_directory": str(job.work_db.with_name("spill")),
            },
            read_only=True,
        )  # fmt: skip
    except duckdb.Error as problem:
        message = f"The checks expected to read {job.work_db}, found: {problem}. Refresh again."
        raise FortschreibungError(message, code="FS-CHECK-02") from problem
    with connection:
        read_last_release(connection, job.last_release, job.until)
        for file in _working_tables(sql):
            _make_working_table(connection, file)
        yield connection


def frames_in(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Frame]:
    """Yield the frame of every file of `folder`; there need not be one.

    Raises:
        FortschreibungError: when a file does not fit the working database, returns no column `einheit`, or NULL there.
    """
    for file in sorted(folder.glob("[!_]*.sql")):
        yield Frame(file.stem, _rows(connection, file))


def _working_tables(sql: Path) -> list[Path]:
    """Return the files of the working tables, each after those that it reads."""
    files = {file.stem: file for file in sorted(sql.glob("_*.sql"))}
    reads = {
        name: files.keys() & re.findall(r"\b_\w+", file.read_text(encoding="utf-8")) for name, file in files.items()
    }
    return [files[name] for name in TopologicalSorter(reads).static_order()]


def _make_working_table(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Make the query of `file` readable under its name: as a table, or as a view where its header says so."""
    query, kind = file.read_text(encoding="utf-8"), header_lines(file).get("as", "table")
    with _named_in_errors(file):
        connection.execute(f'CREATE TEMP {kind} "{file.stem}" AS\n{query}')


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> pd.DataFrame:
    with _named_in_errors(file):
        found = connection.sql(file.read_text(encoding="utf-8"))
        if "einheit" not in found.columns:
            message = f"{_shown(file)}: expected a column `einheit` that names what a row is about."
            raise FortschreibungError(message, code="FS-CHECK-02")
        if found.types[found.columns.index("einheit")] != "VARCHAR":  # a day or a number that a city's check returns
            found = found.project("* REPLACE (einheit::VARCHAR AS einheit)")
        rows = found.df()
    if nameless := int(rows["einheit"].isna().sum()):
        message = (
            f"{_shown(file)}: expected a column `einheit` that names what each row is about, found NULL in {nameless} "
            f"of {len(rows)} rows. Put its parts together with concat(), which leaves out NULL, or leave such rows out."
        )
        raise FortschreibungError(message, code="FS-CHECK-02")
    return rows


@contextmanager
def _named_in_errors(file: Path) -> Iterator[None]:
    import duckdb  # noqa: PLC0415

    try:
        yield
    except duckdb.Error as problem:
        message = (
            f"{_shown(file)} could not be run. It expected the tables of this version in work.duckdb, "
            f"found:\n{problem}\nRefresh again; if it comes back, report it with this message."
        )
        raise FortschreibungError(message, code="FS-CHECK-02") from problem


def _shown(file: Path) -> str:
    return "/".join(file.parts[-3:])
