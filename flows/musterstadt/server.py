"""A small extract server: Musterstadt's offices behind a real socket.

Standard HTTP on loopback, with what a careful client relies on (ETag, Last-Modified, Range) and with the
faults that it must survive. It serves one folder and nothing outside it, and never listens beyond 127.0.0.1.
"""

from __future__ import annotations

import email.utils
import hashlib
import re
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from flows.musterstadt.faults import LOGIN_PAGE, Fault

CONTENT_TYPES = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
_BYTES = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""


class ExtractServer:
    """Serves a folder on loopback until it is closed.

    `faults` may be changed while it runs; keys are paths below the folder without a leading slash.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder.resolve()
        self.faults: dict[str, Fault] = {}
        self.requests: Counter[str] = Counter()
        """Requests by path."""
        self.log: list[Request] = []
        """All requests in their order."""
        self.answers: Counter[tuple[str, int]] = Counter()
        """Answers by path and status."""
        self._struck: dict[str, tuple[Fault, int]] = {}
        """By path, the fault that struck last and how often it did."""
        self._known: dict[Path, tuple[int, int, bytes, str]] = {}
        self._lock = threading.Lock()
        self.closing = threading.Event()
        handler = type("BoundHandler", (_Handler,), {"extracts": self})
        self._http = _Http(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop listening; answers that hang are let go."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def wait(self) -> None:
        """Serve until interrupted."""
        while not self.closing.wait(1.0):
            pass

    def note(self, request: Request) -> Fault | None:
        """Count a request; return the fault that strikes it."""
        with self._lock:
            self.requests[request.path] += 1
            self.log.append(request)
            fault = self.faults.get(request.path)
            if fault is None:
                self._struck.pop(request.path, None)
                return None
            last, times = self._struck.get(request.path, (fault, 0))
            times = times if last is fault else 0
            if fault.times is not None and times >= fault.times:
                return None
            self._struck[request.path] = (fault, times + 1)
            return fault

    def note_answer(self, path: str, status: int) -> None:
        """Count an answer."""
        with self._lock:
            self.answers[path, status] += 1

    def file_at(self, path: str) -> Path | None:
        """The file at a path, index.html for a folder; None where there is none or it lies outside."""
        if "\x00" in path or "\\" in path:
            return None
        target = (self.folder / path).resolve()
        if not target.is_relative_to(self.folder):
            return None
        if target.is_dir():
            target = target / "index.html"
        return target if target.is_file() else None

    def content(self, file: Path) -> tuple[bytes, str]:
        """Bytes of a file and their ETag, read and hashed again only when the file has changed."""
        stat = file.stat()
        with self._lock:
            known = self._known.get(file)
            if known and known[:2] == (stat.st_mtime_ns, stat.st_size):
                return known[2], known[3]
        body = file.read_bytes()
        etag = etag_of(body)
        with self._lock:
            self._known[file] = (stat.st_mtime_ns, stat.st_size, body, etag)
        return body, etag


@contextmanager
def serve(folder: Path, port: int = 0) -> Iterator[ExtractServer]:
    """An extract server for the time of a `with` block; port 0 takes any free one."""
    server = ExtractServer(folder, port)
    try:
        yield server
    finally:
        server.close()


def etag_of(content: bytes) -> str:
    """A strong ETag: what it says depends on the bytes alone."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that hung up; anything else is reported as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as the base class is called


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    extracts: ExtractServer
    protocol_version = "HTTP/1.1"
    server_version = "Musterstadt"
    sys_version = ""

    def do_GET(self) -> None:
        self._respond()

    def do_HEAD(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Say nothing; tests look at `ExtractServer.log`."""

    def _respond(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = self.extracts.note(Request(self.command, path, headers))
        if fault is None or not self._strike_before(fault, path):
            self._answer(path, fault)

    def _strike_before(self, fault: Fault, path: str) -> bool:
        """Answer instead of the file where the fault does so."""
        if fault.kind == "hang":
            self.extracts.closing.wait(fault.seconds)
            return False
        if fault.kind == "too_many_requests":
            retry = {"Retry-After": f"{fault.seconds:g}" if fault.seconds % 1 else str(int(fault.seconds))}
            self._send(path, HTTPStatus.TOO_MANY_REQUESTS, b"Too many requests\n", retry)
        elif fault.kind == "server_error":
            self._send(path, HTTPStatus.INTERNAL_SERVER_ERROR, b"Internal error\n", {})
        elif fault.kind == "redirect_loop":
            self._send(path, HTTPStatus.FOUND, b"", {"Location": f"{self.extracts.url}/{quote(path)}"})
        elif fault.kind == "login_page":
            self._send(path, HTTPStatus.OK, LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})
        elif fault.kind == "empty":
            self._send(path, HTTPStatus.OK, b"", {"Content-Type": _content_type(Path(path))})
        else:
            return False
        return True

    def _answer(self, path: str, fault: Fault | None) -> None:
        file = self.extracts.file_at(path)
        if file is None:
            self._send(path, HTTPStatus.NOT_FOUND, b"Not found\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        body, etag = self.extracts.content(file)
        kind = fault.kind if fault else None
        if fault and kind in ("same_size_other_content", "lying_etag"):
            body = fault.spoilt(body)
            etag = etag_of(body) if kind == "same_size_other_content" else etag
        modified = email.utils.formatdate(int(file.stat().st_mtime), usegmt=True)
        headers = {
            "Content-Type": _content_type(file),
            "ETag": etag,
            "Last-Modified": modified,
            "Accept-Ranges": "bytes",
            "Cache-Control": "no-cache",
        }
        if kind == "wrong_charset":
            headers["Content-Type"] = "text/csv; charset=utf-16"
        if kind in ("reset_mid_body", "truncated", "truncated_wrong_length"):
            self._send_half(path, kind, body, headers)
        elif self._unchanged(etag, int(file.stat().st_mtime)):
            self._send(path, HTTPStatus.NOT_MODIFIED, b"", headers)
        else:
            self._send_range(path, body, headers, etag, modified)

    def _unchanged(self, etag: str, modified: int) -> bool:
        """If-None-Match decides; If-Modified-Since only where there is none."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            named = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return "*" in named or etag in named
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return modified <= int(email.utils.parsedate_to_datetime(since).timestamp())
        except (TypeError, ValueError):
            return False

    def _send_range(self, path: str, body: bytes, headers: dict[str, str], etag: str, modified: str) -> None:
        """The part that was asked for, or the whole; If-Range guards against joining two versions."""
        wanted = _BYTES.fullmatch(self.headers.get("Range", "").strip())
        guard = self.headers.get("If-Range")
        if wanted is None or not any(wanted.groups()) or guard not in (None, etag, modified):
            self._send(path, HTTPStatus.OK, body, headers)
            return
        first, last = wanted.groups()
        start = int(first) if first else max(len(body) - int(last), 0)
        end = min(int(last) if first and last else len(body) - 1, len(body) - 1)
        if start > end:
            refused = {"Content-Range": f"bytes */{len(body)}"}
            self._send(path, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", refused)
            return
        headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        self._send(path, HTTPStatus.PARTIAL_CONTENT, body[start : end + 1], headers)

    def _send_half(self, path: str, kind: str, body: bytes, headers: dict[str, str]) -> None:
        """Half a file: politely, under a false length, or with the connection torn off."""
        half = body[: len(body) // 2]
        length = len(half) if kind == "truncated" else len(body)
        self._send(path, HTTPStatus.OK, half, headers, length=length)
        if kind == "truncated":
            return
        self.close_connection = True
        self.wfile.flush()
        if kind == "reset_mid_body":
            # Lingering for zero seconds makes the kernel send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _send(
        self, path: str, status: HTTPStatus, body: bytes, headers: dict[str, str], length: int | None = None
    ) -> None:
        self.extracts.note_answer(path, status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        try:
            self.end_headers()
            if self.command != "HEAD" and body and status != HTTPStatus.NOT_MODIFIED:
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def _content_type(file: Path) -> str:
    return CONTENT_TYPES.get(file.suffix.lower(), "application/octet-stream")
