"""What of Great Expectations' results may be seen outside: they travel with the release.

By itself it shows a hash of every frame (`pandas_data_fingerprint`, an MD5: a frame of one row is guessed from it in a
moment), the values that offended, and tracebacks. Its pages are made from what is named here, and from nothing else.

Values are never shown, not even of the whole city: checks judge what was counted, of which a share of births may be
suppressed or rounded afterwards. They stand in the run's findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.data_context.store.validation_results_store import ValidationResultsStore

_ABOUT_THE_RUN = ("great_expectations_version", "run_id", "validation_id", "validation_time")
_COUNTS = (
    "element_count", "missing_count", "missing_percent", "unexpected_count", "unexpected_percent",
    "unexpected_percent_nonmissing", "unexpected_percent_total",
)  # fmt: skip
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
    """Return the counts of a result: how many rows there are, and how many of them are not as expected."""
    config = each.expectation_config
    assert config is not None  # noqa: S101 -- every result says what it is the result of
    shown = {*_COUNTS, "observed_value"} if config.type.startswith(_ROW_COUNT) else {*_COUNTS}
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
