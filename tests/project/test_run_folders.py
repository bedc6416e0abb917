"""What runs have left behind is shown, and goes when asked for; what a run is working on never does."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.app import doctor
from flows.app.commands.clearing import runs
from flows.base.errors import ConfigError
from flows.base.home import Home, home_at
from flows.run import Run, new_run, working_folder
from flows.run_folders import FORGET_AFTER, State, remove_ended, run_folders

DAY = dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path)


@pytest.fixture
def left(home: Home) -> Callable[..., Path]:
    """Make the folder of a run that began some days ago, as a run leaves it."""

    def make(city: str, days: int, *, failed: bool = False) -> Path:
        folder = home.runs / f"{city}-{NOW - days * DAY:%Y%m%dT%H%M%S}-{days:06x}"
        folder.mkdir()
        (folder / ".alive").touch()
        lines = [{"station": "pull", "event": "started"}, *([] if failed else [{"station": "done", "event": "2024.1"}])]
        (folder / "progress.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        if failed:
            (folder / "work.duckdb").write_bytes(b"counts")
        return folder

    return make


def test_a_run_is_running_finished_or_failed(home: Home, left: Callable[..., Path]) -> None:
    left("a", 3)
    left("a", 2, failed=True)
    with working_folder(run := new_run("musterstadt", home)):
        run.work.write_bytes(b"counts")
        found = [(one.city, one.state, one.unprotected) for one in run_folders(home)]

    assert found == [("a", State.FINISHED, False), ("a", State.FAILED, True), ("musterstadt", State.RUNNING, True)]


def test_ended_runs_older_than_asked_go_and_others_stay(home: Home, left: Callable[..., Path]) -> None:
    old, young, other = left("a", 20), left("a", 2, failed=True), left("b", 20)

    assert [one.path for one in remove_ended(home, "a", older=14 * DAY)] == [old]
    assert (old.exists(), young.exists(), other.exists()) == (False, True, True)


def test_a_running_run_never_goes(home: Home) -> None:
    with working_folder(run := new_run("musterstadt", home)):
        assert remove_ended(home, None, older=0 * DAY) == []
        assert run.folder.is_dir()
    assert [one.name for one in remove_ended(home, None, older=0 * DAY)] == [run.id]


def test_a_run_that_is_about_to_take_its_lock_stays(home: Home) -> None:
    folder = new_run("musterstadt", home).folder
    folder.mkdir()

    assert [one.state for one in run_folders(home)] == [State.RUNNING]
    os.utime(folder, (0, 0))
    assert [one.state for one in run_folders(home)] == [State.FAILED]


def test_what_is_no_run_is_left_alone(home: Home, tmp_path: Path) -> None:
    for name in ("notes", "musterstadt-backup"):
        (home.runs / name).mkdir()
    (tmp_path / "elsewhere").mkdir()
    (home.runs / "a-20200101T000000-000000").symlink_to(tmp_path / "elsewhere")

    assert run_folders(home) == remove_ended(home, None, older=0 * DAY) == []


def test_a_refresh_deletes_old_working_databases_of_every_city(
    home: Home, left: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young = left("a", 20, failed=True), left("b", 2, failed=True)
    monkeypatch.setenv(FORGET_AFTER, "14")
    with working_folder(run := new_run("musterstadt", home)):
        pass

    assert sorted(path.name for path in old.iterdir()) == [".alive", "progress.jsonl"]
    assert (young / "work.duckdb").is_file()
    assert old.name in (run.folder / "progress.jsonl").read_text()


def test_rows_in_quarantine_stay_for_people_and_are_named_until_they_are_old(
    home: Home, left: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young, clean = left("a", 20), left("b", 2), left("c", 2)
    for folder in (old, young, clean):
        (folder / "quarantine.csv").write_text("quelle;datei;zeile;spalte;wert;regel\n")
    for folder in (old, young):
        (folder / "quarantine.duckdb").write_bytes(b"rows")
    assert {one.path: one.unprotected for one in run_folders(home)} == {old: True, young: True, clean: False}

    monkeypatch.setenv(FORGET_AFTER, "14")
    with working_folder(new_run("musterstadt", home)):
        pass

    assert sorted(path.name for path in old.iterdir()) == [".alive", "progress.jsonl"]
    assert (young / "quarantine.duckdb").is_file()


def test_without_the_setting_other_cities_are_left_alone(home: Home, left: Callable[..., Path]) -> None:
    old = left("a", 400, failed=True)
    with working_folder(new_run("musterstadt", home)):
        pass

    assert (old / "work.duckdb").is_file()


def test_a_setting_that_is_no_number_of_days_stops_a_run_before_it_works(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FORGET_AFTER, "two weeks")
    run: Run = new_run("musterstadt", home)

    with pytest.raises(ConfigError, match="whole number of days, such as 14, found 'two weeks'"), ExitStack() as stack:
        stack.enter_context(working_folder(run))
    assert not run.folder.exists()
    assert [each.remedy for each in doctor.findings(home.root) if each.what == "old runs"] == [
        f"Set {FORGET_AFTER} to a number of days, or not at all."
    ]


def test_the_command_shows_and_removes(
    home: Home, left: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old, young = left("a", 20, failed=True), left("a", 2)

    assert runs(home=home.root) == 0
    shown = capsys.readouterr().out
    assert "failed        20 days        0.0 MB  unprotected counts" in shown
    assert "Nothing was deleted; --clean removes ended ones over 14d." in shown

    assert runs(clean=True, as_json=True, home=home.root) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["removed"] == [old.name]
    assert [(one["run"], one["state"], one["unprotected"]) for one in answer["runs"]] == [
        (young.name, "finished", False)
    ]


@pytest.mark.parametrize("wrong", ["14", "d", "-1d", "two weeks"])
def test_an_age_that_is_none_is_refused(home: Home, left: Callable[..., Path], wrong: str) -> None:
    folder = left("a", 20)

    with pytest.raises(ConfigError, match="expected a number of days or hours"):
        runs(clean=True, older=wrong, home=home.root)
    assert folder.is_dir()
