"""A refresh killed at every station leaves the last release readable, and the next refresh succeeds."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.refresh.conftest import Office

KILLED_AT = """
import os, signal, sys
from flows.app.cli import main
from flows.run import Run

station, note = sys.argv.pop(1), Run.note

def killed_there(run, at, event):
    note(run, at, event)
    if at == station:
        os.killpg(0, signal.SIGKILL)

Run.note = killed_there
main()
"""


def refresh_killed_at(office: Office, station: str, extracts: Path) -> None:
    """Refresh until the run notes that `station` has started; then kill the refresh and all that it started."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_AT, station, "refresh", "musterstadt", "--from", extracts, "--home", office.home],
        env=office.environment, cwd=office.root, capture_output=True, text=True, start_new_session=True, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def release_hash(office: Office) -> str:
    with office.database() as con:
        return str(con.execute("SELECT content_hash FROM _release").fetchone())


@pytest.mark.parametrize(
    "station",
    [
        "publish",
        # in check, the worker of the checks and Prefect's server run beside
        *(pytest.param(one, marks=pytest.mark.thorough) for one in ("pull", "stage", "transform", "check", "protect")),
    ],
)
def test_a_kill_at_a_station_costs_nothing(station: str, office_with_one: Office, extracts: Path) -> None:
    office = office_with_one
    before = release_hash(office)
    (extracts / "soziales" / "Mindestsicherung_2024.csv").write_text(
        (extracts / "soziales" / "Mindestsicherung_2024.csv").read_text("utf-8-sig").replace('"3"', '"4"'), "utf-8-sig"
    )

    refresh_killed_at(office, station, extracts)
    assert release_hash(office) == before, "the last release stands"

    ended = office.run("refresh", "musterstadt", "--from", extracts, "--json")
    assert ended.code == 0, ended.err
    assert ended.answer["published"] is True
    assert release_hash(office) != before
    assert list((office.home / "releases" / "musterstadt").glob(".incoming-*")) == []
    assert list((office.home / "runs").glob("*/work.duckdb")) == [], "what killed runs left behind is gone"
