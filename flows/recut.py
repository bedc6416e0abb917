"""A boundary change as a Prefect flow: the refresh on a new Zuschnitt, and a report of what the redraw did.

The stations are those of flows/refresh.py. What is added is the question before (is this the newest Zuschnitt of the
profile?) and the report afterwards, made from published figures alone.
"""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, ConfigDict

from flows import stations
from flows.base.home import home_at
from flows.base.texts import shown
from flows.compare.impact import Impact, impact_of
from flows.failure import fit_for_anybody
from flows.nothing_to_do import nothing_new
from flows.pages.about import About
from flows.pages.impact_page import impact_html, impact_lines
from flows.refresh import publish_pulled, pull
from flows.run import Outcome, Run, must_be_newest, new_run, working_folder
from flows.run_state import artifact_key, ended
from flows.secret_blocks import secrets_from_blocks

REPORT = "recut"


class Recut(BaseModel):
    """How a boundary change ended: the outcome of the refresh, and where the report lies."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    impact: Impact
    html: Path
    json_file: Path


@task(task_run_name="report", cache_policy=NO_CACHE, persist_result=False)
@fit_for_anybody
def report(run: Run, outcome: Outcome, zuschnitt: str) -> Recut:
    """Write what the redraw did to the run's folder, as a page and as JSON."""
    run.note("report", "started")
    published = run.folder / "publish"
    folder = outcome.path / "parquet" if outcome.path else published
    impact, outlines = impact_of(folder, run.city, zuschnitt, release=outcome.release, dry_run=run.dry_run)
    html, json_file = run.folder / f"{REPORT}.html", run.folder / f"{REPORT}.json"
    about = About(run.profile.city.name, run.profile.city.synthetic)
    html.write_text(impact_html(impact, outlines, about), encoding="utf-8")
    json_file.write_text(impact.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return Recut(outcome=outcome, impact=impact, html=html, json_file=json_file)


@fit_for_anybody
def recut_to(run: Run, zuschnitt: dt.date) -> Recut:
    """Take the city's files through all stations and report what the redraw did; every flow that recuts is this."""
    with working_folder(run), nullcontext() if run.from_dir else secrets_from_blocks(run.profile):
        pulled = pull(run)
        fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
        outcome = nothing_new(run, fingerprint) or publish_pulled(run, pulled, fingerprint)
        stations.accept(run, pulled)
        done = report(run, outcome, zuschnitt.isoformat())
        run.note("done", outcome.reason)
    reason = shown(outcome.reason)
    get_run_logger().info("\n".join([reason, *impact_lines(done.impact)]))
    create_markdown_artifact(
        key=artifact_key("recut", run.city),
        description=f"Boundary change of {run.city} to {zuschnitt}",
        markdown="\n".join(
            [
                f"# {run.city}, Zuschnitt {zuschnitt}", "", reason, "", *impact_lines(done.impact), "",
                str(done.html),
            ]
        ),
    )  # fmt: skip
    return done


@flow(name="fortschreibung-recut", flow_run_name="{city}-{zuschnitt}", validate_parameters=True, persist_result=False)
def recut(
    city: str,
    zuschnitt: dt.date,
    from_dir: Path | None = None,
    dry_run: bool = False,
    home: Path | None = None,
    no_cache: bool = False,
) -> Recut:
    """Bring the Fortschreibung of a city onto a new Zuschnitt, and report what the redraw did; for the command line.

    Args:
        city: the name of a folder in cities/.
        zuschnitt: the date from which the new boundaries are valid; city.toml and sources.toml know it.
        from_dir: take every source's files from this folder instead of its own address.
        dry_run: only the report; publish nothing.
        home: the data folder; by default FORTSCHREIBUNG_HOME, else ./data.
        no_cache: read every file anew instead of using the kept results of earlier runs, and keep none.
    """
    run = new_run(city, home_at(home), from_dir=from_dir, dry_run=dry_run, no_cache=no_cache, policy="always")
    must_be_newest(run.profile, zuschnitt)
    done = recut_to(run, zuschnitt)
    return ended(done.outcome, run.profile, done)
