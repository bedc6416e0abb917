"""Deletes what a process leaves behind when it is killed: a killed process cannot do so itself.

A second process of a few lines waits at the end of a pipe, in a session of its own. The pipe ends with a word when the
first came to an end by itself, however, and without one when it was killed. What a loss of power leaves behind is
deleted by the next run.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_GUARD = """
import os, shutil, sys, time
if sys.stdin.buffer.read():
    sys.exit()
for pause in (0, 1, 4):  # what the killed process had started may go on writing for a moment
    time.sleep(pause)
    for path, kept_by in zip(sys.argv[1::2], sys.argv[2::2]):
        if kept_by and os.path.exists(kept_by):
            continue
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.exists(path):
            os.unlink(path)
"""


@contextmanager
def gone_after_a_kill(paths: Mapping[Path, Path | None]) -> Iterator[None]:
    """Have these files and folders deleted if this process is killed while the body lasts; they need not be there.

    One for which another file is named stays if that is there then.
    """
    given = [str(each or "") for pair in paths.items() for each in pair]
    guard = subprocess.Popen(  # noqa: S603 -- this Python, the lines above
        [sys.executable, "-I", "-S", "-c", _GUARD, *given],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
    )  # fmt: skip
    assert guard.stdin is not None  # noqa: S101 -- Popen was asked for it
    try:
        yield
    finally:
        with suppress(BrokenPipeError):  # somebody has ended it
            guard.stdin.write(b"ended by itself")
            guard.stdin.flush()
        with suppress(BrokenPipeError):
            guard.stdin.close()
        guard.wait()
