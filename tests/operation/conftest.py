"""One Prefect server for all tests of this folder, set up for a city, with sinks for what it sends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

ROOT = Path(__file__).resolve().parents[2]
SECRET = "fortschreibung:f00dface"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def eventually(look: Callable[[], Any], *, seconds: float = 60) -> Any:
    """Return what `look` finds as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
    return found


@dataclass
class Sinks:
    """Mails and calls that reached this machine."""

    mails: list[str] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over a mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            word = line.strip().upper()[:4]
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.sinks.mails.append(b"".join(lines).decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 sink\r\n")


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sinks.calls.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@dataclass(frozen=True)
class Server:
    """A Prefect server, and the command line of somebody who may use it."""

    api: str
    environment: dict[str, str]
    sinks: Sinks

    def asked(self, method: str, what: str, body: object = None) -> Any:
        session = requests.Session()
        session.auth = tuple(SECRET.split(":"))  # type: ignore[assignment]
        busy = Retry(
            total=8, status_forcelist=[503], allowed_methods=None, backoff_factor=0.5
        )  # its database is locked
        session.mount(self.api, HTTPAdapter(max_retries=busy))
        answer = session.request(method, f"{self.api}/{what}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from flows.app.cli import main; main()", *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, prefect_with_tables: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(prefect_with_tables, folder, dirs_exist_ok=True)
    with running_server(folder) as one:
        yield one


@contextmanager
def running_server(folder: Path, **variables: str) -> Iterator[Server]:
    """Start a server with these variables beside those of the tests; what it says goes into the file `out`."""
    port, sinks = free_port(), Sinks()
    mailbox = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mailbox)
    hook = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    for one in (mailbox, hook):
        one.sinks = sinks  # type: ignore[attr-defined]
        threading.Thread(target=one.serve_forever, daemon=True).start()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PREFECT_HOME": str(folder), "PYTHONPATH": str(ROOT),
        "FORTSCHREIBUNG_LANG": "en",
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_API_AUTH_STRING": SECRET,
        "PREFECT_SERVER_API_AUTH_STRING": SECRET, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
        "FORTSCHREIBUNG_HOME": str(folder / "data"), "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "FORTSCHREIBUNG_NOTIFY_MAIL": (
            f"mailto://127.0.0.1:{mailbox.server_address[1]}?from=prefect@stadt.example&to=statistik@stadt.example"
        ),
        "FORTSCHREIBUNG_NOTIFY_WEBHOOK": f"http://127.0.0.1:{hook.server_address[1]}/", **variables,
    }  # fmt: skip
    prefect = str(Path(sys.executable).with_name("prefect"))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            [prefect, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
            env=environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    api = environment["PREFECT_API_URL"]

    def up() -> bool:
        try:
            return requests.get(f"{api}/health", timeout=2).ok
        except requests.RequestException:
            return False

    try:
        eventually(up, seconds=180)
        yield Server(api, environment, sinks)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        mailbox.shutdown()
        hook.shutdown()


@pytest.fixture(scope="package")
def made(server: Server) -> list[dict[str, str]]:
    """What the first set-up of the server did; whichever test comes first that needs the deployments makes it."""
    ended = server.command("prefect", "setup", "musterstadt", "--json")
    assert ended.returncode == 0, ended.stderr
    return list(json.loads(ended.stdout.splitlines()[-1])["done"])
