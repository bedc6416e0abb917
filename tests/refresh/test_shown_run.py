"""A refresh that needs no Prefect is seen on the office's server all the same, and one that fails early fails there."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import requests

from flows.app import prefect_server
from flows.app.shown_run import show_run
from flows.base.errors import FortschreibungError
from flows.profile.load import load_profile
from flows.run import Outcome
from tests.operation.conftest import SECRET, Server, free_port, running_server
from tests.refresh.conftest import Ended, Office, without_defect
from tests.refresh.test_nothing_new import SAYS_WHAT_IT_IMPORTED


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, prefect_with_tables: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(prefect_with_tables, folder, dirs_exist_ok=True)
    with running_server(folder) as one:
        yield one


def refresh(office: Office, server: Server, extracts: Path) -> Ended:
    """Run the command for the server; the last line of its output names what of two libraries it imported."""
    ended = subprocess.run(
        [sys.executable, "-c", SAYS_WHAT_IT_IMPORTED, "refresh", "musterstadt", "--from", extracts,
         "--home", office.home, "--json"],
        env=office.environment | {"PREFECT_API_URL": server.api, "PREFECT_API_AUTH_STRING": SECRET},
        cwd=office.root, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return without_defect(Ended(ended.returncode, ended.stdout, ended.stderr))


def last_run(server: Server) -> dict:
    wanted = {"flows": {"name": {"any_": ["fortschreibung-refresh"]}}, "sort": "START_TIME_DESC", "limit": 1}
    (run,) = server.asked("POST", "flow_runs/filter", wanted)
    return run


def logged(server: Server, run: dict) -> list[str]:
    wanted = {"logs": {"flow_run_id": {"any_": [run["id"]]}}, "sort": "TIMESTAMP_ASC"}
    return [one["message"] for one in server.asked("POST", "logs/filter", wanted)]


@pytest.mark.thorough
def test_nothing_new_is_a_completed_run_with_its_reason(
    server: Server, office_with_one: Office, small_extracts: Path
) -> None:
    ended = refresh(office_with_one, server, small_extracts)
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[-1] == "[]", "neither Prefect nor Great Expectations is imported"

    run = last_run(server)
    reason = "Nothing new: 2024.1 was made from the same files, profile and code."
    assert (run["name"], run["state"]["type"], run["state"]["name"]) == ("musterstadt", "COMPLETED", "Nothing new")
    assert run["state"]["message"].startswith(reason)
    assert run["parameters"]["city"] == "musterstadt"
    assert run["parameters"]["stichtag"] is None
    assert logged(server, run)[-1] == reason
    (artifact,) = server.asked("POST", "artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}})
    assert (artifact["key"], artifact["type"]) == ("fortschreibung-musterstadt", "markdown")
    assert artifact["data"].startswith("# musterstadt: 2024.1\n")


@pytest.mark.thorough
def test_what_stops_a_run_before_prefect_is_needed_is_a_failed_run(
    server: Server, office_with_one: Office, tmp_path: Path
) -> None:
    (empty := tmp_path / "empty").mkdir()
    ended = refresh(office_with_one, server, empty)
    assert ended.code != 0

    run = last_run(server)
    assert (run["name"], run["state"]["type"]) == ("musterstadt", "FAILED")
    error = json.loads(ended.out.splitlines()[-2])["error"]
    assert error["code"] in run["state"]["message"]
    assert "expected the 1 files of the last accepted run" in error["message"]


NOTHING_NEW = Outcome(
    city="musterstadt", run="r", published=False, release="2024.1", path=None, content_hash=None, reason="because"
)


def test_a_server_that_takes_no_run_is_named_with_what_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_server, "_RETRIES", 0)
    nobody = f"http://127.0.0.1:{free_port()}/api"
    with pytest.raises(FortschreibungError, match="the last release stands") as problem:
        show_run(nobody, NOTHING_NEW, load_profile("musterstadt"), {}, dt.datetime.now(dt.UTC))
    assert problem.value.code == "FS-RUN-03"


def test_a_page_in_place_of_an_answer_is_no_defect_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    page = requests.Response()
    page.status_code, page._content = 200, b"<html>Please log in</html>"
    monkeypatch.setattr(prefect_server, "answer_of", lambda *_: page)
    with pytest.raises(FortschreibungError, match="the last release stands"):
        show_run("http://office/api", NOTHING_NEW, load_profile("musterstadt"), {}, dt.datetime.now(dt.UTC))


class _Busy(BaseHTTPRequestHandler):
    """A server that is busy at the first request, and takes all that come after."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        answer = b'{"id": "7"}'
        self.send_response(503 if len(self.asked) == 1 else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


def test_a_busy_server_is_asked_again() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        show_run(f"http://127.0.0.1:{server.server_address[1]}/api", NOTHING_NEW, load_profile("musterstadt"), {},
                 dt.datetime.now(dt.UTC))  # fmt: skip
        server.shutdown()
    assert _Busy.asked == [
        "/api/flows/", "/api/flows/", "/api/flow_runs/", "/api/logs/", "/api/artifacts/", "/api/flow_runs/7/set_state",
    ]  # fmt: skip
