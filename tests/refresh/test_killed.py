"""A refresh killed at every station leaves the last release readable; the next one goes on from there, and succeeds."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.refresh.conftest import Office, change_one_figure

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("prefect_is_warm")]

KILLED_AT = """
import os, signal, sys
from flows import station_marks
from flows.app.cli import main
from flows.run import Run

station, event, note, put = sys.argv.pop(1), sys.argv.pop(1), Run.note, station_marks.put

def killed_there(run, at, said):
    note(run, at, said)
    if (at, said) == (station, event):
        os.killpg(0, signal.SIGKILL)

def killed_before_the_mark(folder, mark):
    if (mark.station, "mark") == (station, event):
        os.killpg(0, signal.SIGKILL)
    put(folder, mark)

Run.note, station_marks.put = killed_there, killed_before_the_mark
main()
"""
AFTER = {
    ("stage", "mark"): None,
    ("transform", "merkmal_raum"): "stage",
    ("publish", "started"): "protect",
    ("pull", "started"): None,
    ("stage", "started"): None,
    ("transform", "started"): "stage",
    ("transform", "mark"): "stage",
    ("check", "started"): "transform",
    ("protect", "started"): "transform",
    ("protect", "mark"): "transform",
    ("check", "mark"): "transform",
}
"""Where a refresh is killed (at what it notes, or before the mark is written) -> after what the next one goes on.

CI kills at the first two, before a mark and within a station; the night at all.
"""
IN_CI = 2


def refresh_killed_at(office: Office, station: str, event: str, extracts: Path) -> None:
    """Refresh until the run notes `event` at `station`; then kill the refresh and all that it started."""
    refresh = ["refresh", "musterstadt", "--from", str(extracts), "--home", str(office.home)]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_AT, station, event, *refresh],
        env=office.environment, cwd=office.root, capture_output=True, text=True, start_new_session=True, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def release_hash(office: Office) -> str:
    with office.database() as con:
        (found,) = con.execute("SELECT content_hash FROM _release").fetchone() or ("",)
    return str(found)


@pytest.mark.parametrize(
    ("station", "event"),
    [
        pytest.param(*at, id="-".join(at), marks=[] if place < IN_CI else pytest.mark.nightly)
        for place, at in enumerate(AFTER)
    ],
)
def test_a_kill_at_a_station_costs_nothing(
    station: str, event: str, office_with_one: Office, two_releases: Office, extracts: Path
) -> None:
    office = office_with_one
    before = release_hash(office)
    change_one_figure(extracts)

    refresh_killed_at(office, station, event, extracts)
    assert release_hash(office) == before, "the last release stands"
    (shown,) = [one for one in json.loads(office.run("runs", "--json").out)["runs"] if one["state"] == "failed"]
    assert shown["finished"] == AFTER[station, event]

    ended = office.run("refresh", "musterstadt", "--from", extracts, "--json")
    assert ended.code == 0, ended.err
    assert ended.answer["published"] is True
    taken_up = f"Taken up after station {AFTER[station, event]} of {shown['run']}"
    assert (taken_up in ended.err) is (AFTER[station, event] is not None), ended.err
    assert release_hash(office) == release_hash(two_releases), "what an undisturbed refresh publishes"
    assert list((office.home / "releases" / "musterstadt").glob(".incoming-*")) == []
    assert list((office.home / "runs").glob("*/work.duckdb")) == [], "what killed runs left behind is gone"


@pytest.mark.nightly  # tests/refresh/test_taking_up.py asks for each station without the command
def test_by_hand_a_refresh_goes_on_with_the_station_that_is_named(
    office_with_one: Office, two_releases: Office, extracts: Path
) -> None:
    office, given = office_with_one, ["refresh", "musterstadt", "--from", extracts]
    change_one_figure(extracts)
    refresh_killed_at(office, "publish", "started", extracts)
    (run,) = [one["run"] for one in json.loads(office.run("runs", "--json").out)["runs"] if one["finished"]]

    table = extracts / "soziales" / "Mindestsicherung_2023.csv"
    delivered = table.read_bytes()
    table.write_bytes(delivered + b"\r\n")
    other = office.run(*given, "--from-station", "check")
    assert other.code == 2
    assert f"{run} can be taken up there, found that this changed: file mindestsicherung/{table.name}" in other.err

    table.write_bytes(delivered)
    again = office.run(*given, "--from-station", "check", "--json")
    assert again.code == 0, again.err
    assert f"Taken up after station transform of {run}" in again.err
    assert release_hash(office) == release_hash(two_releases)
