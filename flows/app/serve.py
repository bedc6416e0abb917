"""Hands out a city's releases on this machine, for looking at pages and for trying the ways to read over HTTP.

It answers range requests, which DuckDB and browsers make of large files. It listens on the loopback address only: it
knows neither users nor encryption and is not for the internet, where any web server does what it does here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from flows.base.errors import ConfigError

LOOPBACK = "127.0.0.1"
_TYPES = {
    ".duckdb": "application/octet-stream", ".parquet": "application/octet-stream", ".gpkg": "application/octet-stream",
    ".jsonld": "application/ld+json", ".ttl": "text/turtle", ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
}  # fmt: skip
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def serve(releases: Path, city: str, port: int, ready: Callable[[str, ThreadingHTTPServer], None]) -> None:
    """Hand out the releases of `city` below `releases` until interrupted; `ready` gets the address.

    Raises:
        ConfigError: the city has no releases, or the port is taken.
    """
    if not (releases / city).is_dir():
        raise ConfigError(
            f"Expected releases of {city} in {releases / city}, found no folder. Publish one first.", code="FS-USE-02"
        )
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), partial(_Releases, city, directory=str(releases)))
    except OSError as problem:
        raise ConfigError(
            f"--port {port}: cannot listen there: {problem.strerror}. Choose another, or 0 for any that is free.",
            code="FS-USE-01",
        ) from problem
    with server:
        ready(f"http://{LOOPBACK}:{server.server_address[1]}/{city}/", server)
        server.serve_forever()


class _Releases(SimpleHTTPRequestHandler):
    """Answers for the files below one folder, whole or in part."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | _TYPES

    def __init__(self, city: str, *arguments: object, directory: str) -> None:
        self.city = city
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type] # the server's own

    def log_message(self, *_: object) -> None:
        """Print nothing for each request."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send what comes before the content and return that: the whole file, or the part that was asked for."""
        parts = [part for part in unquote(self.path.partition("?")[0]).split("/") if part]
        if not parts:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/{self.city}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if parts[0] != self.city or any(part.startswith(".") for part in parts):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        path, asked = Path(self.translate_path(self.path)), _RANGE.fullmatch(self.headers.get("Range", ""))
        if asked and path.is_file() and any(asked.groups()):
            return self._part(path, *asked.groups())
        return super().send_head()

    def end_headers(self) -> None:
        """Say that parts can be asked for, and that a page is asked for anew: `latest` moves."""
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def _part(self, path: Path, first: str, last: str) -> BytesIO | None:
        size = path.stat().st_size
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        with path.open("rb") as file:
            file.seek(start)
            content = file.read(end - start + 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)
