"""Runs a command as a fresh process and says what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).parent / "launch.py"
MIB = 1 << (10 if sys.platform != "darwin" else 20)  # ru_maxrss is in KiB, on macOS in bytes


class BenchFailed(Exception):  # noqa: N818 -- ends the bench
    """A measured process did not do what it should; ratios would mean nothing."""


@dataclass(frozen=True)
class Cost:
    """What one run of a process cost, its descendants included."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    """The largest single process."""
    work_seconds: float | None = None
    """Without interpreter start and imports, where the worker says so."""
    work_cpu: float | None = None


def cost_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Return what `python ARGUMENTS` costs.

    Raises:
        BenchFailed: when the process ends with another exit code than 0.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        report = Path(folder) / "cost.json"
        done = subprocess.run(
            [sys.executable, "-S", str(LAUNCHER), str(report), sys.executable, *arguments],
            env={**os.environ, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise BenchFailed(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
        cost = json.loads(report.read_text(encoding="utf-8"))
    spent = _work(done.stdout)
    return Cost(
        cost["wall_seconds"], cost["cpu_seconds"], cost["peak"] / MIB, spent.get("work_seconds"), spent.get("work_cpu")
    )


def _work(output: str) -> dict[str, float]:
    last = output.strip().rsplit("\n", 1)[-1]
    found: dict[str, float] = json.loads(last) if last.startswith('{"work_seconds"') else {}
    return found


@contextmanager
def extract_server(folder: Path) -> Iterator[str]:
    """Serve `folder` from another process while the body lasts; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.serve", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()
