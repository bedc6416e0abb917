"""What of Great Expectations' results may be seen outside: they travel with the release.

By itself it shows a hash of every frame (`pandas_data_fingerprint`, an MD5: a frame of one row is guessed from it in a
moment), the values that offended, and tracebacks. Its pages are made from what is named here, and from nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.check.suites import CheckMeta

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.data_context.store.validation_results_store import ValidationResultsStore

_ABOUT_THE_RUN = ("great_expectations_version", "run_id", "validation_id", "validation_time")
_COUNTS = (
    "element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent",
    "unexpected_percent_nonmissing", "unexpected_percent_total",
)  # fmt: skip
_VALUES = ("observed_value", "partial_unexpected_list", "partial_unexpected_counts")
_ROW_COUNT = "expect_table_row_count"
_NOT_MADE = "The check could not be made; the run's folder says why."


def keep_what_may_be_seen(store: ValidationResultsStore) -> list[dict[str, Any]]:
    """Replace every result in `store` by what of it may be published, and return them as JSON objects."""
    seen = []
    for key in store.list_keys():
        result = store.get(key)
        assert result is not None  # noqa: S101 -- the store has just named it
        _reduce(result)
        store.set(key, result)
        seen.append(result.to_json_dict())
    return seen


def _reduce(suite: ExpectationSuiteValidationResult) -> None:
    suite.meta = {name: value for name, value in suite.meta.items() if name in _ABOUT_THE_RUN}
    for each in suite.results:
        each.result = _public(each)
        each.exception_info = _without_words(each.exception_info)


def _public(each: ExpectationValidationResult) -> dict[str, Any]:
    """Return the counts of a result, and its values where the check says that the report may name its units."""
    config = each.expectation_config
    assert config is not None  # noqa: S101 -- every result says what it is the result of
    shown = {*_COUNTS}
    if CheckMeta.model_validate(config.meta).units_public:
        shown |= {*_VALUES}
    elif config.type.startswith(_ROW_COUNT):
        shown |= {"observed_value"}
    return {name: value for name, value in each.result.items() if name in shown}


def _without_words(exceptions: dict[str, Any]) -> dict[str, Any]:
    """Return what Great Expectations noted of exceptions without their messages, which quote what was looked at."""
    if "raised_exception" not in exceptions:
        return {name: _without_words(noted) for name, noted in exceptions.items()}
    raised = bool(exceptions["raised_exception"])
    return {
        "raised_exception": raised,
        "exception_message": _NOT_MADE if raised else None,
        "exception_traceback": _NOT_MADE if raised else None,
    }
