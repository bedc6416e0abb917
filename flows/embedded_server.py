"""Prefect's embedded server, on a port that no other process can get.

Prefect draws a port from 8000-8999, sees that it is free and starts a server, which listens some seconds later. Two
runs that draw the same port meanwhile both use whichever server started first: the other run reads and writes a
foreign database, and loses its server when the first run ends. Here the kernel gives a port that is
bound from that moment on, and the server is started with it in hand.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import prefect
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import get_current_settings


class EmbeddedServer(SubprocessASGIServer):
    """The one embedded server of this process: made before a flow runs, it is the one that Prefect starts and uses."""

    _bound: socket.socket

    def find_available_port(self) -> int:
        """Bind a port and return its number; until the server listens at it, connections to it are refused."""
        self._bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._bound.bind(("127.0.0.1", 0))
        self._bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it; uvicorn cannot see
        port: int = self._bound.getsockname()[1]
        return port

    def _run_uvicorn_command(self) -> subprocess.Popen[Any]:
        """Start the server as Prefect does, but hand it the bound socket instead of the number of a port."""
        with self._bound as bound:
            return subprocess.Popen(  # noqa: S603 -- this Python, Prefect's server
                [
                    *(sys.executable, "-m", "uvicorn", "--app-dir", str(prefect.__module_path__.parent)),
                    *("--factory", "prefect.server.api.server:create_app", "--fd", str(bound.fileno())),
                    *("--log-level", "error", "--lifespan", "on"),
                ],
                env={
                    **os.environ,
                    "PREFECT_UI_ENABLED": "0",
                    "PREFECT__SERVER_EPHEMERAL": "1",
                    "PREFECT__SERVER_FINAL": "1",
                    **get_current_settings().to_environment_variables(exclude_unset=True),
                },
                pass_fds=(bound.fileno(),),
            )
