"""The flows that a Prefect server of an office starts (prefect.yaml): choices instead of free text.

Whoever may start a run there acts as the user of the worker. The flows of the command line take any folder to read and
any to write; these take a city, a Zuschnitt that the profiles know, a Stichtag, and use the data folder of the worker.
"""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from enum import Enum
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.concurrency.sync import concurrency
from pydantic import WithJsonSchema

from flows.base.errors import FortschreibungError
from flows.base.home import home_at
from flows.operation.wanted import MEMORY
from flows.profile.load import cities, load_profile
from flows.publish.approve import approve
from flows.recut import recut_to
from flows.refresh import refreshed
from flows.run import must_be_newest, new_run
from flows.run_page import run_page, show_release
from flows.run_state import artifact_key, ended, looked
from flows.watch import rehearsed, watched

LONGEST = 12 * 3600
"""Seconds after which a run is stopped, as one that hangs; waiting for another of its city counts."""


def room_in_memory() -> AbstractContextManager[None]:
    """Wait until fewer runs of all cities work than the machine has memory for, where the server has that limit."""
    return concurrency(MEMORY, occupy=1, strict=False)


def _zuschnitte() -> list[str]:
    """Return the Zuschnitte of all cities; a profile that does not hold together has none, and `doctor` says why."""
    known: set[str] = set()
    for city in cities():
        try:
            known |= {str(one.valid_from) for one in load_profile(city).city.zuschnitt}
        except FortschreibungError:
            continue
    return sorted(known)


Day = Annotated[dt.date | None, WithJsonSchema({"type": "string", "format": "date"})]
"""A date that may be left out; written so, Prefect's form offers a calendar, not a choice between "date" and "None"."""
City = Enum("City", [(name, name) for name in cities()])  # type: ignore[misc]
Zuschnitt = Enum("Zuschnitt", [(name, name) for name in _zuschnitte()])  # type: ignore[misc]


@flow(
    name="fortschreibung-refresh",
    flow_run_name="{city.value}",
    validate_parameters=True,
    persist_result=False,
    timeout_seconds=LONGEST,
)
def yearly_refresh(city: City, stichtag: Day = None, dry_run: bool = False) -> None:
    """Pull a city's extracts, check and protect them, publish a Fortschreibung when there is anything new.

    Args:
        city: the city.
        stichtag: leave out everything later than this date.
        dry_run: go as far as protection and publish nothing.
    """
    run = new_run(city.value, home_at(), until=stichtag, dry_run=dry_run)
    with room_in_memory(), run_page(run):
        outcome = refreshed(run)
        show_release(run, outcome)
    return ended(outcome, run.profile, None)


@flow(
    name="fortschreibung-recut", flow_run_name="{city.value}-{zuschnitt.value}", validate_parameters=True,
    persist_result=False, timeout_seconds=LONGEST,
)  # fmt: skip
def boundary_change(city: City, zuschnitt: Zuschnitt, dry_run: bool = False) -> None:
    """Bring a city's Fortschreibung onto a new Zuschnitt and report what the redraw did.

    Args:
        city: the city.
        zuschnitt: the date from which the new boundaries are valid.
        dry_run: only the report; publish nothing.
    """
    run, day = new_run(city.value, home_at(), dry_run=dry_run, policy="always"), dt.date.fromisoformat(zuschnitt.value)
    must_be_newest(run.profile, day)
    with room_in_memory(), run_page(run):
        outcome = recut_to(run, day).outcome
        show_release(run, outcome)
    return ended(outcome, run.profile, None)


@flow(
    name="fortschreibung-watch", flow_run_name="{city.value}-deliveries", persist_result=False, timeout_seconds=LONGEST
)
def watch_deliveries(city: City) -> None:
    """Look whether a city's deliveries came; start its refresh when the last one that is waited for is there.

    Args:
        city: the city.
    """
    return looked(watched(new_run(city.value, home_at(), dry_run=True)))


@flow(
    name="fortschreibung-rehearsal",
    flow_run_name="{city.value}-rehearsal",
    persist_result=False,
    timeout_seconds=LONGEST,
)
def rehearsal(city: City) -> None:
    """Find out early what would stop the next refresh: ask the sources, make the latest release again and compare.

    Args:
        city: the city.
    """
    with room_in_memory():
        return looked(rehearsed(new_run(city.value, home_at(), dry_run=True)))


@flow(
    name="fortschreibung-release", flow_run_name="{city.value}-{content_hash}", validate_parameters=True,
    persist_result=False,
)  # fmt: skip
def release(city: City, content_hash: str, by: str, why: str, signature: str) -> None:
    """Publish a candidate that a second person has approved; started again it changes nothing.

    The private key of that person stays with them: whoever may start a run here cannot approve anything with it.

    Args:
        city: the city.
        content_hash: that of the candidate, or at least its first 8 characters.
        by: who approves, as the profile says.
        why: why; the catalogue keeps it, for everybody to read.
        signature: what `fortschreibung approve ... --sign-only` printed.
    """
    done = approve(home_at(), city.value, content_hash, by=by, why=why, signature=signature)
    get_run_logger().info(done.words)
    create_markdown_artifact(
        key=artifact_key("release", city.value), description=f"Approval of {city.value} {done.version}",
        markdown=f"# {city.value} {done.version}\n\n{done.words}\n\nContent hash: {done.content_hash}\n",
    )  # fmt: skip
