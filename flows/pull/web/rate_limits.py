"""Rate limits per host: how many requests run at the same time, and a pause between the starts of two.

Where sources set different limits for one host, the stricter takes precedence: while a request of a source runs, there
are no more than this source allows; after it, its pause is kept.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flows.profile.gates import RateLimits


@dataclass
class _Host:
    under_way: list[int] = field(default_factory=list)
    """For each request, how many its source allows at once."""
    last_start: float = float("-inf")
    last_pause: float = 0.0


class HostLimits:
    """Keeps count of the requests to each host; shared by all threads of a pull."""

    def __init__(self) -> None:
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, url: str, rate_limits: RateLimits) -> Iterator[None]:
        """Wait until the host of `url` may be asked; it counts as busy until the body ends."""
        with self._changed:
            host = self._hosts[urlsplit(url).netloc.rpartition("@")[2].lower()]
            while True:
                room = len(host.under_way) < min([rate_limits.at_once, *host.under_way])
                pause = host.last_start + max(rate_limits.pause, host.last_pause) - time.monotonic()
                if room and pause <= 0:
                    break
                self._changed.wait(pause if room else None)
            host.under_way.append(rate_limits.at_once)
            host.last_start, host.last_pause = time.monotonic(), rate_limits.pause
        try:
            yield
        finally:
            with self._changed:
                host.under_way.remove(rate_limits.at_once)
                self._changed.notify_all()
