"""What Great Expectations found, in our words: a result to publish, and findings to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.base.german_numbers import number
from flows.check.models import CheckResult, Finding
from flows.check.suites import CheckMeta, SuiteMeta
from flows.profile.vocabulary import Words

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    from flows.check.frames import Frame
    from flows.profile.checks import Waiver

_NAMED_UNITS = 20


@dataclass(frozen=True)
class Outcome:
    """One check: its result, its first offending units with their values, and the waivers that it needed."""

    result: CheckResult
    findings: list[Finding]
    waivers: list[Waiver]


def outcome_of(
    suite: ExpectationSuite,
    config: ExpectationConfiguration,
    validated: ExpectationValidationResult,
    frame: Frame,
    waivers: Sequence[Waiver] = (),
) -> Outcome:
    """Return the outcome of one expectation. One that could not be evaluated counts as a failed blocker.

    Of `waivers` those count that name this check and a row that offends.
    """
    meta, about = CheckMeta.model_validate(config.meta), SuiteMeta.model_validate(suite.meta)
    ok = bool(validated.success)
    evaluated = ok or bool(validated.result)
    offending = frame.rows.iloc[[] if ok else _offending_positions(validated, len(frame.rows))]
    own = [waiver for waiver in waivers if waiver.check == meta.id]
    needed = [waiver for waiver in own if any(waiver.covers(unit) for unit in offending["einheit"])]
    waived = [any(waiver.covers(unit) for waiver in needed) for unit in offending["einheit"]]
    reported = offending if all(waived) else offending[[not each for each in waived]]
    rows: list[dict[Any, Any]] = reported.head(_NAMED_UNITS).to_dict("records")
    findings = [_finding(meta.id, config, row) for row in rows]
    found = _found(validated, len(offending), len(frame.rows)) if evaluated else _why_not_evaluated(validated)
    expected = str(config.description)
    result = CheckResult(
        suite=suite.name,
        check=meta.id,
        station=about.station,
        severity=config.severity.value if evaluated else "critical",
        ok=ok,
        expected=expected,
        expected_de=meta.expected_de or expected,
        found=found.en,
        found_de=found.de,
        units=[finding.unit for finding in findings] if meta.units_public else [],
        offending=len(offending),
        reason=meta.reason,
        reason_de=meta.reason_de or meta.reason,
        what_to_do=meta.what_to_do,
        what_to_do_de=meta.what_to_do_de or meta.what_to_do,
        owner=about.owner,
        waived=sum(waived),
        waiver="; ".join(waiver.words for waiver in needed),
    )
    return Outcome(result, findings, needed)


def _judges_the_row_count(validated: ExpectationValidationResult) -> bool:
    return "observed_value" in validated.result


def _offending_positions(validated: ExpectationValidationResult, rows: int) -> list[int]:
    """Return all rows of a frame that should be empty, else the rows that Great Expectations names."""
    if _judges_the_row_count(validated):
        return list(range(rows))
    return list(validated.result.get("unexpected_index_list") or [])


def _finding(check: str, config: ExpectationConfiguration, row: dict[Any, Any]) -> Finding:
    """Return what the frame says of the row, else the value of the judged column and its bounds."""
    column = config.kwargs.get("column")
    value = row.get(column)
    if "min_value" in config.kwargs and isinstance(value, float | int):
        found, expected = f"{column} {value:,.10g}", _bounds(config.kwargs)
    else:
        found = str(row.get("gefunden", f"{column} {value}" if column else "more than one row"))
        expected = str(row.get("erwartet", config.description))
    return Finding(check=check, unit=row["einheit"], found=found, expected=expected)


def _bounds(kwargs: dict[str, Any]) -> str:
    lowest, highest = kwargs.get("min_value"), kwargs.get("max_value")
    if lowest is None:
        return f"at most {highest:g}"
    if highest is None:
        return f"at least {lowest:g}"
    return f"{lowest:g}" if lowest == highest else f"{lowest:g} to {highest:g}"


def _found(validated: ExpectationValidationResult, offending: int, rows: int) -> Words:
    if not _judges_the_row_count(validated):
        if validated.success:
            return Words(f"alle {number(rows)} wie erwartet", f"all {rows:,} as expected")
        return Words(
            f"{number(offending)} von {number(rows)} nicht wie erwartet", f"{offending:,} of {rows:,} not as expected"
        )
    if validated.success:
        return Words("keine Abweichung", "no exception")
    if offending == 1:
        return Words("1 Abweichung", "1 exception")
    return Words(f"{number(offending)} Abweichungen", f"{offending:,} exceptions")


def _why_not_evaluated(validated: ExpectationValidationResult) -> Words:
    problems = {
        problem["exception_message"] for problem in validated.exception_info.values() if isinstance(problem, dict)
    }
    why = "; ".join(sorted(problems))
    return Words(
        f"nicht durchführbar: {why or 'kein Grund genannt'}",
        f"the check could not be made: {why or 'no reason given'}",
    )
