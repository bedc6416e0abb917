"""The worker process and the refresh's side of it."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.base.errors import FortschreibungError
from flows.check.models import CheckReport
from flows.check.run_checks import CheckWorker
from tests.check.conftest import City, city_in


@dataclass(frozen=True)
class Worked:
    """What a worker reported that was started early, with folders of its own to write to."""

    city: City
    report: CheckReport
    home: Path
    elsewhere: Path


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A worker reads the good city, whose tables are written to while it judges them."""
    root = tmp_path_factory.mktemp("worked")
    city, home, elsewhere = city_in(root), root / "home", root / "elsewhere"
    with pytest.MonkeyPatch.context() as patch:
        for folder in (home, elsewhere):
            folder.mkdir()
        for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(variable, str(home))
        patch.setenv("PYTHONPATH", str(Path.cwd()))
        patch.chdir(elsewhere)
        with CheckWorker.start() as worker:
            worker.read(city.job)
            city.spoil("DROP TABLE merkmal_raum")
            report = worker.report()
    return Worked(city, report, home, elsewhere)


def test_a_worker_started_early_checks_the_job_and_reports(worked):
    assert (worked.report.path / "checks.json").exists()
    assert worked.report.path == worked.city.run_folder / "checks"


def test_the_worker_writes_nothing_outside_the_run_folder(worked):
    assert list(worked.home.iterdir()) == []
    assert list(worked.elsewhere.iterdir()) == []
    written = {file.name for file in worked.city.run_folder.iterdir()}
    assert written == {"work.duckdb", "checks", "findings", "great_expectations"}


def test_the_tables_may_be_written_to_while_the_worker_judges_what_it_has_read(worked):
    assert worked.report.ok


def test_a_worker_that_dies_is_reported_with_its_last_words(city):
    with CheckWorker.start() as worker:
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(FortschreibungError, match=r"ended with exit code -9(?s:.*)more memory"):
            worker.run(city.job)


@pytest.mark.thorough
def test_a_database_that_is_not_there_is_said_without_a_traceback(city):
    missing = city.job.model_copy(update={"work_db": city.run_folder / "none.duckdb"})

    with CheckWorker.start() as worker, pytest.raises(FortschreibungError) as failed:
        worker.run(missing)

    assert "none.duckdb" in str(failed.value)
    assert "exit code 1" in str(failed.value)
    assert "Traceback" not in str(failed.value)


@pytest.mark.thorough
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
