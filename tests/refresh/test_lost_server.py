"""What becomes of a refresh whose Prefect server is lost, and how two refreshes keep off each other's server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import httpx
import pytest

from flows import embedded_server
from flows.app.flow_runner import QUIET, START_LASTS, set_up_prefect
from flows.base.errors import ConfigError
from flows.base.home import Home
from tests.conftest import STARTS_A_SERVER
from tests.refresh.conftest import Office
from tests.refresh.many_cities import make_cities

LOSES_ITS_SERVER = """
import os, signal, sys
from flows import stations
from flows.app.cli import main

station = getattr(stations, sys.argv.pop(1))

def and_then_the_server_is_killed(*given, **named):
    from flows.embedded_server import embedded_server
    done = station(*given, **named)
    server = embedded_server().process
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    return done

setattr(stations, station.__name__, and_then_the_server_is_killed)
main()
"""
IS_KILLED = """
import os, signal
from flows.embedded_server import EmbeddedServer

EmbeddedServer()
os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True)
class Town:
    """A town of a few units, which a whole command refreshes at a fraction of Musterstadt's cost."""

    name: str
    files: Path
    variables: dict[str, str]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (name,) = make_cities(tmp_path, 1)
    return Town(name, tmp_path / "files" / name, {"FORTSCHREIBUNG_CITIES": str(tmp_path / "cities")})


def refresh_that_loses_its_server(
    office: Office, town: Town, *more: str, after: str
) -> subprocess.CompletedProcess[str]:
    refresh = ["refresh", town.name, "--from", str(town.files), "--home", str(office.home), *more]
    return subprocess.run(
        [sys.executable, "-c", LOSES_ITS_SERVER, after, *refresh],
        env=office.environment | town.variables | {"PREFECT_CLIENT_MAX_RETRIES": "0"},
        cwd=office.root, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


@pytest.mark.thorough
@pytest.mark.usefixtures("prefect_is_warm")
def test_a_server_lost_after_the_publication_is_reported_with_the_release_that_stands(
    office: Office, town: Town
) -> None:
    ended = refresh_that_loses_its_server(office, town, after="accept")

    assert ended.returncode == 1
    assert "Expected Prefect's server to answer until the run ends" in ended.stderr
    assert f"is published and stands: {office.home / 'releases' / town.name / '2023.1'}." in ended.stderr
    assert "Nothing was published" not in ended.stderr
    assert "defect" not in ended.stderr
    again = office.run("refresh", town.name, "--from", town.files, "--json", **town.variables)
    assert (again.code, again.answer["published"], again.answer["release"]) == (0, False, "2023.1")


def test_an_answer_that_never_comes_is_reported_without_a_release_where_nothing_is_published(
    office: Office, small_extracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise httpx.ConnectError("All connection attempts failed")

    monkeypatch.setattr("flows.stations.stage_into", lost)

    ended = office.run("refresh", "musterstadt", "--from", small_extracts)

    assert ended.code == 1
    assert "Expected Prefect's server to answer until the run ends" in ended.err
    assert "is published" not in ended.err


@pytest.mark.nightly
def test_a_server_lost_where_nothing_is_published_is_reported_without_a_release(office: Office, town: Town) -> None:
    ended = refresh_that_loses_its_server(office, town, "--dry-run", after="protect_in")

    assert ended.returncode == 1
    assert "Expected Prefect's server to answer until the run ends" in ended.stderr
    assert "is published" not in ended.stderr
    assert "defect" not in ended.stderr


@pytest.mark.thorough
def test_two_servers_that_start_together_never_share_a_port(tmp_path: Path, prefect_with_tables: Path) -> None:
    for home in ("here", "there"):
        shutil.copytree(prefect_with_tables, tmp_path / home)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", f"import random; random.seed(7)\n{STARTS_A_SERVER}"],  # would draw the same port
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | QUIET | {"PREFECT_HOME": str(tmp_path / home)},
        )
        for home in ("here", "there")
    ]  # fmt: skip
    try:
        here, there = (one.stdout.readline() for one in started)
        assert int(here) != int(there)
    finally:
        for one in started:
            one.communicate()


def test_no_server_outlives_a_command_that_was_killed(tmp_path: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", IS_KILLED], stdout=subprocess.PIPE,
        env=os.environ | QUIET | {"PREFECT_HOME": str(tmp_path)},
    )  # fmt: skip

    said, _ = killed.communicate(timeout=60)  # the output ends when the server, which has it too, has ended

    assert (killed.returncode, said) == (-signal.SIGKILL, b"")


@pytest.mark.thorough
def test_the_server_imports_no_file_of_the_working_folder(tmp_path: Path, prefect_with_tables: Path) -> None:
    shutil.copytree(prefect_with_tables, tmp_path / "here")
    for name in ("prefect", "secrets", "uvicorn"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a file of the folder')", encoding="utf-8")

    ended = subprocess.run(
        [sys.executable, "-P", "-c", STARTS_A_SERVER], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=os.environ | QUIET | {"PREFECT_HOME": str(tmp_path / "here"), "PYTHONPATH": str(Path.cwd())},
        cwd=tmp_path, check=False, timeout=300,
    )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_patience_that_is_no_number_is_refused(tmp_path: Path) -> None:
    soon = mock.patch.dict(os.environ, {START_LASTS: "soon", "PREFECT_HOME": str(tmp_path)})
    with soon, pytest.raises(ConfigError) as refused:
        set_up_prefect(Home(tmp_path), "Refreshing")

    assert f"{START_LASTS}: expected a whole number of seconds, found 'soon'." in str(refused.value)


SAYS_MUCH_AT_ITS_END = """
import atexit, signal, sys, time
atexit.register(lambda: print("a request was given up", file=sys.stderr, flush=True))
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
print("up", file=sys.stderr, flush=True)
while True:
    time.sleep(0.1)
"""


def test_what_a_server_says_once_the_command_has_ended_is_shown_to_nobody(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedded_server, "_SERVER", SAYS_MUCH_AT_ITS_END)
    server = embedded_server.EmbeddedServer()
    said = ""
    while "up" not in said and server.process.poll() is None:
        said += capfd.readouterr().err

    server.stop()

    assert server.process.returncode == 0, "it was not ended by force"
    assert capfd.readouterr().err == ""
