"""Connector for files behind an address: conditional requests, broken downloads taken up again, streamed to disk."""

from __future__ import annotations

import datetime as dt
import re
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import requests

from flows.errors import SourceUnavailable
from flows.extract.errand import Errand
from flows.extract.incoming import Incoming
from flows.extract.models import Attempt, Brought, Order
from flows.extract.web import reason, with_environment, without_secrets
from flows.profile.source import Source

BODY_TRIES, BODY_PAUSE = 3, 1.0  # urllib3 repeats a request, but not a body that broke off
PIECE = 1 << 16  # bytes; what a broken connection loses at most
GAIN = 1 << 20  # bytes; a try that brings as much more is not counted
NOT_THERE = (404, 410)
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class BrokenOff(SourceUnavailable):
    """A body that ended before its end: worth asking again at once."""


@dataclass
class _Download:
    """A file on its way, and the mark of the version that its bytes are from (None: it cannot be taken up again)."""

    file: Incoming
    mark: str | None = None

    def start_over(self) -> None:
        self.file.restart()
        self.mark = None


def ready(source: Source) -> None:
    """Stop where the address cannot be had.

    Raises:
        NotSetUp: it names environment variables that are not set.
        ConfigError: it is none of the web.
    """
    with_environment(source, source.url or "")


def orders(source: Source, errand: Errand) -> list[Order]:
    """Return one order for each year of the source up to the errand's end, or a single one."""
    return orders_at(source, errand.until)


def orders_at(source: Source, until: dt.date) -> list[Order]:
    """Return one order for each year of the source up to `until`, or a single one (see `orders`)."""
    url = with_environment(source, source.url or "")
    if source.years is None:
        return [Order(source.id, file_name(url), url=url)]
    last = min(source.years.last or until.year, until.year)
    urls = [(year, url.replace("{year}", str(year))) for year in range(source.years.first, last + 1)]
    return [Order(source.id, _name_of_year(one, year), url=one, year=year) for year, one in urls]


def fetch(source: Source, order: Order, errand: Errand) -> Brought:
    """Bring the ordered file into the landing zone.

    A file known from before is asked for with its ETag and date, but only while its bytes lie undamaged
    in the landing zone; what comes is compared by hash, never by size. A body that breaks off is taken up
    where it ended, as long as the server says that the file is still the same.

    Raises:
        SourceUnavailable: no answer, an error status, fewer bytes than announced, too many, or no data.
    """
    known = errand.held(order, without_secrets(order.url or ""))
    left, most = BODY_TRIES, 0
    with errand.landing.incoming() as file:
        download = _Download(file)
        while True:
            try:
                return _ask(source, order, errand, known, download)
            except BrokenOff:
                left = BODY_TRIES - 1 if file.size >= most + GAIN and most else left - 1
                most = max(most, file.size)
                if not left:
                    raise
                time.sleep(BODY_PAUSE)


def _ask(source: Source, order: Order, errand: Errand, known: Attempt | None, download: _Download) -> Brought:
    """Ask once; whatever comes of it is one line of the record."""
    url = order.url or ""
    shown = without_secrets(url)
    headers = _rest_of(download) if download.mark and download.file.size else _conditions(known)
    with errand.attempt(order, shown) as trial:
        try:
            with errand.web.asked(source, url, headers={"Accept-Encoding": "identity", **headers}) as answer:
                trial.answered(answer)
                if answer.status_code in NOT_THERE:
                    return trial.absent()
                if answer.status_code == 304 and known:
                    return trial.unchanged(known)
                _begin(order, shown, answer, download)
                _receive(source, order, shown, answer, download.file)
                return trial.landed(errand.keep(source, order, download.file, answer.headers.get("Content-Type")))
        except requests.RequestException as problem:
            kind = BrokenOff if trial.status is not None else SourceUnavailable
            raise failure(order, shown, reason(problem, source), kind) from None


def _begin(order: Order, shown: str, answer: requests.Response, download: _Download) -> None:
    """Prepare for the body: the rest of the file, or the whole from its beginning."""
    mark = _mark(answer)
    if answer.status_code == 206:
        span = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if span and int(span[1]) == download.file.size and mark in (None, download.mark):
            return
    if answer.status_code in (206, 416):  # another part than was asked for, or the file has become shorter
        download.start_over()
        raise failure(order, shown, "a part that does not fit what had come before", BrokenOff)
    if answer.status_code != 200:
        raise failure(order, shown, f"HTTP status {answer.status_code} ({answer.reason})")
    download.start_over()
    download.mark = mark if "Content-Encoding" not in answer.headers else None


def _receive(source: Source, order: Order, shown: str, answer: requests.Response, file: Incoming) -> None:
    """Stream the body to disk; stop at the source's cap, and when fewer bytes come than were announced."""
    announced = _announced(answer, file.size)
    _refuse_too_large(source, order, announced or 0)
    for piece in answer.iter_content(PIECE):
        file.write(piece)
        _refuse_too_large(source, order, file.size)
    if announced is not None and file.size != announced:
        found = f"{file.size:,} bytes although {announced:,} were announced: cut short"
        raise failure(order, shown, found, BrokenOff)


def _announced(answer: requests.Response, already: int) -> int | None:
    """Return how long the file will be when the body has come, if the server says so."""
    span = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    length = answer.headers.get("Content-Length", "")
    if answer.status_code == 206 and span:
        return int(span[2])
    return already + int(length) if length.isdecimal() and "Content-Encoding" not in answer.headers else None


def _refuse_too_large(source: Source, order: Order, size: int) -> None:
    if size > source.max_mb << 20:
        raise SourceUnavailable(
            f"Source {source.id}, file {order.name}: expected at most {source.max_mb:,} MB, found "
            f"{size / (1 << 20):,.0f} MB or more. If that is right, raise it in [source.{source.id}] in sources.toml: "
            f"max_mb = {2 * (size >> 20) + 1}"
        )


def _conditions(known: Attempt | None) -> dict[str, str]:
    conditions = {}
    if known and known.etag:
        conditions["If-None-Match"] = known.etag
    if known and known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def _rest_of(download: _Download) -> dict[str, str]:
    return {"Range": f"bytes={download.file.size}-", "If-Range": download.mark or ""}


def _mark(answer: requests.Response) -> str | None:
    """Return what tells one version of the file from another, to the byte."""
    etag = answer.headers.get("ETag", "")
    if etag:
        return None if etag.startswith("W/") else etag
    return answer.headers.get("Last-Modified")


def file_name(url: str) -> str:
    """Return the last part of an address, as a file's name."""
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1]).replace("/", "_")


def _name_of_year(url: str, year: int) -> str:
    """Return the file's name, with the year in it even where the address has it in a folder or after the `?`."""
    name = PurePosixPath(file_name(url))
    return name.name if str(year) in name.name else f"{name.stem}_{year}{name.suffix}"


def failure(
    order: Order, shown: str, found: str, kind: type[SourceUnavailable] = SourceUnavailable
) -> SourceUnavailable:
    """Return the error that a file could not be had, which another try may mend."""
    return kind(
        f"Source {order.source}: expected the file {order.name} at {shown}, found {found}. "
        "The last release stands. Try again later, ask the supplier, or give the file with --from DIR.",
        retryable=True,
    )
