"""Judging the frames by their suites with Great Expectations.

Imported by the worker alone: this import takes seconds.
"""

from __future__ import annotations

import logging
import shutil
import warnings
from typing import TYPE_CHECKING, Any

import great_expectations as gx
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.check.city_decisions import waivers_as_frame
from flows.check.frames import Frame
from flows.check.models import FINDINGS, FINDINGS_FOLDER, REPORT_FOLDER, RESULTS, CheckJob, CheckReport
from flows.check.outcome import Outcome, outcome_of
from flows.check.reading import Reading, sql_of_checks
from flows.check.report import finish_pages
from flows.check.suites import bundled_suites, by_frame, city_suites

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.core import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

    from flows.profile.checks import Waiver

_KEPT_ROWS = 100_000


def judged(job: CheckJob, reading: Reading) -> CheckReport:
    """Judge what was read by every suite, write the report, and return its summary.

    Raises:
        ConfigError: when frames and suites do not match.
    """
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    checks_folder = _empty_folder(job.run_folder / REPORT_FOLDER, mode=0o755)
    findings_folder = _empty_folder(job.run_folder / FINDINGS_FOLDER, mode=0o700)
    context = _context(checks_folder)
    any_frame = _any_frame(context)
    suites = by_frame(_all_suites(job))
    waivers = [waiver for waiver in job.waivers if not waiver.expired(job.today)]
    outcomes: list[Outcome] = []

    def judge(frame: Frame) -> None:
        for suite in _suites_of(frame, suites):
            found = _judged(context, any_frame, suite, frame, job, waivers)
            outcomes.extend(found)
            if not all(outcome.result.ok for outcome in found):
                frame.rows.head(_KEPT_ROWS).to_csv(findings_folder / f"{suite.name}.csv", index=False)

    for frame in (*reading.frames, *reading.own_frames):
        judge(frame)
    judge(waivers_as_frame(job, [outcome.result for outcome in outcomes], _needed(outcomes)))
    _must_have_judged_all(suites)
    (checks_folder / "expected.toml").write_text(reading.expected, encoding="utf-8")
    context.build_data_docs()
    return _written(job, checks_folder, findings_folder, outcomes)


def _all_suites(job: CheckJob) -> list[ExpectationSuite]:
    own = city_suites(job.own_checks) if job.own_checks else []
    return [*bundled_suites(resource("expectations"), sql_of_checks()), *own]


def _suites_of(frame: Frame, suites: dict[str, list[ExpectationSuite]]) -> list[ExpectationSuite]:
    own = suites.pop(frame.name, None)
    if own is None:
        message = f"sql/check/{frame.name}.sql has no suite; give it a header, or add expectations/{frame.name}.json."
        raise ConfigError(message)
    return own


def _must_have_judged_all(left: dict[str, list[ExpectationSuite]]) -> None:
    if left:
        names = ", ".join(f"expectations/{suite.name}.json" for suites in left.values() for suite in suites)
        raise ConfigError(f"{names}: nothing to judge; expected a file of the same name in sql/check/.")


def _needed(outcomes: list[Outcome]) -> list[Waiver]:
    return [waiver for outcome in outcomes for waiver in outcome.waivers]


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


def _any_frame(context: EphemeralDataContext) -> BatchDefinition[Any]:
    """Return the one batch definition that every frame is handed to: adding one for each costs 60 ms a frame."""
    source = context.data_sources.add_pandas("frames")
    return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("frame")


def _judged(
    context: EphemeralDataContext,
    any_frame: BatchDefinition[Any],
    suite: ExpectationSuite,
    frame: Frame,
    job: CheckJob,
    waivers: list[Waiver],
) -> list[Outcome]:
    """Return the outcome of every expectation of `suite` on `frame`, in the order of the suite."""
    definition = gx.ValidationDefinition(name=suite.name, data=any_frame, suite=context.suites.add(suite))
    validated = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame.public},
        result_format={"result_format": "COMPLETE"},
        run_id=RunIdentifier(run_name=job.run_folder.name),
    )
    by_id = {each.expectation_config.id: each for each in validated.results if each.expectation_config}
    return [
        outcome_of(suite, expectation.configuration, by_id[expectation.id], frame, waivers)
        for expectation in suite.expectations
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
        warnings=sum(result.severity == "warning" and result.counts for result in results),
        path=pages,
    )
