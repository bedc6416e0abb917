"""The body of an answer: unpacked to its last byte or refused, and given up when it comes too slowly.

urllib3 takes a packed body that was cut for a whole one, and waits for a server that sends a byte now and then as
long as it likes. `Body` takes its place where requests reads from, so that every connector is safe from both.
"""

from __future__ import annotations

import gzip
import time
import zlib
from typing import IO, cast

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError, SSLError
from urllib3.response import BaseHTTPResponse

LEAST = 4096  # bytes that come while a source's patience lasts; less counts as silence
_AS_IT_IS, _PACKED = ("", "identity"), ("gzip", "x-gzip")


class Explained(requests.RequestException):
    """A request that failed, or an answer that cannot be used; its text says why, without secrets."""


class Body:
    """The body of one answer, to be read as a file is."""

    def __init__(self, raw: BaseHTTPResponse, patience: float) -> None:
        self._raw, self._wire = raw, _Wire(raw, patience)
        packing, framing = (
            raw.headers.get(name, "").strip().lower() for name in ("Content-Encoding", "Transfer-Encoding")
        )
        self._can_be_read = packing in (*_AS_IT_IS, *_PACKED) and framing in (*_AS_IT_IS, "chunked")
        packed = gzip.GzipFile(mode="rb", fileobj=cast("IO[bytes]", self._wire))
        self._unpacked = packed if packing in _PACKED else self._wire

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; nothing at the end.

        Raises:
            requests.RequestException: the connection broke or is too slow, or what came cannot be unpacked whole.
        """
        if not self._can_be_read:
            message = "a body packed in another way than gzip (see its Content-Encoding, Transfer-Encoding)"
            raise Explained(message)
        try:
            return self._unpacked.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            message = "a body packed with gzip that is cut short or damaged"
            raise Explained(message) from None

    def close(self) -> None:
        """Hang up: what has not been read is not wanted."""
        self._raw.close()

    def release_conn(self) -> None:
        """Let the connection be used again."""
        self._raw.release_conn()


class _Wire:
    """The bytes as they are sent, without the frame of chunks."""

    def __init__(self, raw: BaseHTTPResponse, patience: float) -> None:
        self._raw, self._patience = raw, patience
        self._waited, self._came = 0.0, 0
        self._too_little: int | None = None
        """Bytes that came while the patience lasted; a fault when there are more to come."""

    def read(self, size: int) -> bytes:
        started = time.monotonic()
        try:
            data = self._raw.read1(size, decode_content=False) or b""
        except ReadTimeoutError as problem:
            raise requests.ReadTimeout(problem) from problem
        except SSLError as problem:
            raise requests.exceptions.SSLError(problem) from problem
        except (HTTPError, OSError, ValueError) as problem:
            raise requests.exceptions.ChunkedEncodingError(problem) from problem
        self._waited, self._came = self._waited + time.monotonic() - started, self._came + len(data)
        if data and self._too_little is not None:
            message = (
                f"a body that is too slow: {self._too_little:,} bytes in {self._patience:g} s, where {LEAST:,} are "
                "expected (a larger `rate_limits.patience` in sources.toml allows more time for them)"
            )
            raise Explained(message)
        if self._waited > self._patience:
            self._too_little = self._came if self._came < LEAST else None
            self._waited, self._came = 0.0, 0
        return data
