"""Judging the frames by their suites with Great Expectations.

Imported by the worker alone: this import takes seconds.
"""

from __future__ import annotations

import logging
import shutil
import warnings
from typing import TYPE_CHECKING

import great_expectations as gx
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig

from flows.check.frames import Frame, frames_of
from flows.check.models import FINDINGS, FINDINGS_FOLDER, REPORT_FOLDER, RESULTS, CheckJob, CheckReport
from flows.check.outcome import Outcome, outcome_of
from flows.check.report import finish_pages
from flows.check.suites import suites_in
from flows.errors import ConfigError
from flows.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.core import ExpectationSuite
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

_KEPT_ROWS = 100_000


def checked(job: CheckJob) -> CheckReport:
    """Run every frame and suite over the run's working database, write the report, and return its summary.

    Raises:
        ConfigError: when frames and suites do not match.
        FortschreibungError: when the working database does not fit the frames.
    """
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    checks_folder = _empty_folder(job.run_folder / REPORT_FOLDER, mode=0o755)
    findings_folder = _empty_folder(job.run_folder / FINDINGS_FOLDER, mode=0o700)
    context = _context(checks_folder)
    suites = suites_in(resource("expectations"))
    outcomes: list[Outcome] = []
    for frame in frames_of(job.work_db, resource("sql") / "check"):
        suite = suites.pop(frame.name, None)
        if suite is None:
            message = f"sql/check/{frame.name}.sql is judged by no suite; add expectations/{frame.name}.json."
            raise ConfigError(message)
        judged = _judged(context, suite, frame, job)
        outcomes += judged
        if not all(outcome.result.ok for outcome in judged):
            frame.rows.head(_KEPT_ROWS).to_csv(findings_folder / f"{frame.name}.csv", index=False)
    if suites:
        names = ", ".join(f"expectations/{name}.json" for name in sorted(suites))
        raise ConfigError(f"{names}: nothing to judge; expected a file of the same name in sql/check/.")
    context.build_data_docs()
    return _written(job, checks_folder, findings_folder, outcomes)


def _empty_folder(folder: Path, *, mode: int) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=mode)
    return folder


def _context(pages: Path) -> EphemeralDataContext:
    """A context that lives in memory and writes its pages into the folder `pages`, and nothing elsewhere."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    for site in context.get_site_names():
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        "checks",
        {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(pages)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return context


def _judged(context: EphemeralDataContext, suite: ExpectationSuite, frame: Frame, job: CheckJob) -> list[Outcome]:
    """Return the outcome of every expectation of `suite` on `frame`, in the order of the suite."""
    source = context.data_sources.add_pandas(frame.name)
    batch = source.add_dataframe_asset(frame.name).add_batch_definition_whole_dataframe(frame.name)
    definition = gx.ValidationDefinition(name=frame.name, data=batch, suite=context.suites.add(suite))
    validated = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame.public},
        result_format={"result_format": "COMPLETE"},
        run_id=RunIdentifier(run_name=job.run_folder.name),
    )
    by_id = {each.expectation_config.id: each for each in validated.results if each.expectation_config}
    return [
        outcome_of(suite, expectation.configuration, by_id[expectation.id], frame) for expectation in suite.expectations
    ]


def _written(job: CheckJob, pages: Path, findings_folder: Path, outcomes: list[Outcome]) -> CheckReport:
    results = [outcome.result for outcome in outcomes]
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    finish_pages(pages, job, results)
    (pages / "checks.json").write_bytes(RESULTS.dump_json(results, indent=1))
    (findings_folder / "findings.json").write_bytes(FINDINGS.dump_json(findings, indent=1))
    blockers = sum(result.blocks for result in results)
    return CheckReport(
        ok=blockers == 0,
        checks=len(results),
        blockers=blockers,
        warnings=sum(result.severity == "warning" and not result.ok for result in results),
        path=pages,
    )
