"""Connector for files behind an address: conditional requests, broken downloads resumed, streamed to disk."""

from __future__ import annotations

import datetime as dt
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import requests

from flows.base.errors import ConfigError, SourceUnavailable
from flows.profile.source import Source
from flows.pull.context import Connector, PullContext
from flows.pull.landing.incoming import Incoming
from flows.pull.models import Attempt, Brought, Order
from flows.pull.web import answers
from flows.pull.web.answers import BrokenOff, failure, refuse_too_large
from flows.pull.web.client import PIECE, reason, with_environment, without_secrets

GAIN = 1 << 20  # bytes; a try that brings as much more is not counted
NOT_THERE = (404, 410)
_NAMED = "what `url` in sources.toml names: user and password, or a token"
NO_ENTRY = {
    401: f"Check {_NAMED}.",
    403: f"Check {_NAMED}.",
    407: "The proxy needs authentication: check HTTP_PROXY and HTTPS_PROXY.",
    451: "The supplier may not give it away; ask there.",
}
"""By status, what to do where asking again is of no use."""
_NUMBER = r"(\d{1,15})"  # what is longer is no length of a file
_RANGE = re.compile(rf"bytes {_NUMBER}-\d+/{_NUMBER}")
_LENGTH = re.compile(_NUMBER)
SURELY_OLDER = dt.timedelta(seconds=60)  # than the answer: then a date distinguishes two versions (RFC 9110, 8.8.2.2)


@dataclass
class _Download:
    """A file on its way, and the mark of the version that its bytes are from (None: it cannot be resumed)."""

    file: Incoming
    mark: str | None = None
    total: int | None = None
    """Its length, where the server said it."""
    unconditional: bool = False
    """To be asked for without conditions: an answer to them was contradictory."""

    def start_over(self) -> None:
        self.file.restart()
        self.mark = self.total = None


def ready(source: Source) -> None:
    """Stop where the address cannot be had.

    Raises:
        NotSetUp: it names environment variables that are not set.
        ConfigError: it is not a web address, or names no file.
    """
    url = with_environment(source, source.url or "")
    if not file_name(url):
        raise ConfigError(
            f"Source {source.id}: expected its address {without_secrets(source.url or '')} to end in the name of a "
            "file, by which the record knows it; found that it ends in /. Correct `url` in sources.toml, or give the "
            "file with --from DIR.",
            code="FS-CONFIG-06",
        )


def orders(source: Source, context: PullContext) -> list[Order]:
    """Return one order for each year of the source up to the context's end, or a single one."""
    return orders_at(source, context.until)


def orders_at(source: Source, until: dt.date) -> list[Order]:
    """Return one order for each year of the source up to `until`, or a single one (see `orders`)."""
    url = with_environment(source, source.url or "")
    if source.years is None:
        return [Order(source.id, file_name(url), url=url)]
    last = min(source.years.last or until.year, until.year)
    urls = [(year, url.replace("{year}", str(year))) for year in range(source.years.first, last + 1)]
    return [Order(source.id, _name_of_year(one, year), url=one, year=year) for year, one in urls]


def fetch(source: Source, order: Order, context: PullContext) -> Brought:
    """Bring the ordered file into the landing zone.

    A file known from before is asked for with its ETag and date, but only while its bytes lie undamaged
    in the landing zone; what comes is compared by hash, never by size. A body that breaks off is resumed
    where it ended, as long as the server says that the file is still the same.

    Raises:
        SourceUnavailable: no answer, an error status, or fewer bytes than announced.
        ContractBroken: too many bytes, or no data.
    """
    known = context.kept(order, without_secrets(order.url or ""))
    left, most = answers.BODY_TRIES, 0
    with context.landing.incoming() as file:
        download = _Download(file)
        while True:
            try:
                return _ask(source, order, context, known, download)
            except BrokenOff:
                left = answers.BODY_TRIES - 1 if file.size >= most + GAIN and most else left - 1
                most = max(most, file.size)
                if not left:
                    raise
                time.sleep(answers.BODY_PAUSE)


def _ask(source: Source, order: Order, context: PullContext, known: Attempt | None, download: _Download) -> Brought:
    """Ask once; whatever comes of it is one line of the record."""
    url = order.url or ""
    shown = without_secrets(url)
    resumed = download.mark is not None and download.file.size > 0
    conditions = {} if resumed or download.unconditional else _conditions(url, known)
    headers = conditions | (_rest_of(download) if resumed else {})
    with context.attempt(order, shown) as log:
        try:
            with context.web.asked(source, url, headers={"Accept-Encoding": "identity", **headers}) as answer:
                log.answered(answer)
                if answer.status_code in NOT_THERE:
                    return log.absent()
                if answer.status_code == 304 and known and conditions and _same_version(answer, known):
                    return log.unchanged(known)
                _begin(source, order, shown, answer, download)
                _receive(source, order, shown, answer, download)
                return log.landed(context.keep(source, order, download.file, answer.headers.get("Content-Type")))
        except requests.RequestException as problem:
            kind = BrokenOff if log.status is not None else SourceUnavailable
            raise failure(order, shown, reason(problem, source), kind) from None


def _begin(source: Source, order: Order, shown: str, answer: requests.Response, download: _Download) -> None:
    """Prepare for the body: the rest of the file, or the whole from its beginning."""
    mark = _mark(answer)
    if answer.status_code == 206:
        span = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        fits = span and int(span[1]) == download.file.size and int(span[2]) == (download.total or int(span[2]))
        if span and fits and mark in (None, download.mark) and "Content-Encoding" not in answer.headers:
            download.total = int(span[2])
            return
    if answer.status_code == 304:
        download.start_over()
        download.unconditional = True
        raise failure(
            order, shown, "status 304 (not modified) for another version than the one in the landing zone", BrokenOff
        )
    if answer.status_code in (206, 416):  # another part than was asked for, or the file has become shorter
        download.start_over()
        raise failure(order, shown, "a part that does not fit what had come before", BrokenOff)
    if answer.status_code in NO_ENTRY:
        raise SourceUnavailable(
            f"Source {source.id}: expected {shown} to let us have the file {order.name}, found HTTP status "
            f"{answer.status_code} ({answer.reason}). {NO_ENTRY[answer.status_code]} Or give the file with --from DIR.",
            code="FS-SOURCE-04",
        )
    if answer.status_code != 200:
        raise failure(order, shown, f"HTTP status {answer.status_code} ({answer.reason})")
    download.start_over()
    download.total = _announced(answer)
    download.mark = mark if "Content-Encoding" not in answer.headers else None


def _receive(source: Source, order: Order, shown: str, answer: requests.Response, download: _Download) -> None:
    """Stream the body to disk; stop at the source's cap, and when fewer bytes come than were announced."""
    file, announced = download.file, download.total
    refuse_too_large(source, order, announced or 0)
    for piece in answer.iter_content(PIECE):
        file.write(piece)
        refuse_too_large(source, order, file.size)
    if announced is not None and file.size != announced:
        found = f"{file.size:,} bytes although {announced:,} were announced: cut short"
        raise failure(order, shown, found, BrokenOff)


def _announced(answer: requests.Response) -> int | None:
    """Return how long a whole file is, if the server says so and it is sent as it is."""
    length = _LENGTH.fullmatch(answer.headers.get("Content-Length", ""))
    as_it_is = not any(name in answer.headers for name in ("Content-Encoding", "Transfer-Encoding"))
    return int(length[1]) if length and as_it_is else None


def _conditions(url: str, known: Attempt | None) -> dict[str, str]:
    """Return the headers that ask for a file only where it is another than the `known` one.

    What stands behind the `?` is not in the record, so that nobody knows whether it is still the same: an address
    with a query is asked for without conditions, and its bytes tell.
    """
    if known is None or urlsplit(url).query:
        return {}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in conditions.items() if value and _can_be_sent(value)}


def _can_be_sent(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _same_version(answer: requests.Response, known: Attempt) -> bool:
    """Return whether an answer may be about the version in the landing zone."""
    etag = answer.headers.get("ETag")
    return not (etag and known.etag) or etag.removeprefix("W/") == known.etag.removeprefix("W/")


def _rest_of(download: _Download) -> dict[str, str]:
    return {"Range": f"bytes={download.file.size}-", "If-Range": download.mark or ""}


def _mark(answer: requests.Response) -> str | None:
    """Return what distinguishes one version of the file from another, to the byte."""
    etag, date = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    mark = etag or date
    if etag.startswith("W/") or not mark or not _can_be_sent(mark):
        return None
    return mark if etag or _is_surely_older(date, answer.headers.get("Date", "")) else None


def _is_surely_older(date: str, than: str) -> bool:
    try:
        return parsedate_to_datetime(than) - parsedate_to_datetime(date) >= SURELY_OLDER
    except (ValueError, TypeError, OverflowError):  # none, or one of them without a zone
        return False


def file_name(url: str) -> str:
    """Return the last part of an address, as a file's name."""
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1]).replace("/", "_")


def _name_of_year(url: str, year: int) -> str:
    """Return the file's name, with the year in it even where the address has it in a folder or after the `?`."""
    name = PurePosixPath(file_name(url))
    return name.name if str(year) in name.name else f"{name.stem}_{year}{name.suffix}"


CONNECTOR = Connector(ready, orders, fetch)
