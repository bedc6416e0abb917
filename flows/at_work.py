"""A city's counts at base unit for a command that only looks: staged from its files, deleted when the command is done.

It is the beginning of a dry run. What staging made of the same files before is used again, so that it takes a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows import stations
from flows.base.home import Home
from flows.profile.load import Profile
from flows.run import Run, new_run, working_folder


@dataclass(frozen=True)
class CityAtWork:
    """The working database of a city, with the schemas katalog and stage, and what it was made by."""

    con: duckdb.DuckDBPyConnection
    profile: Profile
    run: Run
    """Its folder stays, for reports; the working database in it does not."""


@contextmanager
def city_at_work(
    city: str, home: Home, *, from_dir: Path | None = None, stichtag: dt.date | None = None, no_cache: bool = False
) -> Iterator[CityAtWork]:
    """Open the staged counts of a city without anything later than `stichtag`; they are confidential.

    Raises:
        ConfigError: the city has no profile, or `from_dir` is no folder.
        SourceProblem: a file cannot be had, or breaks its contract.
    """
    run = new_run(city, home, from_dir=from_dir, until=stichtag, dry_run=True, no_cache=no_cache)
    with working_folder(run):
        pulled = stations.pull_into(run)
        stations.stage_into(run, pulled)
        with stations.staged(run) as con:
            yield CityAtWork(con, run.profile, run)
