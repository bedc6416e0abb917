"""Judging the frames by their suites with Great Expectations.

Imported by the worker alone: this import takes seconds.
"""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from typing import TYPE_CHECKING

import great_expectations as gx
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.check.city_decisions import waivers_as_frame
from flows.check.frames import Frame
from flows.check.gx_pages import finish_pages
from flows.check.models import (
    FINDINGS,
    FINDINGS_FOLDER,
    GX_PAGES_FOLDER,
    GX_RESULTS,
    REPORT_FOLDER,
    RESULTS,
    CheckJob,
    CheckReport,
)
from flows.check.outcome import Outcome, outcome_of
from flows.check.public_results import keep_what_may_be_seen
from flows.check.reading import Reading, sql_of_checks
from flows.check.suites import bundled_suites, by_frame, city_suites

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.core import ExpectationSuite

    from flows.profile.checks import Waiver

_KEPT_ROWS = 100_000


def judged(job: CheckJob, reading: Reading) -> CheckReport:
    """Judge what was read by every suite, write the report, and return its summary.

    Raises:
        ConfigError: when frames and suites do not match.
    """
    logging.disable(logging.WARNING)
    checks_folder = _empty_folder(job.run_folder / REPORT_FOLDER, mode=0o755)
    findings_folder = _empty_folder(job.run_folder / FINDINGS_FOLDER, mode=0o700)
    judge = Judge(job)
    suites = all_suites(job)
    outcomes: list[Outcome] = []

    for frame in (*reading.frames, *reading.own_frames):
        for suite in _suites_of(frame, suites):
            found = judge.outcomes(suite, frame)
            outcomes.extend(found)
            if not all(outcome.result.ok for outcome in found):
                frame.rows.head(_KEPT_ROWS).to_csv(findings_folder / f"{suite.name}.csv", index=False)
    waivers = waivers_as_frame(job, [outcome.result for outcome in outcomes], _needed(outcomes))
    for suite in _suites_of(waivers, suites):
        outcomes.extend(judge.outcomes(suite, waivers))
    _must_have_judged_all(suites)
    (checks_folder / "expected.toml").write_text(reading.expected, encoding="utf-8")
    judge.write(checks_folder / GX_RESULTS, _empty_folder(job.run_folder / GX_PAGES_FOLDER, mode=0o700))
    return _written(checks_folder, findings_folder, outcomes)


class Judge:
    """Great Expectations as one run uses it: a context in memory, which writes nothing but the pages asked for."""

    def __init__(self, job: CheckJob) -> None:
        warnings.simplefilter("ignore")
        self._run, self._waivers = job.run_folder.name, [one for one in job.waivers if not one.expired(job.today)]
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        # the one batch definition that every frame is handed to: adding one for each costs 60 ms a frame
        asset = self._context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
        self._any_frame = asset.add_batch_definition_whole_dataframe("frame")

    def outcomes(self, suite: ExpectationSuite, frame: Frame) -> list[Outcome]:
        """Return the outcome of every expectation of `suite` on `frame`, in the order of the suite."""
        added = self._context.suites.add(suite)
        definition = gx.ValidationDefinition(name=suite.name, data=self._any_frame, suite=added)
        validated = self._context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frame.public},
            result_format={"result_format": "COMPLETE"},
            run_id=RunIdentifier(run_name=self._run),
        )
        by_id = {each.expectation_config.id: each for each in validated.results if each.expectation_config}
        return [
            outcome_of(suite, expectation.configuration, by_id[expectation.id], frame, self._waivers)
            for expectation in suite.expectations
        ]

    def write(self, results: Path, folder: Path) -> None:
        """Write what of everything that was judged may be seen: as JSON into `results`, as pages into `folder`."""
        seen = keep_what_may_be_seen(self._context.validation_results_store)
        results.write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for site in self._context.get_site_names():
            self._context.delete_data_docs_site(site)
        self._context.add_data_docs_site(
            "checks",
            {
                "class_name": "SiteBuilder",
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            },
        )
        self._context.build_data_docs()
        finish_pages(folder)


def all_suites(job: CheckJob) -> dict[str, list[ExpectationSuite]]:
    """Return the bundled suites and those of the city, by the frame that each judges.

    Raises:
        ConfigError: when a file is not a suite, or two have one name.
    """
    own = city_suites(job.own_checks) if job.own_checks else []
    return by_frame([*bundled_suites(resource("expectations"), sql_of_checks()), *own])


def _suites_of(frame: Frame, suites: dict[str, list[ExpectationSuite]]) -> list[ExpectationSuite]:
    own = suites.pop(frame.name, None)
    if own is None:
        message = f"sql/check/{frame.name}.sql has no suite; give it a header, or add expectations/{frame.name}.json."
        raise ConfigError(message, code="FS-CONFIG-12")
    return own


def _must_have_judged_all(left: dict[str, list[ExpectationSuite]]) -> None:
    if left:
        names = ", ".join(f"expectations/{suite.name}.json" for suites in left.values() for suite in suites)
        raise ConfigError(
            f"{names}: nothing to judge; expected a file of the same name in sql/check/.", code="FS-CONFIG-12"
        )


def _needed(outcomes: list[Outcome]) -> list[Waiver]:
    return [waiver for outcome in outcomes for waiver in outcome.waivers]


def _empty_folder(folder: Path, *, mode: int) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=mode)
    return folder


def _written(folder: Path, findings_folder: Path, outcomes: list[Outcome]) -> CheckReport:
    results = [outcome.result for outcome in outcomes]
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    (folder / "checks.json").write_bytes(RESULTS.dump_json(results, indent=1))
    (findings_folder / "findings.json").write_bytes(FINDINGS.dump_json(findings, indent=1))
    blockers = sum(result.blocks for result in results)
    return CheckReport(
        ok=blockers == 0,
        checks=len(results),
        blockers=blockers,
        warnings=sum(result.severity == "warning" and result.counts for result in results),
        path=folder,
    )
