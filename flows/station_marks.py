"""Which stations of a run are finished, as marks in its folder: what a later run may go on from after a kill.

A mark is written after the working database was brought to the disk, and is whole or not there. So a station without a
mark counts for nothing, whatever it left in the database; a mark lists the tables there were, the rest is dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.base.errors import ConfigError
from flows.base.files import sync_tree, write_whole
from flows.check.models import GX_PAGES_FOLDER, REPORT_FOLDER
from flows.mark_files import FOLDER, INPUTS, PROTECTED, STOPPED, WORK, has_begun, mark_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STATIONS = ("stage", "transform", "check", "protect", "publish")
"""Those that a run can go on with; every run asks the sources itself, since only so it knows that nothing changed."""
ANY, NOTHING = "any", "nothing"
"""Instead of a station: go on after the last that is finished, or with none."""
REVIEW = "review.json"
TYPES = "types.json"
"""What protect found of types, for the report of the checks."""
LEFT_BY = {
    "stage": (WORK, f"{WORK}.wal", "quarantine.csv"),
    "check": (REPORT_FOLDER, GX_PAGES_FOLDER),
    "protect": (PROTECTED, REVIEW, TYPES),
}
"""What each station leaves in a run's folder for those after it."""


class Inputs(BaseModel):
    """All that the working database follows from, by what a person calls it: two runs with the same make the same."""

    model_config = ConfigDict(frozen=True)

    made_of: dict[str, str]
    """Bound, delivered files, profile, code, libraries -> a digest or a version."""
    judged_by: dict[str, str]
    """What checks and protection look at beside: the releases that are out, and the day."""


class Mark(BaseModel):
    """One finished station."""

    model_config = ConfigDict(frozen=True)

    station: str
    at: dt.datetime
    rows: dict[str, int]
    """Table (or view: -1, unless it is one of kept parts) -> its rows, of all that the working database held."""
    result: dict[str, Any] = {}
    """What the station returned."""


def begin(folder: Path, inputs: Inputs) -> None:
    """Let the run in `folder` have marks from now on."""
    (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / FOLDER / INPUTS, inputs.model_dump_json(indent=1).encode())


def finish(folder: Path, station: str, con: DuckDBPyConnection | None, result: Mapping[str, Any] | None = None) -> None:
    """Bring the work of a station to the disk, and only then mark it as finished; nothing in a run without marks.

    Of a station that changed no table (`con` is None) the rows are those of the one before.
    """
    if not has_begun(folder):
        return
    if con is not None:
        con.execute("CHECKPOINT")
        rows = rows_in(con)
    else:
        rows = finished_in(folder)[-1].rows
    for name in LEFT_BY.get(station, ()):
        if (folder / name).is_dir():
            sync_tree(folder / name)
    put(folder, Mark(station=station, at=dt.datetime.now(dt.UTC), rows=rows, result=dict(result or {})))


def put(folder: Path, mark: Mark) -> None:
    """Write the mark of a station whose database and files are on the disk."""
    write_whole(mark_of(folder, mark.station), mark.model_dump_json(indent=1).encode())


def note_stop(folder: Path, kind: str) -> None:
    """Note that the run was stopped by what a station found: with the same inputs it would be stopped again."""
    if has_begun(folder):
        with suppress(OSError):  # a full disk is no reason to hide what stopped the run
            write_whole(folder / FOLDER / STOPPED, kind.encode())


def inputs_of(folder: Path) -> Inputs | None:
    """Return what the run in `folder` worked with; None when it has no marks that can be read."""
    try:
        return Inputs.model_validate_json((folder / FOLDER / INPUTS).read_bytes())
    except (OSError, ValidationError):
        return None


def finished_in(folder: Path) -> list[Mark]:
    """Return the finished stations of the run in `folder`, in their order; one after a gap counts for nothing."""
    found: list[Mark] = []
    if not (folder / WORK).is_file():
        return found
    for station in STATIONS:
        try:
            found.append(Mark.model_validate_json(mark_of(folder, station).read_bytes()))
        except (OSError, ValidationError):
            break
    return found


def known_station(name: str) -> str:
    """Return `name` if a run can go on with that station.

    Raises:
        ConfigError: it cannot.
    """
    if name not in STATIONS:
        raise ConfigError(
            f"--from-station {name}: expected one of {', '.join(STATIONS)} (every run does `pull`), found another.",
            code="FS-USE-07",
        )
    return name


def differences(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Return the names of what is not the same."""
    return sorted(name for name in {**before, **now} if before.get(name) != now.get(name))


def nothing_to_take_up(city: str, station: str) -> str:
    """Return what to say where no run is there that could go on with `station`."""
    return (
        f"--from-station {station}: expected a run of {city} that was cut off or stopped, found none. A run that came "
        "to its end keeps no working database; `fortschreibung runs` shows what can be taken up."
    )


def things_in(con: DuckDBPyConnection) -> dict[str, tuple[str, tuple[str, str]]]:
    """Return the tables and views of a working database: name -> kind, and schema and name."""
    found = con.execute(
        "SELECT schema_name, table_name, 'TABLE' FROM duckdb_tables() WHERE NOT internal AND NOT temporary "
        "UNION ALL SELECT schema_name, view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal AND NOT temporary"
    ).fetchall()
    return {f"{schema}.{name}": (kind, (schema, name)) for schema, name, kind in found}


def rows_in(con: DuckDBPyConnection) -> dict[str, int]:
    """Return the rows of each table of a working database; of a view, which is only a name, -1.

    A view of kept parts has rows of its own: they lie in files, which must still be there.
    """
    from flows.base.db import literal, quoted  # noqa: PLC0415 -- loads DuckDB, which marks alone do not need

    things = things_in(con)
    of_files = con.execute(
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal AND sql LIKE '%read_parquet(%'"
    ).fetchall()
    names = {name for name, (kind, _) in things.items() if kind == "VIEW"} - {name for (name,) in of_files}
    rows = dict.fromkeys(names, -1)
    counts = [
        f"SELECT {literal(name)}, count(*) FROM {'.'.join(map(quoted, written))}"  # noqa: S608 -- names of our tables
        for name, (_, written) in things.items()
        if name not in names
    ]
    return rows | dict(con.execute(" UNION ALL ".join(counts)).fetchall() if counts else [])
