"""How far a search is, at a terminal; Ctrl-C ends the search with the best that was found so far."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Any

from flows.app.terminal import say
from flows.base.texts import tr


class SearchProgress:
    """Called with the number of rounds done and to do; answers whether to go on. A second Ctrl-C ends the command."""

    def __init__(self) -> None:
        self._stopped, self._shown, self._before = False, -1, signal.getsignal(signal.SIGINT)

    def __enter__(self) -> SearchProgress:
        """Take Ctrl-C for the end of the search."""
        self._before = signal.signal(signal.SIGINT, self._stop)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _what: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Give Ctrl-C its usual meaning back."""
        signal.signal(signal.SIGINT, self._before)
        if self._shown >= 0:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _stop(self, _signal: int, _frame: FrameType | None) -> Any:
        self._stopped = True
        signal.signal(signal.SIGINT, self._before)
        say("\n" + tr("The search ends with the best that was found so far. (Ctrl-C again: stop.)"))

    def __call__(self, done: int, of: int) -> bool:
        """Show how far the search is where somebody looks; False once it is to end."""
        percent = 100 * done // of
        if percent > self._shown and sys.stderr.isatty():
            self._shown = percent
            print("\r" + tr("Search: {percent} %", percent=percent), end="", file=sys.stderr, flush=True)
        return not self._stopped
