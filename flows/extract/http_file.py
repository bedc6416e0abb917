"""Connector for files behind an address: conditional requests, retries with patience, streamed to disk."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from flows.errors import ConfigError, SourceUnavailable
from flows.extract.gate import refuse_what_is_no_data
from flows.extract.landing import CHUNK, Landing, Stored, now
from flows.extract.models import Attempt, Lieferung, Order
from flows.profile.source import Source

CONNECT_SECONDS, READ_SECONDS = 10, 60
NOT_THERE = (404, 410)


def session() -> requests.Session:
    """Return a session that repeats what may be repeated: dropped connections, 429 and 5xx, with backoff."""
    retry = Retry(
        total=4, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET", "HEAD"), respect_retry_after_header=True, raise_on_status=False,
    )  # fmt: skip
    made = requests.Session()
    made.headers["User-Agent"] = "fortschreibung (statistics refresh)"
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(max_retries=retry, pool_maxsize=8))
    return made


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
    return [Order(source.id, _file_name(one), url=one, year=year) for year, one in urls]


def fetch(  # noqa: PLR0913 -- who asks, whom, for what, where to, by which line, knowing what
    city: str,
    source: Source,
    order: Order,
    landing: Landing,
    http: requests.Session,
    accepted: Mapping[str, Attempt],
) -> tuple[Lieferung | None, bool]:
    """Bring the ordered file into the landing zone; return the Lieferung (None: not there) and whether it is new.

    A file known from before is asked for with its ETag and date; "not modified" is believed only while
    its bytes are still in the landing zone, and what comes is compared by hash, never by size.

    Raises:
        SourceUnavailable: no answer, an error status, fewer bytes than announced, or no data.
    """
    started, url = time.monotonic(), order.url or ""
    shown = _without_secrets(url)
    known = accepted.get(shown)
    try:
        with http.get(
            url, headers=_conditions(known), timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True
        ) as answer:
            if answer.status_code in NOT_THERE:
                landing.record(_attempt(city, order, shown, started, "absent", answer))
                return None, False
            if answer.status_code == 304 and known and known.sha256:  # noqa: PLR2004 -- Not Modified
                landing.record(_attempt(city, order, shown, started, "unchanged", answer, known))
                return _lieferung(order, shown, Stored(known.sha256, known.bytes or 0), known), False
            if answer.status_code != 200:  # noqa: PLR2004 -- OK
                raise _failure(order, shown, f"HTTP status {answer.status_code} ({answer.reason})")
            stored = _store(source, order, shown, answer, landing)
            new = known is None or known.sha256 != stored.sha256
            attempt = _attempt(city, order, shown, started, "new" if new else "unchanged", answer, stored)
            landing.record(attempt)
            return _lieferung(order, shown, stored, attempt), new
    except requests.RequestException as problem:
        failure = _failure(order, shown, _reason(problem))
        landing.record(_attempt(city, order, shown, started, "failed", None, problem=str(failure)))
        raise failure from None
    except SourceUnavailable as refused:
        landing.record(_attempt(city, order, shown, started, "refused", None, problem=str(refused)))
        raise


def _store(source: Source, order: Order, shown: str, answer: requests.Response, landing: Landing) -> Stored:
    announced = answer.headers.get("Content-Length")
    with landing.incoming() as incoming:
        for chunk in answer.iter_content(CHUNK):
            incoming.write(chunk)
        incoming.flush()
        received = incoming.tell()
        if announced and "Content-Encoding" not in answer.headers and received != int(announced):
            raise _failure(order, shown, f"{received:,} bytes although {announced} were announced: cut short")
        refuse_what_is_no_data(source, order.name, Path(incoming.name))
        return landing.keep(incoming)


def _conditions(known: Attempt | None) -> dict[str, str]:
    conditions = {"Accept-Encoding": "identity"}
    if known and known.etag:
        conditions["If-None-Match"] = known.etag
    if known and known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def _attempt(  # noqa: PLR0913 -- one argument a column of the record
    city: str,
    order: Order,
    shown: str,
    started: float,
    outcome: str,
    answer: requests.Response | None,
    content: Stored | Attempt | None = None,
    problem: str | None = None,
) -> Attempt:
    headers = answer.headers if answer is not None else {}
    before = content if isinstance(content, Attempt) else None
    return Attempt(
        city=city, source=order.source, name=order.name, url=shown, at=now(),
        outcome=outcome,  # type: ignore[arg-type]  # pydantic checks it against the vocabulary
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
                f"Source {source.id}: its address {url} needs the environment variable {match[1]}, which is not set. "
                "Set it, give the files with --from DIR, or for the bundled city use `fortschreibung demo --refresh`."
            )
        return found.rstrip("/")

    return re.sub(r"\$\{(\w+)\}", value, url)


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))


def _file_name(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1]


def _reason(problem: requests.RequestException) -> str:
    if isinstance(problem, requests.Timeout):
        return f"no answer within {CONNECT_SECONDS} s (connect) or {READ_SECONDS} s (read)"
    if isinstance(problem, requests.TooManyRedirects):
        return "redirects that never end"
    if isinstance(problem, requests.exceptions.SSLError):
        return "a certificate that cannot be trusted"
    if isinstance(problem, requests.exceptions.ChunkedEncodingError):
        return "a connection that broke in the middle"
    return f"no connection ({type(problem).__name__})"


def _failure(order: Order, shown: str, found: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"Source {order.source}: expected the file {order.name} at {shown}, found {found}. "
        "The last release stands. Try again later, ask the supplier, or give the file with --from DIR.",
        retryable=True,
    )
