"""Moments are kept in UTC; who reads German sees the office's clock, in summer and in winter."""

import datetime as dt

import pytest

from flows.base.local_time import day_of, moment, office_day


@pytest.mark.parametrize(
    ("at", "english", "in_german"),
    [
        ("2026-01-15T21:43:49+00:00", "2026-01-15 21:43 UTC", "15.01.2026 um 22:43 Uhr"),
        ("2026-07-15T21:43:49Z", "2026-07-15 21:43 UTC", "15.07.2026 um 23:43 Uhr"),
        ("by hand", "by hand", "by hand"),
    ],
)
def test_a_moment_is_shown_to_the_minute(at: str, english: str, in_german: str) -> None:
    assert (str(moment(at)), moment(at).german) == (english, in_german)


def test_a_day_is_that_of_the_office() -> None:
    assert day_of("2025-12-31T23:30:00+00:00").german == "01.01.2026"
    assert office_day("2025-12-31T23:30:00+00:00") == dt.date(2026, 1, 1)
