"""The building of a release in the test's own process, so that a publication takes as long as its work.

A publication has its release built by a fresh process, which takes longer to start than to build the city of the tests.
Here the command of that process is run by this one: arguments, answer and exit code are those of the command. The real
process has tests of its own: `real_builder` of conftest.py, test_crash.py, and whatever starts the command line.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from types import SimpleNamespace
from typing import Self
from unittest import mock

import pytest

from flows.publish import build, promote

COMMAND = ["-m", "flows.publish.build"]


def run_builder(*arguments: str, environment: Mapping[str, str] = os.environ) -> tuple[int, str]:
    """Build as `python -m flows.publish.build` does with these arguments; return its exit code and stdout."""
    said = io.StringIO()
    alone = {"FORTSCHREIBUNG_THREADS": "1", **environment}  # beside what other databases of this process do
    with (
        mock.patch.dict(os.environ, alone, clear=True),
        mock.patch.object(build, "sys", SimpleNamespace(modules={})),  # where pandas is forbidden to the whole process
        redirect_stdout(said),
    ):
        code = build.main(arguments)
    return code, said.getvalue()


class BuilderHere:
    """Stands in for the `Popen` of flows.publish.promote."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], **_: object) -> None:
        assert command[1:3] == COMMAND
        given = [each for each in command[3:] if each != "--end-with-parent"]
        self._code, said = run_builder(*given, environment=env)
        self.stdout = io.BytesIO(said.encode())

    def wait(self) -> int:
        return self._code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


@contextmanager
def releases_built_here() -> Iterator[None]:
    """Let publications build in this process."""
    here = SimpleNamespace(Popen=BuilderHere, PIPE=subprocess.PIPE, STDOUT=subprocess.STDOUT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(promote, "subprocess", here)
        yield
