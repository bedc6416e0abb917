"""The worker process and the refresh's side of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.base.errors import FortschreibungError
from flows.check.run_checks import CheckWorker


def test_a_worker_started_early_checks_the_job_and_reports(city):
    with CheckWorker.start() as worker:
        report = worker.run(city.job)

    assert report.ok
    assert (report.path / "index.html").exists()
    assert report.path == city.run_folder / "checks"


def test_the_worker_writes_nothing_outside_the_run_folder(city, tmp_path, monkeypatch):
    for name in ("home", "elsewhere"):
        (tmp_path / name).mkdir()
    for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(tmp_path / "elsewhere")

    with CheckWorker.start() as worker:
        worker.run(city.job)

    assert list((tmp_path / "home").iterdir()) == []
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert {file.name for file in city.run_folder.iterdir()} == {"work.duckdb", "checks", "findings"}


def test_the_tables_may_be_written_to_while_the_worker_judges_what_it_has_read(city):
    with CheckWorker.start() as worker:
        worker.read(city.job)
        city.spoil("DROP TABLE merkmal_raum")
        report = worker.report()

    assert report.ok


def test_a_worker_that_dies_is_reported_with_its_last_words(city):
    with CheckWorker.start() as worker:
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(FortschreibungError, match=r"ended with exit code -9(?s:.*)more memory"):
            worker.run(city.job)


def test_a_database_that_is_not_there_is_said_without_a_traceback(city):
    missing = city.job.model_copy(update={"work_db": city.run_folder / "none.duckdb"})

    with CheckWorker.start() as worker, pytest.raises(FortschreibungError) as failed:
        worker.run(missing)

    assert "none.duckdb" in str(failed.value)
    assert "exit code 1" in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_a_worker_that_gets_no_job_ends_quietly():
    ended = subprocess.run(
        [sys.executable, "-m", "flows.check.worker"],
        input="",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (0, "")


def test_stopping_ends_the_worker_at_once_and_twice_does_no_harm():
    worker = CheckWorker.start()
    worker.stop()
    worker.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


def test_the_refreshs_side_imports_neither_great_expectations_nor_pandas():
    heavy = "{'great_expectations', 'pandas', 'duckdb'}"
    program = f"import sys, flows.check.run_checks; print({heavy} & set(sys.modules))"

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "set()"
