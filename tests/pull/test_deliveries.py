"""What is present, awaited or overdue on a day, and what a policy waits for; the day is always given."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.base.errors import ConfigError
from flows.pull.deliveries import deliveries_of_release, deliveries_on, waited_for
from flows.pull.landing.stichtage import newest_years, note_newest_years
from flows.run import Outcome, Run
from flows.run_state import state_name

MARCH, APRIL = dt.date(2025, 3, 10), dt.date(2025, 4, 10)


@pytest.fixture
def city(small_city, source):
    """Residents are due on 15 March, benefits on 31 March with ten days of grace, a survey two years later."""

    def with_policy(policy="always"):
        small_city.spoil("city.toml", "official_band", f'publish = "{policy}"\nofficial_band')
        return small_city.with_sources(
            source("einwohner", due='"03-15"'),
            source("sgb2", due='"03-31"', grace="10", ask='"Frau Amt"',
                   contract='matrix = { unit = "BBS", merkmale = { sgb2 = ["SGB2"] } }'),
            source("umfrage", due='"+2 06-30"', required="false",
                   contract='matrix = { unit = "BBS", merkmale = { haushalte = ["HH"] } }'),
            source("namen", contract='matrix = { unit = "BBS", merkmale = { wohnungen = ["W"] } }'),
        )  # fmt: skip

    return with_policy


def states(found):
    return {one.source: (one.year, one.state) for one in found}


def test_the_first_year_that_lacks_is_awaited_until_due_and_grace_are_over(city) -> None:
    newest = {"einwohner": 2024, "sgb2": 2023, "umfrage": 2023}
    assert states(deliveries_on(city(), newest, MARCH)) == {
        "einwohner": (2024, "present"), "sgb2": (2024, "awaited"), "umfrage": (2023, "present"),
    }  # fmt: skip


@pytest.mark.parametrize(("day", "state"), [("2025-04-10", "awaited"), ("2025-04-11", "overdue")])
def test_it_is_overdue_on_the_day_after(city, day, state) -> None:
    (one,) = [x for x in deliveries_on(city(), {"sgb2": 2023}, dt.date.fromisoformat(day)) if x.source == "sgb2"]
    assert one.state == state
    assert one.until == dt.date(2025, 4, 10)
    assert one.overdue_since == (dt.date(2025, 4, 11) if state == "overdue" else None)


def test_nobody_waits_for_a_year_before_its_calendar_year_of_delivery(city) -> None:
    profile = city()
    assert states(deliveries_on(profile, {"sgb2": 2024}, dt.date(2025, 12, 31)))["sgb2"] == (2024, "present")
    assert states(deliveries_on(profile, {"sgb2": 2024}, dt.date(2026, 1, 1)))["sgb2"] == (2025, "awaited")


def test_a_year_that_never_came_stays_overdue_when_the_next_one_is_due(city) -> None:
    assert states(deliveries_on(city(), {"sgb2": 2022}, dt.date(2026, 1, 1)))["sgb2"] == (2023, "overdue")


@pytest.mark.parametrize(
    ("policy", "day", "waited"),
    [
        ("always", MARCH, []),
        ("complete", MARCH, ["sgb2"]),
        ("when-due", MARCH, ["sgb2"]),
        ("when-due", dt.date(2025, 4, 11), []),
        ("complete", dt.date(2026, 4, 11), ["sgb2"]),
    ],
)
def test_the_policy_says_what_a_new_year_waits_for(city, policy, day, waited) -> None:
    lacking = deliveries_of_release(city(), {"einwohner": 2024, "sgb2": 2023, "umfrage": 2021}, day)
    assert [one.source for one in waited_for(lacking, policy)] == waited


def test_a_refresh_of_an_old_year_waits_for_nothing(city) -> None:
    lacking = deliveries_of_release(city(), {"einwohner": 2023, "sgb2": 2023}, MARCH)
    assert waited_for(lacking, "complete") == []


def test_a_source_that_comes_two_years_later_is_not_waited_for_a_year_early(city) -> None:
    assert states(deliveries_of_release(city(), {"einwohner": 2024, "umfrage": 2023}, MARCH))["umfrage"] == (
        2023, "present",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due": '"02-30"'}, "expected month and day"),
        ({"due": '"03-15"', "stichtag": '{ source = "fixed", fixed = 2023-12-31 }'}, "no rule for them"),
        ({"grace": "3"}, "belong to `due`"),
    ],
)
def test_a_due_date_that_cannot_be_meant_is_refused(small_city, source, fields, words) -> None:
    with pytest.raises(ConfigError, match=words):
        small_city.with_sources(source("einwohner", **fields))


def test_the_year_of_a_file_that_does_not_say_it_is_known_once_it_was_staged(tmp_path) -> None:
    note_newest_years(tmp_path, {("kleinstadt", "amtlich", "ab"): 2023})
    note_newest_years(tmp_path, {("kleinstadt", "amtlich", "ab"): 2023, ("kleinstadt", "amtlich", "cd"): 2024})
    assert newest_years(tmp_path) == {("kleinstadt", "amtlich", "ab"): 2023, ("kleinstadt", "amtlich", "cd"): 2024}
    assert len((tmp_path / "stichtage.jsonl").read_text().splitlines()) == 2


def outcome(**given):
    return Outcome(**{"city": "kleinstadt", "run": "r", "published": False, "release": None, "path": None,
                      "content_hash": None, "reason": "", **given})  # fmt: skip


def test_a_run_is_never_just_completed(city) -> None:
    profile = city("complete")
    lacking = [one for one in deliveries_on(profile, {"sgb2": 2023}, MARCH) if one.source == "sgb2"]
    assert state_name(outcome(published=True, release="2024.1"), profile) == "Published"
    assert state_name(outcome(held_for=lacking), profile) == "Waiting"
    assert state_name(outcome(release="2023.1", lacking=lacking), profile) == "Waiting"
    assert state_name(outcome(release="2023.1"), profile) == "Nothing new"
    assert state_name(outcome(), profile) == "Dry run"


def test_the_day_of_a_run_is_part_of_it() -> None:
    assert Run(id="r", city="c", root="/", today=MARCH).today == MARCH
