"""Prefect's server on a real PostgreSQL, as docs/deploying.md has it: set up, workers with a refresh, no event lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.musterstadt.server import serve
from flows.operation.wanted import POOL
from tests.operation.conftest import ROOT, Server, eventually, running_server
from tests.operation.test_watch_deliveries import small_extracts
from tests.postgres import ask, postgres

__all__ = ["postgres", "small_extracts"]
pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def server(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with PostgreSQL, set up for musterstadt."""
    folder = tmp_path_factory.mktemp("on_postgres")
    with running_server(folder, PREFECT_SERVER_DATABASE_CONNECTION_URL=postgres) as one:
        made = one.command("prefect", "setup", "musterstadt", "--json")
        assert made.returncode == 0, made.stderr
        assert {each["deed"] for each in json.loads(made.stdout.splitlines()[-1])["done"]} == {"made"}
        yield one
        said = (folder / "out").read_text(errors="replace")
        assert "is locked" not in said
        assert "dead letter" not in said.lower()


def test_set_up_again_changes_nothing(server: Server, postgres: str) -> None:
    again = server.command("prefect", "setup", "musterstadt", "--json")
    assert {each["deed"] for each in json.loads(again.stdout.splitlines()[-1])["done"]} == {"left"}, again.stdout
    assert int(ask(postgres, "SELECT count(*) FROM deployment")) >= 4, "they are in PostgreSQL"


@contextmanager
def worker_with(server: Server, address: str, **variables: str) -> Iterator[int]:
    """A worker whose runs pull from this address, as its process id; at the end no process of it is left."""
    worker = subprocess.Popen(
        [Path(sys.executable).with_name("prefect"), "worker", "start", "--pool", POOL],
        env=server.environment | {"FORTSCHREIBUNG_MUSTERSTADT_URL": address} | variables, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield worker.pid
    finally:
        begun = below(worker.pid)  # a run's process may have left the worker's group
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        kill(begun)


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def kill(processes: list[int]) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.nightly  # in CI a worker publishes in tests/refresh/test_deployment.py, and begins and ends a run below
def test_a_worker_publishes(server: Server, small_extracts: Path) -> None:
    with serve(small_extracts) as extracts, worker_with(server, extracts.url):
        deployment = server.asked("GET", "deployments/name/fortschreibung-refresh/musterstadt")
        run = server.asked("POST", f"deployments/{deployment['id']}/create_flow_run", {})
        ended = eventually(
            lambda: (
                (now := server.asked("GET", f"flow_runs/{run['id']}"))["state"]["type"]
                in ("COMPLETED", "FAILED", "CRASHED")
                and now
            ),
            seconds=400,
        )
    assert ended["state"]["name"] == "Published", ended["state"]["message"]
    assert ended["state"]["message"].startswith("2024.1 is published and is now the latest release.")


@dataclass
class SilentSource:
    """An office's server that keeps silent until a test lets it answer that it has no file."""

    address: str = ""
    asked: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def source() -> Iterator[SilentSource]:
    found = SilentSource()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.set()
            found.may_answer.wait()
            with contextlib.suppress(OSError):  # whoever asked has been killed
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as served:
        served.daemon_threads = True
        found.address = f"http://127.0.0.1:{served.server_address[1]}"
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield found
        found.may_answer.set()
        served.shutdown()


def test_a_run_whose_process_is_killed_is_begun_once_more_by_the_worker(
    server: Server, source: SilentSource, tmp_path: Path
) -> None:
    """It is killed while it pulls; the second try finds no file and ends by itself, which is not tried again.

    No copy of the folder, in which the deliveries may lie, is made for a run, nor stays of one that was killed.
    """
    deployment = server.asked("GET", "deployments/name/fortschreibung-refresh/musterstadt")
    with worker_with(server, source.address, TMPDIR=str(tmp_path)) as worker:
        run = server.asked("POST", f"deployments/{deployment['id']}/create_flow_run", {"name": "musterstadt"})

        def state() -> str:
            return str(server.asked("GET", f"flow_runs/{run['id']}")["state"]["type"])

        def ended() -> bool:
            return state() in ("FAILED", "COMPLETED")

        assert eventually(source.asked.is_set, seconds=240)
        assert list(tmp_path.rglob("pyproject.toml")) == []
        kill(below(worker))
        eventually(lambda: state() == "CRASHED", seconds=120)
        source.may_answer.set()
        eventually(ended, seconds=300)
    states = [one["name"] for one in server.asked("GET", f"flow_run_states/?flow_run_id={run['id']}")]
    assert states.count("Crashed") == states.count("AwaitingRetry") == 1, states
    assert states.count("Running") == 2, states
    assert state() == "FAILED"


@pytest.mark.parametrize("runs", [20, pytest.param(60, marks=pytest.mark.nightly)])
def test_of_many_events_at_once_none_is_lost(server: Server, runs: int) -> None:
    """On SQLite such a load lost some: its database was locked."""
    deployment = server.asked("GET", "deployments/name/fortschreibung-refresh/musterstadt")
    before = len(server.sinks.mails), len(server.sinks.calls)

    def fail(number: int) -> None:
        run = server.asked("POST", f"deployments/{deployment['id']}/create_flow_run", {"name": f"many-{number}"})
        failed = {"type": "FAILED", "message": f"number {number}."}
        server.asked("POST", f"flow_runs/{run['id']}/set_state", {"state": failed, "force": True})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(runs)))

    eventually(lambda: len(server.sinks.mails) - before[0] >= runs and len(server.sinks.calls) - before[1] >= runs,
               seconds=240)  # fmt: skip
    told = [call["text"] for call in server.sinks.calls[before[1] :]]
    assert sorted(n for n in range(runs) if any(f"number {n}." in text for text in told)) == list(range(runs))
