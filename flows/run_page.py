"""What the page of a run at Prefect shows beside its states: progress, tables and links, all fit for anybody to read.

Numbers of rows, names of rules and checks, published figures: nothing that was delivered. A run that was stopped has
its tables as well; its failure is said once, in its own words, without a traceback.
"""

from __future__ import annotations

import csv
import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import (
    create_link_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows import run as runs
from flows.base.errors import FortschreibungError
from flows.base.local_time import local
from flows.base.texts import shown
from flows.check.models import REPORT_FOLDER, RESULTS
from flows.pull.landing.store import now
from flows.run import Outcome, Run
from flows.run_state import artifact_key

PAGES = "FORTSCHREIBUNG_PAGES_URL"
"""The address at which people of the office read the folder of releases."""
STATIONS = ("pull", "stage", "transform", "check", "protect", "publish")
_NAMES_FILES = ("passed over", "deprecated")


_SAID_AGAIN = (
    "Finished in state Failed(",
    "Task run failed with exception: ",
    "Encountered exception during execution: ",
)
"""How Prefect's engine repeats a failure, for each task and for the flow."""


class _SaidOnce(logging.Filter):
    """Lets the log of a run say a known failure once: its message stands in the state, a traceback helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        return not (isinstance(problem, FortschreibungError) or record.getMessage().startswith(_SAID_AGAIN))


@contextmanager
def run_page(run: Run) -> Iterator[None]:
    """Keep the page of `run` up to date while the body lasts, and leave its tables when it ends, however it ends."""
    logger = get_run_logger()
    logger.info("%s: %s, %s Europe/Berlin", run.id, "dry run" if run.dry_run else "refresh", local(now()))
    progress = create_progress_artifact(
        progress=0.0, key=artifact_key("progress", run.city), description=f"{run.city}: Stationen"
    )

    def noted(station: str, event: str) -> None:
        if event.startswith(_NAMES_FILES):  # what else lay in a folder may be called after somebody
            return
        logger.info("%s: %s", station, shown(event))
        if event == "started" and station in STATIONS:
            done = 100.0 * STATIONS.index(station) / len(STATIONS)
            update_progress_artifact(_id(progress), done, description=f"{run.city}: {station}")

    for name in ("prefect.flow_runs", "prefect.task_runs"):  # for good: the engine repeats the failure after the body
        if not any(isinstance(one, _SaidOnce) for one in logging.getLogger(name).filters):
            logging.getLogger(name).addFilter(_SaidOnce())
    runs.LISTENERS.append(noted)
    try:
        yield
        update_progress_artifact(_id(progress), 100.0, description=f"{run.city}: fertig")
    except FortschreibungError as problem:
        logger.error("%s", problem)
        raise
    finally:
        runs.LISTENERS.remove(noted)
        with suppress(OSError, ValueError):  # tables are no reason to fail, nor to hide a failure
            show_stopped_by(run)


def _id(artifact: object) -> UUID:
    return artifact if isinstance(artifact, UUID) else UUID(str(artifact))


def show_stopped_by(run: Run) -> None:
    """Leave the checks that did not pass and the quarantine of `run`, as far as it came."""
    checks, quarantine = failed_checks(run.folder), quarantined(run.folder)
    if checks:
        _table(run, "checks", "Prüfungen, die nicht bestanden wurden", checks)
    if quarantine:
        _table(run, "quarantine", "Zeilen in Quarantäne", quarantine)


def show_release(run: Run, outcome: Outcome) -> None:
    """Leave the residents by Stichtag of the release that stands, and the way to its pages."""
    if outcome.path is None or outcome.release is None:
        return
    _table(run, "residents", f"{outcome.release}: Einwohner je Stichtag", residents(outcome.path))
    if pages := os.environ.get(PAGES):
        base = f"{pages.rstrip('/')}/{run.city}/{outcome.release}"
        for name, words in (("index.html", "Erste Seite"), ("changes.html", "Änderungen"),
                            ("checks/index.html", "Prüfungen"), ("atlas/index.html", "Atlas")):  # fmt: skip
            key = artifact_key("page", run.city, name.partition("/")[0].partition(".")[0])
            create_link_artifact(f"{base}/{name}", f"{words} {outcome.release}", key=key, description=words)


def failed_checks(folder: Path) -> list[dict[str, object]]:
    """Return the checks that did not pass: name, severity, how many rows, what to do; no unit and no value."""
    path = folder / REPORT_FOLDER / "checks.json"
    if not path.is_file():
        return []
    return [
        {"Prüfung": one.check, "Station": one.station, "hält an": "ja" if one.blocks else "nein",
         "Zeilen": one.offending, "zuständig": one.owner, "zu tun": one.what_to_do_de}
        for one in RESULTS.validate_json(path.read_bytes()) if not one.ok
    ]  # fmt: skip


def quarantined(folder: Path) -> list[dict[str, object]]:
    """Return how many rows of each source broke which rule."""
    path = folder / "quarantine.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        broken = {
            (row["quelle"], row["regel"], row["datei"], row["zeile"]) for row in csv.DictReader(file, delimiter=";")
        }
    counted = Counter((source, rule) for source, rule, *_ in broken)  # a row may be there once for each Stichtag
    return [{"Quelle": source, "Regel": rule, "Zeilen": rows} for (source, rule), rows in sorted(counted.items())]


def residents(release: Path) -> list[dict[str, object]]:
    """Return the published residents of the whole city by Stichtag."""
    from flows.base.db import connect  # noqa: PLC0415 -- only where there is a release
    from flows.release.catalog import DATABASE  # noqa: PLC0415

    with connect(release / DATABASE, read_only=True) as con:
        rows = con.execute(
            "SELECT stichtag::VARCHAR, zuschnitt, max(wert) FILTER (indikator_id = 'einwohner')::BIGINT "
            "FROM wert WHERE raumebene = (SELECT arg_max(raumebene, rang) FROM raumebene) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [{"Stichtag": day, "Zuschnitt": cut, "Einwohner": count} for day, cut, count in rows]


def _table(run: Run, name: str, words: str, rows: list[dict[str, object]]) -> None:
    create_table_artifact(key=artifact_key(name, run.city), description=f"{run.city}: {words}", table=rows)
