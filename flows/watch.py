"""Flows that look after the yearly refresh: are deliveries there, and would it still work?

They publish nothing. A look at the sources is the pull of a refresh, which asks conditionally; nothing is staged.
"""

from __future__ import annotations

from contextlib import nullcontext

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.events import emit_event

from flows import stations
from flows.base.errors import CheckStopped
from flows.base.local_time import german_day
from flows.failure import fit_for_anybody
from flows.operation.watch import Event, events_of, found_in, known_of, missing_release, nothing_lacks, remember
from flows.pull.deliveries import Delivery, deliveries_on, years_of
from flows.refresh import artifact_key, pull
from flows.release.catalog import latest_release, version_key
from flows.run import Run, working_folder
from flows.secret_blocks import secrets_from_blocks

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
        new = stations.already_published(run, fingerprint) is None and ("started", fingerprint, "") not in known
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
    """Make the latest release again from what was landed then, and compare the content.

    Raises:
        CheckStopped: the program of today makes something else of the same files.
    """
    from flows.publish.reproduce import reproduce  # noqa: PLC0415 -- loads DuckDB

    latest = latest_release(run.home, run.city)
    if latest is None:
        return "There is no release yet to rehearse with."
    made = reproduce(run.home, run.city, latest.version, anyway=True, say=lambda words: run.note("rehearse", words))
    if not made.same:
        changed = ", ".join(one.table for one in made.tables if not one.same)
        raise CheckStopped(
            f"Expected {latest.version} to be made again as it was published, found other rows in {changed}. "
            "Look at what changed since (program, profile, libraries): `fortschreibung reproduce` says it."
        ).at(f"release {latest.version}, {changed}")
    return f"{latest.version} was made again as it was published."


@fit_for_anybody
def rehearsed(run: Run) -> str:
    """Ask the sources as a refresh would, which finds a lost password or certificate, and make the release again."""
    with working_folder(run), secrets_from_blocks(run.profile):
        pull(run)
        return rehearse(run)
