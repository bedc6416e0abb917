"""Prefect's server for the runs of this process: a child of it, on a port that no other process can get.

Prefect would start one itself when it is first needed, and import all of the server's code for that, which takes longer
than an empty flow. This one starts before Prefect is imported, and comes up meanwhile. And Prefect draws a port from
8000-8999, sees that it is free and starts a server, which listens some seconds later: two runs that draw the same port
use whichever server started first. Here the kernel gives a port that is bound from that moment on, and the server is
started with it in hand.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flows.base.errors import FortschreibungError

_ASKED_EVERY = 0.05
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_ENDS_WITH_THE_COMMAND = """
import gc, os, signal, threading
gc.disable()  # no import leaves garbage, and each would be searched for some

def end_with_the_command():
    os.read(0, 1)  # until the command stops the server, or has ended, however it did
    for output in (1, 2):  # requests that it gives up at its end are no failure of the command
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=end_with_the_command, daemon=True).start()
"""
_SERVER = """
import prefect.server.api.server
gc.freeze()
gc.enable()
from uvicorn.main import main
main()
"""


class EmbeddedServer:
    """A server that has been started, and ends with this process."""

    def __init__(self) -> None:
        """Bind a port and start the server with it; until it listens, connections to it are refused."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
            bound.bind(("127.0.0.1", 0))
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it; uvicorn cannot see
            self.port: int = bound.getsockname()[1]
            self.process = _started(bound)
        atexit.register(self.stop)

    @property
    def address(self) -> str:
        """What PREFECT_API_URL is set to."""
        return f"http://127.0.0.1:{self.port}/api"

    def wait(self, seconds: float) -> None:
        """Wait until the server answers.

        Raises:
            FortschreibungError: it ended, or does not answer within so many seconds.
        """
        until = time.monotonic() + seconds
        while not self._answers():
            if (code := self.process.poll()) is not None:
                raise _not_there(f"it ended with exit code {code}")
            if time.monotonic() > until:
                raise _not_there(f"it does not answer after {seconds:.0f} s")
            time.sleep(_ASKED_EVERY)

    def _answers(self) -> bool:
        try:
            with _NO_PROXY.open(f"{self.address}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End the server, which says nothing of its end, if need be by force."""
        pipe = self.process.stdin
        if pipe is not None and not pipe.closed:
            with suppress(OSError):  # it has ended already
                pipe.write(b"\n")
                pipe.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@cache
def embedded_server() -> EmbeddedServer:
    """Return the one embedded server of this process, which is started when it is first asked for."""
    return EmbeddedServer()


def _started(bound: socket.socket) -> subprocess.Popen[bytes]:
    """Start the server as Prefect does, but hand it the bound socket instead of the number of a port.

    It imports nothing of the working folder, has a session of its own, so that Ctrl-C ends the command alone, and ends
    itself when the pipe to it is closed, as it is when the command was killed.
    """
    prefect = find_spec("prefect")
    packages = Path(prefect.origin).parents[1] if prefect and prefect.origin else Path()
    return subprocess.Popen(  # noqa: S603 -- this Python, the lines above, Prefect's server
        [
            *(sys.executable, "-P", "-c", _ENDS_WITH_THE_COMMAND + _SERVER, "--app-dir", str(packages)),
            *("--factory", "prefect.server.api.server:create_app", "--fd", str(bound.fileno())),
            *("--log-level", "error", "--lifespan", "on"),
        ],
        env={
            **os.environ, "PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1",
        },
        pass_fds=(bound.fileno(),),
        stdin=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def _not_there(found: str) -> FortschreibungError:
    return FortschreibungError(
        f"Expected Prefect's own server to answer soon after its start, found that {found}. Run the command again; "
        "what the server wrote stands above. PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS gives it more time.",
        code="FS-RUN-03",
    )
