"""A loopback server that answers as a test says: recordings, and what goes wrong on the way."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Heard:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]


@dataclass(frozen=True)
class Said:
    """One answer. Its body may end early (`sent` bytes of it, then the end or a reset), or come from an iterator.

    `raw` is all that is sent, status and headers too.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None
    reset: bool = False
    hang: float = 0.0
    stream: Callable[[], Iterator[bytes]] | None = None
    length: int | None = None
    raw: Callable[[], Iterator[bytes]] | None = None


class Replay:
    """Serves until it is closed; `heard` keeps every request, `most_at_once` how many were waiting together.

    A request counts until its answer begins: later, the client may have it whole before this side knows.
    """

    def __init__(self, answer: Callable[[Heard], Said], tls: ssl.SSLContext | None = None) -> None:
        self.answer, self.heard = answer, list[Heard]()
        self.most_at_once = self._waiting = 0
        self._lock, self.closing = threading.Lock(), threading.Event()
        self._http = _Http(("127.0.0.1", 0), type("Bound", (_Handler,), {"replay": self}))
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if tls else ''}://localhost:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def of(self, path: str) -> list[Heard]:
        """The requests to a path."""
        return [one for one in self.heard if one.path == path]

    def answer_to(self, request: Heard) -> Said:
        """What the test says to a request, after as long as it lets it wait."""
        with self._lock:
            self.heard.append(request)
            self._waiting += 1
            self.most_at_once = max(self.most_at_once, self._waiting)
        try:
            said = self.answer(request)
            self.closing.wait(said.hang)
            return said
        finally:
            with self._lock:
                self._waiting -= 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up, and handshakes that fail, are what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    replay: Replay
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = split.path if not split.netloc else self.path  # through a proxy the whole address comes
        request = Heard(
            self.command, path, dict(parse_qsl(split.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            dict(parse_qsl(body, keep_blank_values=True)),
        )  # fmt: skip
        said = self.replay.answer_to(request)
        try:
            self._say(said)
        except OSError:
            self.close_connection = True

    def _say(self, said: Said) -> None:
        if said.raw:
            self.close_connection = True
            for piece in said.raw():
                self.wfile.write(piece)
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.length is not None or said.stream is None:
            self.send_header("Content-Length", str(len(said.body) if said.length is None else said.length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        for piece in said.stream() if said.stream else (said.body[: said.sent],):
            self.wfile.write(piece)
        if said.sent is not None or said.reset:
            self.close_connection = True
            self.wfile.flush()
        if said.reset:  # lingering for zero seconds makes the kernel send RST instead of FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
