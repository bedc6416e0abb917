"""Reads a file in a process of its own: what a damaged file does to a library in C or Rust ends that process only.

A reader is a module with a function of the command-line arguments; it answers with one JSON object, and says
under ``problem`` why a file cannot be read.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

PATIENCE = 600
"""Seconds; the workbook or the map of a whole city takes less than ten."""
MEMORY = 8 << 30
"""Bytes of address space; a single wrong cell reference can make a reader ask for hundreds of times that."""


def read_in_subprocess(reader: str, *arguments: str) -> dict[str, Any]:
    """Return what the module `reader` says of a file; ending without a word, or not ending, is a problem too."""
    command = [sys.executable, "-m", reader, *arguments]
    try:
        asked = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)  # noqa: S603 -- our own module
        answered: dict[str, Any] = json.loads(asked.stdout)
    except subprocess.TimeoutExpired:
        return {"problem": f"the file is damaged (reading it did not end within {PATIENCE} seconds)"}
    except ValueError:
        return {"problem": "the file is damaged (it ended the process that read it)"}
    return answered


def answer(read: Callable[[Sequence[str]], dict[str, Any]], *problems: type[Exception]) -> None:
    """Print what `read` makes of the command line; an exception of those `problems` is what it says instead."""
    expected: tuple[type[Exception], ...] = (MemoryError, *problems)
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such bounds on Windows
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        said = read(sys.argv[1:])
    except expected as problem:
        said = {"problem": (str(problem) or type(problem).__name__).splitlines()[0]}
    json.dump(said, sys.stdout)
