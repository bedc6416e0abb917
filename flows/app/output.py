"""What becomes of the output of a command that nobody reads to its end, as in `fortschreibung ... | head`.

It is dropped, and the command goes on: its work is done as ever, and its exit code says what it would have said. Where
the output cannot be kept, such as on a full disk, the command fails.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from flows.base.errors import FortschreibungError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Output(io.FileIO):
    """The end of a command to which it writes; of it nothing is heard any more once its reader has gone."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._dropped = False

    def write(self, content: ReadableBuffer, /) -> int:
        if not self._dropped:
            try:
                return super().write(content)
            except OSError as problem:
                self._dropped = True
                if not isinstance(problem, BrokenPipeError):
                    raise FortschreibungError(
                        f"The output of the command cannot be written ({problem.strerror}). Make room, or write it "
                        "elsewhere.",
                        code="FS-RUN-04",
                    ) from problem
        return memoryview(content).nbytes


def use_output() -> None:
    """Let standard output and error of this process end in such a way."""
    sys.stdout, sys.stderr = _of(sys.stdout), _of(sys.stderr)


def _of(stream: TextIO | None) -> TextIO:
    if stream is None:  # closed by the shell: no other file may take its place
        return Path(os.devnull).open("w", encoding="utf-8")
    try:
        descriptor = stream.fileno()
    except OSError:  # no file, such as the output that a test takes
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Output(descriptor)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.isatty() or stream is sys.stderr,
    )
