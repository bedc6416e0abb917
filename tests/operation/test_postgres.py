"""Prefect's server on a real PostgreSQL, as docs/deploying.md has it: set up, a refresh by a worker, no event lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.musterstadt.server import serve
from tests.operation.conftest import ROOT, Server, eventually, running_server
from tests.operation.test_watch_deliveries import small_extracts
from tests.postgres import ask, postgres

__all__ = ["postgres", "small_extracts"]
pytestmark = pytest.mark.thorough
RUNS = 60


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


def test_a_worker_publishes(server: Server, small_extracts: Path) -> None:
    with serve(small_extracts) as extracts:
        worker = subprocess.Popen(
            [Path(sys.executable).with_name("prefect"), "worker", "start", "--pool", "fortschreibung"],
            env=server.environment | {"FORTSCHREIBUNG_MUSTERSTADT_URL": extracts.url}, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
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
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    assert ended["state"]["name"] == "Published"
    assert ended["state"]["message"].startswith("2024.1 is published and is now the latest release.")


def test_of_many_events_at_once_none_is_lost(server: Server) -> None:
    """On SQLite such a load lost some: its database was locked."""
    deployment = server.asked("GET", "deployments/name/fortschreibung-refresh/musterstadt")
    before = len(server.sinks.mails), len(server.sinks.calls)

    def fail(number: int) -> None:
        run = server.asked("POST", f"deployments/{deployment['id']}/create_flow_run", {"name": f"many-{number}"})
        failed = {"type": "FAILED", "message": f"number {number}."}
        server.asked("POST", f"flow_runs/{run['id']}/set_state", {"state": failed, "force": True})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(RUNS)))

    eventually(lambda: len(server.sinks.mails) - before[0] >= RUNS and len(server.sinks.calls) - before[1] >= RUNS,
               seconds=240)  # fmt: skip
    told = [call["text"] for call in server.sinks.calls[before[1] :]]
    assert sorted(n for n in range(RUNS) if any(f"number {n}." in text for text in told)) == list(range(RUNS))
