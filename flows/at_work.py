"""A city's counts at base unit for a command that only looks: staged from its files, deleted when the command is done.

It is the beginning of a dry run. Without a folder of files, those of the latest release are taken from the landing
zone. The sources are asked only where there is no release, or the profile has got other sources since. What staging
made of the same files before is used again, so that it takes a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows import stations
from flows.base.errors import SourceUnavailable
from flows.base.home import Home
from flows.profile.load import Profile
from flows.pull.models import Pulled
from flows.release.catalog import latest_release
from flows.release.manifest import manifest_of
from flows.run import Run, new_run, working_folder


@dataclass(frozen=True)
class CityAtWork:
    """The working database of a city, with the schemas katalog and stage, and what it was made by."""

    con: duckdb.DuckDBPyConnection
    profile: Profile
    run: Run
    """Its folder stays, for reports; the working database in it does not."""
    pulled: Pulled
    """The files that it was staged from."""


@contextmanager
def city_at_work(
    city: str, home: Home, *, from_dir: Path | None = None, stichtag: dt.date | None = None, no_cache: bool = False
) -> Iterator[CityAtWork]:
    """Open the staged counts of a city without anything later than `stichtag`; they are confidential.

    Without `stichtag`, what the latest release left out as too late is left out here too.

    Raises:
        ConfigError: the city has no profile, or `from_dir` is no folder.
        SourceProblem: a file cannot be had, or breaks its contract.
    """
    run = new_run(city, home, from_dir=from_dir, until=stichtag, dry_run=True, no_cache=no_cache)
    with working_folder(run):
        pulled, until = (None, None) if from_dir else _of_latest_release(run)
        if pulled and until and stichtag is None:
            run = run.model_copy(update={"until": until})
        pulled = pulled or stations.pull_into(run, protects=False)
        stations.stage_into(run, pulled)
        with stations.staged(run) as con:
            yield CityAtWork(con, run.profile, run, pulled)
    run.note("done", "looked at; nothing is published")


def _of_latest_release(run: Run) -> tuple[Pulled | None, dt.date | None]:
    """Return what the latest release of the city was made from, if all of it is there and is what is wanted today.

    With it comes the day after which that release took no Stichtag, if there was one.
    """
    from flows.publish.delivered import delivered_for  # noqa: PLC0415

    release = latest_release(run.home, run.city)
    if release is None:
        return None, None
    manifest = manifest_of(release.path)
    if others := _other_sources(run.profile, {each["quelle"] for each in manifest.sources}):
        run.note("pull", f"not the files of release {release.version}: other sources since then, {', '.join(others)}")
        return None, None
    try:
        lieferungen = delivered_for(manifest, run.home.landing)
    except SourceUnavailable as lost:
        run.note("pull", str(lost))
        return None, None
    run.note("pull", f"the files of release {release.version}")
    until = dt.date.fromisoformat(manifest.until) if manifest.until else None
    return Pulled(lieferungen=lieferungen, missing=[], new=0, unchanged=len(lieferungen)), until


def _other_sources(profile: Profile, before: set[str]) -> list[str]:
    """Return which sources a profile no longer has, and which say only now what lies in a Sozialraum."""
    assigning = {source.id for source in profile.sources if source.assignment}
    return sorted((before - {source.id for source in profile.sources}) | (assigning - before))
