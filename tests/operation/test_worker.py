"""A real worker whose flow process is killed: the run is tried once more, by the same worker, and ends by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.operation.wanted import POOL
from tests.operation.conftest import ROOT, Server, eventually


@pytest.fixture
def worker(server: Server) -> Iterator[int]:
    """A worker of the pool that `prefect setup` makes; its process id."""
    ended = server.command("prefect", "setup", "musterstadt")
    assert ended.returncode == 0, ended.stderr
    prefect = str(Path(sys.executable).with_name("prefect"))
    process = subprocess.Popen(
        [prefect, "worker", "start", "--pool", POOL], env=server.environment, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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


@pytest.mark.thorough
def test_a_run_whose_process_is_killed_is_begun_once_more_by_the_worker(server: Server, worker: int) -> None:
    """The sources' address is not set, so that the second try ends soon and in words of its own."""
    refresh = server.asked("GET", "deployments/name/fortschreibung-refresh/musterstadt")
    run = server.asked("POST", f"deployments/{refresh['id']}/create_flow_run", {"name": "musterstadt"})

    def states() -> list[str]:
        return [one["name"] for one in server.asked("GET", f"flow_run_states/?flow_run_id={run['id']}")]

    for pid in eventually(lambda: below(worker), seconds=120):  # the worker has no other process than this run's
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    eventually(lambda: "AwaitingRetry" in states(), seconds=60)

    def state() -> dict[str, str]:
        found: dict[str, str] = server.asked("GET", f"flow_runs/{run['id']}")["state"]
        return found

    eventually(lambda: state()["type"] in ("FAILED", "COMPLETED"), seconds=180)
    found = states()
    assert found.count("AwaitingRetry") == 1, found  # also where worker and runner both tell of the crash
    assert found.index("Crashed") < found.index("AwaitingRetry") < found.index("Running"), found
    assert state()["type"] == "FAILED"  # of its own accord: a failure is not tried again
