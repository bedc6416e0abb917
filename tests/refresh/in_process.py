"""The command line in the test's own process, so that a refresh takes as long as its stations.

Left out are the things that take most of a command's time and have tests of their own: Prefect's engine (a flow runs
as the function it decorates, in the order that flows/refresh.py says) and the processes that import Great Expectations
and that build the release (their work is done here; each check has its outcome, but no page of Great Expectations).
Arguments, messages and exit codes are those of the command.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Self
from unittest import mock

import pytest

from flows.app.cli import main
from flows.check.models import CheckJob, CheckReport
from tests.judged_once import judge_once
from tests.publish.built_here import releases_built_here

FLOWS = ("flows.refresh", "flows.recut")
NO_SERVER = "http://127.0.0.1:9/api"


class CheckedHere:
    """Stands in for `CheckWorker`: the same checks, in this process; their pages only where `pages` says so."""

    pages = False

    @classmethod
    def start(cls) -> Self:
        return cls()

    @classmethod
    def start_early(cls) -> None:
        return

    @classmethod
    def stop_early(cls) -> None:
        return

    def read(self, job: CheckJob) -> None:
        from flows.check.reading import read  # noqa: PLC0415 -- imports pandas

        self._read = job, read(job)

    def report(self) -> CheckReport:
        from flows.check import validation  # noqa: PLC0415 -- imports Great Expectations

        judge = validation.Judge if self.pages else judge_once()
        try:
            with mock.patch.object(validation, "Judge", judge):
                return validation.judged(*self._read)
        finally:
            logging.disable(logging.NOTSET)

    def stop(self) -> None:
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


@contextmanager
def plain_flows(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let flows and tasks be the functions they decorate; nothing is asked of a Prefect server."""
    from prefect.artifacts import Artifact  # noqa: PLC0415 -- reads its settings from the environment
    from prefect.flows import Flow  # noqa: PLC0415
    from prefect.logging import disable_run_logger  # noqa: PLC0415
    from prefect.tasks import Task  # noqa: PLC0415

    patch.setattr(Flow, "__call__", lambda flow, *given, **named: flow.fn(*given, **named).data)  # it returns a state
    patch.setattr(Task, "__call__", lambda task, *given, **named: task.fn(*given, **named))
    patch.setattr(Artifact, "create", lambda *_, **__: mock.Mock(id=None))
    patch.setattr("flows.app.flow_runner.embedded_server", lambda: mock.Mock(address=NO_SERVER))
    for flow in FLOWS:
        patch.setattr(f"{flow}.secrets_from_blocks", lambda _profile: nullcontext())
    for module in ("flows.station_order", "flows.early_checks", "flows.begun"):
        patch.setattr(f"{module}.CheckWorker", CheckedHere)
    with disable_run_logger(), releases_built_here():
        yield


def run_command_line(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> tuple[Any, str, str]:
    """Run `fortschreibung` with these arguments, variables and working folder; return exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with mock.patch.dict(os.environ, environment, clear=True), pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["fortschreibung", *arguments])
        with plain_flows(patch), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code, out.getvalue(), err.getvalue()
