"""One pull of one city: what every connector is given, and the one place where its attempts are recorded.

A connector (`Connector`) says by `ready` whether the source can be asked at all, by `orders` what is there now, and
brings one of it by `fetch`. Whatever comes of a fetch is one line of the landing zone's record, written here.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from flows.base.errors import FortschreibungError, ProgramDefect, SourceProblem
from flows.profile.source import Source
from flows.pull import gate
from flows.pull.landing.accepted import Accepted, Taken
from flows.pull.landing.incoming import Incoming
from flows.pull.landing.store import Landing, Stored, now
from flows.pull.models import Address, Attempt, Brought, Lieferung, Order
from flows.pull.web.client import Web, without_secrets


@dataclass(frozen=True)
class PullContext:
    """What connectors share while a city's files are fetched, from several threads."""

    city: str
    landing: Landing
    web: Web
    until: dt.date
    known: Mapping[Address, Attempt]
    """By address, the newest attempt that brought something."""
    accepted: Accepted
    """What the last completed run worked with."""
    given_up: threading.Event = field(default_factory=threading.Event)
    """Set when the pull is being stopped: nothing more is fetched."""

    def kept(self, order: Order, url: str) -> Attempt | None:
        """Return the attempt that brought this file, while its bytes lie undamaged in the landing zone."""
        found = self.known.get((order.source, order.name, url))
        return found if found and self.landing.holds(found.sha256 or "") else None

    def keep(self, source: Source, order: Order, file: Incoming, content_type: str | None = None) -> Stored:
        """Let a file pass the gate into the landing zone.

        Raises:
            ContractBroken: it is no data, or not what came before.
        """
        file.flush()
        gate.look(source, order.name, file.path, content_type=content_type, before=self._measure(order))
        return self.landing.keep(file)

    def _measure(self, order: Order) -> Taken | None:
        """Return the accepted file that this one is compared with: its predecessor, or last year's."""
        accepted = self.accepted.of(order.source, self.until.year)
        if order.name in accepted or order.year is None:
            return accepted.get(order.name)
        earlier = [one for one in accepted.values() if one.year is not None and one.year < order.year]
        return max(earlier, key=lambda one: (one.year or 0, one.name), default=None)

    @contextmanager
    def attempt(self, order: Order, url: str) -> Iterator[AttemptLog]:
        """Yield a log; its outcome, or the error that ended it, is recorded. `url` is without secrets."""
        log = AttemptLog(self, order, url)
        try:
            with defect_as_failure(order.source, f"the file {order.name}"):
                yield log
        except SourceProblem as stopped:
            log.stopped(stopped)
            raise


@contextmanager
def defect_as_failure(source: str, expected: str) -> Iterator[None]:
    """Report a defect of the program as the failure of one source: recorded, and beside those of the others.

    Raises:
        ProgramDefect: names the place in the program, and nothing of the data; `__cause__` is the defect.
    """
    try:
        yield
    except (FortschreibungError, CancelledError):
        raise
    except Exception as defect:
        at = traceback.extract_tb(defect.__traceback__)[-1]
        raise ProgramDefect(
            f"Source {source}: expected {expected}, found what the program cannot deal with: {type(defect).__name__} "
            f"in {Path(at.filename).name}, line {at.lineno}. This is a defect of the program, not of your data: please "
            "send this line to its developers. The last release stands; --from DIR takes the file from a folder."
        ) from defect


class AttemptLog:
    """One attempt at one file."""

    def __init__(self, context: PullContext, order: Order, url: str) -> None:
        self._context, self._order, self._url, self._started = context, order, url, time.monotonic()
        self.status: int | None = None
        self.etag: str | None = None
        self.last_modified: str | None = None

    def answered(self, answer: requests.Response) -> None:
        """Note what the server says of its answer."""
        self.status = answer.status_code
        self.etag = answer.headers.get("ETag")
        self.last_modified = answer.headers.get("Last-Modified")

    def landed(self, stored: Stored) -> Brought:
        """Record that bytes came; return the Lieferung and whether they are new."""
        known = self._context.known.get((self._order.source, self._order.name, self._url))
        new = known is None or known.sha256 != stored.sha256
        self._record("new" if new else "unchanged", stored.sha256, stored.bytes)
        return self._lieferung(stored), new

    def unchanged(self, known: Attempt) -> Brought:
        """Record that the source has nothing newer than what `known` brought."""
        self.etag, self.last_modified = known.etag, known.last_modified  # the marks of the bytes in the landing zone
        stored = Stored(known.sha256 or "", known.bytes or 0)
        self._record("unchanged", stored.sha256, stored.bytes)
        return self._lieferung(stored), False

    def absent(self) -> Brought:
        """Record that there is no such file."""
        self._record("absent")
        return None, False

    def stopped(self, problem: SourceProblem) -> None:
        """Record why nothing came."""
        problem.within(f"file {self._order.name}")
        self._record("failed" if problem.retryable else "refused", problem=str(problem))
        problem.recorded = True

    def _record(
        self, outcome: str, sha256: str | None = None, size: int | None = None, problem: str | None = None
    ) -> None:
        self._context.landing.record(
            Attempt(
                city=self._context.city, source=self._order.source, name=self._order.name, url=self._url, at=now(),
                outcome=outcome, status=self.status, bytes=size, sha256=sha256, etag=self.etag,
                last_modified=self.last_modified, seconds=round(time.monotonic() - self._started, 3), problem=problem,
            )
        )  # fmt: skip

    def _lieferung(self, stored: Stored) -> Lieferung:
        return Lieferung(
            source=self._order.source, name=self._order.name, sha256=stored.sha256,
            checksum=self._context.landing.public_checksum(stored.sha256), bytes=stored.bytes, url=self._url,
            fetched_at=now(), etag=self.etag, last_modified=self.last_modified,
        )  # fmt: skip


def address_or_folder(source: Source) -> str:
    """Return where a source's files come from, without secrets."""
    return without_secrets(source.url) if source.url else str(source.folder)


@dataclass(frozen=True)
class Connector:
    """A kind of source: what fetches its files. A module of flows/pull/connectors ends with its own."""

    ready: Callable[[Source], None]
    """Stop where the configuration alone shows that the source cannot be asked; nobody is asked yet.

    Raises:
        NotSetUp: address, folder or credentials are not set.
        ConfigError: they cannot be used as they are set.
    """
    orders: Callable[[Source, PullContext], list[Order]]
    """Return what the source has now.

    Raises:
        SourceUnavailable: it cannot be asked.
        ContractBroken: what it has is not what the profile describes.
    """
    fetch: Callable[[Source, Order, PullContext], Brought]
    """Bring an ordered file into the landing zone.

    Raises:
        SourceUnavailable: it could not be had.
        ContractBroken: what came is no data, or not what the profile describes.
    """
    place: Callable[[Source], str] = address_or_folder
    """Return where the files come from, as messages and the record of attempts name it."""
    folder: Callable[[Source], Path] | None = None
    """Return the folder that the files are taken from, whose other files are reported as passed over."""
