"""Manners towards a host: no more requests under way at once than it likes, and a pause between two of them."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.profile.connector import Manners


@dataclass
class _Host:
    under_way: int = 0
    last_start: float = float("-inf")


class Politeness:
    """Keeps count of the requests to each host; shared by all threads of a pull."""

    def __init__(self) -> None:
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, url: str, manners: Manners) -> Iterator[None]:
        """Wait until the host of `url` may be asked; it counts as busy until the body ends."""
        host = self._hosts[urlsplit(url).netloc.rpartition("@")[2].lower()]
        with self._changed:
            while True:
                pause = host.last_start + manners.pause - time.monotonic()
                if host.under_way < manners.at_once and pause <= 0:
                    break
                self._changed.wait(pause if host.under_way < manners.at_once else None)
            host.under_way += 1
            host.last_start = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                host.under_way -= 1
                self._changed.notify_all()
