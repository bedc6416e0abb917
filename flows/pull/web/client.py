"""Requests to a host: one session each, within its rate limits; addresses and errors without secrets.

Proxies (HTTPS_PROXY, NO_PROXY) and an office's own certificate authority (REQUESTS_CA_BUNDLE) work as
everywhere with requests.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError, MaxRetryError, ReadTimeoutError
from urllib3.util import parse_url

from flows.base.errors import ConfigError, NotSetUp
from flows.profile.source import Source
from flows.pull.web.body import Body, Explained
from flows.pull.web.rate_limits import HostLimits
from flows.pull.web.session import session

CONNECT_SECONDS = 10
PIECE = 1 << 16  # bytes of a body that are read at once, which is what a broken connection loses at most
LONGEST_JSON = 64 << 20  # bytes
_SHORTEST_TOKEN = 4  # characters; shorter values of an address are pages and years
_SECRET = re.compile(r"^((?:[\w+.-]*:)?//)?[^/]*@")  # what stands before the host, with a scheme or without
_HALF_CHARACTER = re.compile(rb"\\\\u[dD][89a-fA-F]")
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class Web:
    """The sessions of one pull, one for each host."""

    def __init__(self) -> None:
        self._sessions: dict[str, requests.Session] = {}
        self._lock, self._host_limits = threading.Lock(), HostLimits()

    @contextmanager
    def asked(self, source: Source, url: str, *, method: str = "GET", **options: Any) -> Iterator[requests.Response]:
        """Yield the answer to a request, its body still to be read; the host is busy while the block lasts.

        Raises:
            requests.RequestException: as requests does; `reason` says it in words.
        """
        with (
            self._host_limits.turn(url, source.rate_limits),
            self._answer(url, method, source.patience, options) as answer,
        ):
            yield answer

    def _answer(self, url: str, method: str, seconds: float, options: dict[str, Any]) -> requests.Response:
        try:
            answer = self._session(url).request(method, url, timeout=(CONNECT_SECONDS, seconds), stream=True, **options)
        except (HTTPError, OSError, ValueError) as problem:  # not everything that goes wrong has requests' own name
            raise _as_of_requests(problem, url) from problem
        answer.reason = http.client.responses.get(answer.status_code, "unknown")  # the server's words may be anything
        answer.raw = Body(answer.raw, seconds)
        return answer

    def _session(self, url: str) -> requests.Session:
        host = urlsplit(url).netloc
        with self._lock:
            if host not in self._sessions:
                self._sessions[host] = session()
            return self._sessions[host]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for each in self._sessions.values():
            each.close()


def with_environment(source: Source, url: str) -> str:
    """Return an address with its ``${VARIABLE}`` replaced.

    Raises:
        NotSetUp: when one is not set; names all of them.
        ConfigError: what comes of it is no address of the web.
    """
    named = list(dict.fromkeys(_VARIABLE.findall(url)))
    if lacking := [name for name in named if not os.environ.get(name)]:
        several = len(lacking) > 1
        raise NotSetUp(
            f"Source {source.id}: its address {without_secrets(url)} needs the environment "
            f"{'variables' if several else 'variable'} {' and '.join(lacking)}, which {'are' if several else 'is'} not "
            f"set. Set {'them' if several else 'it'} (the city's sources.toml says to what), or give the files with "
            "--from DIR. The bundled city brings its files along: `fortschreibung demo --refresh`.",
            lacks=tuple(lacking),
        )
    address = _VARIABLE.sub(lambda match: os.environ[match[1]].rstrip("/"), url)
    if not _is_of_the_web(address):
        found = f"what {' and '.join(named)} makes of it" if named else "another"  # which may contain a secret
        raise ConfigError(
            f"Source {source.id}: expected its address {without_secrets(url)} to begin with http:// or https:// "
            f"and the name of a host, and to have no space or line break at its end; found {found}. "
            f"Correct {' or '.join([*named, '`url` in sources.toml'])}, or give the files with --from DIR.",
            code="FS-CONFIG-10",
        )
    return address


def _is_of_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        return right and address == address.strip() and address.isprintable()
    except ValueError:  # invalid brackets or port
        return False


def without_secrets(url: str) -> str:
    """Return an address, or what was meant to be one, without what may be secret: user, password, query, fragment."""
    return _SECRET.sub(r"\1", re.split("[?#]", url, maxsplit=1)[0])


def quoted(words: str, url: str, most: int = 300) -> str:
    """Return what a server says, without what may be secret in the address that it was asked at."""
    parts = urlsplit(url)
    values = [value for _, value in parse_qsl(parts.query) if len(value) >= _SHORTEST_TOKEN]
    return without([*values, parts.username or "", parts.password or ""], words)[:most]


def without(secrets: Iterable[str], words: str) -> str:
    """Return a text without secrets, written as they are or as an address, HTML or JSON has them."""
    written = {
        form
        for secret in secrets
        if secret
        for form in (
            secret, " ".join(secret.split()), quote(secret), quote(secret, safe=""), quote_plus(secret),
            html.escape(secret), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1],
        )
    }  # fmt: skip
    for form in sorted(written, key=len, reverse=True):
        words = words.replace(form, "***")
    return words


def reason(problem: requests.RequestException, source: Source) -> str:
    """Say in words why a request failed, without its address."""
    cause: object = problem.args[0] if problem.args else None
    cause = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(problem, Explained):
        return str(problem)
    if isinstance(problem, requests.exceptions.SSLError):
        return _certificate(problem)
    if isinstance(problem, requests.Timeout) or isinstance(cause, ReadTimeoutError):
        return f"no answer within {CONNECT_SECONDS} s (connect) or {source.patience:g} s (read)"
    return next((words for kind, words in _WORDS.items() if isinstance(problem, kind)), _no_connection(problem))


_NO_AUTHORITY = "no file of certificates that can be read where REQUESTS_CA_BUNDLE says that it is"
_WORDS: dict[type[Exception], str] = {
    requests.TooManyRedirects: "redirects that never end",
    requests.exceptions.ProxyError: "a proxy that does not let it through (see HTTP_PROXY, HTTPS_PROXY, NO_PROXY)",
    requests.exceptions.InvalidProxyURL: "a proxy whose address cannot be used (see HTTP_PROXY, HTTPS_PROXY)",
    requests.exceptions.InvalidHeader: "an answer with an invalid header",
    requests.exceptions.ChunkedEncodingError: "a connection that broke in the middle",
    # what requests raises for an address that it cannot parse
    ValueError: "an address (or a redirect to one) that is not http:// or https://, leaves https, or names no host",
}


def _as_of_requests(problem: Exception, url: str) -> requests.RequestException:
    """Return an error of a request as one that `reason` knows, whichever library it comes from."""
    if isinstance(problem, (HTTPError, ValueError)) and _has_unusable_proxy(url):
        return requests.exceptions.InvalidProxyURL()
    if isinstance(problem, requests.RequestException):
        return problem
    if isinstance(problem, (HTTPError, ValueError)):
        return requests.exceptions.InvalidURL()
    return Explained(_NO_AUTHORITY)


def _has_unusable_proxy(url: str) -> bool:
    proxy = select_proxy(url, get_environ_proxies(url))
    try:
        parts = parse_url(proxy if "://" in proxy else f"http://{proxy}") if proxy else None
        host = parts.host.encode("idna") if parts and parts.host else b""
    except (HTTPError, ValueError):
        return True
    return parts is not None and (parts.scheme not in ("http", "https") or not host)


def _no_connection(problem: Exception) -> str:
    return f"no connection ({type(problem).__name__})"


def _certificate(problem: BaseException) -> str:
    """Say what is wrong with a certificate, and who can correct it."""
    for one in _behind(problem):
        if isinstance(one, ssl.SSLCertVerificationError):
            hint = ""
            if "expired" not in one.verify_message:
                hint = "; where the office has a certificate authority of its own, set REQUESTS_CA_BUNDLE to its file"
            return f"a certificate that cannot be trusted: {one.verify_message}{hint}"
        if isinstance(one, ssl.SSLError) and one.library in ("X509", "PEM"):
            return _NO_AUTHORITY
    return "a connection whose encryption cannot be agreed on (TLS)"


def _behind(problem: BaseException) -> Iterator[BaseException]:
    """Yield an error and, once each, all those that it wraps; they may wrap each other in a circle."""
    waiting, seen = list[object]([problem]), set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [*one.args, one.__cause__, one.__context__, getattr(one, "reason", None)]


def json_in(answer: requests.Response, first: bytes = b"", *, digits_kept: bool = False) -> Any:
    """Return what a short JSON answer says; `first` has been read of it already.

    With `digits_kept` a number with a fraction is the text that was sent.

    Raises:
        ValueError: it is not JSON, cannot be written again as UTF-8, or is longer than LONGEST_JSON.
    """
    body = bytearray(first)
    for piece in answer.iter_content(1 << 16):
        body += piece
        if len(body) > LONGEST_JSON:
            message = f"more than {LONGEST_JSON >> 20} MB"
            raise ValueError(message)
    try:
        said = json.loads(body, parse_float=str if digits_kept else None)
        if _HALF_CHARACTER.search(body):
            json.dumps(said, ensure_ascii=False).encode()  # a UnicodeEncodeError is a ValueError
    except RecursionError:
        message = "JSON that is nested too deeply"
        raise ValueError(message) from None
    return said
