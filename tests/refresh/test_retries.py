"""Which failures of a station Prefect tries again: only a source that may answer later."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from flows.base.errors import ConfigError, SourceUnavailable


@pytest.fixture
def refresh(warm_prefect: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of the flow; Prefect reads its settings when it is imported."""
    monkeypatch.setenv("PREFECT_HOME", str(warm_prefect))
    from flows import refresh  # noqa: PLC0415

    return refresh


@pytest.mark.parametrize(
    ("failure", "again"),
    [
        (SourceUnavailable("no answer", retryable=True), True),
        (SourceUnavailable("404"), False),
        (ConfigError("no such city"), False),
    ],
)
def test_only_a_source_that_may_answer_later_is_asked_again(
    refresh: ModuleType, failure: Exception, again: bool
) -> None:
    from prefect.states import Failed  # noqa: PLC0415

    assert refresh.pull.retry_condition_fn(refresh.pull, None, Failed(data=failure)) is again


def test_a_source_is_asked_three_times_with_pauses(refresh: ModuleType) -> None:
    assert (refresh.pull.retries, refresh.pull.retry_delay_seconds) == (2, [5, 30])


def test_no_other_station_is_tried_again(refresh: ModuleType) -> None:
    stations = (refresh.stage, refresh.transform, refresh.check, refresh.protect, refresh.publish)

    assert [station.retries for station in stations] == [0] * len(stations)
