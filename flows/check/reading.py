"""What the checks read of a run, taken out at once: afterwards the working database may be written to again.

It needs no Great Expectations, so the worker reads while that is still being imported, and judges what it has read
while the refresh goes on to the next station.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.base.resources import resource
from flows.check.city_decisions import expected_as_found
from flows.check.frames import Frame, frames_in, working_tables

if TYPE_CHECKING:
    from pathlib import Path

    from flows.check.models import CheckJob


@dataclass(frozen=True)
class Reading:
    """The frames of the bundled checks and of the city's own, and the expected.toml that the run would meet."""

    frames: list[Frame]
    own_frames: list[Frame]
    expected: str


def sql_of_checks() -> Path:
    """Return the folder with the SQL of the bundled checks."""
    return resource("sql") / "check"


def read(job: CheckJob) -> Reading:
    """Return every frame of the job's working database.

    Raises:
        FortschreibungError: when the database cannot be read or does not fit the SQL.
    """
    sql = sql_of_checks()
    with working_tables(job, sql) as connection:
        return Reading(
            frames=list(frames_in(connection, sql)),
            own_frames=list(frames_in(connection, job.own_checks)) if job.own_checks else [],
            expected=expected_as_found(connection),
        )
