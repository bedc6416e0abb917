"""The deployments that look after the refresh, run against a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.server import serve
from tests.conftest import MadeOnce
from tests.operation.conftest import ROOT, Server, eventually
from tests.refresh.conftest import SMALL


@pytest.fixture(scope="session")
def small_extracts(made_once: MadeOnce) -> Path:
    return made_once("extracts", lambda folder: make_musterstadt(folder, scale=SMALL))


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A data folder without a release."""
    return str(tmp_path / "data")


def run_flow(server: Server, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"from flows.deployed import City, {name}; {name}(City['musterstadt'])"],
        env=server.environment | variables, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def runs_of(server: Server, flow: str) -> list[dict]:
    return server.asked("POST", "flow_runs/filter", {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_DESC"})


def done(server: Server, flow: str) -> list[dict]:
    """Runs of a flow that have ended, the newest first."""
    return [one for one in runs_of(server, flow) if one["state"]["type"] == "COMPLETED"]


def scheduled_now(server: Server) -> list[dict]:
    """Runs of the refresh that a flow has started; others come from the schedule."""
    return [one for one in runs_of(server, "fortschreibung-refresh") if not one["auto_scheduled"]]


def delivery_events(server: Server) -> list[dict]:
    wanted = {"event": {"prefix": ["fortschreibung.delivery."]}}
    return server.asked("POST", "events/filter", {"filter": wanted})["events"]


@pytest.mark.thorough
@pytest.mark.usefixtures("made")
def test_the_last_delivery_starts_the_refresh_once(server: Server, small_extracts: Path, data: str) -> None:
    before = len(scheduled_now(server))
    with serve(small_extracts) as extracts:
        for _ in range(2):
            ended = run_flow(
                server, "watch_deliveries", FORTSCHREIBUNG_MUSTERSTADT_URL=extracts.url, FORTSCHREIBUNG_HOME=data
            )
            assert ended.returncode == 0, ended.stderr
        assert any(status == 304 for _, status in extracts.answers), "the second look only asks"

    started = scheduled_now(server)
    for one in started:
        server.asked("DELETE", f"flow_runs/{one['id']}")  # else it becomes late, which is another event
    assert len(started) == before + 1
    second, first = (one["state"]["message"] for one in done(server, "fortschreibung-watch")[:2])
    assert "the refresh was started" in first
    assert "was started" not in second

    (table,) = server.asked("POST", "artifacts/latest/filter", {"artifacts": {"key": {
        "any_": ["fortschreibung-deliveries-musterstadt"]}}})  # fmt: skip
    assert "Haushalte nach Baublockseiten" in table["data"]
    events = eventually(lambda: delivery_events(server))
    assert len({(one["event"], one["resource"]["prefect.resource.id"]) for one in events}) == len(events), "each once"


@pytest.mark.thorough
def test_a_rehearsal_without_a_release_says_so(server: Server, small_extracts: Path, data: str) -> None:
    with serve(small_extracts) as extracts:
        ended = run_flow(server, "rehearsal", FORTSCHREIBUNG_MUSTERSTADT_URL=extracts.url, FORTSCHREIBUNG_HOME=data)
    assert ended.returncode == 0, ended.stderr
    (last, *_) = done(server, "fortschreibung-rehearsal")
    assert last["state"]["message"] == "There is no release yet to rehearse with."


@pytest.mark.thorough
@pytest.mark.usefixtures("made")
def test_a_run_without_a_heartbeat_is_crashed_within_two_minutes(server: Server) -> None:
    refresh = server.asked("GET", "deployments/name/fortschreibung-refresh/musterstadt")
    run = server.asked("POST", f"deployments/{refresh['id']}/create_flow_run", {"name": "musterstadt"})
    server.asked("POST", f"flow_runs/{run['id']}/set_state", {"state": {"type": "RUNNING"}, "force": True})
    program = (
        "from prefect.events import emit_event; import time; emit_event('prefect.flow-run.heartbeat', "
        f"{{'prefect.resource.id': 'prefect.flow-run.{run['id']}', 'prefect.resource.name': 'musterstadt'}}, "
        "related=[{'prefect.resource.id': 'prefect.tag.fortschreibung', 'prefect.resource.role': 'tag'}]); "
        "time.sleep(3)"
    )
    subprocess.run([sys.executable, "-c", program], env=server.environment, check=True, timeout=60)

    def state() -> str:
        return str(server.asked("GET", f"flow_runs/{run['id']}")["state"]["type"])

    assert state() == "RUNNING"
    eventually(lambda: state() == "CRASHED", seconds=120)
