"""The deployment in prefect.yaml, deployed as it stands to a real Prefect server, run by a real process worker."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from flows.musterstadt.server import serve
from tests.refresh.conftest import Office

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_what_works_for(home: Path) -> None:
    """End the processes that a worker has started; they outlive it, and wait for the lost server."""
    mark = f"FORTSCHREIBUNG_HOME={home}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@pytest.fixture
def environment(office: Office) -> Iterator[dict[str, str]]:
    """The variables of somebody who works with a Prefect server on this machine, which is up."""
    port = free_port()
    variables = office.environment | {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "FORTSCHREIBUNG_HOME": str(office.home),
    }
    server = subprocess.Popen(
        [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: answers(variables["PREFECT_API_URL"]), seconds=180)
        yield variables
    finally:
        end(server)
        end_what_works_for(office.home)


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=2).ok
    except requests.RequestException:
        return False


def wait_for(reached: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.5)


def test_the_deployment_is_accepted_as_it_stands_and_a_worker_publishes(
    office: Office, environment: dict[str, str], small_extracts: Path
) -> None:
    def prefect(*arguments: str) -> str:
        done = subprocess.run(
            [PREFECT, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    prefect("work-pool", "create", "fortschreibung", "--type", "process")
    prefect("--no-prompt", "deploy", "--all")
    deployment = requests.get(
        f"{environment['PREFECT_API_URL']}/deployments/name/fortschreibung-refresh/yearly-refresh", timeout=10
    ).json()
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"] == {"cron": "0 6 1 3 *", "timezone": "Europe/Berlin", "day_or": True}
    assert deployment["parameters"] == {"city": "musterstadt"}

    with serve(small_extracts) as server:
        worker = subprocess.Popen(
            [PREFECT, "worker", "start", "--pool", "fortschreibung"],
            env=environment | {"FORTSCHREIBUNG_MUSTERSTADT_URL": server.url},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            prefect("deployment", "run", "fortschreibung-refresh/yearly-refresh")
            wait_for((office.home / "releases" / "musterstadt" / "catalog.json").exists, seconds=240)
            wait_for(lambda: bool(artifacts(environment["PREFECT_API_URL"], office.home)), seconds=60)
        finally:
            end(worker)

    with office.database() as con:
        assert con.execute("SELECT version FROM _release").fetchone() == ("2024.1",)
    (artifact,) = artifacts(environment["PREFECT_API_URL"], office.home)
    assert "2024.1 is published" in artifact


def artifacts(address: str, home: Path) -> list[str]:
    found = requests.post(f"{address}/artifacts/filter", json={}, timeout=10).json()
    return [one["data"] for one in found if one["key"] == "fortschreibung-musterstadt" and str(home) in one["data"]]
