"""An answer comes whole or not at all: what broke off is asked for again, what is too large is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from flows.base.errors import ContractBroken, SourceUnavailable
from flows.profile.source import Source
from flows.pull.models import Order

BODY_TRIES, BODY_PAUSE = 3, 1.0  # urllib3 repeats a request, but not a body that broke off
Answer = TypeVar("Answer")


class BrokenOff(SourceUnavailable):
    """A body that ended before its end: worth asking again at once."""


def asked_until_whole(ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` brings; an answer that breaks off is asked for again, a few times.

    Raises:
        BrokenOff: the last of them broke off too.
    """
    for left in reversed(range(BODY_TRIES)):
        try:
            return ask()
        except BrokenOff:
            if not left:
                raise
            time.sleep(BODY_PAUSE)
    raise AssertionError  # the loop ends by returning or raising


def failure(
    order: Order, shown: str, found: str, kind: type[SourceUnavailable] = SourceUnavailable
) -> SourceUnavailable:
    """Return the error that a file could not be had, where another try may help."""
    return kind(
        f"Source {order.source}: expected the file {order.name} at {shown}, found {found}. "
        "The last release stands. Try again later, ask the supplier, or give the file with --from DIR.",
        retryable=True,
        code="FS-SOURCE-02",
    )


def refuse_too_large(source: Source, order: Order, size: int) -> None:
    """Stop at the source's cap.

    Raises:
        ContractBroken: names it, and the line that raises it.
    """
    if size > source.max_mb << 20:
        raise ContractBroken(
            f"Source {source.id}, file {order.name}: expected at most {source.max_mb:,} MB, found "
            f"{size / (1 << 20):,.0f} MB or more. If that is right, raise it in [source.{source.id}] in sources.toml: "
            f"max_mb = {2 * (size >> 20) + 1}",
            code="FS-CONTRACT-18",
        )
