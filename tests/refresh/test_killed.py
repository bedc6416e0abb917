"""A refresh killed at every station leaves the last release readable, and the next refresh succeeds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.refresh.conftest import Office

STATIONS = ("pull", "stage", "transform", "check", "protect", "publish")


def kill_at(office: Office, process: subprocess.Popen[str], station: str) -> None:
    """Kill the refresh and all that it started as soon as its run notes that `station` has started."""
    before, deadline = set(office.home.glob("runs/*")), time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        for run in set(office.home.glob("runs/*")) - before:
            progress = run / "progress.jsonl"
            noted = progress.read_text("utf-8").splitlines() if progress.exists() else []
            if any(json.loads(line)["station"] == station for line in noted):
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return
        time.sleep(0.01)
    process.kill()
    pytest.fail(f"the refresh never came to {station}: {process.communicate()[1]}")


def release_hash(office: Office) -> str:
    with office.database() as con:
        return str(con.execute("SELECT content_hash FROM _release").fetchone())


@pytest.mark.slow
def test_a_kill_at_any_station_costs_nothing(office: Office, extracts: Path) -> None:
    office.run("refresh", "musterstadt", "--from", extracts)
    before = release_hash(office)
    (extracts / "soziales" / "Mindestsicherung_2024.csv").write_text(
        (extracts / "soziales" / "Mindestsicherung_2024.csv").read_text("utf-8-sig").replace('"3"', '"4"'), "utf-8-sig"
    )

    for station in STATIONS:
        kill_at(office, office.start("refresh", "musterstadt", "--from", extracts), station)
        assert release_hash(office) == before, f"the last release stands after a kill at {station}"

    ended = office.run("refresh", "musterstadt", "--from", extracts, "--json")

    assert ended.code == 0, ended.err
    assert ended.answer["published"] is True
    assert release_hash(office) != before
    assert list((office.home / "releases" / "musterstadt").glob(".incoming-*")) == []
    assert list((office.home / "runs").glob("*/work.duckdb")) == [], "what killed runs left behind is gone"
