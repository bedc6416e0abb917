"""SIGKILL at any moment of a refresh: `latest` stays whole, no half release shows, and the next refresh puts all right.

The stations run without Prefect's server and Great Expectations, which would take most of the time and write nothing
that a reader sees; test_killed.py kills the whole command at every station.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.base.home import Home, home_at
from flows.publish.verify import verify
from flows.release.catalog import is_version, releases
from tests.refresh.conftest import Office
from tests.refresh.killed_refresh import refreshed

ROOT = Path(__file__).resolve().parents[2]
SEED, MOMENTS, PARTS = 20241231, 200, 20
IN_CI = (10,)  # test_killed.py and tests/publish/test_crash.py kill at known places before and after it
KEPT = ("work.duckdb", "publish", "plain", "spill")


@dataclass(frozen=True)
class Waiting:
    """A home with 2024.1, the files of the next refresh, how long that takes, and what it comes to undisturbed."""

    home: Path
    extracts: Path
    seconds: float
    first: str
    second: str


@pytest.fixture(scope="session")
def waiting(tmp_path_factory: pytest.TempPathFactory, one_release: Office, small_extracts: Path) -> Waiting:
    root = tmp_path_factory.mktemp("killed")
    extracts = shutil.copytree(small_extracts, root / "extracts")
    shutil.copytree(one_release.home, root / "home", symlinks=True)
    (first,) = (one.content_hash for one in releases(home_at(root / "home"), "musterstadt"))
    benefits = extracts / "soziales" / "Mindestsicherung_2024.csv"
    benefits.write_text(re.sub(r'"\d+"(?=\r?$)', '"7"', benefits.read_text("utf-8-sig"), flags=re.M), "utf-8-sig")
    shutil.copytree(root / "home", root / "undisturbed", symlinks=True)
    process, started = begin(root / "undisturbed", extracts), time.monotonic()
    process.communicate()
    assert process.returncode == 0
    seconds = time.monotonic() - started
    second = releases(home_at(root / "undisturbed"), "musterstadt")[-1].content_hash
    assert first != second
    return Waiting(root / "home", extracts, seconds, first, second)


def begin(home: Path, extracts: Path) -> subprocess.Popen[bytes]:
    """Start a refresh in a process of its own, and return when it really begins."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.refresh.killed_refresh", home, extracts],
        stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True, env=os.environ | {"TMPDIR": str(aside(home))},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"refreshing\n"
    return process


def aside(home: Path) -> Path:
    """The folder beside `home` for what programs write aside."""
    folder = home.with_name("aside")
    folder.mkdir(exist_ok=True)
    return folder


def check_readers_see_a_whole_release(home: Home, waiting: Waiting) -> None:
    folder = home.releases / "musterstadt"
    with duckdb.connect(str((folder / "latest").resolve() / "fortschreibung.duckdb"), read_only=True) as con:
        shown = con.execute("SELECT version, content_hash FROM _release").fetchone()
    assert shown in {("2024.1", waiting.first), ("2024.2", waiting.second)}
    for path in folder.iterdir():
        assert not is_version(path.name) or (path / "manifest.json").is_file(), "half a release shows"


def moments() -> Iterator[Any]:
    """The numbers of all moments: some in CI, all of them at night."""
    for number in range(MOMENTS):
        if number in IN_CI:
            yield number
        else:
            yield pytest.param(number, marks=pytest.mark.nightly)


@pytest.mark.thorough
@pytest.mark.parametrize("number", list(moments()))
def test_a_kill_at_a_random_moment_costs_nothing(waiting: Waiting, tmp_path: Path, number: int) -> None:
    """The parts of a refresh each get a moment in turn, so that 20 moments cover the whole of it."""
    home = home_at(tmp_path / "home")
    shutil.copytree(waiting.home, home.root, symlinks=True, dirs_exist_ok=True)
    moment = waiting.seconds * (number % PARTS + random.Random(SEED + number).random()) / PARTS

    process = begin(home.root, waiting.extracts)
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

    assert list(aside(home.root).iterdir()) == [], "what is written aside lies where it is forgotten with the run"
    check_readers_see_a_whole_release(home, waiting)
    refreshed(home, waiting.extracts)
    assert verify(home, "musterstadt").versions == ("2024.1", "2024.2")
    assert [one.content_hash for one in releases(home, "musterstadt")] == [waiting.first, waiting.second]
    assert str((home.releases / "musterstadt" / "latest").readlink()) == "2024.2"
    assert list(home.releases.glob("*/.incoming-*")) == []
    assert [path for path in home.runs.glob("*/*") if path.name in KEPT] == [], "nothing confidential is left behind"
    shutil.rmtree(home.root, ignore_errors=True)
