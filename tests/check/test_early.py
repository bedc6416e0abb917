"""The check worker that is started before Prefect, and in which runs it is."""

import datetime as dt
import os
import signal
from types import SimpleNamespace

import pytest

from flows import early_checks
from flows.base.home import home_at
from flows.check.run_checks import CheckWorker
from flows.early_checks import surely_new
from flows.pull.landing.accepted import Delivered, accept
from flows.pull.landing.checksum import public_checksum
from flows.pull.models import Lieferung
from flows.run import new_run
from flows.stations import input_fingerprint

_FILE = Lieferung(
    source="einwohner",
    name="E.csv",
    sha256="0" * 64,
    checksum="1" * 64,
    bytes=1,
    url="file:E.csv",
    fetched_at=dt.datetime(2025, 1, 2, tzinfo=dt.UTC),
)


@pytest.fixture
def run(tmp_path):
    return new_run("berlin", home_at(tmp_path))


@pytest.fixture
def published_from_the_same(run, monkeypatch):
    """A release stands that was made from the files of the last run, and this code."""
    accept(run.home.landing, run.city, "earlier", [Delivered(_FILE, 2024)], None)
    checksum = public_checksum(run.home.landing, _FILE.sha256)
    known = input_fingerprint(run, [_FILE.model_copy(update={"checksum": checksum})])
    monkeypatch.setattr(
        early_checks, "already_published", lambda _run, asked: SimpleNamespace() if asked == known else None
    )


def test_a_city_without_a_release_has_something_to_check(run):
    assert surely_new(run)


def test_the_files_of_the_last_run_and_this_code_may_bring_nothing_new(run, published_from_the_same):
    assert not surely_new(run)


def test_another_bound_than_that_of_the_release_is_something_new(run, published_from_the_same):
    assert surely_new(run.model_copy(update={"until": dt.date(2023, 12, 31)}))


def test_the_worker_started_early_is_taken_once():
    CheckWorker.start_early()
    with CheckWorker.start() as first, CheckWorker.start() as second:
        assert first.pid != second.pid


def test_a_worker_that_waits_is_not_started_again():
    CheckWorker.start_early()
    waiting = CheckWorker._early
    CheckWorker.start_early()

    with CheckWorker.start() as taken:
        assert taken is waiting


def test_a_worker_that_died_while_it_waited_is_started_again():
    CheckWorker.start_early()
    assert CheckWorker._early is not None
    os.kill(CheckWorker._early.pid, signal.SIGKILL)
    CheckWorker._early._process.wait()
    CheckWorker.start_early()

    with CheckWorker.start() as taken:
        assert not taken.ended


def test_a_worker_that_nobody_took_is_ended():
    CheckWorker.start_early()
    waiting = CheckWorker._early
    CheckWorker.stop_early()

    assert waiting is not None
    with pytest.raises(ProcessLookupError):
        os.kill(waiting.pid, 0)
