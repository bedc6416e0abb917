"""A folder that a profile names, in which somebody may be writing while it is looked into."""

import os
from pathlib import Path

import pytest

from flows.pull.connectors import drop_folder
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from tests.pull.conftest import ONE_ROW


@pytest.fixture
def watched(small_city, source, tmp_path: Path, drop: Path):
    """Pull the source `jahr` from the folder that its profile names."""
    profile = small_city.with_sources(source("jahr", folder=f'"{drop}"'))
    return lambda: pull(profile, Landing(tmp_path / "landing"))


def test_a_file_in_a_watched_folder_is_waited_for_until_it_stands_still(watched, drop: Path, monkeypatch) -> None:
    file, waited = drop / "jahr_2022.csv", []

    def a_moment_later(seconds: float) -> None:
        """Its writer adds a line, then no more."""
        if not waited:
            with file.open("a") as more:
                more.write("01100002;7\n")
        else:
            os.utime(file, (0, 0))
        waited.append(seconds)

    monkeypatch.setattr("flows.pull.connectors.drop_folder.time.sleep", a_moment_later)
    (lieferung,) = watched().lieferungen
    assert len(waited) == 2
    assert lieferung.bytes == len(ONE_ROW) + 11


def test_a_file_with_a_date_to_come_is_taken_when_it_does_not_change(watched, drop: Path, monkeypatch) -> None:
    """The clock of a share may be ahead of ours; nobody waits until ours has caught up."""
    file, waited = drop / "jahr_2022.csv", []
    os.utime(file, (4_000_000_000, 4_000_000_000))

    def a_moment_later(seconds: float) -> None:
        if not waited:
            with file.open("a") as more:
                more.write("01100002;7\n")
            os.utime(file, (4_000_000_001, 4_000_000_001))
        assert len(waited) < 2
        waited.append(seconds)

    monkeypatch.setattr("flows.pull.connectors.drop_folder.time.sleep", a_moment_later)
    (lieferung,) = watched().lieferungen
    assert waited == [drop_folder.SETTLE_SECONDS] * 2
    assert lieferung.bytes == len(ONE_ROW) + 11


def test_a_file_that_has_stood_still_is_taken_at_once(watched, drop: Path, monkeypatch) -> None:
    os.utime(drop / "jahr_2022.csv", (1_700_000_000, 1_700_000_000))
    monkeypatch.setattr("flows.pull.connectors.drop_folder.time.sleep", lambda _: pytest.fail("it waited"))
    assert [one.name for one in watched().lieferungen] == ["jahr_2022.csv"]


def test_a_file_that_does_not_come_to_rest_is_given_up(watched, drop: Path, monkeypatch) -> None:
    """Somebody writes whenever we look."""
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        with (drop / "jahr_2022.csv").open("a") as file:
            file.write("01100002;1\n")

    monkeypatch.setattr(drop_folder.time, "sleep", sleep)
    monkeypatch.setattr(drop_folder, "LONGEST_WAIT", 20.0)
    watched()
    assert 20.0 <= sum(slept) <= 20.0 + 2 * drop_folder.SETTLE_SECONDS
