"""The yearly refresh as a Prefect flow: pull -> stage -> transform -> check -> protect -> publish.

Each station is one task. Between them pass the run and small models, never data: that lies in the run's
folder. What can be had by asking again (a source) is asked again; a check that stops, or a file that
breaks its contract, is not. Prefect keeps no result, and gets of a failure what anybody may read (flows/failure.py).
"""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from flows import station_order, stations
from flows.base.errors import SourceUnavailable
from flows.base.home import home_at
from flows.base.texts import shown
from flows.begun import taken
from flows.check.models import CheckReport
from flows.check.run_checks import CheckWorker
from flows.failure import fit_for_anybody
from flows.nothing_to_do import without_working
from flows.profile.policy import Policy
from flows.pull.models import Pulled
from flows.run import Outcome, Run, new_run, working_folder
from flows.run_state import artifact_key, ended, outcome_table
from flows.secret_blocks import secrets_from_blocks
from flows.station_marks import ANY
from flows.station_order import Stations, published_from

LONGEST = 6 * 3600
"""Seconds after which a station is stopped, as one that hangs."""


def _can_be_had_later(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Say whether asking the source again may help."""
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, SourceUnavailable) and failure.retryable


@task(
    task_run_name="pull", retries=2, retry_delay_seconds=[5, 30], retry_condition_fn=_can_be_had_later,
    cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST,
)  # fmt: skip
@fit_for_anybody
def pull(run: Run) -> Pulled:
    """Bring the city's files into the landing zone."""
    run.note("pull", "started")
    return stations.pull_into(run)


@task(task_run_name="stage", cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST)
@fit_for_anybody
def stage(run: Run, pulled: Pulled) -> None:
    """Read the files into typed tables; what breaks its contract goes to quarantine."""
    station_order.stage(run, pulled)


@task(task_run_name="transform", cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST)
@fit_for_anybody
def transform(run: Run) -> None:
    """Compute every figure of every unit."""
    station_order.transform(run)


@task(task_run_name="check", cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST)
@fit_for_anybody
def check(run: Run, worker: CheckWorker) -> None:
    """Have the check worker read the tables; it judges them by the suites of Great Expectations on its own."""
    station_order.check(run, worker)


@task(task_run_name="protect", cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST)
@fit_for_anybody
def protect(run: Run) -> dict[str, int]:
    """Suppress what identifies people; only what is left goes on."""
    return station_order.protect(run)


@task(task_run_name="verdict", cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST)
@fit_for_anybody
def verdict(run: Run, worker: CheckWorker) -> CheckReport:
    """Wait for the report of the checks; a blocker stops the publication."""
    return station_order.verdict(run, worker)


@task(task_run_name="publish", cache_policy=NO_CACHE, persist_result=False, timeout_seconds=LONGEST)
@fit_for_anybody
def publish(run: Run, pulled: Pulled, report: CheckReport, fingerprint: str, counted: dict[str, int]) -> Outcome:
    """Build the release in a fresh process and promote it, unless it says nothing new."""
    return station_order.publish(run, pulled, report, fingerprint, counted)


@fit_for_anybody
def refreshed(run: Run) -> Outcome:
    """Take the city's files through all stations; every flow that refreshes is this and its parameters."""
    with working_folder(run), nullcontext() if run.from_dir else secrets_from_blocks(run.profile):
        outcome = _through_all_stations(run, pull(run))
    _show(outcome)
    return outcome


def _through_all_stations(run: Run, pulled: Pulled) -> Outcome:
    fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
    outcome = without_working(run, pulled, fingerprint) or publish_pulled(run, pulled, fingerprint)
    return stations.done(run, pulled, outcome)


@fit_for_anybody
def _gone_on(run: Run, pulled: Pulled | None) -> Outcome:
    """Do what `refreshed` does for a run whose folder is made and whose sources may have been asked."""
    outcome = _through_all_stations(run, pulled or pull(run))
    _show(outcome)
    return outcome


@flow(name="fortschreibung-refresh", flow_run_name="{city}", validate_parameters=True, persist_result=False)
def refresh(
    city: str,
    from_dir: Path | None = None,
    stichtag: dt.date | None = None,
    dry_run: bool = False,
    home: Path | None = None,
    *,
    no_cache: bool = False,
    policy: Policy | None = None,
    take_up: str = ANY,
) -> Outcome:
    """Refresh the Fortschreibung of a city, and publish it when it says anything new: the flow of the command line.

    Who may start it may read and write any folder of this user: a deployment takes flows/deployed.py.

    Args:
        city: the name of a folder in cities/.
        from_dir: take every source's files from this folder instead of its own address.
        stichtag: leave out everything later than this date.
        dry_run: go as far as protection and publish nothing.
        home: the data folder; by default FORTSCHREIBUNG_HOME, else ./data.
        no_cache: read every file anew instead of using the kept results of earlier runs, and keep none.
        policy: what to wait for before publishing, instead of what city.toml says.
        take_up: "any" goes on after the last finished station of a refresh that was cut off, if nothing changed since;
            "nothing" begins with stage; the name of a station goes on with that one.
    """
    if (begun := taken()) is not None:
        if begun.problem is not None:
            raise begun.problem
        outcome = _gone_on(begun.run, begun.pulled)
        return ended(outcome, begun.run.profile, outcome)
    run = new_run(
        city, home_at(home), from_dir=from_dir, until=stichtag, dry_run=dry_run, no_cache=no_cache, policy=policy,
        take_up=take_up,
    )  # fmt: skip
    outcome = refreshed(run)
    return ended(outcome, run.profile, outcome)


def publish_pulled(run: Run, pulled: Pulled, fingerprint: str) -> Outcome:
    """Take the pulled files through all further stations; the boundary change (flows/recut.py) does the same."""
    tasks = Stations(
        stage=stage, transform=transform, check=check, protect=protect, verdict=verdict, publish=publish
    )  # fmt: skip
    return published_from(run, pulled, fingerprint, tasks)


def _show(outcome: Outcome) -> None:
    """Leave the outcome where Prefect's users look: the log and an artifact."""
    get_run_logger().info(shown(outcome.reason))
    create_markdown_artifact(
        key=artifact_key(outcome.city), description=f"Refresh of {outcome.city}", markdown=outcome_table(outcome)
    )
