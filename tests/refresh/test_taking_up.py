"""What a refresh goes on with, of a run that was cut off: only what is as its mark says, and of the same inputs."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from flows import station_marks as marks
from flows import taking_up
from flows.base.errors import CheckStopped, ConfigError
from flows.base.home import Home, home_at
from flows.mark_files import mark_of
from flows.run import Run, new_run, working_folder
from flows.run_folders import run_folders
from flows.station_marks import ANY, NOTHING, Inputs

SAME = Inputs(made_of={"profile": "a", "file sgb2/SGB2_2024": "1"}, judged_by={"releases": "h", "day": "1"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    now_is(monkeypatch, SAME)
    return home_at(tmp_path)


def now_is(monkeypatch: pytest.MonkeyPatch, inputs: Inputs) -> None:
    monkeypatch.setattr(taking_up, "inputs_of", lambda *_: inputs)


def cut_off(home: Home, *finished: str, by: BaseException | None = None) -> Run:
    """Leave a run that finished these stations and then half of another; each makes a table called like it."""
    run, by = new_run("musterstadt", home), by or KeyboardInterrupt()
    with suppress(type(by)), working_folder(run):
        marks.begin(run.folder, SAME)
        with duckdb.connect(run.work) as con:
            for station in finished:
                con.execute(f'CREATE TABLE "{station}" AS FROM range(3)')
                if station == "protect":
                    (run.folder / "publish").mkdir()
                marks.finish(run.folder, station, con, {"published": 7})
            con.execute("CREATE TABLE half AS FROM range(2)")
        raise by
    return run


def takes_up(home: Home, take_up: str = ANY) -> tuple[list[str], list[str], str]:
    """Begin a run; return what it need not do, the tables it begins with, and what it says."""
    run = new_run("musterstadt", home, take_up=take_up)
    with working_folder(run):
        taken = taking_up.taken_up(run, [])
        tables: list[str] = []
        if run.work.exists():
            with duckdb.connect(run.work) as con:
                tables = sorted(name.removeprefix("main.") for name in marks.rows_in(con))
    path = run.folder / "progress.jsonl"
    noted = [json.loads(line)["event"] for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return list(taken.finished), tables, "; ".join(noted)


def test_it_goes_on_after_the_last_finished_station_and_drops_what_came_then(home: Home) -> None:
    last = cut_off(home, "stage", "transform")

    assert [(one.finished, one.stopped) for one in run_folders(home)] == [("transform", False)]
    finished, tables, said = takes_up(home)
    assert (finished, tables) == (["stage", "transform"], ["stage", "transform"])
    assert f"Taken up after station transform of {last.id}" in said
    assert [one.unprotected for one in run_folders(home)] == [False, False], "nothing confidential is left"


def test_a_station_without_a_mark_counts_for_nothing_and_so_does_what_comes_after_it(home: Home) -> None:
    last = cut_off(home, "stage", "transform", "check", "protect")
    mark_of(last.folder, "check").unlink()

    finished, tables, _ = takes_up(home)
    assert (finished, tables) == (["stage", "transform"], ["stage", "transform"])


def test_a_database_that_is_not_as_its_mark_says_is_not_taken_up(home: Home) -> None:
    last = cut_off(home, "stage")
    with duckdb.connect(last.work) as con:
        con.execute("DELETE FROM stage WHERE range = 1")

    finished, tables, said = takes_up(home)
    assert (finished, tables) == ([], [])
    assert "is not taken up: main.stage is not as the run left it" in said


def test_a_database_whose_kept_parts_are_gone_is_not_taken_up(home: Home) -> None:
    part = home.landing / "part.parquet"
    last = cut_off(home, "stage")
    with duckdb.connect(last.work) as con:
        con.execute(f"COPY (FROM range(3)) TO '{part}' (FORMAT parquet)")
        con.execute(f"CREATE VIEW figures AS FROM read_parquet('{part}')")
        marks.finish(last.folder, "transform", con)
        assert marks.rows_in(con)["main.figures"] == 3
    part.unlink()

    assert takes_up(home)[:2] == ([], [])


def test_counts_that_were_rounded_already_are_not_taken_up_as_counted_ones(home: Home) -> None:
    """They stand in tables of earlier stations, with as many rows as before."""
    left = cut_off(home, "stage", "transform", "check")
    with duckdb.connect(left.work) as con:
        con.execute("CREATE TABLE merkmal_veraendert AS SELECT 'sgb2' AS merkmal")
    done, tables, said = takes_up(home)
    assert (done, tables) == ([], [])
    assert "it had begun to round its counts" in said


def test_a_class_that_suppresses_leaves_what_was_counted(home: Home) -> None:
    left = cut_off(home, "stage", "transform", "check")
    with duckdb.connect(left.work) as con:
        con.execute("CREATE TABLE merkmal_veraendert (merkmal VARCHAR)")
    assert takes_up(home)[0] == ["stage", "transform", "check"]


def test_a_database_that_was_cut_off_itself_is_not_taken_up(home: Home) -> None:
    last = cut_off(home, "stage")
    last.work.write_bytes(last.work.read_bytes()[:5000])

    assert takes_up(home)[:2] == ([], [])


def test_what_changed_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(home, "stage")
    now_is(monkeypatch, SAME.model_copy(update={"made_of": {"profile": "b", "file sgb2/SGB2_2024": "2"}}))

    with pytest.raises(ConfigError, match="this changed: file sgb2/SGB2_2024, profile"):
        takes_up(home, "transform")
    finished, _, said = takes_up(home)
    assert (finished, "this changed: file sgb2/SGB2_2024, profile" in said) == ([], True)


def test_after_another_release_or_on_another_day_it_is_checked_and_protected_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(home, "stage", "transform", "check", "protect")
    now_is(monkeypatch, SAME.model_copy(update={"judged_by": {"releases": "h", "day": "2"}}))

    assert takes_up(home)[0] == ["stage", "transform"]


def test_what_a_check_stopped_is_taken_up_by_hand_alone(home: Home) -> None:
    cut_off(home, "stage", "transform", by=CheckStopped("1 check stops the publication"))
    assert [(one.finished, one.stopped) for one in run_folders(home)] == [("transform", True)]

    assert takes_up(home, "check")[0] == ["stage", "transform"]
    cut_off(home, "stage", "transform", by=CheckStopped("1 check stops the publication"))
    finished, _, said = takes_up(home)
    assert (finished, "it was stopped, not cut off" in said) == ([], True)


def test_by_hand_it_goes_on_with_the_station_that_is_named(home: Home) -> None:
    cut_off(home, "stage", "transform", "check", "protect")

    assert takes_up(home, "transform")[:2] == (["stage"], ["stage"])


@pytest.mark.parametrize(
    ("station", "words"),
    [
        ("protect", "station check is not finished there"),
        ("test", "expected one of stage, transform, check, protect, publish"),
    ],
)
def test_a_station_that_cannot_be_gone_on_with_is_refused(home: Home, station: str, words: str) -> None:
    last = cut_off(home, "stage", "transform")

    with pytest.raises(ConfigError, match=words):
        takes_up(home, station)
    assert last.work.exists(), "it can still be taken up from another"


def test_where_nothing_is_left_to_go_on_with_it_says_so_before_it_begins(home: Home) -> None:
    with working_folder(new_run("musterstadt", home)):
        pass

    with pytest.raises(ConfigError, match="expected a run of musterstadt that was cut off or stopped, found none"):
        takes_up(home, "check")


def test_a_run_that_begins_anew_leaves_nothing_of_the_last_one(home: Home) -> None:
    last = cut_off(home, "stage")

    assert takes_up(home, NOTHING)[0] == []
    assert not last.work.exists()


def test_a_dry_run_leaves_what_a_refresh_can_go_on_with(home: Home) -> None:
    last = cut_off(home, "stage")
    with working_folder(dry := new_run("musterstadt", home, dry_run=True)):
        assert taking_up.taken_up(dry, []).finished == {}

    assert last.work.exists()
    assert takes_up(home)[0] == ["stage"]


def test_nobody_else_may_read_what_is_kept(home: Home) -> None:
    last = cut_off(home, "stage", "transform", "check", "protect")

    assert [path.name for path in (last.folder, last.folder / "finished") if path.stat().st_mode & 0o077] == []
