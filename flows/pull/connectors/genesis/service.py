"""A GENESIS web service (REST 2020) as it answers: tables as bytes, everything else as a status in JSON.

Errors come with HTTP status 200; what they mean stands in `Status.Code`. Credentials travel in headers of
POST requests, are never followed elsewhere by a redirect, and are removed from every message.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import requests

from flows.base.errors import ContractBroken, SourceUnavailable
from flows.profile.source import Source
from flows.pull.connectors.genesis.access import base_of, credentials_of, table_of
from flows.pull.context import AttemptLog, PullContext
from flows.pull.landing.incoming import Incoming
from flows.pull.models import Order
from flows.pull.web.answers import BrokenOff, failure, refuse_too_large
from flows.pull.web.client import PIECE, json_in, reason, without, without_secrets

DONE, TOO_MANY, ADJUSTED, NOTHING_NEWER, NO_TABLE = 0, 6, 22, 50, 90
TOO_BIG, JOB_MADE, NO_OBJECT, ERROR = 98, 99, 104, -1
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds between two questions, doubled from one to the next
TRIES = 3
_LOGIN = re.compile(
    r"passwor[dt]|kennwort|kennung|benutzername|user ?name|credential|zugangsdaten|token", re.IGNORECASE
)
_NOTHING_THERE = "The service has no data for it; correct `genesis.parameters` in sources.toml or ask the office."
_IN_THE_PROFILE = {
    NO_TABLE: "Correct `genesis.table` in sources.toml; the service knows no table of that name.",
    ADJUSTED: "Correct `genesis.parameters` in sources.toml: the service did not take them as they are.",
    NO_OBJECT: _NOTHING_THERE,
    NOTHING_NEWER: _NOTHING_THERE,
}
"""What to correct in sources.toml, by the status that asks for it."""
_NO_CUBE = re.compile(r"kein Datenquader|Keine Datenquader", re.IGNORECASE)


@dataclass(frozen=True)
class Status:
    """What the service says instead of data."""

    code: int
    words: str
    content: dict[str, Any] = field(default_factory=dict)


class Service:
    """One service, asked for one source's table."""

    def __init__(self, source: Source, order: Order, context: PullContext, log: AttemptLog) -> None:
        self._source, self._order, self._context, self._log = source, order, context, log
        self._base = base_of(source)
        self._secrets = credentials_of(source)
        self._deadline = time.monotonic() + table_of(source).wait_minutes * 60

    def table(self, method: str, asked: dict[str, str], file: Incoming) -> Status | None:
        """Ask for a table: None when its bytes have come into `file`, else what the service says instead."""
        for turn in itertools.count():
            file.restart()
            try:
                status = self._once(method, asked, file)
                if status is None or not self._again(status, turn):
                    return status
            except BrokenOff:
                if turn + 1 >= TRIES:
                    raise
            self.wait(turn, f"the table {asked['name']}")
        raise AssertionError  # the waiting ends by raising

    def said(self, method: str, asked: dict[str, str]) -> Status:
        """Ask for anything else than a table; return what the service says."""
        for turn in itertools.count():
            status = self._once(method, asked, None)
            assert status is not None  # noqa: S101 -- without a file there is no other answer
            if not self._again(status, turn):
                return status
            self.wait(turn, method)
        raise AssertionError

    def wait(self, turn: int, waited_for: str) -> None:
        """Wait, longer from turn to turn.

        Raises:
            SourceUnavailable: the source's deadline would pass.
            CancelledError: the pull is being stopped.
        """
        seconds = min(FIRST_PAUSE * 2.0 ** min(turn, 10), LONGEST_PAUSE)
        if time.monotonic() + seconds > self._deadline:
            minutes = table_of(self._source).wait_minutes
            raise failure(
                self._order, self._base, f"that {waited_for} is not ready after {minutes:g} minutes (`wait_minutes` "
                "in sources.toml; a job under way is waited for again by the next run)",
            )  # fmt: skip
        if self._context.given_up.wait(seconds):
            raise CancelledError

    def refusal(self, status: Status, what: str) -> SourceUnavailable | ContractBroken:
        """Return the error for a status after which no data comes."""
        words = (
            f"Source {self._source.id}: expected {what} of {self._base}, "
            f"found the service's status {status.code}: {self._clean(status.words)}. "
        )
        if status.code in _IN_THE_PROFILE:
            return ContractBroken(words + _IN_THE_PROFILE[status.code])
        if _LOGIN.search(status.words):  # a wrong password that is sent again and again locks the account
            variables = " or ".join(table_of(self._source).credential_variables)
            return SourceUnavailable(f"{words}Check {variables}.", code="FS-SOURCE-04")
        return SourceUnavailable(
            words + "The last release stands. Try again later, ask the office, or give the file with --from DIR.",
            retryable=status.code in (ERROR, TOO_MANY) and not _NO_CUBE.search(status.words),
        )

    def _again(self, status: Status, turn: int) -> bool:
        """Return whether the same question may have another answer after a pause."""
        if status.code == ERROR:
            return turn + 1 < TRIES and not _NO_CUBE.search(status.words) and not _LOGIN.search(status.words)
        return status.code == TOO_MANY

    def _once(self, method: str, asked: dict[str, str], file: Incoming | None) -> Status | None:
        began = False
        try:
            with self._context.web.asked(
                self._source, f"{self._base}/{method}", method="POST", data=asked, allow_redirects=False,
                headers={"Accept-Encoding": "identity", **self._headers()},
            ) as answer:  # fmt: skip
                began, self._log.status = True, answer.status_code
                self._refuse_http_status(answer)
                pieces = answer.iter_content(PIECE)
                first = next(pieces, b"")
                if file is not None and first and not first.lstrip().startswith((b"{", b"<")):
                    self._receive(first, pieces, answer, file)
                    return None
                return self._status(answer, first)
        except requests.RequestException as problem:
            kind = BrokenOff if began else SourceUnavailable
            raise failure(self._order, self._base, reason(problem, self._source), kind) from None

    def _receive(self, first: bytes, pieces: Iterator[bytes], answer: requests.Response, file: Incoming) -> None:
        file.write(first)
        for piece in pieces:
            file.write(piece)
            refuse_too_large(self._source, self._order, file.size)
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and length.lstrip("0") != str(file.size) and "Content-Encoding" not in answer.headers:
            raise failure(
                self._order, self._base, f"{file.size:,} bytes although {length} were announced: cut short", BrokenOff
            )

    def _status(self, answer: requests.Response, first: bytes) -> Status:
        try:
            said = json_in(answer, first)
            status = said.get("Status") or said
            return Status(int(status["Code"]), " ".join(str(status.get("Content") or "").split()), said)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            begins = repr(self._clean(first.decode("utf-8", "replace"))[:40])
            raise failure(
                self._order, self._base, f"an answer that is neither a table nor a status; it begins {begins}"
            ) from None

    def _refuse_http_status(self, answer: requests.Response) -> None:
        if answer.status_code in (401, 403):
            names = " or ".join(table_of(self._source).credential_variables)
            raise SourceUnavailable(
                f"Source {self._source.id}: expected {self._base} to accept the credentials, found HTTP status "
                f"{answer.status_code}. Check {names}.",
                code="FS-SOURCE-04",
            )
        if 300 <= answer.status_code < 400:
            target = without_secrets(answer.headers.get("Location", "elsewhere"))
            raise SourceUnavailable(
                f"Source {self._source.id}: expected a service at {self._base}, found that it has moved to {target}. "
                "Credentials are not sent along; if that is the office's new address, set `url` in sources.toml."
            )
        if answer.status_code != 200:
            raise failure(self._order, self._base, f"HTTP status {answer.status_code} ({answer.reason})")

    def _headers(self) -> dict[str, Any]:
        return {name: value.encode() for name, value in zip(("username", "password"), self._secrets, strict=True)}

    def _clean(self, text: str) -> str:
        return without(self._secrets, text)[:400]
