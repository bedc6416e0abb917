"""Readers in processes of their own that need not import their libraries first.

A reader of delivered files is a process (flows.stage.read.subprocess_reader), which takes longer to start than to read
the small files of the tests. Here each is a fork of one process that has imported what readers import: it is a process
of its own all the same, has its own bound of memory, and whatever a damaged file does to it ends it alone. That the
command starts by itself is shown by tests/stage/test_apart.py and by every test that runs the whole program.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import duckdb

from tests.trusted import trusting

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
READERS = [f"flows.stage.read.{name}" for name in ("gdal", "geoparquet", "kml", "workbook")]


class ForkedReaders:
    """Stands in for `subprocess` where flows.stage.read.subprocess_reader runs a module."""

    TimeoutExpired = subprocess.TimeoutExpired

    def __init__(self) -> None:
        self._lock = threading.Lock()  # sources are staged side by side
        self._server: subprocess.Popen[str] | None = None

    def run(self, command: Sequence[str], *, timeout: float, **_: object) -> subprocess.CompletedProcess[bytes]:
        """Run ``python -m MODULE ARGUMENTS`` as `subprocess.run` does."""
        if command[2] not in READERS:
            return subprocess.run(command, capture_output=True, check=False, timeout=timeout)
        given = {
            "module": command[2], "arguments": command[3:], "timeout": timeout, "folder": os.getcwd(),  # noqa: PTH109
            "environment": dict(os.environ),
        }  # fmt: skip
        with self._lock:
            self._server = self._server or subprocess.Popen(
                [sys.executable, "-m", "tests.forked"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True,
            )  # fmt: skip
            print(json.dumps(given), file=self._server.stdin, flush=True)
            answer = json.loads(self._server.stdout.readline())
        if answer["code"] is None:
            raise subprocess.TimeoutExpired(command, timeout)
        return subprocess.CompletedProcess(command, answer["code"], base64.b64decode(answer["out"]), b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.communicate()


def serve() -> None:
    """Fork a reader for each line on stdin; answer with a line that says how it ended and what it wrote."""
    for name in READERS:
        importlib.import_module(name)
    importlib.import_module("python_calamine")
    duckdb.connect = trusting(duckdb.connect)
    for line in sys.stdin:
        given = json.loads(line)
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(out)
            _read(given, into)
        os.close(into)
        said, in_time = _all_of(out, given["timeout"])
        if not in_time:
            os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        answer = {"code": code if in_time else None, "out": base64.b64encode(said).decode()}
        print(json.dumps(answer), flush=True)


def _read(given: dict[str, Any], into: int) -> None:
    """Be the reader, to the end of this process."""
    code = 1
    try:
        os.chdir(given["folder"])
        os.environ.clear()
        os.environ.update(given["environment"])
        os.dup2(into, 1)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 2)
        sys.argv = [given["module"], *given["arguments"]]
        runpy.run_module(given["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _all_of(out: int, timeout: float) -> tuple[bytes, bool]:
    """Return what is written before the end, and whether the end came in time."""
    said, until = b"", time.monotonic() + timeout
    with os.fdopen(out, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            if not (more := pipe.read(1 << 16)):
                return said, True
            said += more
    return said, False


if __name__ == "__main__":
    serve()
