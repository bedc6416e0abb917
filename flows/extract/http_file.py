"""Connector for files behind an address: conditional requests, retries with patience, streamed to disk."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ReadTimeoutError
from urllib3.util import Retry

from flows.errors import ConfigError, SourceUnavailable
from flows.extract.gate import refuse_what_is_no_data
from flows.extract.landing import CHUNK, Landing, Stored, now
from flows.extract.models import Address, Attempt, Lieferung, Order
from flows.profile.source import Source

CONNECT_SECONDS, READ_SECONDS = 10, 60
BACKOFF = 0.5  # seconds, doubled from one repetition to the next
LONGEST_PAUSE = 60  # seconds; a server that asks for more patience is left for a later run
BODY_TRIES, BODY_PAUSE = 3, 1.0  # urllib3 repeats a request, but not a body that broke off
NOT_THERE = (404, 410)


class _BrokenOff(SourceUnavailable):
    """A body that ended before its end: worth asking again at once."""


def session() -> requests.Session:
    """Return a session that repeats what may be repeated: dropped connections, 429 and 5xx, with backoff."""
    retry = Retry(
        total=4, connect=2, read=2, backoff_factor=BACKOFF, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET", "HEAD"), respect_retry_after_header=True, retry_after_max=LONGEST_PAUSE,
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


def orders_at(source: Source, until: dt.date) -> list[Order]:
    """Return one order for each year of the source up to `until`, or a single one.

    Raises:
        ConfigError: when the address names an environment variable that is not set.
    """
    url = _with_environment(source, source.url or "")
    if source.years is None:
        return [Order(source.id, _file_name(url), url=url)]
    last = min(source.years.last or until.year, until.year)
    urls = [(year, url.replace("{year}", str(year))) for year in range(source.years.first, last + 1)]
    return [Order(source.id, _name_of_year(one, year), url=one, year=year) for year, one in urls]


def fetch(
    city: str,
    source: Source,
    order: Order,
    landing: Landing,
    http: requests.Session,
    accepted: Mapping[Address, Attempt],
) -> tuple[Lieferung | None, bool]:
    """Bring the ordered file into the landing zone; return the Lieferung (None: not there) and whether it is new.

    A file known from before is asked for with its ETag and date, but only while its bytes lie undamaged
    in the landing zone; what comes is compared by hash, never by size.

    Raises:
        SourceUnavailable: no answer, an error status, fewer bytes than announced, or no data.
    """
    known = accepted.get((order.source, order.name, without_secrets(order.url or "")))
    if known and not landing.holds(known.sha256 or ""):
        known = None
    for left in reversed(range(BODY_TRIES)):
        try:
            return _ask(city, source, order, landing, http, known)
        except _BrokenOff:
            if not left:
                raise
            time.sleep(BODY_PAUSE)
    raise AssertionError  # the last try returns or raises


def _ask(
    city: str, source: Source, order: Order, landing: Landing, http: requests.Session, known: Attempt | None
) -> tuple[Lieferung | None, bool]:
    """Ask once; whatever comes of it is one line of the record."""
    started, url = time.monotonic(), order.url or ""
    shown = without_secrets(url)
    answer: requests.Response | None = None
    try:
        with http.get(url, headers=_conditions(known), timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True) as answer:
            if answer.status_code in NOT_THERE:
                landing.record(_attempt(city, order, shown, started, "absent", answer))
                return None, False
            if answer.status_code == 304 and known and known.sha256:
                landing.record(_attempt(city, order, shown, started, "unchanged", answer, content=known))
                return _lieferung(order, shown, Stored(known.sha256, known.bytes or 0), known), False
            if answer.status_code != 200:
                raise _failure(order, shown, f"HTTP status {answer.status_code} ({answer.reason})")
            stored = _store(source, order, shown, answer, landing)
            new = known is None or known.sha256 != stored.sha256
            attempt = _attempt(city, order, shown, started, "new" if new else "unchanged", answer, content=stored)
            landing.record(attempt)
            return _lieferung(order, shown, stored, attempt), new
    except requests.RequestException as problem:
        kind = _BrokenOff if answer is not None else SourceUnavailable
        failure = _failure(order, shown, _reason(problem), kind)
        landing.record(_attempt(city, order, shown, started, "failed", answer, problem=str(failure)))
        raise failure from None
    except SourceUnavailable as refused:
        outcome = "failed" if refused.retryable else "refused"
        landing.record(_attempt(city, order, shown, started, outcome, answer, problem=str(refused)))
        raise


def _store(source: Source, order: Order, shown: str, answer: requests.Response, landing: Landing) -> Stored:
    announced = answer.headers.get("Content-Length", "")
    with landing.incoming() as incoming:
        for chunk in answer.iter_content(CHUNK):
            incoming.write(chunk)
        incoming.flush()
        received = incoming.tell()
        if announced.isdecimal() and "Content-Encoding" not in answer.headers and received != int(announced):
            found = f"{received:,} bytes although {announced} were announced: cut short"
            raise _failure(order, shown, found, _BrokenOff)
        refuse_what_is_no_data(source, order.name, Path(incoming.name))
        return landing.keep(incoming)


def _conditions(known: Attempt | None) -> dict[str, str]:
    conditions = {"Accept-Encoding": "identity"}
    if known and known.etag:
        conditions["If-None-Match"] = known.etag
    if known and known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def _attempt(
    city: str,
    order: Order,
    shown: str,
    started: float,
    outcome: str,
    answer: requests.Response | None,
    *,
    content: Stored | Attempt | None = None,
    problem: str | None = None,
) -> Attempt:
    headers = answer.headers if answer is not None else {}
    before = content if isinstance(content, Attempt) else None
    return Attempt(
        city=city, source=order.source, name=order.name, url=shown, at=now(),
        outcome=outcome,
        status=answer.status_code if answer is not None else None,
        bytes=content.bytes if content else None, sha256=content.sha256 if content else None,
        etag=headers.get("ETag") or (before.etag if before else None),
        last_modified=headers.get("Last-Modified") or (before.last_modified if before else None),
        seconds=round(time.monotonic() - started, 3), problem=problem,
    )  # fmt: skip


def _lieferung(order: Order, shown: str, stored: Stored, known: Attempt) -> Lieferung:
    return Lieferung(
        source=order.source, name=order.name, sha256=stored.sha256, bytes=stored.bytes, url=shown,
        fetched_at=now(), etag=known.etag, last_modified=known.last_modified,
    )  # fmt: skip


def _with_environment(source: Source, url: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if not found:
            raise ConfigError(
                f"Source {source.id}: its address {without_secrets(url)} needs the environment variable {match[1]}, "
                "which is not set. Set it, give the files with --from DIR, or for the bundled city use "
                "`fortschreibung demo --refresh`."
            )
        return found.rstrip("/")

    return re.sub(r"\$\{(\w+)\}", value, url)


def without_secrets(url: str) -> str:
    """Return an address without what may be secret in it: user, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _file_name(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1]


def _name_of_year(url: str, year: int) -> str:
    """Return the file's name, with the year in it even where the address has it in a folder or after the `?`."""
    name = PurePosixPath(_file_name(url))
    return name.name if str(year) in name.name else f"{name.stem}_{year}{name.suffix}"


def _reason(problem: requests.RequestException) -> str:
    cause: object = problem.args[0] if problem.args else None
    cause = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(problem, requests.Timeout) or isinstance(cause, ReadTimeoutError):
        return f"no answer within {CONNECT_SECONDS} s (connect) or {READ_SECONDS} s (read)"
    if isinstance(problem, requests.TooManyRedirects):
        return "redirects that never end"
    if isinstance(problem, requests.exceptions.SSLError):
        return "a certificate that cannot be trusted"
    if isinstance(problem, requests.exceptions.ChunkedEncodingError):
        return "a connection that broke in the middle"
    if isinstance(problem, ValueError):  # requests' own mark for an address it cannot make sense of
        return "an address (or a redirect to one) that is not http:// or https://, or leaves https"
    return f"no connection ({type(problem).__name__})"


def _failure(
    order: Order, shown: str, found: str, kind: type[SourceUnavailable] = SourceUnavailable
) -> SourceUnavailable:
    return kind(
        f"Source {order.source}: expected the file {order.name} at {shown}, found {found}. "
        "The last release stands. Try again later, ask the supplier, or give the file with --from DIR.",
        retryable=True,
    )
