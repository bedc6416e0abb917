"""Commands that make a release."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json
from flows.base.home import home_at


def refresh(
    city: str,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    stichtag: dt.date | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    no_cache: Annotated[bool, Parameter(negative="")] = False,
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
        Leave out everything later than this date (JJJJ-MM-TT).
    dry_run
        Go as far as protection; publish nothing.
    no_cache
        Read every file anew instead of using kept results (docs/staging.md), and keep none.
    """
    from flows.app.flow_runner import run_refresh  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    load_profile(city)  # a mistake in the profile is reported before Prefect starts
    outcome = run_refresh(city, home_at(home), from_dir=from_, stichtag=stichtag, dry_run=dry_run, no_cache=no_cache)
    if as_json:
        print_json(
            {
                "city": city,
                "release": outcome.release,
                "path": str(outcome.path) if outcome.path else None,
                "content_hash": outcome.content_hash,
                "published": outcome.published,
                "reason": outcome.reason,
                "warnings": outcome.warnings,
                "waiting": outcome.waiting,
            }
        )
    else:
        from flows.app.summary import print_summary  # noqa: PLC0415 -- opens the release

        print_summary(outcome)
    return 0


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
        The date from which the new boundaries are valid (JJJJ-MM-TT); the profile knows it.
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
        print(done.outcome.reason, *impact_lines(done.impact), f"Report: {done.html}", sep="\n")
    return 0
