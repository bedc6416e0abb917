"""Protect works while the checks are judged: what stops a run then, and what is left of it."""

import pytest
from prefect.tasks import Task

from flows import refresh, station_order, stations
from flows.base.errors import CheckStopped, ProgramDefect
from flows.base.home import home_at
from flows.check.models import CheckReport
from flows.pull.models import Pulled
from flows.run import new_run
from flows.taking_up import TakenUp


class _Worker:
    """A check worker that has judged."""

    @classmethod
    def start(cls):
        return cls()

    def read(self, _job):
        return

    def report(self):
        return CheckReport.model_construct(warnings=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run whose stations do nothing, but for protect, which writes a file."""
    monkeypatch.setattr(Task, "__call__", lambda task, *given, **named: task.fn(*given, **named))
    monkeypatch.setattr(station_order, "CheckWorker", _Worker)
    monkeypatch.setattr(station_order, "taken_up", lambda *_: TakenUp())
    for station in ("stage_into", "transform_in", "check_job", "show_checks"):
        monkeypatch.setattr(stations, station, lambda *_: None)
    monkeypatch.setattr(stations, "protect_in", _protect)
    run = new_run("berlin", home_at(tmp_path))
    run.folder.mkdir(parents=True)
    return run


def _protect(run):
    (run.folder / "publish").mkdir()
    (run.folder / "publish" / "wert.parquet").write_bytes(b"-")
    return {"published": 1, "suppressed": 0}


def _a_blocker(_run, _report):
    message = "1 check stops the publication"
    raise CheckStopped(message)


def _without_prefect(run, pulled, fingerprint):
    return station_order.published_from(run, pulled, fingerprint, station_order.Stations())


@pytest.mark.parametrize("published", [refresh.publish_pulled, _without_prefect])
def test_if_a_blocker_fails_nothing_of_what_protect_wrote_stays(run, monkeypatch, published):
    monkeypatch.setattr(stations, "passed", _a_blocker)

    with pytest.raises(CheckStopped):
        published(run, Pulled.model_construct(lieferungen=[]), "fingerprint")

    assert not (run.folder / "publish").exists()


def test_a_blocker_is_named_before_what_stopped_protect(run, monkeypatch):
    def broken(_run):
        raise ValueError

    monkeypatch.setattr(stations, "passed", _a_blocker)
    monkeypatch.setattr(stations, "protect_in", broken)

    with pytest.raises(CheckStopped):
        refresh.publish_pulled(run, Pulled.model_construct(lieferungen=[]), "fingerprint")


def test_what_stops_protect_stops_the_run_when_all_checks_pass(run, monkeypatch):
    def broken(_run):
        raise ValueError

    monkeypatch.setattr(stations, "passed", lambda _run, report: report)
    monkeypatch.setattr(stations, "protect_in", broken)

    with pytest.raises(ProgramDefect, match="ValueError in test_verdict"):
        refresh.publish_pulled(run, Pulled.model_construct(lieferungen=[]), "fingerprint")
