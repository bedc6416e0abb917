"""The refresh's side of the checks: start the worker early, hand it the job, stop at blockers.

Great Expectations takes seconds to import. The worker is a process of its own that imports it while Prefect
starts, or while the refresh stages and transforms; this module imports neither it nor pandas.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import suppress
from typing import IO, ClassVar, Self

from pydantic import ValidationError

from flows.base.errors import CheckStopped, FortschreibungError
from flows.base.texts import Text, joined, text, text_count
from flows.check.models import TABLES_READ, CheckJob, CheckReport, CheckResult, Finding, findings_of, results_of
from flows.check.row_words import row_words, unit_words

_SHOWN_UNITS = 20
_SHOWN_LINES = 12


class CheckWorker:
    """A process that has Great Expectations at hand and waits for one job."""

    def __init__(self, process: subprocess.Popen[str], complaints: IO[str]) -> None:
        self._process = process
        self._complaints = complaints

    _early: ClassVar[CheckWorker | None] = None

    @classmethod
    def start_early(cls) -> None:
        """Start a worker for whoever calls `start` next in this process, unless one is waiting."""
        if CheckWorker._early is None or CheckWorker._early.ended:
            cls.stop_early()
            CheckWorker._early = cls._started()

    @classmethod
    def stop_early(cls) -> None:
        """End the worker that was started early, unless it was taken."""
        if (waiting := CheckWorker._taken()) is not None:
            waiting.stop()

    @classmethod
    def start(cls) -> CheckWorker:
        """Return the worker that was started early, else a new one; it imports while the caller goes on."""
        return CheckWorker._taken() or cls._started()

    @staticmethod
    def _taken() -> CheckWorker | None:
        waiting, CheckWorker._early = CheckWorker._early, None
        return waiting

    @classmethod
    def _started(cls) -> CheckWorker:
        complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 -- the worker's
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.check.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            env={**os.environ, "GX_ANALYTICS_ENABLED": "false", "PYTHONUTF8": "1"},
        )
        return cls(process, complaints)

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the process has ended, so that it serves no job."""
        return self._process.poll() is not None

    def run(self, job: CheckJob) -> CheckReport:
        """Have `job` checked and return the report. A worker serves one job; `stop` it afterwards.

        Raises:
            FortschreibungError: when the worker ended without a report, with its last words.
        """
        self.read(job)
        return self.report()

    def read(self, job: CheckJob) -> None:
        """Have the tables of `job` read; when this returns, they may be written to, and the worker goes on to judge.

        Raises:
            FortschreibungError: when the worker ended before it had read them, with its last words.
        """
        assert self._process.stdin is not None  # noqa: S101 -- Popen was asked for both pipes
        with suppress(BrokenPipeError):  # it has ended already, which its missing answer says
            self._process.stdin.write(job.model_dump_json() + "\n")
            self._process.stdin.flush()
        if self._line() != TABLES_READ:
            raise FortschreibungError(self._last_words(), code="FS-CHECK-02")

    def report(self) -> CheckReport:
        """Return the report on the tables that were read, as soon as the worker has judged them.

        Raises:
            FortschreibungError: when the worker ended without a report, with its last words.
        """
        try:
            return CheckReport.model_validate_json(self._line())
        except ValidationError as problem:
            raise FortschreibungError(self._last_words(), code="FS-CHECK-02") from problem

    def stop(self) -> None:
        """End the worker, whatever it is doing; nothing happens when it has ended already."""
        if not self.ended:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            if pipe is not None and not pipe.closed:
                _close(pipe)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _line(self) -> str:
        """Return the worker's next line without waiting for its end, which takes Python a while; empty at its end."""
        assert self._process.stdout is not None  # noqa: S101 -- Popen was asked for both pipes
        return self._process.stdout.readline().rstrip("\n")

    def _last_words(self) -> str:
        self._process.wait()
        self._complaints.seek(0)
        lines = [line.rstrip() for line in self._complaints if line.strip()][-_SHOWN_LINES:]
        said = "\n".join(f"  {line}" for line in lines) or "  (it said nothing)"
        return (
            "The checks could not be made, so nothing was published and the last release stands.\n"
            "Expected a report of the check worker, found that it ended with "
            f"exit code {self._process.returncode}. It said last:\n{said}\n"
            "Mend what it names and refresh again; if it was ended from outside (-9), give it more memory."
        )


def _close(pipe: IO[str]) -> None:
    with suppress(BrokenPipeError):  # what the worker did not read any more
        pipe.close()


def raise_for_blockers(report: CheckReport) -> None:
    """Do nothing when no blocker failed.

    Raises:
        CheckStopped: naming each blocking check, what it expected and found, the units, and what to do.
    """
    blocking = [result for result in results_of(report) if result.blocks]
    if not blocking:
        return
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings_of(report):
        findings[finding.check].append(finding)
    paragraphs = [
        text_count(
            "1 check stops the publication; nothing was published and the last release stands.",
            "{count} checks stop the publication; nothing was published and the last release stands.", len(blocking),
        ),
        *(_paragraph(result, findings[result.check]) for result in blocking),
        text("The whole report: {page}", page=report.path / "index.html"),
    ]  # fmt: skip
    count = "1 check stops" if len(blocking) == 1 else f"{len(blocking)} checks stop"
    named = ", ".join(f"{result.check} ({result.offending or 'not made'})" for result in blocking)
    raise CheckStopped(joined("\n\n", paragraphs)).at(f"{count} the publication: {named}")


def _paragraph(result: CheckResult, findings: list[Finding]) -> Text:
    named = findings[:_SHOWN_UNITS]
    expected = Text(result.expected, result.expected_de)
    lines = [
        Text(f"{result.check} ({result.station})"),
        text("  expected: {what}", what=expected),
        text("  found:    {what}", what=Text(result.found, result.found_de)),
        *(
            text(
                "    {unit}: found {found}; expected {expected}",
                unit=unit_words(each.unit), found=row_words(each.found),
                expected=expected if each.expected == expected else row_words(each.expected),
            )
            for each in named
        ),
    ]  # fmt: skip
    if result.offending > len(named) > 0:
        lines.append(text("    and {count} more", count=result.offending - len(named)))
    lines.append(text("  why:      {what}", what=Text(result.reason, result.reason_de)))
    lines.append(text("  what to do: {what}", what=Text(result.what_to_do, result.what_to_do_de)))
    return joined("\n", lines)
