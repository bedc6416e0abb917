"""One city through all stations without Prefect, in a process of its own: what each task of refresh_all starts.

    python -m flows.refresh_city CITY HOME [--from DIR]

A process for each city, since a run redirects temporary files and memory of the whole process. It ends with whoever
started it, so that a lost machine of a cluster leaves no second refresh behind. The last line on stdout is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows import stations
from flows.base.errors import FortschreibungError
from flows.base.home import home_at
from flows.base.texts import german_of
from flows.check.models import CheckReport, results_of
from flows.check.run_checks import CheckWorker
from flows.failure import fit_for_anybody
from flows.nothing_to_do import held, without_working
from flows.publish.publish_release import publish_run
from flows.pull.models import Pulled
from flows.run import Outcome, Run, new_run, nothing_protected_stays, working_folder
from flows.taking_up import TakenUp, taken_up


@fit_for_anybody
def refreshed(run: Run) -> Outcome:
    """Take the city's files through all stations, in the order of flows/refresh.py."""
    with working_folder(run):
        run.note("pull", "started")
        pulled = stations.pull_into(run)
        fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
        outcome = without_working(run, pulled, fingerprint) or _published(run, pulled, fingerprint)
        return stations.done(run, pulled, outcome)


def _published(run: Run, pulled: Pulled, fingerprint: str) -> Outcome:
    """Take the pulled files through all further stations, as far as they wait for nothing."""
    taken = taken_up(run, pulled.lieferungen)
    if "check" in taken:
        report, counted = taken.report(run), taken.counted() if "protect" in taken else _protected(run)
    else:
        with CheckWorker.start() as worker:
            if "stage" not in taken:
                run.note("stage", "started")
                stations.stage_into(run, pulled)
            if waits := held(run, pulled):
                return waits
            report, counted = _checked_and_protected(run, worker, taken)
    run.note("publish", "started")
    done = publish_run(
        run.profile, run.home, run.folder, pulled.lieferungen, results_of(report), fingerprint,
        deliveries=stations.deliveries_in(run, pulled), say=lambda words: run.note("publish", words),
    )  # fmt: skip
    return Outcome(
        city=run.city, run=run.id, published=done.published, release=done.version, path=done.path,
        content_hash=done.content_hash, reason=done.reason, candidate=done.candidate,
        warnings=report.warnings, figures=counted["published"], suppressed=counted["suppressed"],
    )  # fmt: skip


def _checked_and_protected(run: Run, worker: CheckWorker, taken: TakenUp) -> tuple[CheckReport, dict[str, int]]:
    """Take staged counts as far as protection; return the report of the checks, and how much is protected."""
    if "transform" not in taken:
        run.note("transform", "started")
        stations.transform_in(run)
    run.note("check", "started")
    worker.read(stations.check_job(run))
    try:
        counted = _protected(run)
    finally:  # what a check found takes precedence, as in flows/refresh.py
        report = worker.report()
        report = stations.passed(run, stations.show_checks(run, report))
    return report, counted


def _protected(run: Run) -> dict[str, int]:
    run.note("protect", "started")
    with nothing_protected_stays(run):
        return stations.protect_in(run)


def _end_with_parent() -> None:
    """End this process and what it has started as soon as the one that started it is gone."""

    def wait() -> None:
        while os.read(0, 1):
            continue
        with suppress(ProcessLookupError):
            os.killpg(os.getpgrp(), 9)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh as the command line says; the last line on stdout says how it ended."""
    parser = argparse.ArgumentParser(prog="python -m flows.refresh_city", description=__doc__)
    parser.add_argument("city")
    parser.add_argument("home", type=Path)
    parser.add_argument("--from", dest="from_dir", type=Path)
    given = parser.parse_args(arguments)
    _end_with_parent()
    try:
        outcome = refreshed(new_run(given.city, home_at(given.home), from_dir=given.from_dir))
    except FortschreibungError as problem:
        failed = {"error": str(problem), "code": problem.code, "exit_code": problem.exit_code}
        print(json.dumps(failed), flush=True)  # noqa: T201 -- to the process that started this
        return problem.exit_code
    ended = {**outcome.model_dump(mode="json"), "reason_de": german_of(outcome.reason)}
    print(json.dumps(ended, ensure_ascii=False), flush=True)  # noqa: T201 -- to the process that started this
    return 0


if __name__ == "__main__":
    sys.exit(main())
