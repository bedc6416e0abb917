"""A session with a host: what is asked again and when, which redirects are followed, how long a header may take.

Bodies of answers that are not wanted (redirects, errors that are asked again) are never read: they may have no end.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry

BACKOFF = 0.5  # seconds, doubled from one repetition to the next
REPEATED_READS = 2  # of answers that break off before their body, or do not begin
LONGEST_PAUSE = 60  # seconds; a server that asks for a longer pause is left for a later run
_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"  # signs that stand for themselves


def session() -> requests.Session:
    """Return a session that repeats what may be repeated: dropped connections, 429 and 5xx, with backoff.

    POST too: the services that are asked that way only read.
    """
    retry = _Again(
        total=4, connect=2, read=REPEATED_READS, backoff_factor=BACKOFF, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET", "HEAD", "POST"), respect_retry_after_header=True, raise_on_status=False,
    )  # fmt: skip
    # its warnings and debug lines show addresses whole, and what stands behind their `?` may be a secret
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    new = requests.Session()
    new.headers["User-Agent"] = "fortschreibung (statistics refresh)"
    new.headers["Accept-Encoding"] = "gzip"
    new.hooks["response"].append(refuse_unsafe_redirect)
    for scheme in ("http://", "https://"):
        new.mount(scheme, _Adapter(max_retries=retry, pool_maxsize=8))
    return new


def refuse_unsafe_redirect(answer: requests.Response, **_: object) -> None:
    """Stop before a redirect is followed that leaves the web, or leads from https to http.

    Raises:
        requests.exceptions.InvalidSchema: as requests does for an address it cannot open.
        requests.exceptions.InvalidURL: it leads to what is no address.
    """
    if not answer.is_redirect:
        return
    if answer.raw is not None:
        answer.raw.close()  # requests would read its body to the end
    # sign by sign as it was sent: what is no UTF-8 there cannot be read by requests
    answer.headers["location"] = quote(answer.headers["location"].encode("latin-1"), safe=_IN_ADDRESSES)
    try:
        target = urlsplit(urljoin(answer.url, answer.headers["location"])).scheme.lower()
    except ValueError:
        message = "redirect to no address"
        raise requests.exceptions.InvalidURL(message) from None
    if target != "https" and (target != "http" or answer.url.lower().startswith("https:")):
        raise requests.exceptions.InvalidSchema(f"redirect to {target}")


class _Again(Retry):
    """Hangs up before it asks again, and leaves a host alone that wants a longer pause than we have."""

    def increment(
        self, method: str | None = None, url: str | None = None, response: BaseHTTPResponse | None = None,
        error: Exception | None = None, _pool: ConnectionPool | None = None, _stacktrace: TracebackType | None = None,
    ) -> Self:  # fmt: skip
        if response is not None and (self.get_retry_after(response) or 0) > LONGEST_PAUSE and _pool is not None:
            raise MaxRetryError(_pool, url or "")
        following = super().increment(method, url, response, error, _pool, _stacktrace)
        if response is not None:
            response.close()  # urllib3 would read its body to the end
        return following

    def parse_retry_after(self, retry_after: str) -> float:
        try:
            return super().parse_retry_after(retry_after)
        except (InvalidHeader, ValueError, OverflowError):  # no time that could be kept: the usual pause
            return 0.0


class _Connection(HTTPConnection):
    """A connection whose answer begins in time: a header that is too slow counts as silence."""

    def getresponse(self) -> Any:
        # twice: once for the silence that is allowed, once for the header
        with _hung_up_after(self.sock, 2 * float(self.timeout or 0)):
            return super().getresponse()


class _EncryptedConnection(_Connection, HTTPSConnection):
    """The same, encrypted."""


@contextmanager
def _hung_up_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """Shut a connection when the block takes longer.

    Raises:
        TimeoutError: it did; what was read till then is not to be trusted.
    """
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        if late.is_set():
            raise TimeoutError


class _Adapter(HTTPAdapter):
    """Opens connections that answer in time, to hosts and to proxies."""

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        own = {HTTPConnection: _Connection, HTTPSConnection: _EncryptedConnection}
        pool.ConnectionCls = own.get(pool.ConnectionCls, pool.ConnectionCls)
        found: HTTPConnectionPool = pool
        return found
