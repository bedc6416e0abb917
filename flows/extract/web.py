"""Asking a host: a session each, retries with patience, safe redirects, manners, and errors without secrets.

Proxies (HTTPS_PROXY, NO_PROXY) and an office's own certificate authority (REQUESTS_CA_BUNDLE) work as
everywhere with requests.
"""

from __future__ import annotations

import json
import logging
import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ReadTimeoutError
from urllib3.util import Retry

from flows.errors import ConfigError, NotSetUp
from flows.extract.politeness import Politeness
from flows.profile.source import Source

CONNECT_SECONDS, READ_SECONDS = 10, 60
GENESIS_SECONDS = 300  # these services compute a table before its first byte
BACKOFF = 0.5  # seconds, doubled from one repetition to the next
LONGEST_PAUSE = 60  # seconds; a server that asks for more patience is left for a later run
LONGEST_JSON = 64 << 20  # bytes
_SECRET = re.compile(r"^((?:[\w+.-]*:)?//)?[^/]*@")  # what stands before the host, with a scheme or without
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class Web:
    """The sessions of one pull, one for each host."""

    def __init__(self) -> None:
        self._sessions: dict[str, requests.Session] = {}
        self._lock, self._politeness = threading.Lock(), Politeness()

    @contextmanager
    def asked(self, source: Source, url: str, *, method: str = "GET", **options: Any) -> Iterator[requests.Response]:
        """Yield the answer to a request, its body still to be read; the host is busy while the block lasts.

        Raises:
            requests.RequestException: as requests does; `reason` says it in words.
        """
        timeout = (CONNECT_SECONDS, patience(source))
        with (
            self._politeness.turn(url, source.manners),
            self._session(url).request(method, url, timeout=timeout, stream=True, **options) as answer,
        ):
            yield answer

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


def session() -> requests.Session:
    """Return a session that repeats what may be repeated: dropped connections, 429 and 5xx, with backoff.

    POST too: the services that are asked that way only read.
    """
    retry = Retry(
        total=4, connect=2, read=2, backoff_factor=BACKOFF, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET", "HEAD", "POST"), respect_retry_after_header=True, retry_after_max=LONGEST_PAUSE,
        raise_on_status=False,
    )  # fmt: skip
    # its warnings and debug lines show addresses whole, and what stands behind their `?` may be a secret
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    made = requests.Session()
    made.headers["User-Agent"] = "fortschreibung (statistics refresh)"
    made.hooks["response"].append(refuse_unsafe_redirect)
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(max_retries=retry, pool_maxsize=8))
    return made


def refuse_unsafe_redirect(answer: requests.Response, **_: object) -> None:
    """Stop before a redirect is followed that leaves the web, or leads from https to http.

    Raises:
        requests.exceptions.InvalidSchema: as requests does for an address it cannot open.
    """
    if answer.is_redirect:
        target = urlsplit(urljoin(answer.url, answer.headers["location"])).scheme.lower()
        if target != "https" and (target != "http" or answer.url.lower().startswith("https:")):
            raise requests.exceptions.InvalidSchema(f"redirect to {target}")


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
            lacks=", ".join(lacking),
        )
    address = _VARIABLE.sub(lambda match: os.environ[match[1]].rstrip("/"), url)
    if not _is_of_the_web(address):
        found = f"what {' and '.join(named)} makes of it" if named else "another"  # which may hold a secret
        raise ConfigError(
            f"Source {source.id}: expected its address {without_secrets(url)} to begin with http:// or https:// "
            f"and the name of a host, and to have no blank or line break at its end; found {found}. "
            f"Correct {' or '.join([*named, '`url` in sources.toml'])}, or give the files with --from DIR."
        )
    return address


def _is_of_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        return right and address == address.strip() and address.isprintable()
    except ValueError:  # brackets or a port that are none
        return False


def without_secrets(url: str) -> str:
    """Return an address, or what was meant to be one, without what may be secret: user, password, query, fragment."""
    return _SECRET.sub(r"\1", re.split("[?#]", url, maxsplit=1)[0])


def patience(source: Source) -> float:
    """Return for how many seconds a source may be silent."""
    return source.manners.patience or (GENESIS_SECONDS if source.genesis else READ_SECONDS)


def reason(problem: requests.RequestException, source: Source) -> str:
    """Say in words why a request failed, without its address."""
    cause: object = problem.args[0] if problem.args else None
    cause = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(problem, requests.exceptions.SSLError):
        return _certificate(problem)
    if isinstance(problem, requests.Timeout) or isinstance(cause, ReadTimeoutError):
        return f"no answer within {CONNECT_SECONDS} s (connect) or {patience(source):g} s (read)"
    return next((words for kind, words in _WORDS.items() if isinstance(problem, kind)), _no_connection(problem))


_WORDS: dict[type[Exception], str] = {
    requests.TooManyRedirects: "redirects that never end",
    requests.exceptions.ProxyError: "a proxy that does not let it through (see HTTP_PROXY, HTTPS_PROXY, NO_PROXY)",
    requests.exceptions.ChunkedEncodingError: "a connection that broke in the middle",
    # requests' own mark for an address it cannot make sense of
    ValueError: "an address (or a redirect to one) that is not http:// or https://, or leaves https",
}


def _no_connection(problem: Exception) -> str:
    return f"no connection ({type(problem).__name__})"


def _certificate(problem: BaseException) -> str:
    """Say what is wrong with a certificate, and whose matter it is."""
    seen: list[object] = [problem]
    while seen:
        one = seen.pop()
        if isinstance(one, ssl.SSLCertVerificationError):
            hint = ""
            if "expired" not in one.verify_message:
                hint = "; where the office has a certificate authority of its own, set REQUESTS_CA_BUNDLE to its file"
            return f"a certificate that cannot be trusted: {one.verify_message}{hint}"
        if isinstance(one, BaseException):
            seen += [*one.args, one.__cause__, one.__context__, getattr(one, "reason", None)]
    return "a connection whose encryption cannot be agreed on (TLS)"


def json_in(answer: requests.Response, first: bytes = b"") -> Any:
    """Return what a short JSON answer says; `first` has been read of it already.

    Raises:
        ValueError: it is no JSON, or longer than such an answer is.
    """
    body = first
    for piece in answer.iter_content(1 << 16):
        body += piece
        if len(body) > LONGEST_JSON:
            message = f"more than {LONGEST_JSON >> 20} MB"
            raise ValueError(message)
    return json.loads(body)
