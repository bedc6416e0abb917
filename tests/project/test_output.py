"""A command whose output nobody reads to its end does its work and ends as ever; one that cannot write it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("fortschreibung"))
FULL = Path("/dev/full")
ENDS = [
    (["refresh", "--help"], 0),
    ([], 0),
    (["--version"], 0),
    (["schema", "city"], 0),
    (["refresh", "--no-option"], 2),
    (["refresh", "atlantis", "--json"], 2),
]
"""What is written by the command, by cyclopts, and to which of the two outputs, with the exit code."""


def ended(arguments: list[str], out: int, err: int, close: str = "") -> int:
    line = ["sh", "-c", f'exec "$@" {close}', "sh", COMMAND, *arguments]
    return subprocess.run(line, stdout=out, stderr=err, check=False).returncode


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "code"), ENDS, ids=[" ".join(each) for each, _ in ENDS])
@pytest.mark.parametrize("both", [False, True], ids=["output", "and errors"])
def test_a_reader_that_has_ended_changes_no_exit_code(arguments, code, both, tmp_path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with (tmp_path / "err").open("w+b") as err:
        assert ended(arguments, writer, writer if both else err.fileno()) == code
        os.close(writer)
        err.seek(0)
        assert b"Traceback" not in err.read()


@pytest.mark.parametrize("close", [">&-", "2>&-", ">&- 2>&-"])
def test_nor_does_an_output_that_is_closed_from_the_beginning(close, tmp_path) -> None:
    with (tmp_path / "out").open("w+b") as out:
        assert ended(["--version"], out.fileno(), out.fileno(), close) == 0
        out.seek(0)
        assert b"Traceback" not in out.read()


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_an_output_on_a_full_disk_is_a_failure_that_is_said(tmp_path) -> None:
    with FULL.open("wb") as full, (tmp_path / "err").open("w+b") as err:
        assert ended(["schema", "city"], full.fileno(), err.fileno()) == 1
        err.seek(0)
        assert err.read().startswith(b"[FS-RUN-04] The output of the command cannot be written (No space left")


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_errors_on_a_full_disk_change_no_exit_code(tmp_path) -> None:
    with FULL.open("wb") as full, (tmp_path / "out").open("w+b") as out:
        assert ended(["refresh", "atlantis", "--json"], out.fileno(), full.fileno()) == 2
        out.seek(0)
        assert b"FS-CONFIG-02" in out.read()
