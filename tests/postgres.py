"""A real PostgreSQL of this machine, as Debian installs it, for tests of what an office keeps in one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server of this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or (os.geteuid() == 0 and not shutil.which("runuser")):
        pytest.skip("PostgreSQL is not installed")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="postgres-of-tests-", dir="/tmp"))
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(found[-1].with_name(program)), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    data = str(folder / "data")
    run("initdb", "--pgdata", data, "--username", "prefect", "--auth", "trust", "--no-sync")
    run("pg_ctl", "--pgdata", data, "--wait", "--log", f"{folder}/log",
        "--options", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start")  # fmt: skip
    yield f"postgresql+asyncpg://prefect:planted-secret@127.0.0.1:{port}/postgres"
    run("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, sql: str) -> str:
    port = url.rpartition(":")[2].partition("/")[0]
    asked = ["psql", "-h", "127.0.0.1", "-p", port, "-U", "prefect", "-d", "postgres", "-Atc", sql]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
