"""Flows that look after the yearly refresh: are deliveries there, and would it still work?

They publish nothing. A look at the sources is the pull of a refresh, which asks conditionally; nothing is staged.
"""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.events import emit_event

from flows import stations
from flows.base.errors import CheckStopped
from flows.base.local_time import german_day
from flows.check.run_checks import CheckWorker, raise_for_blockers
from flows.failure import fit_for_anybody
from flows.nothing_to_do import already_published
from flows.operation.watch import Event, events_of, found_in, known_of, missing_release, nothing_lacks, remember
from flows.pull.deliveries import Delivery, deliveries_on, years_of
from flows.refresh import pull
from flows.release.catalog import latest_release, version_key
from flows.run import Run, working_folder
from flows.run_state import artifact_key
from flows.secret_blocks import secrets_from_blocks

if TYPE_CHECKING:
    from flows.publish.reproduce import Reproduced

REFRESH = "fortschreibung-refresh"
"""The flow whose deployment is called like the city (`fortschreibung prefect setup`)."""

STATES = {"present": "da", "awaited": "erwartet", "overdue": "überfällig"}


@fit_for_anybody
def watched(run: Run) -> str:
    """Look whether deliveries came, send an event for each that arrived or is overdue; return what follows in words.

    When nothing lacks any more and something is new, the refresh of the city is started, once for each set of files.
    """
    profile, city, landing = run.profile, run.city, run.home.landing
    with working_folder(run), nullcontext() if run.from_dir else secrets_from_blocks(profile):
        pulled = pull(run)
        newest, _ = years_of(profile, pulled.lieferungen, landing)
        deliveries = deliveries_on(profile, newest, run.today)
        known = known_of(landing, city)
        found = found_in(deliveries, known)
        show_deliveries(city, deliveries)
        for event in events_of(profile, deliveries, found):
            send(event, city)
        remember(landing, city, found)
        _notice_missing_release(run, known)
        fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
        new = already_published(run, fingerprint) is None and ("started", fingerprint, "") not in known
        if new and nothing_lacks(profile, stations.deliveries_in(run, pulled)):
            run_deployment(f"{REFRESH}/{city}", timeout=0, as_subflow=False)
            remember(landing, city, [("started", fingerprint, "")])
            return "Everything that is waited for is there: the refresh was started."
    lacking = [one.words for one in deliveries if one.state != "present"]
    return "; ".join(["Nothing new to publish." if not new else "Something new came.", *lacking])


def _notice_missing_release(run: Run, known: frozenset[tuple[str, str, str]]) -> None:
    """Send an event, once a year, when the city has no release of the year by the day that it wants one."""
    latest = latest_release(run.home, run.city)
    event = missing_release(run.profile, version_key(latest.version)[0] if latest else None, run.today)
    entry = ("missing", run.city, str(run.today.year))
    if event and entry not in known:
        send(event, run.city)
        remember(run.home.landing, run.city, [entry])


def send(event: Event, city: str) -> None:
    """Send an event to Prefect, where automations wait for it."""
    resource = {
        "prefect.resource.id": f"fortschreibung.{city}.{event.subject}", "prefect.resource.name": event.subject,
        "fortschreibung.city": city,
    }  # fmt: skip
    emit_event(event.name, resource, payload={"text": event.text, "city": city})


def show_deliveries(city: str, deliveries: list[Delivery]) -> None:
    """Leave the table of deliveries where Prefect's users look."""
    create_table_artifact(
        key=artifact_key("deliveries", city),
        description=f"Lieferungen für {city}",
        table=[
            {
                "Quelle": one.title_de, "Jahr": one.year, "Stand": STATES[one.state],
                "erwartet bis": german_day(one.until) if one.until else "", "zu fragen": one.ask,
            }
            for one in deliveries
        ],
    )  # fmt: skip


@task(task_run_name="rehearse", cache_policy=NO_CACHE, persist_result=False)
@fit_for_anybody
def rehearse(run: Run) -> str:
    """Take what was landed for the latest release through all stations but publishing, and compare the content.

    Raises:
        CheckStopped: a check of today stops it, or the program of today makes something else of the same files.
    """
    from flows.publish.reproduce import reproduce  # noqa: PLC0415 -- loads DuckDB

    latest = latest_release(run.home, run.city)
    if latest is None:
        return "There is no release yet to rehearse with."
    with CheckWorker.start() as worker:  # imports Great Expectations while files are staged
        made = reproduce(
            run.home, run.city, latest.version, anyway=True, say=lambda words: run.note("rehearse", words),
            judge=lambda work, last, until: _judged(run, worker, work, last, until),
        )  # fmt: skip
    if made.same:
        return f"{latest.version} was made again as it was published, and all checks let it pass."
    raise unlike(made)


def _judged(run: Run, worker: CheckWorker, work: Path, last: Path | None, until: dt.date | None) -> None:
    job = stations.check_job(run).model_copy(update={"work_db": work, "last_release": last, "until": until})
    report = worker.run(job)
    stations.show_checks(run, report)
    raise_for_blockers(report)


def unlike(made: Reproduced) -> CheckStopped:
    """Return the failure of a rehearsal whose content is another: whether that was to be expected, and what differs."""
    changed = ", ".join(one.table for one in made.tables if not one.same)
    found = f"Expected {made.version} to be made again as it was published, found other rows in {changed}. "
    if made.made_otherwise:
        why = "This may be meant, since what it is made with has changed:\n" + "\n".join(made.made_otherwise)
        return CheckStopped(
            f"{found}{why}\nIf it is meant, the next refresh publishes it as a new edition; if not, go back to the "
            "version before. `fortschreibung reproduce --anyway` counts the rows.",
            code="FS-CHECK-03",
        ).at(f"release {made.version}, other rows in {changed} since program, profile or libraries have changed")
    return CheckStopped(
        f"{found}This is not to be expected: program, profile and libraries are those of then. Have the machine and "
        "its disk looked at, and report it.",
        code="FS-CHECK-03",
    ).at(f"release {made.version}, other rows in {changed} though nothing has changed")


@fit_for_anybody
def rehearsed(run: Run) -> str:
    """Ask the sources as a refresh would, which finds a lost password or certificate, and make the release again."""
    with working_folder(run), secrets_from_blocks(run.profile):
        pull(run)
        return rehearse(run)
