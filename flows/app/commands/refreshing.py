"""Commands that make a release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json
from flows.base.errors import WAITING, ConfigError
from flows.base.extras import need
from flows.base.home import Home, home_at
from flows.base.texts import Text, shown, tr
from flows.profile.policy import Policy

if TYPE_CHECKING:
    from flows.app.explain import DryRun
    from flows.run import Outcome

_FOR_A_FLOW = ("prefect", "great_expectations", "pandas")


def refresh(  # noqa: PLR0913 -- each is an option of the command
    city: str,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    stichtag: dt.date | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    explain: Annotated[list[str] | None, Parameter(negative="", consume_multiple=True)] = None,
    no_cache: Annotated[bool, Parameter(negative="")] = False,
    publish: Policy | None = None,
    fresh: Annotated[bool, Parameter(negative="")] = False,
    from_station: str | None = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Refresh a city's Fortschreibung: pull, stage, transform, check, protect, publish.

    Parameters
    ----------
    city
        A city with a profile (`doctor` lists them).
    from_
        Take every file from this folder instead of its source's address.
    stichtag
        Leave out everything later than this date (YYYY-MM-DD).
    dry_run
        Go as far as protection; publish nothing.
    explain
        With --dry-run: what became of the rows of each file; with the name of a file, how that one is read.
    no_cache
        Read every file anew instead of using kept results (docs/staging.md), and keep none.
    publish
        What to wait for before a new year is published, instead of what city.toml says: complete, when-due or always.
    fresh
        Begin anew. Else a refresh goes on after the last finished station of one that was cut off, if nothing changed.
    from_station
        Go on with this station of the last refresh that was cut off or stopped: stage, transform, check, protect or
        publish.
    """
    from flows.app.flow_runner import run_refresh  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    need(*_FOR_A_FLOW)
    load_profile(city)  # a mistake in the profile is reported before Prefect starts
    files = None
    if explain is not None:
        if not dry_run:
            raise ConfigError(
                "--explain shows what a dry run makes of the files; use it together with --dry-run.", code="FS-USE-01"
            )
        outcome, run = explained_dry_run(
            city, home_at(home), from_, names=explain, stichtag=stichtag, no_cache=no_cache, shown=not as_json
        )
        files = [one.model_dump() for one in run.accounts] if run else []
    else:
        outcome = run_refresh(
            city, home_at(home), from_dir=from_, stichtag=stichtag, dry_run=dry_run, no_cache=no_cache, policy=publish,
            take_up=_take_up(fresh=fresh, station=from_station),
        )  # fmt: skip
    if as_json:
        print_json(
            ({} if files is None else {"files": files})
            | {
                "city": city,
                "release": outcome.release,
                "path": str(outcome.path) if outcome.path else None,
                "content_hash": outcome.content_hash,
                "published": outcome.published,
                "reason": outcome.reason,
                "candidate": str(outcome.candidate) if outcome.candidate else None,
                "warnings": outcome.warnings,
                "waiting": outcome.waiting,
                "held_for": [one.model_dump(mode="json") for one in outcome.held_for],
                "lacking": [one.model_dump(mode="json") for one in outcome.lacking],
            }
        )
    else:
        from flows.app.summary import print_summary  # noqa: PLC0415 -- opens the release

        print_summary(outcome)
    return WAITING if outcome.held_for else 0


def _take_up(*, fresh: bool, station: str | None) -> str:
    """Return what a refresh goes on with, as flows.run names it."""
    from flows.station_marks import ANY, NOTHING, known_station  # noqa: PLC0415

    if fresh and station:
        raise ConfigError("--fresh and --from-station exclude each other: use one of them.", code="FS-USE-01")
    return known_station(station) if station else NOTHING if fresh else ANY


def refresh_all(
    *cities: str,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Refresh many cities, some at a time; one that fails stops no other (docs/scale.md).

    Parameters
    ----------
    cities
        Their names.
    from_
        A folder that holds a folder of files for each city, named like it.
    """
    from flows.app.flow_runner import run_refresh_all  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    need(*_FOR_A_FLOW)
    if not cities:
        raise ConfigError("refresh-all: expected the names of cities, found none.", code="FS-USE-01")
    for city in cities:
        load_profile(city)  # a mistake in a profile is reported before Prefect starts
    ended = run_refresh_all(list(cities), home_at(home), from_dir=from_)
    if as_json:
        print_json(ended)
    for one in [] if as_json else ended:
        print(f"{one['city']}: {shown(Text(one['reason'], one['reason_de']))}")
    return 0


def explained_dry_run(
    city: str,
    home: Home,
    from_dir: Path | None,
    *,
    names: Sequence[str] = (),
    stichtag: dt.date | None = None,
    no_cache: bool = False,
    shown: bool = True,
) -> tuple[Outcome, DryRun | None]:
    """Make a dry run and print what became of each file, and of those with these `names` in detail; also when it fails.

    Raises:
        FortschreibungError: what stopped the run.
    """
    from flows.app.explain import DryRun, print_file, print_files  # noqa: PLC0415
    from flows.app.flow_runner import run_refresh  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    before = set(home.runs.glob(f"{city}-*"))
    try:
        outcome = run_refresh(city, home, from_dir=from_dir, stichtag=stichtag, dry_run=True, no_cache=no_cache)
    finally:
        run = DryRun.newest(home, city, before)
        if run and shown:
            print_files(run)
            for name in names:
                print_file(run, load_profile(city), home, name)
    return outcome, run


def recut(
    city: str,
    zuschnitt: dt.date,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    no_cache: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Bring a city's Fortschreibung onto a new Zuschnitt and report what the redraw did.

    Parameters
    ----------
    city
        A city with a profile (`doctor` lists them).
    zuschnitt
        The date from which the new boundaries are valid (YYYY-MM-DD); the profile knows it.
    from_
        Take every file from this folder instead of its source's address.
    dry_run
        Only the report; publish nothing.
    no_cache
        Read every file anew instead of using kept results (docs/staging.md), and keep none.
    """
    from flows.app.flow_runner import run_recut  # noqa: PLC0415
    from flows.pages.impact_page import impact_lines  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415
    from flows.run import must_be_newest  # noqa: PLC0415

    need(*_FOR_A_FLOW)
    must_be_newest(load_profile(city), zuschnitt)  # reported before Prefect starts
    done = run_recut(city, zuschnitt, home_at(home), from_dir=from_, dry_run=dry_run, no_cache=no_cache)
    if as_json:
        print_json(
            {
                "city": city,
                "release": done.outcome.release,
                "published": done.outcome.published,
                "reason": done.outcome.reason,
                "report": str(done.html),
                "impact": done.impact.model_dump(mode="json"),
            }
        )
    else:
        report = tr("Report: {page}", page=done.html)
        print(shown(done.outcome.reason), *impact_lines(done.impact), report, sep="\n")
    return 0
