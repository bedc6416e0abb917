"""The stations after pull in their order: once for runs that Prefect shows, and for those without it.

Prefect's tasks (flows/refresh.py) call the functions of this module and are put in their places; a city in a process of
its own (flows/refresh_city.py) goes through the functions themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows import stations
from flows.base.texts import text
from flows.check.models import CheckReport, results_of
from flows.check.run_checks import CheckWorker
from flows.nothing_to_do import held
from flows.pull.models import Pulled
from flows.run import Outcome, Run, nothing_protected_stays
from flows.taking_up import TakenUp, taken_up


def stage(run: Run, pulled: Pulled) -> None:
    """Read the files into typed tables; what breaks its contract goes to quarantine."""
    run.note("stage", "started")
    stations.stage_into(run, pulled)


def transform(run: Run) -> None:
    """Compute every figure of every unit."""
    run.note("transform", "started")
    stations.transform_in(run)


def check(run: Run, worker: CheckWorker) -> None:
    """Have the check worker read the tables; it judges them by the suites of Great Expectations on its own."""
    run.note("check", "started")
    worker.read(stations.check_job(run))


def protect(run: Run) -> dict[str, int]:
    """Suppress what identifies people; only what is left goes on."""
    run.note("protect", "started")
    return stations.protect_in(run)


def verdict(run: Run, worker: CheckWorker) -> CheckReport:
    """Wait for the report of the checks; a blocker stops the publication."""
    report = worker.report()
    return stations.passed(run, stations.show_checks(run, report))


def publish(run: Run, pulled: Pulled, report: CheckReport, fingerprint: str, counted: dict[str, int]) -> Outcome:
    """Build the release in a fresh process and promote it, unless it says nothing new."""
    from flows.publish.publish_release import publish_run  # noqa: PLC0415 -- most runs find nothing new

    run.note("publish", "started")
    done = publish_run(
        run.profile, run.home, run.folder, pulled.lieferungen, results_of(report), fingerprint,
        deliveries=stations.deliveries_in(run, pulled), say=lambda words: run.note("publish", words),
    )  # fmt: skip
    return Outcome(
        city=run.city, run=run.id, published=done.published, release=done.version, path=done.path,
        content_hash=done.content_hash, reason=done.reason, candidate=done.candidate, warnings=report.warnings,
        figures=counted["published"], suppressed=counted["suppressed"],
    )  # fmt: skip


@dataclass(frozen=True)
class Stations:
    """What a run goes through: the functions of this module, or what stands for them."""

    stage: Callable[[Run, Pulled], None] = stage
    transform: Callable[[Run], None] = transform
    check: Callable[[Run, CheckWorker], None] = check
    protect: Callable[[Run], dict[str, int]] = protect
    verdict: Callable[[Run, CheckWorker], CheckReport] = verdict
    publish: Callable[[Run, Pulled, CheckReport, str, dict[str, int]], Outcome] = publish


def published_from(run: Run, pulled: Pulled, fingerprint: str, way: Stations) -> Outcome:
    """Take the pulled files through all further stations, as far as they wait for nothing."""
    taken = taken_up(run, pulled.lieferungen)
    if "check" in taken:
        report, counted = taken.report(run), taken.counted() if "protect" in taken else _protected(run, way)
    else:
        with CheckWorker.start() as worker:  # imports Great Expectations while the next two stations work
            if "stage" not in taken:
                way.stage(run, pulled)
            if waits := held(run, pulled):
                return waits
            report, counted = _checked_and_protected(run, worker, taken, way)
    waiting = stations.waiting_in(run)
    if run.dry_run:
        return Outcome(
            city=run.city, run=run.id, published=False, release=None, path=None, content_hash=None,
            reason=text(
                "Dry run: all checks passed; nothing is published. Reports: {page}", page=report.path / "index.html"
            ),
            warnings=report.warnings, figures=counted["published"], suppressed=counted["suppressed"],
            waiting=waiting,
        )  # fmt: skip
    return way.publish(run, pulled, report, fingerprint, counted).model_copy(update={"waiting": waiting})


def _checked_and_protected(
    run: Run, worker: CheckWorker, taken: TakenUp, way: Stations
) -> tuple[CheckReport, dict[str, int]]:
    """Take staged counts as far as protection; return the report of the checks, and how much is protected."""
    if "transform" not in taken:
        way.transform(run)
    way.check(run, worker)  # the worker goes on judging while the next station works
    with nothing_protected_stays(run):
        try:
            counted = way.protect(run)
        finally:  # what stopped protect may follow from what a check found, which then is what the user reads
            report = way.verdict(run, worker)
    return report, counted


def _protected(run: Run, way: Stations) -> dict[str, int]:
    with nothing_protected_stays(run):
        return way.protect(run)
