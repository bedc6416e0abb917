"""Each arrival and each delay is an event once; the day is given."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.operation.watch import events_of, found_in, known_of, missing_release, nothing_lacks, remember
from flows.pull.deliveries import deliveries_on

MARCH, MAY = dt.date(2025, 3, 1), dt.date(2025, 5, 1)


@pytest.fixture
def city(small_city, source):
    small_city.spoil("city.toml", "[[raumebene]]\nid = \"sozialraum\"",
                     '[schedule]\ncompleted_by = "06-30"\n\n[[raumebene]]\nid = "sozialraum"')  # fmt: skip
    return small_city.with_sources(source("einwohner", due='"03-31"', ask='"Frau Amt"'))


def look(city, landing, newest, day):
    deliveries = deliveries_on(city, newest, day)
    found = found_in(deliveries, known_of(landing, "kleinstadt"))
    remember(landing, "kleinstadt", found)
    return [(one.name, one.text) for one in events_of(city, deliveries, found)]


def test_a_delivery_that_is_awaited_is_no_event(city, tmp_path) -> None:
    assert look(city, tmp_path, {"einwohner": 2023}, MARCH) == []


def test_one_that_is_overdue_is_an_event_once_with_whom_to_ask(city, tmp_path) -> None:
    first, second = (look(city, tmp_path, {"einwohner": 2023}, day) for day in (MAY, MAY + dt.timedelta(days=1)))
    assert first == [(
        "fortschreibung.delivery.overdue",
        "Kleinstadt (synthetisch): einwohner 2024 ist seit 01.04.2025 überfällig. Zu fragen: Frau Amt.",
    )]  # fmt: skip
    assert second == []


def test_its_arrival_is_an_event_once(city, tmp_path) -> None:
    first, second = (look(city, tmp_path, {"einwohner": 2024}, MAY) for _ in range(2))
    assert [name for name, _ in first] == ["fortschreibung.delivery.arrived"]
    assert second == []


def test_the_refresh_starts_when_the_last_required_delivery_is_there(city) -> None:
    assert not nothing_lacks(city, deliveries_on(city, {"einwohner": 2023}, MARCH))
    assert nothing_lacks(city, deliveries_on(city, {"einwohner": 2024}, MARCH))


@pytest.mark.parametrize(
    ("day", "latest", "missing"),
    [("2025-06-30", 2023, False), ("2025-07-01", 2023, True), ("2025-07-01", None, True), ("2025-07-01", 2024, False)],
)
def test_a_year_without_a_release_by_its_day_is_noticed(city, day, latest, missing) -> None:
    event = missing_release(city, latest, dt.date.fromisoformat(day))
    assert (event is not None) is missing
    if event:
        assert event.text == (
            "Kleinstadt (synthetisch): bis zum 30.06.2025 sollte es eine Fortschreibung 2024 geben; es gibt keine."
        )
