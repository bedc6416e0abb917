"""A page in a headless Chromium until it is done, in real time.

A browser's virtual time (`--virtual-time-budget`) runs on while a page unpacks or draws beside its main thread; on a
busy machine it is over before the page is. So the page says itself when it is done, by an element that is looked for.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
_SECONDS = 300


def dom_when(there: str, address: str, folder: Path, *options: str) -> tuple[str, list[str]]:
    """Return the DOM of the page at `address` as soon as an element fits `there`, and what the browser wrote meanwhile.

    Its profile lies in `folder`; it has ended, and with it all its logs, when this returns.
    """
    folder.mkdir(exist_ok=True)
    profile, log = folder / "profile", folder / "browser.log"
    started = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0",
        f"--user-data-dir={profile}", *options, "about:blank",
    ]  # fmt: skip
    with log.open("w") as written, subprocess.Popen(started, stdout=written, stderr=written) as browser:
        try:
            port, path = _lines_of(profile / "DevToolsActivePort")
            with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, open_timeout=_SECONDS, proxy=None) as channel:
                found = _Browser(channel).dom_when(there, address)
            browser.wait(_SECONDS)
        finally:
            browser.kill()
    return found, log.read_text(errors="replace").splitlines()


class _Browser:
    """A browser that takes commands of the DevTools protocol."""

    def __init__(self, channel: ClientConnection) -> None:
        self._channel, self._numbers = channel, count(1)

    def dom_when(self, there: str, address: str) -> str:
        target = self._told("Target.createTarget", url=address)["targetId"]
        session = self._told("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        loaded = "location.href !== 'about:blank' && document.readyState === 'complete'"
        dom = f"{loaded} && document.querySelector({json.dumps(there)}) && document.documentElement.outerHTML"
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            answer = self._told("Runtime.evaluate", session, expression=dom, returnByValue=True)
            if found := answer.get("result", {}).get("value"):
                self._told("Browser.close")
                return str(found)
            time.sleep(0.1)
        raise TimeoutError(f"{address}: expected {there} within {_SECONDS} s, found none.")

    def _told(self, method: str, session: str | None = None, **given: Any) -> dict[str, Any]:
        """Return the answer to a command; an empty one where the page was just being replaced by the next."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": given}
        self._channel.send(json.dumps(command | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._channel.recv(timeout=_SECONDS))
            if answer.get("id") == number:
                return dict(answer.get("result", {}))


def _lines_of(file: Path) -> list[str]:
    """Return the lines of a file that the browser writes once it listens."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if file.is_file() and len(lines := file.read_text().split()) == 2:
            return lines
        time.sleep(0.05)
    raise TimeoutError(f"{file}: the browser did not begin to listen within {_SECONDS} s.")
