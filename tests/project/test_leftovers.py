"""What a run writes aside is for its owner alone, and gone when the run is, also when it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from flows.app import doctor
from flows.base.home import home_at
from flows.run import new_run, working_folder
from flows.run_folders import CONFIDENTIAL

RUNS = """
import sys, tempfile
from pathlib import Path
from flows.base.home import home_at
from flows.run import new_run, working_folder

run = new_run("musterstadt", home_at(Path(sys.argv[1])))
with working_folder(run):
    run.work.write_text("one row")
    (run.folder / "findings").mkdir()
    aside = tempfile.NamedTemporaryFile(delete=False)
    print(run.folder, flush=True)
    sys.stdin.read()
    if sys.argv[2] == "fail":
        raise SystemExit(1)
"""


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} & set(CONFIDENTIAL)


def run_that(ends: str, home: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUNS, str(home), ends], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_is_confidential_is_gone_after_a_kill(tmp_path: Path) -> None:
    process, folder = run_that("wait", tmp_path)
    assert left(folder) == {"work.duckdb", "findings", "temp"}

    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

    deadline = time.monotonic() + 30
    while left(folder):
        assert time.monotonic() < deadline, left(folder)
        time.sleep(0.05)
    assert (folder / "run.json").exists(), "what is not confidential stays"


@pytest.mark.slow
def test_a_run_that_failed_keeps_it_until_the_next_one(tmp_path: Path) -> None:
    process, folder = run_that("fail", tmp_path)
    process.communicate()
    assert left(folder) == {"work.duckdb", "findings", "temp"}

    with working_folder(new_run("musterstadt", home_at(tmp_path))):
        assert left(folder) == set()


def test_folders_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        home = home_at(tmp_path / "home")
        run = new_run("musterstadt", home)
        with working_folder(run):
            aside = Path(tempfile.mkdtemp())
            made = [home.landing, home.runs, run.folder, aside.parent, aside]
            assert aside.parent.parent == run.folder, "temporary files lie in the run's folder"
            assert [path.name for path in made if path.stat().st_mode & 0o077] == []
    finally:
        os.umask(before)


@pytest.mark.parametrize("part", ["landing", "runs"])
def test_doctor_names_a_folder_that_others_can_read(tmp_path: Path, part: str) -> None:
    home = home_at(tmp_path)
    assert [one for one in doctor._data_folder(tmp_path) if not one.ok] == []
    getattr(home, part).chmod(0o755)
    (said,) = [one for one in doctor._data_folder(tmp_path) if not one.ok]
    assert said.found == f"{getattr(home, part)} can be read by others"
    assert "chmod 700" in said.remedy
